"""Tables of elements: records in, columns out, and every fault at once."""

from __future__ import annotations

import copy
import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.core.errors import InputError
from joulebook.grid import Table
from joulebook.grid.elements import Bus, Cost, Generator, Line, Load, Switch, TapChanger, Transformer
from joulebook.grid.record_fields import column_fields

BUSES = {"1": {"nominal_voltage": 110e3, "name": "North"}, "2": {"nominal_voltage": 20e3, "in_service": False}}
RECORDS = (Bus, Line, Transformer, Generator, Load, Switch)


def test_rows_and_columns_are_the_same_values():
    table = Table.from_records(Bus, BUSES)
    assert list(table) == ["1", "2"]
    assert table["1"] == Bus(nominal_voltage=110e3, name="North")
    assert table.nominal_voltage.tolist() == [110e3, 20e3]
    assert table.in_service.tolist() == [True, False]
    assert math.isnan(table.minimum_voltage[0])
    assert table["1"].minimum_voltage is None
    assert table.known("minimum_voltage").tolist() == [False, False]
    assert table.to_records() == BUSES
    assert table.positions(["2", "x", "1"]).tolist() == [1, -1, 0]
    assert table.to_dataframe().loc["2", "nominal_voltage"] == 20e3


def test_columns_cannot_be_written():
    table = Table.from_records(Bus, BUSES)
    with pytest.raises(ValueError, match="read-only"):
        table.nominal_voltage[0] = 1.0
    with pytest.raises(AttributeError, match="Bus has no 'voltage'; it has name"):
        _ = table.voltage


def test_a_table_takes_part_columns_and_hands_out_parts():
    changer = TapChanger(position=2)
    given_ = {"from_bus": ["a"], "to_bus": ["b"], "rated_power": [1e6], "resistance": [0.0], "reactance": [0.1]}
    table = Table(Transformer, ["t"], {**given_, "tap_changer": [changer]})
    assert table["t"].tap_changer == changer
    assert Table.from_records(Transformer, table.to_records()) == table
    priced = {"g": {"bus": "a", "active_power": 1.0, "cost": {"coefficients": [1.0, 2.0]}}}
    assert Table.from_records(Generator, priced)["g"].cost == Cost(coefficients=(1.0, 2.0))


def test_copies_are_equal_and_pickles_too():
    table = Table.from_records(Bus, BUSES)
    assert copy.deepcopy(table) == table
    assert pickle.loads(pickle.dumps(table)) == table
    assert table.rows([1]).ids == ("2",)
    assert table.with_columns({"nominal_voltage": [1e3, 2e3]}) != table


def test_every_fault_is_reported_at_once():
    records = {
        "a": {"nominal_voltage": -1.0, "minimum_voltage": 9.0, "colour": "red"},
        "b": {"nominal_voltage": "high", "in_service": 3},
        "c": {},
        "d.e": {"nominal_voltage": 1e3},
        "f": 7,
    }
    with pytest.raises(InputError) as caught:
        Table.from_records(Bus, records)
    paths = {issue.path for issue in caught.value.issues}
    assert paths >= {
        "a.nominal_voltage",
        "a.minimum_voltage",
        "a.colour",
        "b.nominal_voltage",
        "b.in_service",
        "c.nominal_voltage",
        "f",
    }
    text = str(caught.value)
    assert "no dot" in text and "a.nominal_voltage = -1.0 V" in text


@pytest.mark.parametrize(
    ("ids", "columns", "message"),
    [
        (["1", "1"], {"nominal_voltage": [1.0, 1.0]}, "1: stands twice"),
        (["1"], {"nominal_voltage": [1.0, 2.0]}, "expected one per element, 1"),
        (["1"], {"nominal_voltage": ["x"]}, "must be a column of float values"),
        (["1"], {"voltage": [1.0]}, "not a known column"),
        (["1"], {"nominal_voltage": [math.inf]}, "more than 0"),
        (["1"], {"nominal_voltage": [math.nan]}, "more than 0"),
        (["1"], {}, "more than 0"),
        ([" "], {"nominal_voltage": [1.0]}, "identifier is text"),
        ([3], {"nominal_voltage": [1.0]}, "identifier is text"),
    ],
)
def test_columns_that_are_not_allowed(ids, columns, message):
    with pytest.raises(InputError, match=message):
        Table(Bus, ids, columns)


def test_long_lists_of_faults_are_cut_and_counted():
    with pytest.raises(InputError) as caught:
        Table(Bus, [str(k) for k in range(500)], {"nominal_voltage": np.full(500, -1.0)})
    assert len(caught.value.issues) == 21
    assert "480 more of the same kind" in str(caught.value)


def test_choices_are_checked():
    with pytest.raises(InputError, match="'breaker', 'disconnector'"):
        Table(Switch, ["s"], {"bus": ["1"], "other_bus": ["2"], "kind": ["magic"]})


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 10), st.floats(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_records_make_a_table_or_an_explanation(data):
    record = data.draw(st.sampled_from(RECORDS))
    names = st.sampled_from([*column_fields(record), "unknown"])
    records = data.draw(
        st.dictionaries(st.text(max_size=4), st.one_of(st.dictionaries(names, VALUES, max_size=6), VALUES), max_size=4)
    )
    try:
        table = Table.from_records(record, records)
    except InputError as error:
        assert error.issues
    else:
        text = json.dumps(table.to_records(), allow_nan=False)
        assert Table.from_records(record, json.loads(text)) == table


def test_groups_in_columns_become_records():
    table = Table(Generator, ["g"], {"bus": ["1"], "active_power": [0.0]})
    changed = table.with_columns({"cost": [{"coefficients": [0, 20]}], "capability": [[[0, -1, 1], [2, -1, 1]]]})
    assert changed["g"].cost.coefficients == (0.0, 20.0)
    assert changed["g"].capability == ((0.0, -1.0, 1.0), (2.0, -1.0, 1.0))
    with pytest.raises(InputError, match=r"g\.cost\.kind"):
        table.with_columns({"cost": [{"kind": "cubic"}]})
