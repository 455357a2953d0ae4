"""Stress, cracks and loss of active material: published forms, limits, lithium in lost material."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import njit

from joulebook.battery.ageing_mechanics import (
    CRACK_AREA,
    STRESS_FACTOR,
    active_loss,
    crack_growth,
    hydrostatic_stress,
    mechanics_law,
    roughness,
    structure_rates,
    surface_displacement,
    tangential_stress,
)
from joulebook.battery.ageing_parts import Mechanics
from joulebook.battery.balance import FARADAY
from joulebook.numerics.twins import compile_tree

PART = Mechanics(
    young_modulus=15e9,
    poisson_ratio=0.3,
    partial_molar_volume=3.1e-6,
    cracking_rate=3.9e-20 / 3600,
    cracking_exponent=2.2,
    stress_intensity_factor=1.12,
    initial_crack_length=2e-8,
    crack_width=1.5e-8,
    cracks_per_area=3.18e15,
    stress_loss_rate=2.7778e-7,
    stress_loss_exponent=2.0,
    critical_stress=60e6,
    reaction_loss_factor=1e-4,
    current_loss_factor=1e-9,
)
ALL = ("stress", "reaction", "current")
LAW = mechanics_law(PART, ALL, cracks=True)


def test_stress_at_the_surface_is_that_of_the_profile() -> None:
    """The law of the sphere, integrated over a parabola, whose mean is c_surf + 2/5 of its height."""
    height, surface = 4000.0, 9000.0
    x = (np.arange(20000) + 0.5) / 20000
    profile = surface + height * (1 - x**2)
    mean = float(np.mean(3 * x**2 * profile))
    factor = 3.1e-6 * 15e9 / (3 * 0.7)
    assert LAW[STRESS_FACTOR] == pytest.approx(factor)
    assert tangential_stress(factor, mean, surface) == pytest.approx(factor * 0.4 * height, rel=1e-6)
    assert hydrostatic_stress(3e6) == 2e6
    assert surface_displacement(3.1e-6, 5.86e-6, 20000.0, 0.0) == pytest.approx(3.1e-6 * 5.86e-6 * 20000 / 3)


def test_a_material_that_shrinks_as_it_fills_is_under_tension_on_lithiation() -> None:
    law = mechanics_law(PART.model_copy(update={"partial_molar_volume": -7.28e-7}), ALL, cracks=True)
    assert tangential_stress(law[STRESS_FACTOR], 20000.0, 21000.0) > 0


def test_paris_law_and_roughness() -> None:
    stress, length = 40e6, 3e-8
    growth, _, _ = structure_rates(LAW, (1.0, 1.0), (stress / LAW[STRESS_FACTOR], 0.0), length, 0.0, 0.0)
    published = 3.9e-20 / 3600 * (stress * 1.12 * math.sqrt(math.pi * length)) ** 2.2
    assert growth == pytest.approx(published, rel=1e-12)
    assert roughness(2e-8, LAW[CRACK_AREA]) == pytest.approx(1 + 2 * 2e-8 * 1.5e-8 * 3.18e15)
    assert crack_growth(-1e6, length, *LAW[1:3]) == 0
    assert crack_growth(0.0, length, *LAW[1:3]) == 0


def test_losses_add_and_each_is_the_published_form() -> None:
    stress, film_current, cell_current = 45e6, -20.0, -48.7
    by_stress = 2.7778e-7 * (2 * stress / 3 / 60e6) ** 2
    by_reaction = 1e-4 * 20.0 / FARADAY
    by_current = 1e-9 * 48.7
    for losses, expected in [
        ((), 0.0),
        (("stress",), by_stress),
        (("reaction",), by_reaction),
        (("current",), by_current),
        (ALL, by_stress + by_reaction + by_current),
    ]:
        law = mechanics_law(PART, losses, cracks=False)
        assert active_loss(law, 1.0, stress, film_current, cell_current) == pytest.approx(-expected, rel=1e-12)
    assert active_loss(mechanics_law(PART, ("stress",), cracks=False), 1.0, -stress, 0.0, 5.0) == 0


def test_nothing_happens_without_mechanics() -> None:
    assert structure_rates(mechanics_law(None, ALL, cracks=True), (1.0, 1.0), (2e4, 1e4), 0.0, -20.0, 5.0) == (0, 0, 0)
    only_cracks = mechanics_law(PART, (), cracks=True)
    growth, active, lost = structure_rates(only_cracks, (1.0, 1.0), (2e4, 1e4), 2e-8, -20.0, 5.0)
    assert growth > 0
    assert (active, lost) == (0, 0)


@given(
    mean=st.floats(0.0, 3e4),
    surface=st.floats(0.0, 3e4),
    film=st.floats(-100.0, 0.0),
    current=st.floats(-500.0, 500.0),
)
def test_lithium_in_lost_material_is_counted(mean: float, surface: float, film: float, current: float) -> None:
    growth, active, lost = structure_rates(LAW, (1.0, 1.0), (mean, surface), 2e-8, film, current)
    assert growth >= 0
    assert active <= 0
    assert lost == pytest.approx(-mean * active, rel=1e-14)


def test_the_compiled_twin_agrees() -> None:
    compiled = compile_tree(structure_rates, njit, njit)  # type: ignore[arg-type]
    for concentrations in [(2e4, 1.5e4), (1.5e4, 2e4)]:
        arguments = (np.array(LAW), (1.0, 1.1), concentrations, 2e-8, -20.0, 40.0)
        assert compiled(*arguments) == pytest.approx(structure_rates(*arguments), rel=1e-13)
