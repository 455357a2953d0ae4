"""Regulators and capacitors: bands, line drop compensation, delays, overrides, twins."""

from __future__ import annotations

import pytest
from small_feeders import radial, single_load

from joulebook.core.errors import InputError
from joulebook.grid import Feeder, unbalanced_power_flow
from joulebook.grid.feeder.capacitor_control import wanted_by_hour, wanted_switching

LINES = {
    "first": {"bus1": "source", "bus2": "middle", "length": 6000.0, "code": "abc"},
    "second": {"bus1": "out", "bus2": "end", "length": 6000.0, "code": "abc"},
}


def regulator(**values):
    """A three-phase regulator between the two lines."""
    windings = [
        {"bus": "middle", "voltage": 12470.0, "resistance": 1e-4},
        {"bus": "out", "voltage": 12470.0, "resistance": 1e-4},
    ]
    return {
        "transformers": {"r": {"windings": windings, "rating": 5e6, "reactances": [0.001]}},
        "regulators": {"c": {"transformer": "r", "voltage": 122.0, "bandwidth": 2.0, "voltage_ratio": 60.0, **values}},
    }


def heavy(**values):
    return {"z": {"bus": "end", "voltage": 12470.0, "active_power": 4e6, "reactive_power": 1.5e6,
                  "lowest_voltage": 0.6, **values}}  # fmt: skip


def solved(loads=None, **parts):
    return unbalanced_power_flow(radial(loads or heavy(), lines=LINES, **parts))


def at_relay(flow, node):
    return abs(flow.voltages[node]) / 60.0


def test_a_regulator_holds_its_band():
    flow = solved(**regulator())
    assert 121.0 <= at_relay(flow, "out.1") <= 123.0
    assert flow.taps["c"] > 0
    held = unbalanced_power_flow(radial(heavy(), lines=LINES, **regulator(steps_at_once=0)))
    assert held.taps["c"] == 0 and at_relay(held, "out.1") < 121.0


def test_the_band_counts_not_the_set_point():
    narrow, wide = (solved(**regulator(bandwidth=width)).taps["c"] for width in (1.0, 6.0))
    assert wide < narrow


def test_line_drop_compensation_raises_the_voltage_with_the_load():
    parts = regulator(drop_resistance=4.0, drop_reactance=8.0, current_rating=400.0)
    flow, light = solved(**parts), solved(heavy(active_power=4e5, reactive_power=1.5e5), **parts)
    assert flow.taps["c"] > solved(**regulator()).taps["c"]
    branch = flow.branches.set_index(["element", "terminal", "node"]).loc[("transformer.r", 2, "out.1")]
    current = branch.current_A * complex(0, 1) ** (branch.current_angle_deg / 90)
    compensated = flow.voltages["out.1"] / 60 + (4 + 8j) * current / 400.0  # the current flows into the winding
    assert abs(compensated) == pytest.approx(122.0, abs=1.0)
    assert at_relay(light, "out.1") < at_relay(flow, "out.1")


def test_a_tap_on_the_other_winding_moves_the_other_way():
    flow = solved(**regulator(winding=2, tap_winding=1))
    assert flow.taps["c"] < 0
    assert 121.0 <= at_relay(flow, "out.1") <= 123.0


def test_the_highest_and_the_lowest_phase():
    loads = {f"l{k}": single_load(k, kw) for k, kw in ((1, 800), (2, 450), (3, 150))}
    lowest, highest = (solved(loads, **regulator(phase=phase)) for phase in (-2, -1))
    nodes = ["out.1", "out.2", "out.3"]
    assert min(at_relay(lowest, node) for node in nodes) == pytest.approx(122.0, abs=1.0)
    assert max(at_relay(highest, node) for node in nodes) == pytest.approx(122.0, abs=1.0)
    assert lowest.taps["c"] > highest.taps["c"]


def test_a_remote_bus_is_held_instead():
    flow = solved(heavy(active_power=2.5e6, reactive_power=0.8e6), **regulator(bus="end.2"))
    assert at_relay(flow, "end.2") == pytest.approx(122.0, abs=1.0)
    with pytest.raises(InputError, match="no element is connected"):
        solved(**regulator(bus="nowhere.1"))


def test_a_limit_on_the_local_voltage_goes_first():
    flow = solved(**regulator(bus="end.1", voltage=128.0, voltage_limit=124.0))
    assert at_relay(flow, "out.1") <= 128.0
    local = solved(**regulator(voltage=128.0, voltage_limit=124.0))
    assert at_relay(local, "out.1") <= 124.5


def test_taps_end_at_their_limits():
    flow = solved(heavy(active_power=9e6, reactive_power=4e6), **regulator(voltage=135.0))
    assert flow.taps["c"] == 16 and flow.status.name == "SOLVED"


def bank(**values):
    return {
        "capacitors": {
            "k": {"bus1": "end", "voltage": 12470.0, "reactive_power": 1.2e6, "steps": 3, "steps_on": 0}
        },
        "capacitor_controls": {"c": {"capacitor": "k", "element": "line.first", "voltage_ratio": 1.0, **values}},
    }  # fmt: skip


def joined(loads=None, **parts):
    lines = {**LINES, "second": {**LINES["second"], "bus1": "middle"}}
    return unbalanced_power_flow(radial(loads or heavy(), lines=lines, **parts))


@pytest.mark.parametrize(
    ("control", "share"),
    [
        ({"quantity": "reactive power", "on": 1300.0, "off": -100.0}, 2 / 3),
        ({"quantity": "reactive power", "on": 5000.0, "off": -100.0}, 0.0),
        ({"quantity": "current", "on": 150.0, "off": 20.0, "current_ratio": 1.0}, 1.0),
        ({"quantity": "voltage", "on": 6860.0, "off": 7400.0, "terminal": 2}, 1 / 3),
        ({"quantity": "power factor", "on": 0.92, "off": 1.05}, 1 / 3),
        ({"quantity": "time", "on": 8.0, "off": 20.0}, 0.0),
        ({"quantity": "time", "on": 20.0, "off": 8.0}, 1 / 3),
        ({"quantity": "reactive power", "on": 5000.0, "off": -1e5, "voltage_override": True, "terminal": 2,
          "lowest_voltage": 6860.0, "highest_voltage": 7800.0}, 1 / 3),
    ],
)  # fmt: skip
def test_what_banks_act_on(control, share):
    assert joined(**bank(**control)).capacitor_states["k"] == pytest.approx(share)


def test_an_override_switches_off_at_high_voltage():
    light = heavy(active_power=1e5, reactive_power=0.0)
    parts = bank(quantity="reactive power", on=1e5, off=-1e5, voltage_override=True, lowest_voltage=1.0, terminal=2)
    parts["capacitors"]["k"]["steps_on"] = 3
    parts["capacitor_controls"]["c"]["highest_voltage"] = 1e5
    high = abs(joined(light, **parts).voltages["middle.1"])
    parts["capacitor_controls"]["c"]["highest_voltage"] = high - 1.0
    flow = joined(light, **parts)
    assert flow.capacitor_states["k"] == pytest.approx(2 / 3)
    assert abs(flow.voltages["middle.1"]) < high - 1.0


def test_phases_that_a_bank_measures():
    loads = {f"l{k}": single_load(k, kw) for k, kw in ((1, 800), (2, 450), (3, 150))}
    found = []
    for phase in (-2, -3, -1, 1, 2, 3):
        parts = bank(quantity="current", on=1e9, off=0.0, current_ratio=1.0, phase=phase)
        flow = joined(loads, **parts)
        currents = flow.branches.set_index(["element", "terminal", "node"]).sort_index().current_A["line.first", 1]
        expected = {-1: currents.max(), -2: currents.min(), -3: currents.mean()}
        value = expected.get(phase, currents.get(f"source.{phase}"))
        parts["capacitor_controls"]["c"]["on"] = value * 0.999
        acted = joined(loads, **parts).capacitor_states["k"]
        parts["capacitor_controls"]["c"]["on"] = value * 1.001
        found.append((acted > 0, joined(loads, **parts).capacitor_states["k"] == 0))
    assert found == [(True, True)] * 6


def test_a_terminal_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="2 terminals"):
        joined(**bank(terminal=3))


@pytest.mark.parametrize(
    ("value", "closed", "more", "rising", "expected"),
    [
        (5, False, True, True, 1), (5, True, False, True, 0), (5, True, True, True, 1), (1, True, True, True, -1),
        (3, True, False, True, 0), (1, False, True, False, 1), (5, True, True, False, -1),
    ],
)  # fmt: skip
def test_switching_between_two_set_points(value, closed, more, rising, expected):
    on, off = (4, 2) if rising else (2, 4)
    assert wanted_switching(value, on, off, closed, more, rising) == expected


def test_hours_wrap_over_midnight():
    assert [wanted_by_hour(22.0, 6.0, False, hour) for hour in (21.0, 23.0, 5.0, 7.0)] == [0, 1, 1, 0]
    assert [wanted_by_hour(8.0, 17.0, True, hour) for hour in (7.0, 9.0, 18.0)] == [-1, 0, -1]


def test_the_shorter_delay_acts_first():
    feeder = Feeder.named("IEEE123")
    first = unbalanced_power_flow(feeder)
    slow_head = unbalanced_power_flow(feeder.replace({"regulators.creg1a.delay": 60.0}))
    assert slow_head.facts["control_rounds"] > first.facts["control_rounds"]
    taps = slow_head.taps
    assert all(abs(taps[name] - tap) <= 1 for name, tap in first.taps.items())
