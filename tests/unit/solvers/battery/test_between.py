"""Values between the solver's points are as good as the points."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell, between, resampling, simulate
from joulebook.battery import layout as at
from joulebook.battery.loops import RESAMPLE
from joulebook.core.errors import InputError


@pytest.fixture(scope="module")
def run():
    return simulate(Cell.named("Chen2020"), "Discharge at 1C until 2.5 V", model="SPM", profiles=True)


def test_a_cubic_is_met_exactly() -> None:
    time = np.array([0.0, 0.3, 1.0, 2.2, 3.0])
    wanted = np.linspace(0.0, 3.0, 17)
    cubic = np.poly1d([1.0, -2.0, 0.5, 3.0])
    assert np.allclose(between.values_at(time, cubic(time), wanted), cubic(wanted), atol=1e-12)
    assert between.integral(time, cubic(time)) == pytest.approx(cubic.integ()(3.0) - cubic.integ()(0.0))


def test_a_single_point_stands_for_all_times() -> None:
    assert np.array_equal(between.values_at(np.zeros(1), np.array([4.0]), np.array([0.0, 0.0])), [4.0, 4.0])
    assert between.integral(np.zeros(1), np.array([4.0])) == 0.0


def test_own_points_come_back(run) -> None:
    again = run.at(run.time)
    assert np.allclose(again.voltage, run.voltage, atol=1e-12)
    assert again.end_reason == run.end_reason


def test_coarse_points_agree_with_a_fine_solve(run) -> None:
    """The spline through some 90 points against a run of many more: 0.1 mV after the first seconds."""
    fine = simulate(
        Cell.named("Chen2020"), "Discharge at 1C until 2.5 V", model="SPM", options={"voltage_tolerance": 1e-6}
    )
    times = np.linspace(60.0, 3500.0, 200)
    assert fine.time.size > 2 * run.time.size
    assert np.max(np.abs(run.at(times).voltage - fine.at(times).voltage)) < 2e-4


def test_profiles_follow_and_the_separator_stays_empty(run) -> None:
    halfway = run.at([1000.0])
    for name in ("surface_concentration", "electrolyte_concentration"):
        assert halfway[name].shape == (1, run["x"].size)
        assert np.array_equal(np.isnan(halfway[name][0]), np.isnan(run[name][0]))


def test_energy_is_near_the_trapezoid_of_many_points(run) -> None:
    even = run.even(4001)
    assert run.delivered_energy == pytest.approx(
        np.trapezoid(even.voltage * even.current, even.time) / 3600.0, rel=1e-4
    )


@pytest.mark.parametrize(
    ("times", "message"), [([-1.0], "within the run"), ([1e9], "within the run"), ([2.0, 1.0], "must rise")]
)
def test_times_that_mean_nothing_are_explained(run, times, message) -> None:
    with pytest.raises(InputError, match=message):
        run.at(times)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("compiled", [False, True])
def test_many_cases_get_the_curves_that_one_gets(seed: int, compiled: bool) -> None:
    """Pieces of 1, 2, 3 and many points, uneven by orders of magnitude, straight and bent."""
    rng = np.random.default_rng(seed)
    sizes = rng.permutation([1, 2, 3, 4, 5, 30])
    straight = rng.integers(0, 2, sizes.size).astype(float)
    time, step = [0.0], [0.0]
    for k, size in enumerate(sizes):
        time += (time[-1] + np.cumsum(10.0 ** rng.uniform(-1, 1.5, size - (k == 0)))).tolist()
        step += [float(k)] * (size - (k == 0))
    count = len(time)
    trace = np.full((1, count + 4, at.N_TRACE_FRESH), 1e300)
    trace[0, :count, at.TRACE_TIME], trace[0, :count, at.TRACE_ROW] = time, step
    trace[0, :count, 1:4] = np.sin(np.outer(trace[0, :count, at.TRACE_TIME], [0.01, 0.02, 0.05]) + step[-1])
    jump = int(np.flatnonzero(np.diff(step))[1])
    trace[0, jump + 1, at.TRACE_TIME] = time[jump]  # two steps meet at one time
    wanted = np.sort(np.r_[trace[0, :count, at.TRACE_TIME], np.linspace(0.0, time[count - 1], 50)])
    found = np.full((1, wanted.size, resampling.COLUMNS), np.nan)
    loop = RESAMPLE.cpu if compiled else resampling.resample_cases
    loop(trace, np.array([count]), straight, wanted[None], found, np.empty((count + 4, 4)))
    rows = trace[0, :count]
    expected = between.values_at(
        rows[:, at.TRACE_TIME], rows[:, 1:4], wanted, rows[:, at.TRACE_ROW], frozenset(np.flatnonzero(straight))
    )
    assert np.allclose(found[0], expected, rtol=0, atol=1e-11)
