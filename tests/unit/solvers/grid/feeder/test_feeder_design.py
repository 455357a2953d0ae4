"""Feeders as documents: what they hold, and which faults they report."""

from __future__ import annotations

import pytest
from small_feeders import CODE, SOURCE, radial

from joulebook.core.errors import DataFormatError, InputError
from joulebook.grid import Feeder
from joulebook.grid.feeder.plan import plan_of


@pytest.mark.parametrize("name", Feeder.names())
def test_named_feeders_survive_their_document(name, tmp_path):
    feeder = Feeder.named(name)
    assert feeder.name == name
    path = feeder.save(tmp_path / f"{name}.feeder.json")
    again = Feeder.load(path)
    assert again == feeder
    assert again.digest() == feeder.digest()


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(InputError, match="IEEE13"):
        Feeder.named("IEEE14")


def test_buses_in_the_order_of_the_elements():
    assert radial().buses() == ("source", "middle", "end")


def test_a_change_leaves_the_rest():
    changed = radial().replace({"loads.all.active_power": 1e6, "lines.first.length": 100.0})
    assert changed.loads["all"].active_power == 1e6
    assert changed.lines.length.tolist() == [100.0, 2000.0]
    assert radial().loads["all"].active_power == 900e3


def test_a_feeder_says_in_a_line_what_it_is():
    expected = "<Feeder IEEE13: 12 lines, 5 transformers, 15 loads, 3 regulators, 2 capacitors>"
    assert repr(Feeder.named("IEEE13")) == expected


@pytest.mark.parametrize("name", ["IEEE4", "IEEE13", "IEEE34", "IEEE37", "IEEE123"])
def test_voltage_bases_follow_from_ratios_as_from_the_list(name):
    feeder = Feeder.named(name)
    listed, derived = plan_of(feeder), plan_of(feeder.replace({"voltage_bases": []}))
    assert derived.base == pytest.approx(listed.base, rel=2e-3)  # 2.402 kV regulators between 4.16 kV lines


def faults(**parts):
    with pytest.raises(InputError) as caught:
        radial(**parts)
    return {issue.path: str(issue) for issue in caught.value.issues}


def test_all_faults_are_reported_at_once():
    found = faults(
        lines={
            "a": {"bus1": "source", "bus2": "x", "length": 1.0, "code": "nothing"},
            "b": {"bus1": "source", "bus2": "x", "length": 1.0},
            "c": {"bus1": "source.1.2.3.4", "bus2": "x", "length": 1.0, "code": "abc"},
            "d": {"bus1": "source.1", "bus2": "x.1", "length": 1.0, "code": "abc", "phases": 1},
        },
        loads={"z": {"bus": "x", "voltage": 400.0, "active_power": 1.0, "model": "zip", "daily": "never"}},
    )
    assert "no such code" in found["lines.a.code"]
    assert "either a code or a geometry" in found["lines.b"]
    assert "more nodes" in found["lines.c.bus1"]
    assert "is for 3" in found["lines.d.phases"]
    assert "7 values" in found["loads.z.shares"]
    assert "no such load shape" in found["loads.z.daily"]


def test_values_out_of_range_name_unit_and_range():
    found = faults(voltage_sources={"s": {**SOURCE, "nominal_voltage": -5.0}})
    text = found["voltage_sources.s.nominal_voltage"]
    assert "-5.0 V" in text and "more than 0" in text
    found = faults(lines={"a": {"bus1": "two words", "bus2": "x", "length": 1.0, "code": "abc"}})
    assert "is no connection" in found["lines.a.bus1"]
    found = faults(lines={"a": {"bus1": "a", "bus2": "x", "length": 0.0, "code": "abc"}})
    assert "lines.a.length" in found


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ({"voltage_sources": {}}, "voltage_sources"),
        ({"line_codes": {"abc": {**CODE, "reactance": [[1e-4], [1e-5]]}}}, "line_codes.abc.reactance"),
        ({"regulators": {"r": {"transformer": "t"}}}, "regulators.r.transformer"),
        ({"capacitor_controls": {"c": {"capacitor": "x", "element": "line.first"}}}, "capacitor_controls.c.capacitor"),
        (
            {"capacitors": {"c": {"bus1": "end", "voltage": 12470.0, "reactive_power": 1e5, "steps_on": 2}}},
            "capacitors.c.steps_on",
        ),
        ({"load_shapes": {"s": {"active": [1.0, 2.0], "reactive": [1.0]}}}, "load_shapes.s.reactive"),
        (
            {"geometries": {"g": {"conductors": [{"conductor": "no", "x": 0.0, "height": 9.0}], "phases": 2}}},
            "geometries.g.phases",
        ),
        (
            {"conductors": {"c": {"kind": "tape shield", "resistance": 1e-4, "gmr": 5e-3, "radius": 6e-3}}},
            "conductors.c.tape_thickness",
        ),
        (
            {
                "transformers": {
                    "t": {
                        "windings": [{"bus": "end", "voltage": 12470.0}, {"bus": "low", "voltage": 400.0}],
                        "rating": 1e5,
                        "reactances": [0.04, 0.04],
                    }
                }
            },
            "transformers.t.reactances",
        ),
    ],
)
def test_what_does_not_fit_together(parts, path):
    assert path in faults(**parts)


def test_regulators_must_name_a_winding_that_is_there():
    transformer = {
        "windings": [{"bus": "end", "voltage": 12470.0}, {"bus": "low", "voltage": 12470.0}],
        "rating": 1e6,
        "reactances": [0.01],
    }
    found = faults(transformers={"t": transformer}, regulators={"r": {"transformer": "t", "winding": 3}})
    assert "2 windings" in found["regulators.r.winding"]


def test_other_documents_are_refused(tmp_path):
    path = tmp_path / "x.feeder.json"
    path.write_text('{"kind": "circuit", "schema_version": 1}')
    with pytest.raises(DataFormatError, match="expected 'feeder'"):
        Feeder.load(path)
    with pytest.raises(DataFormatError, match="cannot be read"):
        Feeder.load(tmp_path / "missing.json")
