"""Sweeps keep the good cases, list the bad ones, and give the same numbers wherever they run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from joulebook.battery import Cell
from joulebook.core.errors import CancelledError, InputError
from joulebook.core.progress import NullProgress
from joulebook.core.samples import sample_values
from joulebook.core.sweeps import Solved, run_sweep


class Recorder(NullProgress):
    """Counts what it is told, and cancels after a while."""

    def __init__(self, cancel_after: float = np.inf) -> None:
        self.done = 0.0
        self.total = 0.0
        self.finished = False
        self.cancel_after = cancel_after

    @property
    def cancelled(self) -> bool:  # type: ignore[override]
        return self.done >= self.cancel_after

    def start(self, total: float, label: str) -> None:
        self.total = total

    def advance(self, amount: float = 1, **facts: Any) -> None:
        self.done += amount

    def finish(self) -> None:
        self.finished = True


def prepare(cell: Cell) -> float:
    return cell.negative.thickness


def solve(rows: list[float]) -> Solved:
    thickness = np.array(rows)
    bad = thickness > 95e-6
    return Solved(
        {"double": np.where(bad, np.nan, 2 * thickness)}, ["too thick for this test" if b else "" for b in bad]
    )


def test_good_cases_survive_bad_ones() -> None:
    progress = Recorder()
    values = {"negative.thickness": np.array([80e-6, 1.0, 90e-6, 99e-6])}
    out = run_sweep(Cell.named("Chen2020"), values, prepare, solve, progress=progress)
    assert np.allclose(out.arrays["double"], [160e-6, np.nan, 180e-6, np.nan], equal_nan=True)
    assert [(item.case, item.values) for item in out.failed] == [
        (1, {"negative.thickness": 1.0}),
        (3, {"negative.thickness": 99e-6}),
    ]
    assert "at most 2000 µm" in out.failed[0].reason
    assert out.failed[1].reason == "too thick for this test"
    assert (progress.done, progress.total, progress.finished) == (4, 4, True)


def test_a_sweep_of_only_bad_cases_lists_them_all() -> None:
    values = {"negative.thickness": np.array([1.0, 2.0])}
    out = run_sweep(Cell.named("Chen2020"), values, prepare, solve, progress=NullProgress())
    assert len(out.failed) == 2 and not out.arrays


def test_cancelling_stops_between_chunks() -> None:
    progress = Recorder(cancel_after=30)
    values = {"negative.thickness": np.linspace(50e-6, 90e-6, 400)}
    with pytest.raises(CancelledError):
        run_sweep(Cell.named("Chen2020"), values, prepare, solve, progress=progress)
    assert 30 <= progress.done < 400
    assert progress.finished


def test_grid_is_every_combination() -> None:
    grid = sample_values({"a": [1, 2], "b": [10, 20, 30]})
    assert list(zip(grid["a"], grid["b"], strict=True)) == [(1, 10), (1, 20), (1, 30), (2, 10), (2, 20), (2, 30)]


def test_rows_are_the_cases() -> None:
    rows = sample_values({"a": [1, 2], "b": [10, 20]}, "rows")
    assert {path: column.tolist() for path, column in rows.items()} == {"a": [1.0, 2.0], "b": [10.0, 20.0]}


@pytest.mark.parametrize("samples", ["lhs", "sobol"])
def test_drawn_samples_fill_their_box_and_repeat(samples: str) -> None:
    ranges = {"a": [1.0, 2.0], "b": [-1.0, 1.0]}
    first = sample_values(ranges, samples, n_cases=64, seed=1)
    again = sample_values(ranges, samples, n_cases=64, seed=1)
    for path, (low, high) in ranges.items():
        assert first[path].shape == (64,)
        assert np.array_equal(first[path], again[path])
        assert low <= first[path].min() and first[path].max() <= high
        counts, _ = np.histogram(first[path], bins=8, range=(low, high))
        assert counts.min() == counts.max() == 8


@pytest.mark.parametrize(
    ("variations", "keywords", "message"),
    [
        ({}, {}, "at least one path"),
        ({"a": []}, {}, "finite numbers"),
        ({"a": ["x"]}, {}, "list of numbers"),
        ({"a": [1.0, np.nan]}, {}, "finite numbers"),
        ({"a": [1, 2]}, {"samples": "random"}, "must be one of grid, rows, lhs, sobol"),
        ({"a": [1, 2]}, {"samples": "lhs"}, "n_cases"),
        ({"a": [2, 1]}, {"samples": "lhs", "n_cases": 4}, "must rise"),
        ({"a": [1, 2], "b": [1, 2, 3]}, {"samples": "rows"}, "as many values for each path"),
        ({c: range(100) for c in "abcd"}, {}, "at most 10000000 cases"),
    ],
)
def test_requests_that_mean_nothing_are_explained(variations: Any, keywords: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sample_values(variations, **keywords)
