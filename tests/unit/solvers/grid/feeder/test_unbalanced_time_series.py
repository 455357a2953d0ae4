"""Time series: shapes, controls over time, what is kept, and cancelling."""

from __future__ import annotations

import numpy as np
import pytest
from small_feeders import radial, single_load

from joulebook.core.errors import CancelledError, DivergedError, InputError
from joulebook.core.progress import NullProgress
from joulebook.core.results import Result
from joulebook.grid import Feeder, UnbalancedSeriesResult, unbalanced_power_flow, unbalanced_time_series
from joulebook.grid.feeder.loops import MARCH
from joulebook.grid.feeder.plan import plan_of
from joulebook.grid.feeder.power_flow import begin
from joulebook.grid.feeder.shapes import shape_arrays

SHAPES = {
    "hump": {"interval": 3600.0, "active": [0.2, 0.6, 1.0, 0.5]},
    "both": {"interval": 3600.0, "active": [1.0, 0.5], "reactive": [0.0, 2.0]},
    "kw": {"interval": 1800.0, "active": [10.0, 20.0, 30.0, 40.0], "actual": True},
}


def shaped(**shapes):
    loads = {name: {**single_load(k + 1, 300), "daily": shape} for k, (name, shape) in enumerate(shapes.items())}
    return radial(loads, load_shapes=SHAPES)


def day(feeder, **options):
    return unbalanced_time_series(feeder, progress=False, **options)


def test_each_step_is_a_power_flow():
    feeder = shaped(a="hump", b="both", c="kw")
    series = day(feeder, step=3600.0, steps=4)
    assert series.time.tolist() == [3600, 7200, 10800, 14400]
    for k, (hump, (p, q), kw) in enumerate(
        zip((0.2, 0.6, 1.0, 0.5), ((1, 0), (0.5, 2)) * 2, (20, 40, 20, 40), strict=True)
    ):
        document = feeder.to_document()
        document["loads"]["a"] |= {"active_power": 300e3 * hump, "reactive_power": 120e3 * hump}
        document["loads"]["b"] |= {"active_power": 300e3 * p, "reactive_power": 120e3 * q}
        document["loads"]["c"] |= {"active_power": kw * 1e3, "reactive_power": kw * 400.0}
        flow = unbalanced_power_flow(Feeder.from_document(document))
        assert series.voltage_pu.iloc[k].to_numpy() == pytest.approx(flow.voltage_pu.to_numpy(), abs=1e-6)
        assert series["losses"][k] == pytest.approx(flow.losses, rel=1e-4)
        assert series["source_active_power"][k] == pytest.approx(flow.source_power.real, rel=1e-5)


def test_grid_of_times_follows_the_shapes():
    series = day(shaped(a="hump", c="kw"))
    assert len(series.time) == 8 and series.time[0] == 1800
    assert series["load_active_power"][:4] / 1e3 == pytest.approx([60 + 10, 60 + 20, 180 + 30, 180 + 40], rel=1e-4)
    later = day(shaped(a="hump"), start=7200.0, steps=2)
    assert later["load_active_power"] / 1e3 == pytest.approx([300, 150], rel=1e-4)


def test_results_hold_their_dimensions_and_survive_their_file(tmp_path):
    series = day(shaped(a="hump"), buses=["end"])
    assert series["node"].tolist() == ["end.1", "end.2", "end.3"]
    data = series.to_xarray()
    assert data.voltage_pu.dims == ("time", "node")
    assert "source_active_power_W" in series.to_dataframe()
    assert series.energy_losses == pytest.approx(series["losses"].sum())
    again = Result.load(series.save(tmp_path / "day.run.nc"))
    assert isinstance(again, UnbalancedSeriesResult) and again.voltage_pu.equals(series.voltage_pu)
    assert series.plot() is not None


def test_controls_follow_the_day():
    feeder = Feeder.named("IEEE13")
    document = feeder.to_document()
    document["load_shapes"] = {"s": {"active": [0.3, 0.8, 1.2, 0.5]}}
    for load in document["loads"].values():
        load["daily"] = "s"
    feeder = Feeder.from_document(document)
    series = day(feeder)
    assert series.taps["reg1"].iloc[2] > series.taps["reg1"].iloc[0]
    assert series.tap_operations["reg1"] == series.taps["reg1"].diff().abs().sum()
    assert series["settled"].all()
    held = day(feeder, controls=False)
    assert (held.taps == 0).all().all()
    assert series.capacitor_states.columns.tolist() == ["cap1", "cap2"]


def test_with_delays_a_tap_waits_and_moves_one_step_at_a_time():
    document = Feeder.named("IEEE13").to_document()
    series = day(Feeder.from_document(document), steps=40, step=1.0, delays=True)
    taps = series.taps["reg1"].to_numpy()
    assert (taps[:15] == 0).all()
    steps = np.flatnonzero(np.diff(taps))
    assert np.abs(np.diff(taps)).max() == 1
    assert (np.diff(steps) == 2).all()  # the delay between steps


def test_fixed_loads_and_generators():
    loads = {
        "a": {**single_load(1, 100), "fixed": True, "daily": "hump"},
        "b": {**single_load(2, 100), "daily": "hump"},
    }
    plant = {"g": {"bus": "end", "voltage": 12470.0, "active_power": 50e3, "daily": "hump"}}
    series = day(radial(loads, load_shapes=SHAPES, generators=plant), load_multiplier=2.0)
    expected = [100 + 200 * k - 50 * k for k in SHAPES["hump"]["active"]]
    assert series["load_active_power"] / 1e3 == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        {"shapes": "weekly"},
        {"step": 0.0},
        {"steps": 0},
        {"steps": 2.5},
        {"start": -1.0},
        {"buses": ["nowhere"]},
        {"steps": 10_000_001},
        {"tolerance": 1.0},
    ],
)
def test_options_are_checked(options):
    with pytest.raises(InputError, match=next(iter(options))):
        day(shaped(a="hump"), **options)


def test_results_beyond_all_memory_are_refused():
    with pytest.raises(InputError, match=r"would keep 2.78e\+08 voltages.*Name the buses"):
        day(Feeder.named("IEEE123"), steps=1_000_000, step=60.0)


def test_a_feeder_without_shapes_needs_a_grid():
    with pytest.raises(InputError, match="no load follows"):
        day(radial())
    assert len(day(radial(), steps=3, step=60.0).time) == 3


def test_newton_helps_in_a_step_where_the_fixed_point_stalls():
    plant = {"bus": "end", "voltage": 12470.0, "active_power": -70e6, "reactive_power": 14e6, "lowest_voltage": 0.0,
             "highest_voltage": 3.0, "impedance_voltage": 0.0, "daily": "s"}  # fmt: skip
    feeder = radial({"z": plant}, load_shapes={"s": {"active": [0.5, 1.0, 0.4]}})
    series = day(feeder)
    assert series.voltage_pu["end.1"].iloc[1] == pytest.approx(0.8343, abs=1e-4)
    with pytest.raises(DivergedError):
        day(feeder.replace({"load_shapes.s.active": [0.5, 1.2, 0.4]}))


def test_a_person_may_cancel():
    class Impatient(NullProgress):
        cancelled = True

    with pytest.raises(CancelledError):
        unbalanced_time_series(shaped(a="hump"), progress=Impatient())


def test_plain_python_and_machine_code_agree():
    feeder = shaped(a="hump", b="both")
    plan = plan_of(feeder)
    found = []
    for march in (MARCH.source, MARCH.cpu):
        state = plan.new_state()
        begin(plan, state, "direct")
        loads = plan.loads._replace(power=plan.loads.power.copy())
        series = shape_arrays(feeder, plan.branches, "daily", 3600.0, 3, 0.0, 1.0)
        records = (
            plan.place[:-1].astype(np.int32), np.zeros((3, plan.n), complex), np.zeros((3, 1)), np.zeros((3, 1)),
            np.zeros((3, 2), complex), np.zeros((3, 2), np.int64),
        )  # fmt: skip
        limits = np.array([1e-8, 100, 10, 3600.0, 1.0, 0.0, 3600.0])
        assert march(
            plan.network, loads, plan.regulators, plan.capacitors, state, series, records, limits, 0, 3, 0
        ) == 3  # fmt: skip
        found.append(records)
    assert found[0][1] == pytest.approx(found[1][1], rel=1e-9)
    assert found[0][4] == pytest.approx(found[1][4], rel=1e-9)
