"""Rate law and held quantities."""

from __future__ import annotations

import math

import pytest

from joulebook.battery import kinetics
from joulebook.battery import layout as at
from joulebook.battery.control import beyond_peak, current_change


@pytest.mark.parametrize("reaction", [-20.0, -0.1, 0.0, 3.0])
def test_overpotential_and_rate_law_are_inverse(reaction: float) -> None:
    exchange = kinetics.exchange_current_density(6.48e-7, 1000.0, 20000.0, 33133.0)
    potential = kinetics.overpotential(reaction, exchange, 19.46)
    assert kinetics.butler_volmer(exchange, potential, 19.46)[0] == pytest.approx(reaction, abs=1e-12)


def test_slope_of_the_rate_law() -> None:
    up, down = (kinetics.butler_volmer(2.0, 0.01 + d, 19.46)[0] for d in (1e-6, -1e-6))
    assert kinetics.butler_volmer(2.0, 0.01, 19.46)[1] == pytest.approx((up - down) / 2e-6, rel=1e-8)


def test_exchange_current_density_is_the_published_form() -> None:
    expected = 3.42e-6 * math.sqrt(1000.0 * 17038.0 * (63104.0 - 17038.0))
    assert kinetics.exchange_current_density(3.42e-6, 1000.0, 17038.0, 63104.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "target", "held"),
    [
        (at.HOLD_CURRENT, 5.0, lambda i, v: i),
        (at.HOLD_POWER, 15.0, lambda i, v: i * v),
        (at.HOLD_VOLTAGE, 3.5, lambda i, v: v),
        (at.HOLD_RESISTANCE, 0.7, lambda i, v: v / i),
    ],
)
def test_changes_lead_to_what_is_held(kind: int, target: float, held: object) -> None:
    """Repeating the linear step on V = 3.9 - 0.03 I ends at the target."""
    current, slope = 4.0, -0.03
    for _ in range(20):
        current += current_change(kind, target, current, 3.9 + slope * current, slope)
    assert held(current, 3.9 + slope * current) == pytest.approx(target)  # type: ignore[operator]


def test_power_beyond_its_peak_is_seen() -> None:
    assert beyond_peak(at.HOLD_POWER, 100.0, 1.0, -0.03) == 1
    assert beyond_peak(at.HOLD_POWER, 10.0, 3.6, -0.03) == 0
    assert beyond_peak(at.HOLD_CURRENT, 100.0, 1.0, -0.03) == 0
