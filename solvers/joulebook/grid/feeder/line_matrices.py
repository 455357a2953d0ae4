r"""Impedance and capacitance of a line from where its conductors are.

Every conductor forms a loop with the earth. With :math:`\omega = 2\pi f` and lengths in metres the series impedance
per metre is

.. math::

    Z_{ii} = R_i + \frac{\mathrm j \omega \mu_0}{2\pi} \ln \frac{1}{GMR_i} + Z^e_{ii},
    \qquad
    Z_{ij} = \frac{\mathrm j \omega \mu_0}{2\pi} \ln \frac{1}{D_{ij}} + Z^e_{ij},

where :math:`Z^e` is the return through earth: the complex plane of Deri *et al.* (``"Deri"``), the first term of
Carson's series (``"Carson"``, the modified equations of Kersting) or his series up to the fourth power
(``"full Carson"``). Under Deri's model the resistance includes the skin effect of a solid round wire of the same
direct-current resistance.

Capacitances follow from Maxwell's potential coefficients and the images of the conductors in the earth; a cable with a
concentric neutral or a tape shield has that of a coaxial capacitor. Neutrals of cables, and all conductors beyond the
phases where the geometry says so, are taken as earthed throughout and are reduced out (Kron).

Assumptions: the line is long against its height, the earth is uniform and conducts far better than its displacement
current, and conductors do not crowd each other's current (no proximity effect).

References
----------
J. R. Carson, "Wave propagation in overhead wires with ground return", Bell Syst. Tech. J. 5 (1926) 539, eq. (30)-(37).
A. Deri, G. Tevan, A. Semlyen, A. Castanheira, "The complex ground return plane", IEEE Trans. Power App. Syst. 100
(1981) 3686, DOI 10.1109/TPAS.1981.317011, eq. (7)-(9).
W. H. Kersting, *Distribution System Modeling and Analysis*, 3rd ed., CRC Press 2012, eq. (4.38)-(4.39) (Carson's
equations as used), (4.55) (Kron reduction), (4.75)-(4.84) (concentric neutral), (4.87)-(4.91) (tape shield), chapter 5
(capacitance).
N. Tleis, *Power Systems Modelling and Fault Analysis*, Newnes 2008, section 3.2 (full series of Carson).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.line_elements import Conductor

__all__ = ["kron_reduction", "line_constants"]

MU_0 = 1.256637e-6
"""Magnetic constant, H/m, with the digits that OpenDSS uses; CODATA 2018 has 1.25663706212e-6."""
EPSILON_0 = 8.854e-12
"""Electric constant, F/m, with the digits that OpenDSS uses; CODATA 2018 has 8.8541878128e-12."""
COPPER_TAPE = 2.3718e-8
"""Resistivity of a copper tape, ohm m (Kersting, eq. 4.88, at 50 °C)."""


def line_constants(feeder: Feeder, geometry: str) -> tuple[NDArray[np.complex128], NDArray[np.float64]]:
    """Impedance and capacitance per metre of a geometry.

    Parameters
    ----------
    feeder : Feeder
        Holds the geometry, its conductors, the frequency and the earth.
    geometry : str
        Identifier.

    Returns
    -------
    tuple of ndarray, shape (n, n)
        Series impedance, ohm/m, and nodal capacitance, F/m.

    Raises
    ------
    InputError
        If there is no such geometry, or two conductors are in the same place.

    Examples
    --------
    >>> from joulebook.grid import Feeder
    >>> feeder = Feeder.named("IEEE4")
    >>> z, c = line_constants(feeder, "4wire")
    >>> (z * 1609.344).round(4)[0]
    array([0.4575+1.078j , 0.1559+0.5017j, 0.1535+0.3849j])
    """
    if geometry not in feeder.geometries:
        raise InputError(Issue("geometry", geometry, "no such geometry in this feeder"))
    layout = feeder.geometries[geometry]
    wires = [feeder.conductors[placed.conductor] for placed in layout.conductors]
    x = np.array([placed.x for placed in layout.conductors])
    y = np.array([placed.height for placed in layout.conductors])
    _check_places(geometry, x, y, wires)
    omega = 2 * math.pi * feeder.frequency
    earth = _earth_return(x, y, feeder.frequency, feeder.earth_resistivity, feeder.earth_model)
    z = _impedance(wires, x, y, omega, earth, feeder)
    cables = [wire.kind for wire in wires if wire.kind != "wire"]
    potential = not cables
    c = _overhead_capacitance(wires, x, y) if potential else _cable_capacitance(wires)
    if layout.reduce and layout.phases < len(wires):
        z = kron_reduction(z, layout.phases)
        c = c[: layout.phases, : layout.phases]
    return z, c


def kron_reduction(matrix: NDArray[Any], kept: int) -> NDArray[Any]:
    """Eliminate the conductors after the first ones, which are earthed.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Impedances.
    kept : int
        Conductors that stay.

    Returns
    -------
    ndarray, shape (kept, kept)
        Of the conductors that stay.

    References
    ----------
    W. H. Kersting, *Distribution System Modeling and Analysis*, 3rd ed., CRC Press 2012, eq. (4.55).
    """
    a, b = matrix[:kept, :kept], matrix[:kept, kept:]
    reduced: NDArray[Any] = a - b @ np.linalg.solve(matrix[kept:, kept:], matrix[kept:, :kept])
    return reduced


def _check_places(geometry: str, x: NDArray[Any], y: NDArray[Any], wires: list[Conductor]) -> None:
    radius = [wire.radius for wire in wires]
    for i in range(len(wires)):
        for j in range(i):
            if math.hypot(x[i] - x[j], y[i] - y[j]) < radius[i] + radius[j]:
                raise InputError(
                    Issue(f"geometries.{geometry}", None, f"conductors {j + 1} and {i + 1} are in the same place")
                )


def _earth_return(
    x: NDArray[Any], y: NDArray[Any], frequency: float, resistivity: float, model: str
) -> NDArray[np.complex128]:
    """Part of the impedance that is due to the earth, ohm/m, for all pairs of conductors."""
    omega = 2 * math.pi * frequency
    height, apart = np.abs(y), x[:, None] - x[None, :]
    sums = height[:, None] + height[None, :]
    if model == "Carson":
        reactance = omega * MU_0 / (2 * math.pi) * math.log(658.5 * math.sqrt(resistivity / frequency))
        return np.full(apart.shape, complex(omega * MU_0 / 8, reactance))
    if model == "Deri":
        depth = 1.0 / np.sqrt(1j * omega * MU_0 / resistivity)
        plane = sums + 2 * depth
        return 1j * omega * MU_0 / (2 * math.pi) * np.log(np.sqrt(plane**2 + apart**2))
    distance = np.hypot(sums, apart)
    theta = np.arccos(np.minimum(1.0, sums / distance))
    m = 2.8099e-3 * distance * math.sqrt(frequency / resistivity)
    b1, b2 = 1 / (3 * math.sqrt(2)), 1 / 16
    b3, b4 = b1 / 15, b2 / 24
    c2, c4 = 1.3659315, 1.3659315 + 1 / 4 + 1 / 6
    square = (c2 - np.log(m)) * np.cos(2 * theta) + theta * np.sin(2 * theta)
    fourth = (c4 - np.log(m)) * np.cos(4 * theta) + theta * np.sin(4 * theta)
    first, third = b1 * m * np.cos(theta), b3 * m**3 * np.cos(3 * theta)
    real = math.pi / 8 - first + b2 * m**2 * square + third - b4 * math.pi / 4 * m**4 * np.cos(4 * theta)
    imaginary = 0.5 * np.log(1.85138 / m) + first - b2 * math.pi / 4 * m**2 * np.cos(2 * theta) + third
    imaginary += -b4 * m**4 * fourth + 0.5 * np.log(distance)
    return (real + 1j * imaginary) * (omega * MU_0 / math.pi)


def _impedance(
    wires: list[Conductor],
    x: NDArray[Any],
    y: NDArray[Any],
    omega: float,
    earth: NDArray[np.complex128],
    feeder: Feeder,
) -> NDArray[np.complex128]:
    """Of all conductors, with the neutrals of cables reduced out."""
    n = len(wires)
    shielded = [k for k, wire in enumerate(wires) if wire.kind != "wire"]
    size = n + len(shielded)
    factor = 1j * omega * MU_0 / (2 * math.pi)
    owner = [*range(n), *shielded]
    z = np.zeros((size, size), np.complex128)
    for a in range(size):
        for b in range(a + 1):
            i, j = owner[a], owner[b]
            distance = _distance(wires, x, y, a, b, owner)
            z[a, b] = z[b, a] = factor * math.log(1.0 / distance) + earth[i, j]
        inner = a < n
        z[a, a] += _resistance(wires[a], feeder) if inner else _shield_resistance(wires[owner[a]])
    return kron_reduction(z, n) if shielded else z


def _distance(wires: list[Conductor], x: NDArray[Any], y: NDArray[Any], a: int, b: int, owner: list[int]) -> float:
    """Geometric mean distance of two conductors, of which the later ones are shields; for one alone its radius."""
    n, i, j = len(wires), owner[a], owner[b]
    if i == j:
        if a == b:
            return float(wires[i].gmr if a < n else _shield_gmr(wires[i]))
        return _shield_radius(wires[i])
    apart = float(math.hypot(x[i] - x[j], y[i] - y[j]))
    if a >= n > b and wires[i].kind == "concentric neutral":
        k = wires[i].strands
        return float((apart**k - _shield_radius(wires[i]) ** k) ** (1.0 / k))
    return apart


def _shield_radius(wire: Conductor) -> float:
    """From the centre of a cable to that of its strands or its tape, m."""
    layer = wire.strand_diameter if wire.kind == "concentric neutral" else wire.tape_thickness
    return 0.5 * ((wire.outer_diameter or 0.0) - (layer or 0.0))


def _shield_gmr(wire: Conductor) -> float:
    radius = _shield_radius(wire)
    if wire.kind == "tape shield":
        return radius
    k = wire.strands
    strand = wire.strand_gmr if wire.strand_gmr is not None else 0.7788 * 0.5 * (wire.strand_diameter or 0.0)
    return float((strand * k * radius ** (k - 1)) ** (1.0 / k))


def _shield_resistance(wire: Conductor) -> float:
    if wire.kind == "concentric neutral":
        return (wire.strand_resistance or 0.0) / wire.strands
    lap = math.sqrt(50.0 / (100.0 - 100.0 * wire.tape_lap))
    return 0.3183 * COPPER_TAPE / ((wire.outer_diameter or 0.0) * (wire.tape_thickness or 0.0) * lap)


def _resistance(wire: Conductor, feeder: Feeder) -> float:
    """At the frequency of the feeder; under Deri's model from the resistance to direct current and the skin effect."""
    if feeder.earth_model != "Deri":
        return wire.resistance
    from scipy.special import ive

    direct = wire.dc_resistance if wire.dc_resistance is not None else wire.resistance / 1.02
    if direct == 0:
        return 0.0
    alpha = (1 + 1j) * math.sqrt(feeder.frequency * MU_0 / direct)
    ratio = 1.0 if abs(alpha) > 35.0 else ive(0, alpha) / ive(1, alpha)
    return float(((1 + 1j) * ratio * math.sqrt(direct * feeder.frequency * MU_0) / 2.0).real)


def _overhead_capacitance(wires: list[Conductor], x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
    """Nodal capacitance, F/m; conductors below ground, which have no image, take the height as its magnitude."""
    apart = x[:, None] - x[None, :]
    height = np.abs(y)
    radius = np.array([wire.capacitance_radius or wire.radius for wire in wires])
    to_image = np.hypot(apart, height[:, None] + height[None, :])
    direct = np.hypot(apart, height[:, None] - height[None, :])
    np.fill_diagonal(direct, radius)
    potential = np.log(to_image / direct) / (2 * math.pi * EPSILON_0)
    return np.linalg.inv(potential)


def _cable_capacitance(wires: list[Conductor]) -> NDArray[np.float64]:
    out = np.zeros(len(wires))
    for k, wire in enumerate(wires):
        if wire.kind != "wire":
            outer = 0.5 * (wire.insulation_diameter or 0.0)
            inner = outer - (wire.insulation_thickness or 0.0)
            out[k] = 2 * math.pi * EPSILON_0 * (wire.permittivity or 1.0) / math.log(outer / inner)
    return np.diag(out)
