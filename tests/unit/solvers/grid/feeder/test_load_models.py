"""How loads depend on their voltage: table values, continuity, compiled twins."""

from __future__ import annotations

import math

import numpy as np
import pytest

from joulebook.grid.feeder.layout import LOAD_MODELS, LOAD_NUMBERS, LoadArrays
from joulebook.grid.feeder.load_models import load_admittance
from joulebook.grid.feeder.loops import BRANCHES, SLOPES
from joulebook.grid.feeder.newton import branch_slopes

BASE, P, Q = 2400.0, 48e3, 24e3
SHARES = [0.3, 0.3, 0.4, 0.2, 0.3, 0.5, 0.0]


def arrays(model, low=0.5, normal=0.9, high=1.1, exponents=(0.8, 3.0), shares=SHARES, power=(P, Q)):
    numbers = np.zeros((1, LOAD_NUMBERS))
    numbers[0] = [BASE, low, normal, high, *exponents, P, Q, *shares]
    one = np.zeros(1, np.int32)
    return LoadArrays(one, one + 1, np.array([LOAD_MODELS.index(model)], np.int32), numbers, np.array([power]))


def power_at(loads, u):
    g, b = load_admittance(int(loads.model[0]), loads.numbers, loads.power, 0, u * BASE)
    return complex(g, -b) * (u * BASE) ** 2


@pytest.mark.parametrize(
    ("model", "active", "reactive"),
    [
        ("constant power", 1.0, 1.0),
        ("constant impedance", 0.95**2, 0.95**2),
        ("motor", 1.0, 0.95**2),
        ("exponential", 0.95**0.8, 0.95**3),
        ("constant current", 0.95, 0.95),
        ("fixed reactive power", 1.0, 1.0),
        ("fixed reactance", 1.0, 0.95**2),
        ("zip", 0.3 * 0.95**2 + 0.3 * 0.95 + 0.4, 0.2 * 0.95**2 + 0.3 * 0.95 + 0.5),
    ],
)
def test_within_the_band(model, active, reactive):
    power = power_at(arrays(model), 0.95)
    assert power.real == pytest.approx(active * P)
    assert power.imag == pytest.approx(reactive * Q)


@pytest.mark.parametrize("model", [name for name in LOAD_MODELS if "fixed" not in name])
def test_currents_join_at_the_ends_of_the_band(model):
    """Motors and exponential loads have the limits of constant power, as in OpenDSS, and jump there."""
    loads = arrays(model)
    at = (0.5, 1.1) if model in {"motor", "exponential"} else (0.5, 0.9, 1.1)
    for u in at:
        if model in {"motor", "exponential"} and u == 1.1:
            continue
        below, above = (power_at(loads, u * (1 + side * 1e-9)) for side in (-1, 1))
        assert below == pytest.approx(above, rel=1e-6)


@pytest.mark.parametrize("model", LOAD_MODELS)
def test_far_below_a_load_is_its_rated_impedance(model):
    for u in (0.0, 0.2, 0.5):
        assert power_at(arrays(model), u) == pytest.approx(complex(P, Q) * u * u)


def test_fixed_parts_ignore_what_multiplies_the_load():
    loads = arrays("fixed reactive power", power=(0.5 * P, 0.5 * Q))
    assert power_at(loads, 1.0) == pytest.approx(complex(0.5 * P, Q))
    loads = arrays("fixed reactance", power=(0.5 * P, 0.5 * Q))
    assert power_at(loads, 0.95) == pytest.approx(complex(0.5 * P, Q * 0.95**2))
    assert power_at(loads, 0.8) == pytest.approx(complex(0.5 * P * 0.8**2 / 0.9**2, Q * 0.8**2))
    assert power_at(loads, 1.2).real == pytest.approx(0.5 * P * 1.2**2 / 1.1**2)


def test_zip_loads_drop_out():
    loads = arrays("zip", shares=[*SHARES[:6], 0.8])
    assert power_at(loads, 0.79).real < 1e-3 * P
    assert power_at(loads, 0.81).real > 0.9 * power_at(arrays("zip"), 0.81).real
    half = power_at(loads, 0.8).real / power_at(arrays("zip"), 0.8).real
    assert half == pytest.approx(0.5)


def test_without_limits_power_is_constant_to_the_end():
    loads = arrays("constant power", low=0.0, normal=0.0, high=10.0)
    assert power_at(loads, 0.01) == pytest.approx(complex(P, Q))


@pytest.mark.parametrize("model", LOAD_MODELS)
@pytest.mark.parametrize("u", [0.3, 0.7, 1.0, 1.2])
def test_slopes_are_the_derivatives_and_twins_agree(model, u):
    loads = arrays(model)
    voltage = np.array([u * BASE * np.exp(0.4j), 0.0])
    plain, compiled = np.zeros((1, 6)), np.zeros((1, 6))
    branch_slopes(loads, voltage, plain)
    SLOPES.cpu(loads, voltage, compiled)
    assert compiled == pytest.approx(plain, rel=1e-9, abs=1e-9 * abs(plain).max())
    for k, direction in enumerate((1.0, 1.0j)):
        step = 1e-3 * direction
        moved = np.zeros((2, 6))
        for row, sign in enumerate((-1, 1)):
            one = np.zeros((1, 6))
            branch_slopes(loads, voltage + np.array([sign * step, 0]), one)
            moved[row] = one
        slope = (moved[1, :2] - moved[0, :2]) / 2e-3
        assert plain[0, 2 + 2 * k : 4 + 2 * k] == pytest.approx(slope, rel=1e-4, abs=1e-9)


def test_powers_of_branches():
    loads = arrays("constant power")
    voltage = np.array([BASE * np.exp(-0.3j), 0.0])
    out = np.zeros((1, 2), complex)
    BRANCHES.cpu(loads, voltage, out)
    assert out[0, 1] == pytest.approx(complex(P, Q))
    assert out[0, 0] == pytest.approx(np.conj(complex(P, Q) / voltage[0]))
    assert math.isclose(abs(out[0, 0]), abs(complex(P, Q)) / BASE)
