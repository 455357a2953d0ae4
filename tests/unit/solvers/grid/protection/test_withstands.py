from __future__ import annotations

import math

import numpy as np
import pytest

from joulebook.core.errors import InputError
from joulebook.grid.protection import ConductorLimit, MotorLimit, MotorStart, TransformerLimit, adiabatic_k


@pytest.mark.parametrize(
    ("material", "initial", "final", "tabled"),
    [
        ("copper", 70, 160, 115),
        ("copper", 90, 250, 143),
        ("copper", 70, 140, 103),
        ("aluminium", 70, 160, 76),
        ("aluminium", 90, 250, 94),
        ("aluminium", 70, 140, 68),
        ("steel", 70, 160, 42),
        ("steel", 90, 250, 52),
    ],
)
def test_k_is_that_of_the_tables(material, initial, final, tabled):
    """IEC 60364-4-43 Table 43A and 60364-5-54 Tables A.54: whole numbers, so within 0.6 of them."""
    assert adiabatic_k(material, initial + 273.15, final + 273.15) / 1e6 == pytest.approx(tabled, abs=0.6)


def test_conductors_hold_constant_energy_for_five_seconds():
    cable = ConductorLimit(name="C", voltage=400.0, cross_section=50e-6, parallel=2.0)
    current = math.sqrt(cable.energy)
    np.testing.assert_allclose(cable.withstand_time([current, 2 * current]), [1.0, 0.25])
    assert np.isnan(cable.withstand_time(current / 3.0))
    assert np.isfinite(cable.withstand_time(cable.corners()[0]))
    with pytest.raises(InputError, match="final_temperature"):
        ConductorLimit(name="C", voltage=400.0, cross_section=50e-6, final_temperature=300.0)


@pytest.mark.parametrize(
    ("power", "phases", "category"),
    [
        (400e3, 3, "I"),
        (500e3, 3, "I"),
        (2e6, 3, "II"),
        (20e6, 3, "III"),
        (40e6, 3, "IV"),
        (1e6, 1, "II"),
        (5e6, 1, "III"),
    ],
)
def test_categories(power, phases, category):
    limit = TransformerLimit(name="T", voltage=11e3, rated_power=power, impedance=0.08, phases=phases)
    assert limit.category == category


def test_thermal_limit_is_the_points_of_the_guide():
    limit = TransformerLimit(name="T", voltage=400.0, rated_power=0.4e6, impedance=0.04)
    times = limit.withstand_time(limit.rated_current * np.array([1.5, 3.0, 4.75, 11.3, 25.0]))
    np.testing.assert_allclose(times, [np.inf, 300.0, 60.0, 10.0, 2.0])


def test_points_of_the_guide_join_the_constant_energy():
    """I²t = 1250 within 2.5 % from 6.3 times the rated current: the table and the formula of the guide agree there."""
    limit = TransformerLimit(name="T", voltage=400.0, rated_power=0.4e6, impedance=0.03)
    for multiple in (11.3, 25.0, 30.0):
        energy = multiple**2 * float(limit.withstand_time(multiple * limit.rated_current))
        assert energy == pytest.approx(1250.0, rel=0.025)


def test_mechanical_limit_of_category_two_and_three():
    second = TransformerLimit(name="T", voltage=11e3, rated_power=2e6, impedance=0.06, faults="frequent")
    most = second.rated_current / 0.06
    assert second.withstand_time(most) == pytest.approx(2.0)
    assert second.withstand_time(0.7 * most) == pytest.approx(2.0 / 0.49)
    thermal = TransformerLimit(name="T", voltage=11e3, rated_power=2e6, impedance=0.06)
    assert second.withstand_time(0.699 * most) == pytest.approx(thermal.withstand_time(0.699 * most))
    third = TransformerLimit(
        name="T", voltage=33e3, rated_power=20e6, impedance=0.1, faults="frequent", system_impedance=0.02
    )
    most = third.rated_current / 0.12
    assert third.withstand_time(most) == pytest.approx(2.0)
    assert third.withstand_time(0.5 * most) == pytest.approx(8.0)
    fourth = TransformerLimit(name="T", voltage=110e3, rated_power=40e6, impedance=0.1)
    assert fourth.mechanical is not None


def test_an_earth_fault_behind_delta_wye_counts_less_line_current():
    whole = TransformerLimit(name="T", voltage=11e3, rated_power=2e6, impedance=0.06)
    earth = TransformerLimit(name="T", voltage=11e3, rated_power=2e6, impedance=0.06, current_factor=0.58)
    assert earth.withstand_time(580.0) == pytest.approx(whole.withstand_time(1000.0))


def test_motors():
    start = MotorStart(name="M", voltage=400.0, rated_current=100.0)
    assert start.is_load
    assert start.withstand_time([90.0, 300.0, 800.0, 1200.0]).tolist() == [np.inf, 5.0, 0.1, 0.0]
    limit = MotorLimit(name="M", voltage=400.0, rated_current=100.0, stall_time=12.0, time_constant=900.0)
    assert limit.withstand_time(600.0) == pytest.approx(12.0)
    hot = MotorLimit(name="M", voltage=400.0, rated_current=100.0, preload=1.0)
    assert hot.withstand_time(150.0) < limit.withstand_time(150.0)
    assert limit.withstand_time(200.0) == pytest.approx(900.0 * math.log(4.0 / (4.0 - 1.05**2)))
    with pytest.raises(InputError, match="inrush_ratio"):
        MotorStart(name="M", voltage=400.0, rated_current=100.0, inrush_ratio=3.0)
