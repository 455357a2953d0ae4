r"""Primitive admittances: what current each conductor of an element draws at the voltages of all its conductors.

Line of series impedance :math:`Z` and shunt admittance :math:`Y_c`, both whole: a pi section,

.. math:: Y = \begin{pmatrix} Z^{-1} + Y_c/2 & -Z^{-1} \\ -Z^{-1} & Z^{-1} + Y_c/2 \end{pmatrix}.

Transformer of one phase with :math:`w` windings: short-circuit impedances between pairs of windings make a matrix of
order :math:`w-1`, whose inverse, bordered so that rows sum to zero, is the admittance on a base of one volt; turns
ratios and taps scale it to the windings, and the two ends of every winding are placed at the conductors that the
connection (wye or delta) says. The magnetising branch lies across the second winding. A small susceptance from every
winding end to earth gives a potential to windings that have none.

References
----------
W. H. Kersting, *Distribution System Modeling and Analysis*, 3rd ed., CRC Press 2012, section 6.1 (lines).
R. C. Dugan and S. Santoso, "An example of 3-phase transformer modeling for distribution system analysis", IEEE PES T&D
2003, DOI 10.1109/TDC.2003.1335079 (windings, connections, primitive matrix).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    from joulebook.grid.feeder.elements import Transformer, Winding

__all__ = [
    "SOLID_EARTH",
    "coil_ends",
    "coil_voltage",
    "line_blocks",
    "phase_voltage",
    "sequence_matrix",
    "transformer_parts",
]

Complex = NDArray[np.complex128]
SOLID_EARTH = 1e6
"""Admittance of a solid connection of a neutral to earth, S."""


def phase_voltage(voltage: float, phases: int, connection: str) -> float:
    """Voltage across one phase of an element of given rated voltage.

    Parameters
    ----------
    voltage : float, V
        Rated: line to line for two and three phases.
    phases : int
        Of the element.
    connection : str
        ``"wye"`` or ``"delta"``.

    Returns
    -------
    float
        V.
    """
    return voltage / math.sqrt(3.0) if connection == "wye" and phases in {2, 3} else voltage


def sequence_matrix(positive: complex, zero: complex, phases: int) -> Complex:
    """Phase impedances of an element whose phases are alike.

    Parameters
    ----------
    positive, zero : complex
        Sequence impedances.
    phases : int
        Order of the matrix.

    Returns
    -------
    ndarray, shape (phases, phases)
        Diagonal ``(2 Z1 + Z0) / 3``, elsewhere ``(Z0 - Z1) / 3``.
    """
    off = (zero - positive) / 3.0
    out: Complex = np.full((phases, phases), off, np.complex128) + np.eye(phases) * positive
    return out


def line_blocks(series: Complex, shunt: Complex, lengths: NDArray[np.float64]) -> Complex:
    """Primitive admittances of lines of one make.

    Parameters
    ----------
    series : ndarray, shape (n, n), ohm/m
        Impedance.
    shunt : ndarray, shape (n, n), S/m
        Admittance to earth.
    lengths : ndarray, shape (k,), m
        Of the lines.

    Returns
    -------
    ndarray, shape (k, 2n, 2n)
        Conductors of the first end come first.

    Raises
    ------
    InputError
        If the impedance is singular.
    """
    n = len(series)
    try:
        inverse = np.linalg.inv(series)
    except np.linalg.LinAlgError:
        raise InputError(Issue("line_codes", None, "the impedance matrix of a line is singular")) from None
    along = inverse[None] / lengths[:, None, None]
    across = shunt[None] * (lengths[:, None, None] / 2.0)
    out = np.empty((len(lengths), 2 * n, 2 * n), np.complex128)
    out[:, :n, :n] = out[:, n:, n:] = along + across
    out[:, :n, n:] = out[:, n:, :n] = -along
    return out


def coil_voltage(winding: Winding, phases: int) -> float:
    """Rated voltage across one coil of a winding.

    Parameters
    ----------
    winding : Winding
        Of a transformer.
    phases : int
        Of the transformer.

    Returns
    -------
    float
        V.
    """
    return phase_voltage(winding.voltage, phases, winding.connection)


def coil_ends(transformer: Transformer, winding: int, phase: int) -> tuple[int, int]:
    """Conductors between which a coil lies.

    Parameters
    ----------
    transformer : Transformer
        The transformer; every winding has a conductor for each phase and one neutral.
    winding, phase : int
        From 0.

    Returns
    -------
    tuple of int
        Conductors of the winding, from 0.
    """
    phases = transformer.phases
    if phases == 1 or transformer.windings[winding].connection == "wye":
        return phase, phases
    following = phase + _direction(transformer)
    if phases > 2:
        return phase, following % phases
    return phase, following if following >= 0 else 2


def _direction(transformer: Transformer) -> int:
    """1 where a delta connects each phase to the next one, -1 to the one before."""
    first, second = transformer.windings[:2]
    if first.connection == second.connection:
        return 1
    high = first if first.voltage >= second.voltage else second
    follows = transformer.low_voltage_leads == (high.connection == "delta")
    return 1 if follows else -1


def transformer_parts(identifier: str, transformer: Transformer) -> tuple[Complex, Complex]:
    """Admittance of one coil group at rated turns, and that of the neutrals.

    Parameters
    ----------
    identifier : str
        For messages.
    transformer : Transformer
        The transformer.

    Returns
    -------
    coils : ndarray, shape (w, w), S
        Between the coils of one phase at unit taps; divided by the taps of both coils.
    ends : ndarray, shape (w,), S
        From each coil end to earth.

    Raises
    ------
    InputError
        If the short-circuit impedances are not those of a transformer.
    """
    windings, n = transformer.windings, len(transformer.windings)
    base = 1.0 / (transformer.rating / transformer.phases)
    resistance = [winding.resistance for winding in windings]
    pairs = dict(zip(_pairs(n), transformer.reactances, strict=True))
    own = [complex(resistance[0] + resistance[k], pairs[0, k]) for k in range(1, n)]
    z = np.zeros((n - 1, n - 1), np.complex128)
    for i in range(n - 1):
        for j in range(n - 1):
            between = (
                complex(resistance[i + 1] + resistance[j + 1], pairs[min(i, j) + 1, max(i, j) + 1]) if i != j else 0
            )
            z[i, j] = base * (own[i] + own[j] - between) / 2.0 if i != j else base * own[i]
    try:
        inverse = np.linalg.inv(z)
    except np.linalg.LinAlgError:
        raise InputError(
            Issue(f"transformers.{identifier}.reactances", None, "the windings would be joined without impedance")
        ) from None
    border = np.vstack([-np.ones((1, n - 1)), np.eye(n - 1)])
    one_volt = border @ inverse @ border.T
    one_volt[1, 1] += (transformer.no_load_loss - 1j * transformer.magnetising_current) / base
    turns = np.array([1.0 / coil_voltage(winding, transformer.phases) for winding in windings])
    floating = -1j * transformer.floating_susceptance / base / 2.0 * turns**2
    return one_volt * np.outer(turns, turns), floating


def _pairs(n: int) -> Sequence[tuple[int, int]]:
    return [(i, j) for i in range(n) for j in range(i + 1, n)]


def neutral_admittance(winding: Winding) -> complex | None:
    """Admittance of a neutral to earth.

    Parameters
    ----------
    winding : Winding
        Of a transformer.

    Returns
    -------
    complex or None
        S; None where nothing is connected beside what the connection says.
    """
    if winding.connection != "wye" or winding.neutral_resistance is None:
        return None
    impedance = complex(winding.neutral_resistance, winding.neutral_reactance)
    return SOLID_EARTH if impedance == 0 else 1.0 / impedance


def full_matrix(triangle: Sequence[Sequence[float]] | None, n: int) -> NDArray[Any]:
    """Symmetric matrix of a lower triangle.

    Parameters
    ----------
    triangle : sequence of sequence of float, or None
        Rows; None for zeros.
    n : int
        Order.

    Returns
    -------
    ndarray, shape (n, n)
        Both triangles.
    """
    out = np.zeros((n, n))
    for k, row in enumerate(triangle or ()):
        out[k, : k + 1] = row
        out[: k + 1, k] = row
    return out
