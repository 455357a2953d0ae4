"""Whatever table a person gives to a drawing is drawn or answered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from joulebook.battery import compare
from joulebook.battery.plots import AGEING_COLUMNS, plot_ageing
from joulebook.core.errors import InputError
from joulebook.core.plot_style import span_of, thinned

pytest.importorskip("holoviews", reason="drawings need the lab extra")
values = st.floats() | st.integers(-10, 10) | st.none() | st.text(max_size=3)


@st.composite
def tables(draw: st.DrawFn, names: tuple[str, ...]) -> pandas.DataFrame:
    chosen = draw(st.lists(st.sampled_from(names), unique=True, max_size=4))
    rows = draw(st.integers(0, 5))
    columns: dict[str, Any] = {name: draw(st.lists(values, min_size=rows, max_size=rows)) for name in chosen}
    return pandas.DataFrame(columns, dtype=object if draw(st.booleans()) else None)


@given(tables((*AGEING_COLUMNS, "other")))
@settings(max_examples=80, deadline=None)
def test_any_table_of_cycles_is_drawn_or_answered(table: pandas.DataFrame) -> None:
    try:
        drawn = plot_ageing(table)
    except InputError as error:
        assert "cycle" in str(error)
        return
    assert len(drawn) >= 1


MEASURED = ("time", "Test Time / s", "voltage", "Voltage / mV", "Current / A", "Temperature / degC", "temp_K", "note")


@given(tables(MEASURED), tables(MEASURED))
@settings(max_examples=200, deadline=None)
def test_any_two_tables_are_compared_or_answered(one: pandas.DataFrame, other: pandas.DataFrame) -> None:
    try:
        found = compare({"one": one, "other": other})
    except InputError:
        return
    assert list(found.metrics.index) == ["one", "other"]
    found.plot()


@given(st.lists(st.floats(allow_infinity=False), max_size=50), st.integers(2, 20))
@settings(max_examples=300, deadline=None)
def test_thinned_curves_keep_their_range(numbers: list[float], most: int) -> None:
    column = np.array(numbers)
    across, kept = thinned(np.arange(column.size) * 1.0, column, most)
    assert np.all(np.diff(across) > 0)
    if np.isfinite(column).any():
        assert np.nanmax(kept) == np.nanmax(column)
        assert np.nanmin(kept) == np.nanmin(column)
    low, high = span_of([column])
    assert low <= high
