"""Windings as documents, what a quench gives back, and faults that say what to try."""

from __future__ import annotations

import json

import numpy as np
import pytest

from joulebook.core.citations import cite
from joulebook.core.courtesy import VARIABLE
from joulebook.core.errors import InputError, OutOfRangeError
from joulebook.core.results import Status
from joulebook.magnets import Conductor, QuenchResult, Winding, quench

FAST = {"shells": 30, "accuracy": 1e-6}


def solenoid(**changes):
    winding = Winding.named("Laboratory solenoid, NbTi")
    return winding.replace(changes) if changes else winding


@pytest.mark.parametrize("name", Winding.names())
def test_named_windings_are_solved_saved_and_sourced(name, tmp_path):
    winding = Winding.named(name)
    assert Winding.load(winding.save(tmp_path / "it.winding.json")) == winding
    assert all(cite(source.ref) for source in winding.sources.values() if source.ref)
    run = quench(winding)
    assert run.status is Status.SOLVED and run.facts["energy_missed"] < 1e-6
    assert run.facts["error"]["hot_spot_K"] < 0.1 and run.provenance.bibliography()
    kept = QuenchResult.load(run.save(tmp_path / "it.run.nc"))
    assert kept.hot_spot == run.hot_spot and kept.facts == run.facts
    assert "Hot spot" in run._repr_html_() and "kJ stored" in repr(run)
    assert run.to_xarray()["current"].attrs["units"] == "A"
    assert {"time_s", "current_A", "hot_spot_K", "voltage_dump_V"} <= set(run.to_dataframe().columns)
    assert run.peak_voltage == max(run["voltage_normal"].max(), run["voltage_dump"].max())


def test_the_course_is_one_that_a_magnet_has():
    run = quench(solenoid())
    assert np.all(np.diff(run["time"]) > 0.0)
    for rising in ("hot_spot", "front", "miits", "energy_dump", "energy_winding"):
        assert np.all(np.diff(run[rising]) >= -1e-12 * run[rising].max())
    assert np.all(np.diff(run["current"]) <= 1e-12 * run["current"][0])
    seen, opened = run.facts["detected_s"], run.facts["opened_s"]
    assert opened == pytest.approx(seen + 0.05) and np.all(run["voltage_dump"][run["time"] < opened] == 0.0)
    at = np.interp(seen, run["time"], run["voltage_normal"])
    assert at == pytest.approx(0.2, rel=1e-3)


def test_a_quench_that_nobody_sees():
    run = quench(solenoid(detection_voltage=1e4), **FAST)
    assert run.status is Status.UNDETECTED and "detector never tripped" in run.status.value
    assert run.facts["detected_s"] is None and run.facts["opened_s"] is None and "never" in repr(run)
    assert run["energy_dump"][-1] == 0.0 and run.facts["energy_missed"] < 1e-5


def test_a_conductor_that_does_not_survive():
    stays = {"transverse_ratio": 0.0, "inductance": 200.0, "dump_resistance": 0.0}
    run = quench(solenoid(**stays), **FAST)
    assert run.status is Status.PARTIAL and "does not survive" in run.facts["end"]
    assert run.hot_spot == pytest.approx(1000.0, rel=1e-3)
    assert any("specific heat of copper used above 300 K" in said for said in run.facts["outside"])


def test_time_may_be_over_before():
    run = quench(solenoid(), until=0.02, **FAST)
    assert run.status is Status.PARTIAL and run["time"][-1] == pytest.approx(0.02) and "over" in run.facts["end"]
    unseen = quench(solenoid(), until=1e-4, **FAST)
    assert unseen.status is Status.UNDETECTED


def test_without_a_delay_the_dump_acts_at_once():
    run = quench(solenoid(detection_delay=0.0), **FAST)
    assert run.facts["opened_s"] == run.facts["detected_s"]
    assert run.hot_spot < quench(solenoid(), **FAST).hot_spot


def test_insulation_that_heats_makes_the_spot_colder():
    plain = quench(solenoid(), **FAST).hot_spot
    assert quench(solenoid(**{"conductor.insulation_heats": True}), **FAST).hot_spot < plain


def test_a_conductor_that_is_normal_before():
    with pytest.raises(OutOfRangeError, match="below the critical current, 603") as caught:
        quench(solenoid(current=700.0))
    assert "more superconductor" in str(caught.value)
    with pytest.raises(OutOfRangeError, match="critical current, 0 A"):
        quench(solenoid(temperature=9.0))


def test_faults_are_told_at_once():
    with pytest.raises(InputError) as caught:
        Winding.named("Laboratory solenoid, NbTi").replace({"current": -1.0, "field": 1e3, "length": 0.0})
    assert {issue.path for issue in caught.value.issues} == {"current", "field", "length"}
    with pytest.raises(InputError, match="Known: NbTi LHC"):
        Conductor(superconductor="Bi-2212", strand_diameter=1e-3, copper_fraction=0.5)
    with pytest.raises(InputError) as caught:
        quench(solenoid(), shells=3, accuracy=1.0, until=float("nan"))
    assert {issue.path for issue in caught.value.issues} == {"shells", "accuracy", "until"}


def test_a_plan_may_be_without_it(monkeypatch):
    monkeypatch.setenv(VARIABLE, json.dumps({"plan": "Explorer", "limits": {}, "without": ["quench"]}))
    with pytest.raises(InputError, match="the plan Explorer of this hub is without it") as caught:
        quench(solenoid())
    assert caught.value.issues[0].path == "Quench"


def test_plots():
    holoviews = pytest.importorskip("holoviews")
    run = quench(solenoid(), **FAST)
    assert len(run.plot()) == 3 and holoviews.render(run.plot()) is not None
    assert run.plot("resistance") is not None
    with pytest.raises(InputError, match="must be voltage or one of"):
        run.plot("pressure")
