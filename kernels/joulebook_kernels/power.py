"""What a kernel knows of its card: a small file that its server keeps up to date and that the kernel reads.

The server's provisioner asks for the card, hears what the hub says of the GPU time that is left, and writes it here;
the kernel waits for its card by it, and computations that can save learn from it that they should
(`joulebook.core.checkpoint`). The path is in the kernel's variable ``JOULEBOOK_LEASE_FILE``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_runtime_dir

__all__ = ["SHARE", "VARIABLE", "Power", "file_of", "read", "write"]

VARIABLE = "JOULEBOOK_LEASE_FILE"
SHARE = "JOULEBOOK_GPU_MEMORY_SHARE"


@dataclass(frozen=True)
class Power:
    """A kernel's card, or why it has none.

    Parameters
    ----------
    state : str
        ``"lent"``, ``"waiting"``, ``"refused"``, or ``"ended"`` (at the longest time of its lease).
    card : str
        The card, when lent.
    share : float
        Part of the card's memory that is the kernel's.
    position, cards : int
        Place in the queue (1 is next; 0 when nobody answered) and how many places there are, when waiting.
    expected : float, optional
        Expected wait, s, when waiting and known.
    message : str
        Why not, when refused or ended.
    stage : str
        Of a limited GPU time, when lent; see `LeaseBroker`.
    until : float, optional
        When the grace ends, s since 1970.
    why : str
        What ends, from the grace on; see `LeaseBroker`.
    """

    state: str
    card: str = ""
    share: float = 1.0
    position: int = 0
    cards: int = 0
    expected: float | None = None
    message: str = ""
    stage: str = ""
    until: float | None = None
    why: str = ""

    def variables(self) -> dict[str, str]:
        """Environment of a kernel that has this card, or none.

        Returns
        -------
        dict of str to str
            For CUDA.
        """
        found = {"CUDA_VISIBLE_DEVICES": self.card, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
        return found if self.share >= 1.0 else found | {SHARE: f"{self.share:g}"}


def file_of(kernel: str) -> Path:
    """Where the file of a kernel lies.

    Parameters
    ----------
    kernel : str
        Identity of the kernel.

    Returns
    -------
    Path
        In Jupyter's runtime folder, which is its user's only.
    """
    return Path(jupyter_runtime_dir()) / f"lease-{kernel}.json"


def write(path: Path, power: Power) -> None:
    """Write the file in one step; a reader sees the old state or the new one.

    Parameters
    ----------
    path : Path
        The file.
    power : Power
        What it says.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(power), file)
    fresh.replace(path)


def read(path: Path) -> Power | None:
    """Read the file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Power or None
        None where there is no such file, or nothing in it that can be read.
    """
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, Mapping) or "state" not in found:
        return None
    return Power(**{name: found[name] for name in Power.__dataclass_fields__ if name in found})
