"""The factors of the standard: values by hand, limits, and the integrals that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from joulebook.grid.faults import factors


def test_voltage_factors() -> None:
    volts = [230.0, 1000.0, 1000.1, 380e3]
    assert factors.voltage_factor(volts, "max").tolist() == [1.1, 1.1, 1.1, 1.1]
    assert factors.voltage_factor(volts, "max", 6).tolist() == [1.05, 1.05, 1.1, 1.1]
    assert factors.voltage_factor(volts, "min").tolist() == [0.9, 0.9, 1.0, 1.0]
    assert factors.voltage_factor(volts, "min", 6).tolist() == [0.95, 0.95, 1.0, 1.0]


def test_corrections_of_impedances() -> None:
    assert factors.transformer_factor(1.1, 0.1) == pytest.approx(1.045 / 1.06)
    assert factors.generator_factor(10e3, 10.5e3, 1.1, 0.2, 0.6) == pytest.approx(10 / 10.5 * 1.1 / 1.12)
    assert factors.resistance_at(353.15) == pytest.approx(1.24)
    ratio = 110 / 21 * 21 / 115
    with_taps = factors.unit_factor(ratio, 1.1, 0.14, 0.16, 0.527, True, 0.0)
    assert with_taps == pytest.approx(ratio**2 * 1.1 / (1 + 0.02 * 0.527))
    without = factors.unit_factor(ratio, 1.1, 0.14, 0.16, 0.527, False, 0.05)
    assert without == pytest.approx(ratio * 0.95 * 1.1 / (1 + 0.14 * 0.527))


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.1, 0.25, 0.07, 3.0])
def test_decay_of_machines(delay: float) -> None:
    ratios = np.linspace(0.1, 12, 200)
    mu = factors.generator_decay(ratios, delay)
    assert np.all(mu[ratios <= 2] == 1)
    assert np.all(np.diff(mu) <= 0)
    far = ratios >= 3  # nearer to 2 the curves of the standard cross by less than 1 %
    assert np.all(mu[far] <= factors.generator_decay(ratios, 0.02)[far])
    q = factors.motor_decay(np.geomspace(1e3, 1e8, 50), delay)
    assert np.all((q >= 0) & (q <= 1) & (np.diff(q, prepend=0) >= 0))


def test_decay_between_two_delays_is_linear() -> None:
    ends = [factors.generator_decay(6.0, delay) for delay in (0.05, 0.1)]
    assert factors.generator_decay(6.0, 0.075) == pytest.approx(np.mean(ends))
    assert factors.motor_decay(2e6, 0.1) == pytest.approx(0.57 + 0.12 * np.log(2))


def test_peak_factor_is_the_peak_of_the_transient() -> None:
    """κ against the largest value of the transient of an R-L circuit switched on at voltage zero, within 1.5 %."""
    angle = np.linspace(0, 2 * np.pi, 20001)
    for ratio in (0.01, 0.05, 0.1, 0.3, 0.7):
        lag = np.arctan2(1.0, ratio)
        current = np.sin(angle - lag) + np.exp(-ratio * angle) * np.sin(lag)
        assert factors.peak_factor(ratio) == pytest.approx(current.max(), rel=0.015)


@pytest.mark.parametrize("kappa", [1.1, 1.5, 1.8, 1.95])
@pytest.mark.parametrize("duration", [0.05, 0.5, 3.0])
def test_heat_of_the_direct_current_is_its_integral(kappa: float, duration: float) -> None:
    constant = -1 / (2 * 50 * np.log(kappa - 1))
    integral = quad(lambda t: 2 * np.exp(-2 * t / constant), 0, duration)[0] / duration
    assert factors.direct_current_heat(kappa, 50.0, duration) == pytest.approx(integral, rel=1e-7)


def test_heat_of_the_direct_current_has_limits() -> None:
    assert factors.direct_current_heat(2.0, 50.0, 1.0) == pytest.approx(2.0, abs=1e-9)
    assert factors.direct_current_heat(1.0, 50.0, 1.0) == pytest.approx(0.0, abs=1e-3)
    assert factors.direct_current_heat(1.02, 50.0, 1.0) < 0.01


@pytest.mark.parametrize("ratio", [1.0, 1.1, 1.5, 3.0, 6.0])
@pytest.mark.parametrize("duration", [0.1, 1.0, 5.0])
def test_heat_of_the_alternating_current_is_its_integral(ratio: float, duration: float) -> None:
    transient = max(ratio / (0.88 + 0.17 * ratio), 1.0)
    slow = 3.1 / transient

    def squared(t: float) -> float:
        current = (ratio - transient) * np.exp(-10 * t / slow) + (transient - 1) * np.exp(-t / slow) + 1
        return (current / ratio) ** 2

    integral = quad(squared, 0, duration, epsabs=1e-12)[0] / duration
    assert factors.steady_heat(ratio, duration) == pytest.approx(integral, rel=1e-8)


def test_far_from_generators_nothing_decays() -> None:
    assert factors.steady_heat(1.0, 1.0) == 1.0
    assert factors.steady_heat(0.8, 1.0) == 1.0


def test_steady_state_of_a_machine() -> None:
    """At its terminals the machine drives its inner voltage through its own reactance; far away it does not decay."""
    sine, x, xd = 0.527, 0.2, 1.8
    terminal = (1 + x * sine) / x
    inner = 1.3 * np.sqrt(1 + 2 * xd * sine + xd**2)
    assert factors.excitation_factor(terminal, x, xd, sine, 1.3) == pytest.approx(inner / xd)
    assert factors.excitation_factor(0.4, x, xd, sine, 1.3) == pytest.approx(0.4)
    assert factors.excitation_factor(terminal, x, xd, sine, 0.0) == pytest.approx(1 / xd)
    ratios = np.linspace(0.05, terminal, 100)
    steady = factors.excitation_factor(ratios, x, xd, sine, 1.6)
    assert np.all(steady <= ratios)
    assert np.all(np.diff(steady) >= 0)
