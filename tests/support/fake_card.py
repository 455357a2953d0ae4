"""A machine with GPUs for hubs in tests: its own first card where it has one, else NVML's library is a fake.

Everything above NVML is real in both cases.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

from joulebook_kernels import specs
from joulebook_kernels.cards import Card, NvmlCards

REAL = NvmlCards().cards()[:1]
FAKE = "GPU-11111111-2222-3333-4444-55555555555"
CARD = REAL[0].uuid if REAL else FAKE + "5"
NVML = """
class NVMLError(Exception): pass
class NVMLError_NotSupported(NVMLError): pass
NVML_DEVICE_MIG_ENABLE = 1
class _Memory: total, used = 16 << 30, 0
def nvmlInit(): pass
def nvmlShutdown(): pass
def nvmlDeviceGetCount(): return len({cards})
def nvmlDeviceGetHandleByIndex(number): return number
def nvmlDeviceGetName(card): return "Test card"
def nvmlDeviceGetUUID(card): return {cards}[card]
def nvmlDeviceGetMemoryInfo(card): return _Memory
def nvmlDeviceGetMigMode(card): raise NVMLError
def nvmlDeviceGetUtilizationRates(card): raise NVMLError_NotSupported
"""


def put_into(environment: dict[str, str], folder: Path, *, fakes: int | None = None, **config: float) -> None:
    """Give a hub's environment its cards, and the kernels as an installation on such a machine has them.

    Parameters
    ----------
    environment : dict
        Of the hub's processes.
    folder : Path
        Takes library and kernel specifications: not this environment's, but beside it.
    fakes : int, optional
        How many fake cards; the machine's own first card, or one fake where it has none, when left out.
    **config : float
        Settings of the GPU kernel's provisioner.
    """
    own = bool(REAL) and fakes is None
    uuids = [FAKE + f"{5 + number:x}" for number in range(1 if fakes is None else fakes)]
    cards = list(REAL) if own else [Card(uuid, "Test card", 16 << 30) for uuid in uuids]
    if not own:
        (folder / "pynvml.py").write_text(NVML.format(cards=uuids), encoding="utf-8")
    installed = specs.install(folder, finder=SimpleNamespace(cards=lambda: cards))
    if cards:
        path = installed[specs.GPU] / "kernel.json"
        specification = json.loads(path.read_text(encoding="utf-8"))
        specification["metadata"]["kernel_provisioner"]["config"] |= config
        path.write_text(json.dumps(specification), encoding="utf-8")
    found = f"import os\nos.environ['JUPYTER_PATH'] = {str(folder / 'share' / 'jupyter')!r}\n"
    (folder / "sitecustomize.py").write_text(found, encoding="utf-8")
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), environment["PYTHONPATH"]])
    environment.pop("CUDA_VISIBLE_DEVICES", None)
    if own:
        environment["CUDA_VISIBLE_DEVICES"] = CARD
