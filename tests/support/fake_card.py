"""A machine with one GPU for hubs in tests: its own first card where it has one, else NVML's library is a fake.

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
CARD = REAL[0].uuid if REAL else "GPU-11111111-2222-3333-4444-555555555555"
NVML = f"""
class NVMLError(Exception): pass
NVML_DEVICE_MIG_ENABLE = 1
class _Memory: total = 16 << 30
def nvmlInit(): pass
def nvmlShutdown(): pass
def nvmlDeviceGetCount(): return 1
def nvmlDeviceGetHandleByIndex(number): return number
def nvmlDeviceGetName(card): return "Test card"
def nvmlDeviceGetUUID(card): return "{CARD}"
def nvmlDeviceGetMemoryInfo(card): return _Memory
def nvmlDeviceGetMigMode(card): raise NVMLError
"""


def put_into(environment: dict[str, str], folder: Path, **config: float) -> None:
    """Give a hub's environment the card, and the kernels as an installation on such a machine has them.

    Parameters
    ----------
    environment : dict
        Of the hub's processes.
    folder : Path
        Takes library and kernel specifications: not this environment's, but beside it.
    **config : float
        Settings of the GPU kernel's provisioner.
    """
    card = REAL[0] if REAL else Card(CARD, "Test card", 16 << 30)
    if not REAL:
        (folder / "pynvml.py").write_text(NVML, encoding="utf-8")
    installed = specs.install(folder, finder=SimpleNamespace(cards=lambda: [card]))
    path = installed[specs.GPU] / "kernel.json"
    specification = json.loads(path.read_text(encoding="utf-8"))
    specification["metadata"]["kernel_provisioner"]["config"] |= config
    path.write_text(json.dumps(specification), encoding="utf-8")
    found = f"import os\nos.environ['JUPYTER_PATH'] = {str(folder / 'share' / 'jupyter')!r}\n"
    (folder / "sitecustomize.py").write_text(found, encoding="utf-8")
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), environment["PYTHONPATH"]])
    environment.pop("CUDA_VISIBLE_DEVICES", None)
    if REAL:
        environment["CUDA_VISIBLE_DEVICES"] = CARD
