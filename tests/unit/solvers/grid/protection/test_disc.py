from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from joulebook.core.errors import InputError
from joulebook.grid.protection import InverseStage, Relay, disc_motion
from joulebook.grid.protection.disc import disc_way


def relay(**stage):
    item = InverseStage(**{"pickup": 100.0, "curve": "IEEE VI", "multiplier": 2.0, "reset": "disc", **stage})
    return Relay(name="R", voltage=11e3, ct={"primary": 100.0}, stages=(item,))


def test_constant_current_takes_the_static_time():
    for curve in ("IEC SI", "IEC EI", "IEEE MI", "US CO-8"):
        r = relay(curve=curve)
        for current in (110.0, 400.0, 3000.0):
            expected = float(r.operating_time(current))
            found = disc_motion(r, [0.0, 2 * expected], [current, current])
            assert found.operating_time == pytest.approx(expected, rel=1e-12)
            assert found.travel[-1] == 1.0


def test_rising_current_is_the_integral():
    r = relay()
    time, current = [0.0, 10.0], [50.0, 1050.0]

    def rate(t):
        return 1.0 / float(r.stages[0].time((50.0 + 100.0 * t) / 100.0)) if t > 0.5 else 0.0

    expected = brentq(lambda t: quad(rate, 0.5, t, epsabs=1e-12)[0] - 1.0, 1.0, 9.0, xtol=1e-12)
    found = disc_motion(r, time, current)
    assert found.operating_time == pytest.approx(expected, rel=2e-4)


def test_the_way_converges_with_the_points():
    """Cutting a straight current into n parts changes less and less."""
    r = relay()
    found = []
    for n in (2, 9, 33, 129):
        t = np.linspace(0.0, 10.0, n)
        found.append(disc_motion(r, t, 50.0 + 100.0 * t).operating_time)
    assert np.max(np.abs(np.diff(found))) < 2e-3


def test_disc_runs_back_between_two_faults():
    r = relay()
    whole = float(r.operating_time(500.0))
    pause = 0.3 * 2.0 * 21.6  # 30 % of a full way back at no current
    time = [0.0, 0.5 * whole, 0.5 * whole, 0.5 * whole + pause, 0.5 * whole + pause, 3 * whole + pause]
    found = disc_motion(r, time, [500.0, 500.0, 0.0, 0.0, 500.0, 500.0])
    np.testing.assert_allclose(found.travel[1:4], [0.5, 0.5, 0.2], rtol=1e-9)
    assert found.operating_time == pytest.approx(0.5 * whole + pause + 0.8 * whole, rel=1e-9)


@pytest.mark.parametrize(
    ("reset", "delay", "lost"), [("immediate", 0.0, True), ("definite", 0.2, False), ("definite", 0.05, True)]
)
def test_other_resets(reset, delay, lost):
    r = relay(reset=reset, reset_delay=delay)
    whole = float(r.operating_time(500.0))
    time = [0.0, 0.5 * whole, 0.5 * whole, 0.5 * whole + 0.1, 0.5 * whole + 0.1, 3 * whole]
    found = disc_motion(r, time, [500.0, 500.0, 0.0, 0.0, 500.0, 500.0])
    rest = whole if lost else 0.5 * whole
    assert found.operating_time == pytest.approx(0.5 * whole + 0.1 + rest, rel=1e-9)


def test_compiled_loop_is_the_plain_one():
    r = relay()
    t = np.linspace(0.0, 6.0, 40)
    current = 300.0 * (1.0 + np.sin(3.0 * t))
    fast = disc_motion(r, t, current)
    constants = np.array([19.61, 2.0, 0.491, 2.0, 21.6, 2.0, 2.0, 20.0, 0.0])
    way = np.zeros_like(t)
    plain = disc_way(t, current / 100.0, constants, way)
    assert plain == pytest.approx(fast.operating_time, rel=1e-12)
    np.testing.assert_allclose(way, fast.travel, rtol=1e-10, atol=1e-14)


def test_bad_points_are_named():
    r = relay()
    with pytest.raises(InputError, match="must not fall"):
        disc_motion(r, [0.0, 1.0, 0.5], [1.0, 1.0, 1.0])
    with pytest.raises(InputError, match="one length"):
        disc_motion(r, [0.0, 1.0], [1.0])
    with pytest.raises(InputError, match="finite"):
        disc_motion(r, [0.0, 1.0], [1.0, np.nan])
    with pytest.raises(InputError, match="no reset constant"):
        disc_motion(relay(curve="US CO-2"), [0.0, 1.0], [1.0, 1.0])
    with pytest.raises(InputError, match="no such inverse-time stage"):
        disc_motion(r, [0.0, 1.0], [1.0, 1.0], stage=3)
