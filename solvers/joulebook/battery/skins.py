r"""Where lithium is held back at the surface of particles, so that shells must be thin there.

A material whose diffusivity falls steeply with its stoichiometry builds a thin layer at the surface that lets little
through. Across the outer half of the outermost shell, of thickness h, the stoichiometry changes by

.. math:: \delta = \frac{j \, h}{2 F D_{min} c_{max}}

when the surface comes to where the diffusivity is least. Shells on which that is not small misplace the layer: the
discharge ends early or late by per cents (ORegan2022).
"""

from __future__ import annotations

import functools

import numpy as np

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.designs import Cell
from joulebook.battery.equilibrium import FARADAY
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.models import Model
from joulebook.battery.schedule import Schedule
from joulebook.materials.records import Law

__all__ = ["has_skins", "largest_current"]

LARGEST_DROP = 0.04
"""Change of the stoichiometry across the outer half of the outermost shell above which shells count as too thick."""
HALF_SHELL = 0.02
"""Thickness of that half on the default mesh, over the radius."""
INSIDE = (0.01, 0.99)
"""Stoichiometries between which the least diffusivity is looked for."""


def has_skins(cell: Cell | HalfCell, schedule: Schedule, series: int = 1, parallel: int = 1) -> bool:
    """Say whether thin layers at particle surfaces hold lithium back under a protocol.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    schedule : Schedule
        The protocol.
    series, parallel : int
        Cells of the pack that it is for.

    Returns
    -------
    bool
        True if some material has a diffusivity that varies, and its default shells are too thick.
    """
    limits = (series * cell.lower_cutoff, series * cell.upper_cutoff)
    current = largest_current(schedule, limits) / parallel
    for side, electrode in Model.sides(cell).items():
        for phase in range(1 + len(electrode.additional_phases)):
            part = electrode if phase == 0 else electrode.additional_phases[phase - 1]
            law = cell.active_material(side, phase).diffusivity_law
            if law is None or part.diffusivity is not None:
                continue
            surface = 3.0 * part.active_fraction / part.particle_radius * electrode.thickness * cell.area
            depth = HALF_SHELL * part.particle_radius
            most = cell.maximum_concentration(side, phase)
            drop = current / surface * depth / (FARADAY * _least(law, cell.temperature) * most)
            if drop > LARGEST_DROP:
                return True
    return False


def largest_current(schedule: Schedule, limits: tuple[float, float]) -> float:
    """Largest current that a protocol asks for; what a held voltage draws is not known before.

    Parameters
    ----------
    schedule : Schedule
        The protocol.
    limits : tuple of float, V
        Lowest and highest voltage: they turn powers and resistances into currents.

    Returns
    -------
    float
        A.
    """
    rows = schedule.rows
    values = np.abs(rows[:, column.VALUE])
    followed = rows[:, column.SERIES_FIRST] >= 0
    if followed.any():
        values = np.where(followed, values * np.abs(schedule.series[:, 1]).max(), values)
    held = rows[:, column.HELD]
    current = np.select(
        [held == at.HOLD_CURRENT, held == at.HOLD_POWER, held == at.HOLD_RESISTANCE],
        [values, values / max(limits[0], 1e-3), limits[1] / np.maximum(values, 1e-9)],
        0.0,
    )
    return float(current.max())


@functools.lru_cache(maxsize=128)
def _least(law: Law, temperature: float) -> float:
    """Least diffusivity, m²/s."""
    x = np.linspace(*INSIDE, 256)
    return float(np.min(law.at(np, x, temperature)))
