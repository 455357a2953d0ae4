"""Being told that the GPU time ends: by a call, in a loop, and what sweeps keep."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from joulebook.battery import Cell, sweep
from joulebook.core import checkpoint
from joulebook.core.progress import NullProgress
from joulebook.core.results import Result, Status
from joulebook.core.sweeps import Solved, run_sweep

PATIENCE = 20.0


@pytest.fixture
def lease(tmp_path, monkeypatch):
    """Writes the file as the server does."""
    path = tmp_path / "lease.json"
    monkeypatch.setenv(checkpoint.VARIABLE, str(path))
    monkeypatch.setattr(checkpoint, "_LOOK", 0.01)
    monkeypatch.setattr(checkpoint, "_FRESH", 0.0)
    monkeypatch.setattr(checkpoint._watch, "seen", (-1.0, None))

    def write(stage="", left=None, text=None):
        until = None if left is None else time.time() + left
        fresh = path.with_suffix(".new")
        fresh.write_text(text if text is not None else json.dumps({"state": "lent", "stage": stage, "until": until}))
        fresh.replace(path)

    write()
    yield write
    monkeypatch.setattr(checkpoint._watch, "seen", (-1.0, None))


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.005)


def test_nothing_ends_without_a_lease(monkeypatch):
    monkeypatch.delenv(checkpoint.VARIABLE, raising=False)
    monkeypatch.setattr(checkpoint._watch, "seen", (-1.0, None))
    assert checkpoint.ending() is None
    before = threading.active_count()
    with checkpoint.saving(print):
        assert threading.active_count() == before


def test_a_loop_asks_what_is_left(lease):
    assert checkpoint.ending() is None
    lease("80")
    assert checkpoint.ending() is None
    lease("grace", 100.0)
    found = checkpoint.ending()
    assert found.stage == "grace" and 90 < found.seconds_left <= 100
    lease("interrupt")
    assert checkpoint.ending() == checkpoint.Ending("interrupt", 0.0)
    lease("grace", -5.0)
    assert checkpoint.ending().seconds_left == 0.0


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"stage": 7}', '{"stage": "grace", "until": "soon"}'])
def test_files_that_say_nothing_end_nothing(lease, text):
    lease(text=text)
    assert checkpoint.ending() is None


def test_each_function_is_called_once_in_each_grace_and_a_fault_stops_no_other(lease, caplog):
    told: list[checkpoint.Ending] = []

    def faulty(_ending):
        raise OSError("disk full")

    stops = [checkpoint.on_ending(faulty), checkpoint.on_ending(told.append)]
    lease("grace", 50.0)
    wait_for(lambda: told)
    late: list[checkpoint.Ending] = []
    stops.append(checkpoint.on_ending(late.append))
    wait_for(lambda: late)
    assert len(told) == 1 and "could not be saved" in caplog.text
    lease()
    wait_for(lambda: not checkpoint._watch.told)
    lease("grace", 60.0)
    wait_for(lambda: len(told) == 2 and len(late) == 2)
    for stop in stops:
        stop()
    wait_for(lambda: checkpoint._watch.thread is None)


def prepare(cell: Cell) -> float:
    return cell.negative.thickness


def test_a_sweep_hands_out_what_it_has_after_each_chunk(lease):
    kept = []
    done = 0

    def solve(rows):
        nonlocal done
        done += 1
        if done == 3:
            lease("grace", 100.0)
            checkpoint._watch.seen = (-1.0, None)  # what was looked up a moment ago is out of date
        return Solved({"double": 2 * np.array(rows)}, [""] * len(rows))

    thickness = np.append(np.linspace(50e-6, 90e-6, 63), 1.0)
    values = {"negative.thickness": thickness}
    out = run_sweep(Cell.named("Chen2020"), values, prepare, solve, progress=NullProgress(), keep=kept.append)
    assert done == 4 and not [item for item in out.failed if item.case < 63]
    last = kept[-1]
    partial = next(each for each in kept if np.isfinite(each.arrays["double"]).sum() == 48)
    assert np.allclose(partial.arrays["double"][:48], 2 * thickness[:48])
    reasons = {item.case: item.reason for item in partial.failed}
    assert sorted(reasons) == list(range(48, 64)) and "Not reached" in reasons[48] and "Not reached" not in reasons[63]
    assert np.array_equal(last.arrays["double"], out.arrays["double"], equal_nan=True) and last.failed == out.failed


def test_a_sweep_of_cells_is_kept_in_a_file(lease, tmp_path, monkeypatch, caplog):
    monkeypatch.chdir(tmp_path)
    lease("grace", 100.0)
    variations = {"negative.thickness": list(np.linspace(80e-6, 90e-6, 20))}
    found = sweep(Cell.named("Chen2020"), variations, "Discharge at 1C until 2.5 V", model="SPM", backend="cpu")
    (path,) = Path(tmp_path).glob("sweep-*.run.nc")
    kept = Result.load(path)
    assert str(path.name) in caplog.text
    assert kept.status is found.status is Status.SOLVED
    assert np.array_equal(kept["delivered_capacity"], found["delivered_capacity"])
