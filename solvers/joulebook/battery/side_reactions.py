"""What else happens at the particles of a node: film growth, plating, cracks, loss of material.

Laws and their closed-form implicit steps are in :mod:`joulebook.battery.ageing`,
:mod:`joulebook.battery.ageing_plating` and :mod:`joulebook.battery.ageing_mechanics`; here they meet the arrays of the
loop. Film, plated lithium and their currents are found together with the potentials; crack length and active
fraction change slowly, so within a step they are those extrapolated from past points.

Every state is integrated with the same formula as the particles, so that lithium is conserved to rounding.
"""

from __future__ import annotations

from typing import Any

from joulebook.battery.ageing import film_step, lithium_rates
from joulebook.battery.ageing_mechanics import structure_rates
from joulebook.battery.ageing_plating import plating_step
from joulebook.battery.balance import FARADAY
from joulebook.battery.kinetics import arrhenius
from joulebook.battery.layout import (
    ACTIVE,
    AREA,
    BURIED,
    CRACK,
    CRACK_ACTIVATION,
    CRACK_GROWTH,
    CRACK_HISTORY,
    CRACK_SEI,
    CRACK_SHARE,
    CURRENT,
    DEAD,
    DYING,
    FILM,
    FILM_ACTIVATION,
    FILM_HISTORY,
    FILM_LITHIUM,
    FILM_TEMPERATURE,
    FILM_VOLUME,
    GROWTH,
    GROWTH_LAW,
    HALF_THERMAL,
    HELD,
    LOSS_ACTIVATION,
    MEAN_CONCENTRATION,
    MECHANICS_LAW,
    MECHANICS_TEMPERATURE,
    PLATED,
    PLATED_HISTORY,
    PLATING,
    PLATING_ACTIVATION,
    PLATING_LAW,
    PLATING_TEMPERATURE,
    REACTION,
    RING,
    SEI,
    SURFACE,
    SURFACE_CONCENTRATION,
    TEMPERATURE,
    WEIGHTS,
)
from joulebook.numerics.twins import separate

__all__ = ["advance_films", "linearise_sides"]


@separate
def linearise_sides(
    settings: Any,
    sites: Any,
    films: Any,
    reactions: Any,
    run: Any,
    s: int,
    salt: float,
    difference: float,
    drop: float,
) -> None:
    """Linearise film growth and plating of a site.

    Parameters
    ----------
    settings : ndarray, shape (n_settings,), mixed
        See :mod:`joulebook.battery.layout`.
    sites : ndarray, shape (n_sites, 20), mixed
        Site properties.
    films : ndarray, shape (n_films, 34), mixed
        Ageing parameters.
    reactions : ndarray, shape (n_sites, 40), mixed
        Miss and derivative behind ``GROWTH``, ``CRACK_GROWTH`` and ``PLATING`` are filled.
    run : ndarray, shape (n_run,), mixed
        Holds the weights of the time formula.
    s : int
        Site.
    salt : float, mol/m³
        Salt concentration.
    difference : float, V
        phi_s - phi_e.
    drop : float, V
        Of the film.
    """
    f = int(sites[s, FILM])
    thermal = 2.0 * settings[HALF_THERMAL]
    temperature = settings[TEMPERATURE]
    leading = run[WEIGHTS]
    surface = reactions[s, SURFACE]
    law = films[f, GROWTH_LAW:PLATING_LAW]
    if law[0] > 0.0:
        factor = arrhenius(films[f, FILM_ACTIVATION], films[f, FILM_TEMPERATURE], temperature)
        kinds = (films[f, FILM_VOLUME], films[f, FILM_LITHIUM])
        _, current, slope = film_step(
            law, difference, drop, thermal, factor, surface, kinds, leading, reactions[s, FILM_HISTORY]
        )
        reactions[s, GROWTH + 1] = current - reactions[s, GROWTH]
        reactions[s, GROWTH + 2] = slope
        share = reactions[s, CRACK_SHARE]
        if share > 0.0:
            _, current, slope = film_step(
                law, difference, drop, thermal, factor, share * surface, kinds, leading, reactions[s, CRACK_HISTORY]
            )
            reactions[s, CRACK_GROWTH + 1] = share * current - reactions[s, CRACK_GROWTH]
            reactions[s, CRACK_GROWTH + 2] = share * slope
    plates = films[f, PLATING_LAW:MECHANICS_LAW]
    if plates[0] > 0.0:
        factor = arrhenius(films[f, PLATING_ACTIVATION], films[f, PLATING_TEMPERATURE], temperature)
        _, current, slope, _ = plating_step(
            plates,
            difference,
            drop,
            thermal,
            factor,
            salt,
            reactions[s, DYING],
            surface,
            leading,
            reactions[s, PLATED_HISTORY],
        )
        reactions[s, PLATING + 1] = current - reactions[s, PLATING]
        reactions[s, PLATING + 2] = slope


def past_state(states: Any, run: Any, head: int, order: int, s: int, k: int) -> float:
    """Past part of the time derivative of a state.

    Parameters
    ----------
    states : ndarray, shape (n_ring, n_sites, n_states), mixed
        Ring of past states.
    run : ndarray, shape (n_run,), mixed
        Holds the weights of the time formula.
    head : int
        Slot of the last accepted point.
    order : int
        Of the formula.
    s : int
        Site.
    k : int
        State.

    Returns
    -------
    float
        Unit of the state per second.
    """
    total = 0.0
    for q in range(order):
        total += run[WEIGHTS + 1 + q] * states[(head - q) % RING, s, k]
    return total


@separate
def advance_films(
    settings: Any,
    sites: Any,
    films: Any,
    reactions: Any,
    states: Any,
    run: Any,
    head: int,
    order: int,
    slot: int,
    s: int,
) -> None:
    """Enter the ageing of a site at the end of the accepted step.

    Parameters
    ----------
    settings, sites, films, reactions, run : ndarray, mixed
        As for :func:`linearise_sides`; currents are those of the solved step.
    states : ndarray, shape (n_ring, n_sites, n_states), mixed
        Ring of past states; ``slot`` is filled.
    head : int
        Slot of the last accepted point.
    order : int
        Of the time formula.
    slot : int
        Slot of the step.
    s : int
        Site.
    """
    f = int(sites[s, FILM])
    leading = run[WEIGHTS]
    surface = reactions[s, SURFACE]
    share = reactions[s, CRACK_SHARE]
    temperature = settings[TEMPERATURE]
    on_cracks = 0.0
    if share > 0.0:
        on_cracks = reactions[s, CRACK_GROWTH] / share
    plated_past = reactions[s, PLATED_HISTORY]
    all_dead = films[f, PLATING_LAW + 4]
    plated = -plated_past
    if all_dead == 0.0:
        plated -= surface * reactions[s, PLATING] / FARADAY
    plated /= leading + reactions[s, DYING]
    rates = lithium_rates(
        surface,
        share * surface,
        (reactions[s, GROWTH], on_cracks, reactions[s, PLATING]),
        plated,
        films[f, FILM_LITHIUM],
        reactions[s, DYING],
        all_dead,
    )
    reference = films[f, MECHANICS_TEMPERATURE]
    structure = structure_rates(
        films[f, MECHANICS_LAW:FILM_VOLUME],
        (
            arrhenius(films[f, CRACK_ACTIVATION], reference, temperature),
            arrhenius(films[f, LOSS_ACTIVATION], reference, temperature),
        ),
        (reactions[s, MEAN_CONCENTRATION], reactions[s, SURFACE_CONCENTRATION]),
        states[head, s, CRACK],
        surface * reactions[s, GROWTH],
        run[CURRENT] / settings[AREA],
    )
    states[slot, s, SEI] = (rates[0] - reactions[s, FILM_HISTORY]) / leading
    states[slot, s, CRACK_SEI] = (rates[1] - reactions[s, CRACK_HISTORY]) / leading
    states[slot, s, PLATED] = plated
    states[slot, s, DEAD] = (rates[3] - past_state(states, run, head, order, s, DEAD)) / leading
    states[slot, s, CRACK] = (structure[0] - past_state(states, run, head, order, s, CRACK)) / leading
    active = (structure[1] - past_state(states, run, head, order, s, ACTIVE)) / leading
    states[slot, s, ACTIVE] = active
    held = active * reactions[s, MEAN_CONCENTRATION]
    states[slot, s, HELD] = held
    gone = -surface * reactions[s, REACTION] / FARADAY
    change = leading * held + past_state(states, run, head, order, s, HELD)
    states[slot, s, BURIED] = (gone - change - past_state(states, run, head, order, s, BURIED)) / leading
