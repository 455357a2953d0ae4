"""Growth of the film and plating: published forms, derivatives, limits, closed-form steps, lithium."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from joulebook.battery.ageing import (
    FILM_SHARE,
    GAS_CONSTANT,
    GROWTH_LAWS,
    arrhenius,
    bound_lithium,
    film_drop,
    film_step,
    film_thickness,
    growth_law,
    lithium_rates,
    porosity,
    sei_current,
)
from joulebook.battery.ageing_parts import SEI, Plating
from joulebook.battery.ageing_plating import PLATING_LAWS, plating_current, plating_law, plating_step
from joulebook.battery.balance import FARADAY
from joulebook.core.errors import InputError
from joulebook.numerics.twins import compile_tree

FILM = SEI(
    molar_volume=9.585e-5,
    lithium_per_molecule=2.0,
    resistivity=2e5,
    initial_thickness=5e-9,
    open_circuit_potential=0.4,
    exchange_current_density=1.5e-7,
    solvent_diffusivity=2.5e-22,
    solvent_concentration=2636.0,
    interstitial_diffusivity=1e-20,
    interstitial_concentration=15.0,
    ec_concentration=4541.0,
    ec_diffusivity=2e-18,
    ec_rate_constant=1e-12,
)
METAL = Plating(rate_constant=1e-9, transfer_coefficient=0.65, molar_volume=1.3e-5, dead_lithium_rate=1e-6)
THERMAL = FARADAY / (GAS_CONSTANT * 298.15)
SURFACE = 3 * 0.75 / 5.86e-6
VOLUMES = (FILM.molar_volume, FILM.lithium_per_molecule)
GROWING = GROWTH_LAWS[1:]


def difference(function: Any, x: float, width: float) -> float:
    """Fourth-order central difference."""
    near = function(x + width) - function(x - width)
    far = function(x + 2 * width) - function(x - 2 * width)
    return float((8 * near - far) / (12 * width))


def test_the_four_growth_laws_are_the_published_forms() -> None:
    potential, drop, thickness = 0.12, 0.003, 8e-9
    drive = math.exp(-0.5 * THERMAL * (potential - drop - 0.4))
    published = {
        "none": 0.0,
        "reaction limited": -1.5e-7 * drive,
        "solvent-diffusion limited": -FARADAY * 2.5e-22 * 2636.0 / thickness,
        "interstitial-diffusion limited": -FARADAY * 1e-20 * 15.0 / thickness * math.exp(-THERMAL * potential),
        "EC reaction limited": -FARADAY * 4541.0 * 1e-12 * drive / (1 + thickness * 1e-12 * drive / 2e-18),
    }
    for name, current in published.items():
        found = sei_current(growth_law(FILM, name), potential, drop, THERMAL, 3.0, thickness)[0]
        assert found == pytest.approx(3.0 * current, rel=1e-13), name


def test_no_film_no_growth_and_an_unknown_law_is_named() -> None:
    assert sei_current(growth_law(None, "reaction limited"), 0.1, 0.0, THERMAL, 1.0, 1e-9)[0] == 0
    with pytest.raises(InputError, match="tunnelling"):
        growth_law(FILM, "tunnelling")
    with pytest.raises(InputError, match="sometimes"):
        plating_law(METAL, "sometimes")


@pytest.mark.parametrize("name", GROWING)
def test_slopes_of_growth(name: str) -> None:
    law = growth_law(FILM, name)

    def current(potential: float = 0.1, drop: float = 0.02, thickness: float = 6e-9) -> float:
        return sei_current(law, potential, drop, THERMAL, 1.5, thickness)[0]

    _, by_potential, by_thickness = sei_current(law, 0.1, 0.02, THERMAL, 1.5, 6e-9)
    scale = abs(current())
    assert by_potential == pytest.approx(difference(current, 0.1, 1e-4), rel=1e-9, abs=1e-9 * scale)
    by_drop = difference(lambda drop: current(drop=drop), 0.02, 1e-4)
    assert -law[FILM_SHARE] * by_potential == pytest.approx(by_drop, rel=1e-9, abs=1e-9 * scale)
    slope = difference(lambda thickness: current(thickness=thickness), 6e-9, 1e-11)
    assert by_thickness == pytest.approx(slope, rel=1e-8, abs=1e-7 * scale)


def test_reaction_of_ec_has_both_limits() -> None:
    law = growth_law(FILM, "EC reaction limited")
    thin = sei_current(law, 0.5, 0.0, THERMAL, 1.0, 1e-15)[0]
    assert thin == pytest.approx(-FARADAY * 4541.0 * 1e-12 * math.exp(-0.5 * THERMAL * 0.1), rel=1e-5)
    thick = sei_current(law, -0.5, 0.0, THERMAL, 1.0, 1e-6)[0]
    assert thick == pytest.approx(-FARADAY * 4541.0 * 2e-18 / 1e-6, rel=1e-3)


@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("length", [1.0, 1e4, 1e8])
def test_implicit_film_step(name: str, length: float) -> None:
    law = growth_law(FILM, name)
    old = 5e-9 * SURFACE / FILM.molar_volume
    leading = 1.0 / length

    def step(potential: float, drop: float = 0.01) -> tuple[float, float, float]:
        return film_step(law, potential, drop, THERMAL, 1.2, SURFACE, VOLUMES, leading, -leading * old)

    film, current, slope = step(0.1)
    assert film > old
    there = sei_current(law, 0.1, 0.01, THERMAL, 1.2, film_thickness(film, FILM.molar_volume, SURFACE))[0]
    # the step gains film by a difference: it carries the rounding of the stored film
    noise = 4e-16 * film * leading * 2 * FARADAY / SURFACE
    assert current == pytest.approx(there, rel=1e-9, abs=noise)
    assert 2.0 * (film - old) == pytest.approx(-SURFACE * current / FARADAY * length, rel=1e-9, abs=1e-15 * film)
    width = 1e-3
    expected = difference(lambda potential: step(potential)[1], 0.1, width)
    assert slope == pytest.approx(expected, rel=1e-6, abs=4 * noise / width + 1e-9 * abs(current))


def test_film_grows_as_the_root_of_time_where_diffusion_limits() -> None:
    law = growth_law(FILM, "solvent-diffusion limited")
    film = start = 5e-9 * SURFACE / FILM.molar_volume
    year, steps = 365.25 * 86400.0, 4000
    leading = steps / year
    for _ in range(steps):
        film = film_step(law, 0.1, 0.0, THERMAL, 1.0, SURFACE, VOLUMES, leading, -leading * film)[0]
    growth = FILM.molar_volume * 2.5e-22 * 2636.0 / 2.0
    exact = math.sqrt(5e-9**2 + 2.0 * growth * year)
    assert film_thickness(film, FILM.molar_volume, SURFACE) == pytest.approx(exact, rel=1e-3)
    assert film > start


@pytest.mark.parametrize("name", PLATING_LAWS[1:])
def test_slopes_of_plating(name: str) -> None:
    law = plating_law(METAL, name)

    def current(potential: float = -0.02, drop: float = 0.01, salt: float = 900.0, plated: float = 40.0) -> float:
        return plating_current(law, potential, drop, THERMAL, 1.1, salt, plated)[0]

    _, by_potential, by_plated, by_salt = plating_current(law, -0.02, 0.01, THERMAL, 1.1, 900.0, 40.0)
    assert by_potential == pytest.approx(difference(current, -0.02, 1e-4), rel=1e-8)
    assert -by_potential == pytest.approx(difference(lambda drop: current(drop=drop), 0.01, 1e-4), rel=1e-8)
    assert by_plated == pytest.approx(difference(lambda plated: current(plated=plated), 40.0, 1.0), rel=1e-8, abs=1e-12)
    assert by_salt == pytest.approx(difference(lambda salt: current(salt=salt), 900.0, 1.0), rel=1e-8)


def test_plating_rests_where_both_concentrations_agree() -> None:
    law = plating_law(METAL, "reversible")
    assert plating_current(law, 0.05, 0.05, THERMAL, 1.0, 700.0, 700.0)[0] == pytest.approx(0.0, abs=1e-12)
    assert plating_current(plating_law(METAL, "irreversible"), 0.05, 0.05, THERMAL, 1.0, 700.0, 700.0)[0] < 0
    assert plating_current(plating_law(METAL, "none"), -0.5, 0.0, THERMAL, 1.0, 700.0, 700.0)[0] == 0


@pytest.mark.parametrize("name", PLATING_LAWS)
@pytest.mark.parametrize("potential", [-0.1, 0.05, 0.9])
@pytest.mark.parametrize("length", [1.0, 1e5])
def test_implicit_plating_step(name: str, potential: float, length: float) -> None:
    law = plating_law(METAL, name)
    dying = law[3] * 0.8
    leading, old = 1.0 / length, 30.0

    def step(potential: float, salt: float = 1000.0) -> tuple[float, float, float, float]:
        return plating_step(law, potential, 0.002, THERMAL, 1.0, salt, dying, SURFACE, leading, -leading * old)

    plated, current, by_potential, by_salt = step(potential)
    assert plated >= 0
    there = plating_current(law, potential, 0.002, THERMAL, 1.0, 1000.0, plated)[0]
    size = FARADAY * leading * max(old, plated) / SURFACE
    assert current == pytest.approx(there, rel=1e-12, abs=1e-15 * size)
    _, _, rate, dead = lithium_rates(SURFACE, 0.0, (0.0, 0.0, current), plated, 2.0, dying, law[4])
    assert leading * (plated - old) == pytest.approx(rate, rel=1e-9, abs=1e-9 * leading * old)
    assert (rate + dead) * FARADAY == pytest.approx(-SURFACE * current, rel=1e-12, abs=1e-12)
    slope = difference(lambda value: step(value)[1], potential, 1e-4)
    assert by_potential == pytest.approx(slope, rel=1e-6, abs=1e-8 * size)
    slope = difference(lambda salt: step(potential, salt)[1], 1000.0, 1.0)
    assert by_salt == pytest.approx(slope, rel=1e-6, abs=1e-10 * size)


currents = st.floats(-10.0, 0.0)


@given(currents, currents, st.floats(-10.0, 10.0), st.floats(0.0, 1e3), st.floats(0.1, 3.0), st.booleans())
def test_lithium_that_leaves_the_electrolyte_is_bound(
    growth: float, on_cracks: float, plating: float, plated: float, lithium: float, all_dead: bool
) -> None:
    rates = lithium_rates(3.8e5, 2e5, (growth, on_cracks, plating), plated, lithium, 1e-6, float(all_dead))
    taken = -(3.8e5 * (growth + plating) + 2e5 * on_cracks) / FARADAY
    assert bound_lithium(*rates, lithium) == pytest.approx(taken, rel=1e-12, abs=1e-12)


def test_films_fill_pores_and_resist() -> None:
    grown = 1e-9 * SURFACE / FILM.molar_volume
    assert porosity(0.25, grown, 0.0, 9.585e-5, 1.3e-5) == pytest.approx(0.25 - SURFACE * 1e-9)
    assert porosity(0.25, 0.0, 100.0, 9.585e-5, 1.3e-5) == pytest.approx(0.25 - 1.3e-3)
    assert film_drop(2.0, 2e5, 5e-9) == pytest.approx(2e-3)


def test_arrhenius_is_one_at_the_reference_and_grows_with_warmth() -> None:
    assert arrhenius(38000.0, 298.15, 298.15) == 1
    assert arrhenius(38000.0, 318.15, 298.15) == pytest.approx(
        math.exp(38000 / 8.31446261815324 * (1 / 298.15 - 1 / 318.15))
    )


def test_the_compiled_twins_agree() -> None:
    def compiled(function: Any) -> Any:
        return compile_tree(function, njit, njit)

    rows = np.array([growth_law(FILM, name) for name in GROWTH_LAWS])
    plating_rows = np.array([plating_law(METAL, name) for name in PLATING_LAWS])
    grow, step, plate = compiled(sei_current), compiled(film_step), compiled(plating_step)
    for row in rows:
        assert grow(row, 0.1, 0.01, THERMAL, 1.0, 5e-9) == pytest.approx(
            sei_current(row, 0.1, 0.01, THERMAL, 1.0, 5e-9), rel=1e-13
        )
        given_step = (row, 0.1, 0.01, THERMAL, 1.0, SURFACE, VOLUMES, 1e-3, -0.02)
        assert step(*given_step) == pytest.approx(film_step(*given_step), rel=1e-13)
    for row in plating_rows:
        plating = (row, 0.1, 0.01, THERMAL, 1.0, 1000.0, 1e-6, SURFACE, 1e-3, -0.02)
        assert plate(*plating) == pytest.approx(plating_step(*plating), rel=1e-13)
