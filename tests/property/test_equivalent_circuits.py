"""Circuit description codes and circuits at random."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import InputError
from joulebook.impedance import Circuit
from joulebook.impedance.descriptions import read_code
from joulebook.impedance.elements import KINDS, symbol_of
from joulebook.impedance.evaluation import Evaluator
from joulebook.impedance.tree import Leaf, Node, Series, leaves, parallel, series, to_boukamp, to_code

FREQUENCIES = np.logspace(5, -2, 8)

busy = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that does other work stops now and then for seconds."""


@st.composite
def trees(draw: st.DrawFn) -> Node:
    shape = draw(
        st.recursive(st.sampled_from([*KINDS]), lambda inner: st.lists(inner, min_size=2, max_size=4), max_leaves=12)
    )
    count = 0

    def build(node: object, in_series: bool) -> Node:
        nonlocal count
        if isinstance(node, str):
            count += 1
            return Leaf(f"{node}{count}" if count % 2 else f"{node}_part{count}")
        assert isinstance(node, list)
        parts = tuple(build(item, not in_series) for item in node)
        return series(parts) if in_series else parallel(parts)

    return build(shape, draw(st.booleans()))


@busy
@given(trees())
def test_codes_are_read_as_they_are_written(tree: Node) -> None:
    code = to_code(tree)
    assert read_code(code) == tree
    assert read_code(code.replace("-", " -\t").replace(",", " , ")) == tree


@busy
@given(trees())
def test_boukamps_codes_have_the_same_shape(tree: Node) -> None:
    if any(not KINDS[symbol_of(name)].boukamp for name in leaves(tree)):
        return
    text = to_boukamp(tree, lambda name: KINDS[symbol_of(name)].boukamp)
    again = read_code(text)
    assert to_boukamp(again, lambda name: KINDS[symbol_of(name)].boukamp) == text
    assert read_code(text.replace("[", "(").replace("]", ")")) == again
    assert [symbol_of(name) for name in leaves(again)] == [symbol_of(name) for name in leaves(tree)]


@settings(busy, max_examples=400)
@given(st.one_of(st.text(max_size=40), st.text("RCLQWOTGEPZaswo01_-,p()[] ", max_size=30)))
def test_any_text_is_a_circuit_or_has_a_fault_with_its_column(text: str) -> None:
    try:
        tree = read_code(text)
    except InputError as error:
        assert "column" in str(error)
        return
    if tree != Series(()):
        assert read_code(to_code(tree)) == tree


def test_long_and_deep_texts_end_early() -> None:
    for text in ("(" * 5000, "p(" * 1000, "R" * 3000, "(R" * 900, "R1-" * 2000):
        try:
            read_code(text)
        except InputError:
            continue
        raise AssertionError(text[:20])


@busy
@given(trees(), st.integers(0, 2**32 - 1))
def test_passive_circuits_and_their_derivatives(tree: Node, seed: int) -> None:
    evaluator = Evaluator(tree, {name: symbol_of(name) for name in leaves(tree)})
    values = np.random.default_rng(seed).uniform(0.3, 0.5, len(evaluator.parameters))
    whole, slopes = evaluator.derivatives(FREQUENCIES, values)
    assert np.all(whole.real >= -1e-12 * np.abs(whole))
    along = np.random.default_rng(seed + 1).uniform(-1.0, 1.0, len(values)) * values
    h = 1e-6
    rise = evaluator.impedance(FREQUENCIES, values + h * along) - evaluator.impedance(FREQUENCIES, values - h * along)
    # the error of the difference: rounding over the step, and its square times the logarithms of the frequencies
    assert np.all(np.abs(along @ slopes - rise / (2 * h)) < 1e-7 * np.abs(whole))


@busy
@given(st.dictionaries(st.text(max_size=6), st.one_of(st.floats(), st.text(max_size=4), st.none()), max_size=4))
def test_values_that_are_typed(values: dict[str, object]) -> None:
    try:
        Circuit.from_code("R1-p(C1,CPE1)", values)  # type: ignore[arg-type]
    except InputError:
        return
    raise AssertionError("three elements have four values")
