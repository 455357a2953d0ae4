"""Cells with phases, layers, ageing and heat, and half cells: whatever is typed, there is a cell or an explanation."""

from __future__ import annotations

import copy
import math
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.battery import Cell, HalfCell, balance, balance_half_cell, figures
from joulebook.battery.balance import open_circuit_voltage
from joulebook.core.errors import DataFormatError, InputError, JoulebookError

GRADED = Cell.named("Chen2020_composite").replace(
    {
        "positive.layers": [{"share": 0.3, "porosity": 0.3}, {"share": 0.7, "active_fraction": 0.6}],
        "negative.plating": Cell.named("OKane2022").negative.plating,
        "positive.mechanics": Cell.named("OKane2022").positive.mechanics,
        "thermal": Cell.named("Chen2020").thermal,
    }
)
BASES: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "graded": (Cell, GRADED.to_document()),
    "half": (HalfCell, HalfCell.named("Xu2019").to_document()),
}
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
SLOW = [HealthCheck.too_slow]
Path = tuple[str | int, ...]


def paths(document: Any, prefix: Path = ()) -> list[Path]:
    found = [prefix] if prefix else []
    if isinstance(document, dict | list):
        items = document.items() if isinstance(document, dict) else enumerate(document)
        for name, value in items:
            if name != "sources":
                found += paths(value, (*prefix, name))
    return found


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    here: Any = changed
    for name in path[:-1]:
        here = here[name]
    here[path[-1]] = value
    return changed


PLACES = [(base, path) for base, (_, document) in BASES.items() for path in paths(document)]
NUMBERS = [place for place in PLACES if len(place[1]) > 1 and place[0] == "graded"]


@settings(max_examples=400, suppress_health_check=SLOW, deadline=None)
@given(st.sampled_from(PLACES), VALUES)
def test_any_value_anywhere_gives_a_cell_or_an_explanation(place: tuple[str, Path], value: Any) -> None:
    base, path = place
    kind, document = BASES[base]
    changed = put(document, path, value)
    before = repr(changed)
    try:
        cell = kind.from_document(changed)
    except InputError as error:
        assert error.issues and all(issue.rule for issue in error.issues)
    except DataFormatError as error:
        assert path[0] in {"kind", "schema_version"}
        assert str(error)
    else:
        assert kind.from_document(cell.to_document()) == cell
    assert repr(changed) == before


@settings(max_examples=300, suppress_health_check=SLOW, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["negative", "layers", "additional_phases", "0", "1", "-1", "sei", "sources", "material", "", "x"]
        ),
        max_size=5,
    ),
    VALUES,
)
def test_any_path_leads_somewhere_or_is_explained(names: list[str], value: Any) -> None:
    path = ".".join(names)
    try:
        GRADED.value_at(path)
    except InputError as error:
        assert error.issues[0].path == path
    try:
        changed = GRADED.replace({path: value})
    except InputError as error:
        assert error.issues
    else:
        assert Cell.from_document(changed.to_document()) == changed


@settings(max_examples=150, suppress_health_check=SLOW, deadline=None)
@given(st.sampled_from(NUMBERS), st.floats(min_value=1e-9, max_value=1e5))
def test_figures_are_finite_or_explained(place: tuple[str, Path], value: float) -> None:
    try:
        known = figures(Cell.from_document(put(BASES["graded"][1], place[1], value)))
    except JoulebookError:
        return
    assert known.capacity > 0 and known.mass > 0
    for number in (known.specific_energy, known.energy_density, known.n_p_ratio):
        assert number is None or (math.isfinite(number) and number > 0)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(Cell.names()),
    soc=st.floats(min_value=0.0, max_value=1.0),
    share=st.floats(min_value=0.9, max_value=1.05),
)
def test_lithium_and_voltage_of_any_state_of_charge(name: str, soc: float, share: float) -> None:
    cell = Cell.named(name)
    narrower = cell.replace({"negative.thickness": cell.negative.thickness * share})
    try:
        ends = balance(narrower)
    except InputError:
        return
    negative, positive = ends.phase_stoichiometries(soc)
    held = sum(q * x for q, x in zip(ends.negative_at_rest.capacities, negative, strict=True))
    held += sum(q * y for q, y in zip(ends.positive_at_rest.capacities, positive, strict=True))
    full = ends.negative_fillings[0] * ends.negative_capacity + ends.positive_fillings[0] * ends.positive_capacity
    assert math.isclose(held, full, rel_tol=1e-8)
    voltage = open_circuit_voltage(narrower, negative[0], positive[0])
    assert narrower.lower_cutoff - 0.05 <= voltage <= narrower.upper_cutoff + 0.05


@settings(max_examples=60, deadline=None)
@given(st.floats(min_value=3.0, max_value=4.6), st.floats(min_value=3.0, max_value=4.6))
def test_half_cells_meet_their_cutoffs_or_say_why_not(low: float, high: float) -> None:
    try:
        cell = HalfCell.named("Xu2019").replace({"lower_cutoff": low, "upper_cutoff": high})
        ends = balance_half_cell(cell)
    except InputError as error:
        assert error.issues
        return
    for filling, cutoff in zip(ends.fillings, (high, low), strict=True):
        inside = 2e-6 < filling < 1 - 2e-6
        assert not inside or math.isclose(ends.at_rest.potential(filling), cutoff, abs_tol=1e-6)
