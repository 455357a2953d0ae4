"""The server's side of a design that several people edit at once: text in, map of maps, text out; merges."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("jupyter_ydoc", reason="jupyter-collaboration comes with the extra hub")

from pycrdt import Doc, Map

from joulebook_lab.shared_design import DEEPEST, SharedDesign

CELL = '{"kind": "cell",\n "schema_version": 1, "negative": {"thickness": 8e-05, "grades": [1, 2.5]},\n "turns": 12}'
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=8)
)
documents = st.dictionaries(
    names, st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4))
).filter(bool)


def shared(text):
    made = SharedDesign()
    made.set(text)
    return made


def copy_of(design):
    other = SharedDesign(Doc())
    other.ydoc.apply_update(design.ydoc.get_update())
    return other


def exchange(one, other):
    one.ydoc.apply_update(other.ydoc.get_update())
    other.ydoc.apply_update(one.ydoc.get_update())


def test_an_unchanged_file_keeps_its_own_text_and_a_changed_one_its_numbers():
    design = shared(CELL)
    copy = copy_of(design)
    assert design.get() == copy.get() == CELL, "whoever opens it"
    copy.ydoc.get("design", type=Map)["turns"] = [4.0, 13.0]
    said = json.dumps({**json.loads(CELL), "turns": 13}, indent=2) + "\n"
    assert copy.get() == said and list(json.loads(said))[-1] == "turns", "in its order, written as designs are saved"
    copy.set(CELL)
    assert copy.get() == CELL


def test_a_number_is_written_as_it_was_beside_one_that_was_changed():
    design = shared('{"length": 1.0, "list": [2.0, 3], "turns": 4, "r": 5.0}')
    design.ydoc.get("design", type=Map)["r"] = [4.0, 6.0]
    assert json.loads(design.get()) == {"length": 1, "list": [2, 3], "turns": 4, "r": 6}
    assert [number in design.get() for number in ("1.0", "2.0", "3.0", "4.0", "6.0")] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_what_two_change_is_kept():
    ada = shared(CELL)
    bob = copy_of(ada)
    ada.set(ada.get().replace("8e-05", "9e-05").replace('"turns": 12', '"turns": 12, "R1": {"r": 1}'))
    bob.set(bob.get().replace('"turns": 12', '"turns": 13, "C1": {"c": 2}'))
    exchange(ada, bob)
    assert ada.get() == bob.get()
    found = json.loads(ada.get())
    assert found["negative"]["thickness"] == 9e-05 and found["turns"] == 13
    assert found["R1"] == {"r": 1} and found["C1"] == {"c": 2}
    assert list(found)[:4] == ["kind", "schema_version", "negative", "turns"], "what was there keeps its place"


def test_the_same_change_again_changes_nothing():
    design = shared(CELL)
    before = design.ydoc.get_state()
    design.set(CELL)
    assert design.ydoc.get_state() == before


def test_whole_numbers_reach_a_browser_as_numbers_and_a_file_as_whole_ones():
    design = shared('{"a": 3, "b": [1, {"c": 2}], "d": true}')
    assert all(
        isinstance(value, float | list | bool) for _, value in (design.ydoc.get("design", type=Map).to_py().values())
    )
    design.ydoc.get("design", type=Map)["e"] = [9.0, 4.0]
    assert json.loads(design.get()) == {"a": 3, "b": [1, {"c": 2}], "d": True, "e": 4} and "4.0" not in design.get()


def test_true_is_not_one():
    design = shared('{"a": 1}')
    design.set('{"a": true}')
    assert copy_of(design).get() == '{"a": true}' and copy_of(design).ydoc.get("design", type=Map)["a"][1] is True


@pytest.mark.parametrize(
    "text", ["", " ", "{", "[]", "3", "{}", '{"a": NaN}', '{"": 1}', '{"a": {"": 1}}', f'{{"a": {2**53 + 1}}}']
)
def test_a_text_that_is_no_design_is_kept_as_it_is(text):
    design = shared(text)
    assert design.get() == text == copy_of(design).get()
    design.set(CELL)
    assert json.loads(copy_of(design).get()) == json.loads(CELL)
    design.set(text)
    assert copy_of(design).get() == text


@pytest.mark.parametrize("levels", [DEEPEST + 1, 100_000])
def test_what_is_nested_too_deeply_is_kept_as_a_text(levels):
    text = '{"a": ' + "[" * levels + "]" * levels + "}"
    assert copy_of(shared(text)).get() == text


def test_entries_that_somebody_made_up_do_no_harm():
    design = shared(CELL)
    group = design.ydoc.get("design", type=Map)
    group["odd"], group["short"], group["worse"] = "no list", [1.0], ["first", 5.0]
    group["group"] = Map({"x": [1.0, 2.0]})
    found = json.loads(design.get())
    assert "odd" not in found and "short" not in found and found["worse"] == 5 and found["group"] == {"x": 2}


def test_changes_are_told(monkeypatch):
    told = []
    design = SharedDesign()
    design.observe(lambda what, _event: told.append(what))
    design.set(CELL)
    design.dirty = True
    assert set(told) == {"design", "file", "state"}
    design.unobserve()


@settings(max_examples=60, deadline=None)
@given(documents, documents)
def test_any_document_comes_back_and_becomes_any_other(first, second):
    design = shared(json.dumps(first))
    other = copy_of(design)
    assert json.loads(other.get()) == first
    assert list(json.loads(other.get())) == list(first)
    other.set(json.dumps(second))
    exchange(design, other)
    assert json.loads(design.get()) == second == json.loads(other.get())
