"""Whatever stands in a file, reading it gives a design or an explanation; nothing else, and the file stays."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.battery import Cell, figures
from joulebook.core.documents import parse_document
from joulebook.core.errors import DataFormatError, InputError, JoulebookError

BASE = Cell.named("Chen2020").to_document()
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def paths(document: Any, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [prefix] if prefix else []
    if isinstance(document, dict):
        for name, value in document.items():
            found += paths(value, (*prefix, name))
    return found


PATHS = paths(BASE)


def put(document: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    here = changed
    for name in path[:-1]:
        here = here[name]
    here[path[-1]] = value
    return changed


@given(st.text(max_size=200))
def test_any_text_is_read_or_explained(text: str) -> None:
    try:
        assert isinstance(parse_document(text), dict)
    except DataFormatError as error:
        assert str(error)


@given(st.integers(min_value=0, max_value=len(json.dumps(BASE)) - 1))
def test_any_truncation_is_explained(length: int) -> None:
    text = json.dumps(BASE)[:length]
    try:
        parse_document(text)
    except DataFormatError as error:
        assert "ends too early" in str(error) or "not JSON" in str(error)
    else:
        raise AssertionError("half a document was taken for a whole one")


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(PATHS), VALUES)
def test_any_value_anywhere_gives_a_cell_or_an_explanation(path: tuple[str, ...], value: Any) -> None:
    document = put(BASE, path, value)
    before = copy.deepcopy(document)
    try:
        cell = Cell.from_document(document)
    except InputError as error:
        assert error.issues and all(issue.rule for issue in error.issues)
        assert all(issue.path.split(".")[0] == path[0] or not issue.path for issue in error.issues)
    except DataFormatError as error:
        assert path[0] in {"kind", "schema_version"}
        assert str(error)
    else:
        again = Cell.from_document(cell.to_document())
        assert again == cell
    assert repr(document) == repr(before)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([path for path in PATHS if len(path) > 1 and path[0] != "sources"]),
    st.floats(min_value=1e-9, max_value=1e5),
)
def test_figures_of_any_allowed_cell_are_finite_or_explained(path: tuple[str, ...], value: float) -> None:
    try:
        out = figures(Cell.from_document(put(BASE, path, value)))
    except JoulebookError:
        return
    assert out.capacity > 0
    assert out.mass > 0
    assert 0 < out.n_p_ratio < float("inf")
