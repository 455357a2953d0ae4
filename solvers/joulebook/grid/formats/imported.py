"""What a reader of a foreign file hands on: the network, its notes, and the solved state that came with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.network import Network

__all__ = ["FileState", "ImportedNetwork"]


@dataclass(frozen=True)
class FileState:
    """Voltages that the program which wrote a file had worked out.

    Parameters
    ----------
    buses : tuple of str
        Identifiers in the network.
    voltage : ndarray, shape (n,)
        Per unit of the nominal voltage of the bus.
    angle : ndarray, shape (n,), rad
        Of the voltages.
    """

    buses: tuple[str, ...]
    voltage: NDArray[np.float64]
    angle: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.buses)


@dataclass(frozen=True)
class ImportedNetwork:
    """A network from a file of another program.

    Parameters
    ----------
    network : Network
        The network.
    notes : tuple of str
        What the file holds and the network does not, and what the file lacks and was assumed.
    state : FileState or None
        The solved voltages of the file, where it has some; see :func:`joulebook.grid.compare_with_state`.
    format : str
        What the file is, such as ``"CGMES 2.4.15"``.
    """

    network: Network
    notes: tuple[str, ...] = ()
    state: FileState | None = None
    format: str = ""
