"""Formulas against closed values, limits, and slow but obvious calculations."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from joulebook.impedance import Circuit, spectrum
from joulebook.impedance.elements import KINDS, parameters_of

VALUES: dict[str, tuple[float, ...]] = {
    "R": (47.0,),
    "C": (2e-5,),
    "L": (3e-6,),
    "CPE": (4e-4, 0.8),
    "W": (12.0,),
    "Ws": (5.0, 2.0, 0.5),
    "Wo": (5.0, 2.0, 0.45),
    "G": (7.0, 0.02),
    "Zarc": (9.0, 1e-3, 0.85),
    "HN": (9.0, 1e-3, 0.85, 0.6),
    "TLMQ": (3.0, 0.2, 0.9),
}
FREQUENCIES = np.logspace(-4, 6, 41)


def alone(kind: str, values: tuple[float, ...]) -> Circuit:
    return Circuit.from_code(f"{kind}1", {f"{kind}1": dict(zip(parameters_of(kind), values, strict=True))})


def at(kind: str, values: tuple[float, ...], frequency: float) -> complex:
    return complex(spectrum(alone(kind, values), [frequency]).impedance[0])


def test_every_kind_is_tried() -> None:
    assert set(VALUES) == set(KINDS)


def test_values_by_hand() -> None:
    one = 1.0 / (2.0 * math.pi)  # Hz, where ω = 1
    assert at("R", (47.0,), 3.0) == 47.0
    assert at("C", (0.5,), one) == pytest.approx(-2j)
    assert at("L", (0.5,), one) == pytest.approx(0.5j)
    assert at("CPE", (2.0, 0.5), one) == pytest.approx(0.5 * cmath.exp(-0.25j * math.pi))
    assert at("W", (12.0,), one) == pytest.approx(12.0 - 12.0j)
    assert at("Zarc", (8.0, 1.0, 1.0), one) == pytest.approx(4.0 - 4.0j)
    assert at("HN", (8.0, 1.0, 1.0, 0.5), one) == pytest.approx(8.0 / cmath.sqrt(1.0 + 1.0j))
    assert at("G", (8.0, 1.0), one) == pytest.approx(8.0 / cmath.sqrt(1.0 + 1.0j))
    z = cmath.sqrt(1j)
    assert at("Ws", (6.0, 1.0, 0.5), one) == pytest.approx(6.0 * cmath.tanh(z) / z)
    assert at("Wo", (6.0, 1.0, 0.5), one) == pytest.approx(6.0 / cmath.tanh(z) / z)
    assert at("TLMQ", (6.0, 1.0 / 6.0, 1.0), one) == pytest.approx(6.0 / cmath.tanh(z) / z)


def test_limits_of_diffusion() -> None:
    slow, fast = 1e-9, 1e9
    resistance, time = 5.0, 2.0
    assert at("Ws", (resistance, time, 0.5), slow) == pytest.approx(resistance, rel=1e-6)
    closed = at("Wo", (resistance, time, 0.5), slow)
    assert closed.real == pytest.approx(resistance / 3.0, rel=1e-6)
    assert closed.imag == pytest.approx(-resistance / (2.0 * math.pi * slow * time), rel=1e-6)
    sigma = resistance / math.sqrt(2.0 * time)
    for kind in ("Ws", "Wo"):  # no layer is thin for what is fast
        assert at(kind, (resistance, time, 0.5), fast) == pytest.approx(at("W", (sigma,), fast), rel=1e-12)
    assert at("G", (resistance, time), fast) == pytest.approx(at("W", (sigma,), fast), rel=1e-8)


def test_kinds_meet_where_they_should() -> None:
    for f in FREQUENCIES:
        assert at("CPE", (2e-5, 1.0), f) == pytest.approx(at("C", (2e-5,), f), rel=1e-12)
        assert at("HN", (9.0, 1e-3, 0.85, 1.0), f) == pytest.approx(at("Zarc", (9.0, 1e-3, 0.85), f), rel=1e-12)
        assert at("HN", (7.0, 0.02, 1.0, 0.5), f) == pytest.approx(at("G", (7.0, 0.02), f), rel=1e-12)
        assert at("TLMQ", (3.0, 0.2, 1.0), f) == pytest.approx(at("Wo", (3.0, 0.6, 0.5), f), rel=1e-12)


def test_a_pore_is_the_limit_of_a_ladder() -> None:
    resistance, coefficient, exponent, rungs = 3.0, 0.2, 0.9, 4000
    s = 2j * np.pi * FREQUENCIES[:31]
    wall = rungs / (coefficient * s**exponent)
    ladder = wall + 0.5 * resistance / rungs  # a rung in the middle of each piece
    for _ in range(rungs - 1):
        behind = ladder + 0.5 * resistance / rungs
        ladder = 1.0 / (1.0 / wall + 1.0 / behind) + 0.5 * resistance / rungs
    found = spectrum(alone("TLMQ", (resistance, coefficient, exponent)), FREQUENCIES[:31]).impedance
    assert np.abs(found / ladder - 1.0).max() < 1e-4  # the ladder's own error falls with the square of its pieces


@pytest.mark.parametrize("kind", list(VALUES))
def test_derivatives_are_those_of_differences(kind: str) -> None:
    evaluator = alone(kind, VALUES[kind]).evaluator
    values = np.array(VALUES[kind])
    _, slopes = evaluator.derivatives(FREQUENCIES, values)
    for k, value in enumerate(values):
        step = 1e-6 * value
        above, below = values.copy(), values.copy()
        above[k], below[k] = value + step, value - step
        rise = evaluator.impedance(FREQUENCIES, above) - evaluator.impedance(FREQUENCIES, below)
        scale = np.abs(evaluator.impedance(FREQUENCIES, values)) / value
        # a central difference errs by a square of the step, times the logarithm of the frequency for an exponent
        assert np.all(np.abs(slopes[k] - rise / (2.0 * step)) < 1e-7 * scale)


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind not in {"C", "L", "CPE", "W", "Wo", "TLMQ"}])
def test_kramers_and_kronig(kind: str) -> None:
    # Z' - Z'(inf) = 2/pi P int (x Z'' - w Z'')/(x^2 - w^2) dx, on a grid that lies about the pole like its mirror image
    step = 1e-2
    logs = np.arange(-25.0, 25.0, step)
    x = np.exp(logs + 0.5 * step)
    there = spectrum(alone(kind, VALUES[kind]), x / (2.0 * np.pi)).impedance.imag
    infinite = VALUES[kind][0] if kind == "R" else 0.0
    for k in range(1500, 3500, 250):
        w = float(np.exp(logs[k]))
        here = complex(spectrum(alone(kind, VALUES[kind]), [w / (2.0 * np.pi)]).impedance[0])
        integral = np.sum((x * there - w * here.imag) / (x**2 - w**2) * x) * step
        # what is left out beyond the grid falls like its ends, which are 11 decades away
        assert infinite - 2.0 / np.pi * integral == pytest.approx(here.real, abs=2e-4 * VALUES[kind][0])


@pytest.mark.parametrize("kind", list(VALUES))
def test_all_are_passive(kind: str) -> None:
    found = spectrum(alone(kind, VALUES[kind]), np.logspace(-12, 15, 109)).impedance
    assert np.all(np.isfinite(found))
    assert np.all(found.real >= -1e-12 * np.abs(found))
