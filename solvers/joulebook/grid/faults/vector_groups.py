"""Vector groups of transformers, and what they mean for the zero sequence.

A star winding with its neutral brought out (``YN``) passes zero-sequence current to earth; a delta winding (``D``)
takes it in a loop of its own and passes none on; a star without neutral (``Y``) carries none; a zigzag winding with
neutral (``ZN``) carries it on its own, for its two halves on a leg balance each other.

References
----------
IEC 60076-1:2011, clause 7 (names of connections).
IEC 60909-0:2016, 6.3 and Tleis N., Power Systems Modelling and Fault Analysis (2008), section 4.2 (zero-sequence
circuits of transformers).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["VectorGroup", "read_vector_group", "zero_two_winding"]

_WINDING = r"(auto|a|d|yn|y|zn|z)(\d{1,2})?"
_PATTERN = {count: re.compile(_WINDING * count) for count in (2, 3)}
Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class VectorGroup:
    """Connections of a transformer's windings.

    Parameters
    ----------
    windings : tuple of str
        ``"d"``, ``"y"``, ``"yn"``, ``"z"`` or ``"zn"`` of each, the first winding first.
    clocks : tuple of int
        By how many twelfths of a turn each winding lags the first.
    """

    windings: tuple[str, ...]
    clocks: tuple[int, ...]


@functools.cache
def read_vector_group(text: str, windings: int = 2) -> VectorGroup | None:
    """Read a name such as ``"Dyn5"`` or ``"YNyn0d5"``.

    Parameters
    ----------
    text : str
        First winding first; capital and small letters mean the same here. ``a`` stands for an autotransformer's
        common winding with earthed neutral.
    windings : int
        How many there must be, 2 or 3.

    Returns
    -------
    VectorGroup or None
        None if it cannot be read.

    Examples
    --------
    >>> read_vector_group("YNd11")
    VectorGroup(windings=('yn', 'd'), clocks=(0, 11))
    """
    found = _PATTERN[windings].fullmatch(text.strip().casefold().replace(" ", "").replace(",", ""))
    if found is None:
        return None
    kinds = tuple("yn" if kind in {"a", "auto"} else kind for kind in found.groups()[::2])
    clocks = tuple(int(clock or 0) for clock in found.groups()[1::2])
    if any(clock > 12 for clock in clocks):
        return None
    return VectorGroup(kinds, tuple(clock % 12 for clock in clocks))


def zero_two_winding(
    group: VectorGroup, impedance: Complexes, magnetising: Complexes, first_earth: Complexes, second_earth: Complexes
) -> tuple[Complexes, Complexes, Complexes]:
    """Admittances of two-winding transformers of one vector group in the zero sequence, without their ratio.

    Parameters
    ----------
    group : VectorGroup
        Connections.
    impedance : ndarray of complex, shape (n,)
        Zero-sequence short-circuit impedance.
    magnetising : ndarray of complex, shape (n,)
        Zero-sequence magnetising admittance; 0 where there is no such path.
    first_earth, second_earth : ndarray of complex, shape (n,)
        Three times the impedance between each star point and earth.

    Returns
    -------
    first, mutual, second : ndarray of complex, shape (n,)
        Entries of the admittance matrix of the two terminals; all impedances seen from the second winding.
    """
    one, other = group.windings
    nothing = np.zeros(impedance.shape, np.complex128)
    if one == "yn" and other == "yn":
        left, right = impedance / 2 + first_earth, impedance / 2 + second_earth
        total = left + right + left * right * magnetising
        return (1.0 + right * magnetising) / total, -1.0 / total, (1.0 + left * magnetising) / total
    to_earth = [nothing, nothing]
    for side, (kind, opposite, earth) in enumerate(((one, other, first_earth), (other, one, second_earth))):
        if kind == "zn" or (kind == "yn" and opposite == "d"):
            to_earth[side] = 1.0 / (impedance + earth)
        elif kind == "yn":  # open behind: only through the magnetising path
            leak = impedance if opposite == "y" else impedance / 2
            to_earth[side] = magnetising / (1.0 + (leak + earth) * magnetising)
    return to_earth[0], nothing, to_earth[1]
