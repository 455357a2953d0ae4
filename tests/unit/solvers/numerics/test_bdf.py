"""Time formulas: exact for polynomials, of the stated order, and honest about their error."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.numerics import bdf

RING = 6


def ring_of(times: list[float], head: int = 4) -> np.ndarray:
    """Put times, newest first, into a ring."""
    clock = np.full(RING, np.nan)
    for q, time in enumerate(times):
        clock[(head - q) % RING] = time
    return clock


@pytest.mark.parametrize("order", range(1, bdf.MAX_ORDER + 1))
def test_derivative_is_exact_for_polynomials_of_that_degree(order: int) -> None:
    times = [1.0, 0.7, 0.2, -0.4]
    weights = np.zeros(bdf.MAX_ORDER + 1)
    bdf.derivative_weights(ring_of(times), 4, order, 1.3, weights)
    for degree in range(order + 1):
        values = np.array([1.3**degree] + [time**degree for time in times[:order]])
        exact = degree * 1.3 ** (degree - 1) if degree else 0.0
        assert weights[: order + 1] @ values == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize("points", range(1, 6))
def test_extrapolation_is_exact_for_polynomials(points: int) -> None:
    times = [1.0, 0.7, 0.2, -0.4, -0.9]
    weights = np.zeros(RING)
    bdf.extrapolation_weights(ring_of(times), 4, points, 1.2, weights)
    for degree in range(points):
        assert weights[:points] @ np.array(times[:points]) ** degree == pytest.approx(1.2**degree, abs=1e-10)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_error_weight_of_even_steps(order: int) -> None:
    """On an even grid the weight is C / (1 + C), C = (1 / leading) k! / (k + 1)! of the textbook."""
    clock = ring_of([0.0, -1.0, -2.0, -3.0, -4.0])
    leading = sum(1.0 / q for q in range(1, order + 1))
    local = 1.0 / leading
    assert bdf.error_weight(clock, 4, order, 1.0) == pytest.approx(local / (order + 1 + local))


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_observed_order(order: int) -> None:
    """Halving the step of y' = -y divides the error by two to the order."""
    errors = []
    for n in (40, 80):
        step = 1.0 / n
        clock, values = np.full(RING, np.nan), np.zeros(RING)
        for q in range(order):
            clock[(4 - q) % RING], values[(4 - q) % RING] = -q * step, np.exp(q * step)
        head, weights = 4, np.zeros(bdf.MAX_ORDER + 1)
        for k in range(n):
            time = (k + 1) * step
            bdf.derivative_weights(clock, head, order, time, weights)
            past = sum(weights[q + 1] * values[(head - q) % RING] for q in range(order))
            new = -past / (weights[0] + 1.0)
            head = (head + 1) % RING
            clock[head], values[head] = time, new
        errors.append(abs(values[head] - np.exp(-1.0)))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


def test_step_factor_is_bounded() -> None:
    assert bdf.step_factor(0.0, 2) == 2.0
    assert bdf.step_factor(1e12, 2) == 0.2
    assert bdf.step_factor(1.0, 2) == pytest.approx(0.8)
