"""An electrode at rest: several active materials that share one potential.

Between the active materials of one electrode lithium moves until their open-circuit potentials are equal,
``U_1(x_1) = U_2(x_2) = …``. The lithium in the electrode, as a part of what it can take, is its *filling*,
``q = Σ Q_i x_i / Σ Q_i``; with one active material it is the stoichiometry. Given ``q``, the stoichiometry of the
first material is found by Brent's method, and within it those of the others, each clamped to the range 0 to 1.
Open-circuit potentials are taken to fall with lithium content; hysteresis is left out (``ActiveMaterial.ocp``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from joulebook.battery.assembly import Assembly
from joulebook.battery.electrodes import Electrode

__all__ = ["EDGE", "FARADAY", "ElectrodeAtRest", "electrode_at_rest"]

FARADAY = 6.02214076e23 * 1.602176634e-19
"""Charge of a mole of electrons, C/mol (exact in the SI of 2019)."""
EDGE = 1e-6
"""Stoichiometries are sought between this and 1 minus this."""
_CURVE = 401
_TOLERANCE = 1e-14


@dataclass(frozen=True)
class ElectrodeAtRest:
    """Capacities and open-circuit potentials of the active materials of an electrode.

    Parameters
    ----------
    capacities : tuple of float, A h
        Of each material between stoichiometry 0 and 1.
    potentials : tuple of callable
        From an array of stoichiometries to V, for each material.
    """

    capacities: tuple[float, ...]
    potentials: tuple[Callable[[Any], Any], ...]

    @property
    def capacity(self) -> float:
        """Of all materials together between stoichiometry 0 and 1, A h."""
        return sum(self.capacities)

    @property
    def range(self) -> tuple[float, float]:
        """Least and greatest filling that is looked for."""
        return self._filling(EDGE), self._filling(1.0 - EDGE)

    def stoichiometries(self, filling: float) -> tuple[float, ...]:
        """Share the lithium between the materials.

        Parameters
        ----------
        filling : float
            Lithium in the electrode over what it can take.

        Returns
        -------
        tuple of float
            Stoichiometry of each material.
        """
        if len(self.capacities) == 1:
            return (filling,)
        low, high = self.range
        if filling <= low:
            return self._sharing(EDGE)
        if filling >= high:
            return self._sharing(1.0 - EDGE)
        return self._sharing(_root(lambda first: self._filling(first) - filling, EDGE, 1.0 - EDGE))

    def potential(self, filling: float) -> float:
        """Open-circuit potential.

        Parameters
        ----------
        filling : float
            Lithium in the electrode over what it can take.

        Returns
        -------
        float
            V.
        """
        return self._first(self.stoichiometries(filling)[0])

    def curve(self, fillings: Any) -> Any:
        """Open-circuit potential over an array of fillings.

        Parameters
        ----------
        fillings : ndarray, shape (n,)
            Lithium in the electrode over what it can take.

        Returns
        -------
        ndarray, shape (n,), V
            Exact for one material; interpolated between 401 points for several.
        """
        if len(self.capacities) == 1:
            return self.potentials[0](fillings)
        low, high = (self.stoichiometries(float(filling))[0] for filling in (np.min(fillings), np.max(fillings)))
        first = np.linspace(low, high, _CURVE)
        return np.interp(fillings, [self._filling(float(x)) for x in first], self.potentials[0](first))

    def _first(self, x: float) -> float:
        return float(self.potentials[0](np.float64(x)))

    def _filling(self, first: float) -> float:
        parts = zip(self.capacities, self._sharing(first), strict=True)
        return sum(capacity * x for capacity, x in parts) / self.capacity

    def _sharing(self, first: float) -> tuple[float, ...]:
        """Stoichiometries of all materials at that of the first one."""
        if len(self.potentials) == 1:
            return (first,)
        potential = self._first(first)
        return (first, *(_stoichiometry(law, potential) for law in self.potentials[1:]))


def electrode_at_rest(cell: Assembly, side: str) -> ElectrodeAtRest:
    """Describe an electrode of a cell at rest.

    Parameters
    ----------
    cell : Cell or HalfCell
        The cell.
    side : str
        ``"negative"`` or ``"positive"``.

    Returns
    -------
    ElectrodeAtRest
        Capacities weighted over the layers.
    """
    electrode: Electrode = getattr(cell, side)
    fractions = (electrode.mean_active_fraction, *(phase.active_fraction for phase in electrode.additional_phases))
    volume = electrode.thickness * cell.area
    return ElectrodeAtRest(
        capacities=tuple(
            fraction * volume * cell.maximum_concentration(side, phase) * FARADAY / 3600.0
            for phase, fraction in enumerate(fractions)
        ),
        potentials=tuple(_potential(cell, side, phase) for phase in range(len(fractions))),
    )


def _potential(cell: Assembly, side: str, phase: int) -> Callable[[Any], Any]:
    law = cell.active_material(side, phase).ocp.function
    return lambda x: law(np, x)


def _stoichiometry(law: Callable[[Any], Any], potential: float) -> float:
    """Stoichiometry of a material at a potential, clamped to 0 to 1."""

    def above(x: float) -> float:
        return float(law(np.float64(x))) - potential

    if above(EDGE) <= 0.0:
        return EDGE
    if above(1.0 - EDGE) >= 0.0:
        return 1.0 - EDGE
    return _root(above, EDGE, 1.0 - EDGE)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq  # slow to import, and needed here only

    return float(brentq(function, low, high, xtol=_TOLERANCE, rtol=_TOLERANCE))
