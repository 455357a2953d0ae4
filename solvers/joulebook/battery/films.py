"""The ageing parts of an electrode as a row of numbers, and what is there at the start of a study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.ageing import GAS_CONSTANT, growth_law
from joulebook.battery.ageing_mechanics import mechanics_law
from joulebook.battery.ageing_plating import plating_law
from joulebook.battery.electrodes import Electrode
from joulebook.battery.models import Model

__all__ = ["FilmStart", "film_row", "film_start"]

NO_FILM = (1e-9, 1e-4)
"""Thickness in m and molar volume in m³/mol that stand where an electrode plates or cracks without a film; they enter
no result."""


@dataclass(frozen=True)
class FilmStart:
    """What an ageing site holds at the start of a study.

    Parameters
    ----------
    film, on_cracks, plated : float, mol/m³
        Film, film on cracks and plated lithium per volume of electrode.
    crack : float, m
        Length of the cracks.
    swelling : float
        Volume fraction of all that.
    """

    film: float
    on_cracks: float
    plated: float
    crack: float
    swelling: float


def film_row(side: Electrode | None, model: Model) -> NDArray[np.float64]:
    """Make the row of ageing parameters of an electrode.

    Parameters
    ----------
    side : Electrode or None
        The electrode; None for a foil.
    model : Model
        Which laws act.

    Returns
    -------
    ndarray, shape (34,), mixed
        See :mod:`joulebook.battery.layout`; the first thickness is 0 where nothing ages.
    """
    row = np.zeros(at.N_FILM)
    if side is None or not model.ages:
        return row
    grows = side.sei is not None and model.sei != "none"
    plates = side.plating is not None and model.plating != "none"
    loses = side.mechanics is not None and bool(model.loss_of_active_material)
    if not (grows or plates or loses):
        return row
    cracks = grows and model.sei_on_cracks and side.mechanics is not None
    row[at.GROWTH_LAW : at.PLATING_LAW] = growth_law(side.sei if grows else None, model.sei if grows else "none")
    row[at.PLATING_LAW : at.MECHANICS_LAW] = plating_law(side.plating, model.plating if plates else "none")
    row[at.MECHANICS_LAW : at.FILM_VOLUME] = mechanics_law(side.mechanics, model.loss_of_active_material, cracks)
    row[at.FIRST_THICKNESS], row[at.FILM_VOLUME] = NO_FILM
    row[at.FILM_LITHIUM] = 1.0
    row[[at.FILM_TEMPERATURE, at.PLATING_TEMPERATURE, at.MECHANICS_TEMPERATURE]] = 298.15
    if side.sei is not None:
        row[at.FIRST_THICKNESS], row[at.FILM_VOLUME] = side.sei.initial_thickness, side.sei.molar_volume
        row[at.FILM_LITHIUM] = side.sei.lithium_per_molecule
        row[at.RESISTIVITY] = side.sei.resistivity if grows and model.film_resistance else 0.0
        row[at.FILM_ACTIVATION] = side.sei.activation_energy / GAS_CONSTANT
        row[at.FILM_TEMPERATURE] = side.sei.reference_temperature
    if side.plating is not None:
        row[at.METAL_VOLUME] = side.plating.molar_volume
        row[at.PLATING_ACTIVATION] = side.plating.activation_energy / GAS_CONSTANT
        row[at.PLATING_TEMPERATURE] = side.plating.reference_temperature
    if side.mechanics is not None:
        row[at.CRACK_ACTIVATION] = side.mechanics.cracking_activation_energy / GAS_CONSTANT
        row[at.LOSS_ACTIVATION] = side.mechanics.loss_activation_energy / GAS_CONSTANT
        row[at.MECHANICS_TEMPERATURE] = side.mechanics.reference_temperature
    row[at.CLOGS] = float(model.porosity_change)
    row[at.ON_CRACKS] = float(cracks)
    return row


def film_start(side: Electrode, model: Model, row: NDArray[np.float64], surface: float) -> FilmStart:
    """Find what an ageing site holds at the start of a study.

    Parameters
    ----------
    side : Electrode
        The electrode.
    model : Model
        Which laws act.
    row : ndarray, shape (34,), mixed
        As :func:`film_row` makes it.
    surface : float, 1/m
        Particle surface per volume.

    Returns
    -------
    FilmStart
        Film, plated lithium and cracks.
    """
    film = float(row[at.FIRST_THICKNESS] * surface / row[at.FILM_VOLUME])
    crack = on_cracks = 0.0
    if row[at.ON_CRACKS] and side.mechanics is not None and side.sei is not None:
        crack = side.mechanics.initial_crack_length or 0.0
        walls = surface * crack * float(row[at.MECHANICS_LAW + 3])
        on_cracks = (side.sei.initial_thickness_on_cracks or 0.0) * walls / float(row[at.FILM_VOLUME])
    plated = side.plating.initial_concentration if side.plating and model.plating != "none" else 0.0
    swelling = float(row[at.FILM_VOLUME]) * (film + on_cracks) + float(row[at.METAL_VOLUME]) * plated
    return FilmStart(film, on_cracks, plated, crack, float(row[at.CLOGS]) * swelling)
