"""Whatever stands in a file of another program, reading it gives a cell or an explanation, and never anything else."""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pybamm_files import interpolant, lg_m50

from joulebook.battery import Cell
from joulebook.battery.interchange import ImportedCell, bpx_document, read_bpx, read_pybamm
from joulebook.core.errors import DataFormatError, InputError

LAYERED = Cell.named("Chen2020").replace(
    {
        "contact_resistance": 0.01,
        "negative.active_fraction": 0.7,
        "negative.additional_phases": [
            {"material": "LGM50 graphite-SiOx", "active_fraction": 0.05, "particle_radius": 1e-6}
        ],
        "initial_state.negative_additional": [2e4],
        "positive.layers": [{"share": 0.5, "porosity": 0.3}, {"share": 0.5}],
        "thermal": {"heat_capacity": 60.0, "cooling_conductance": 0.05, "ambient_temperature": 298.15},
    }
)
BPX = [json.loads(json.dumps(bpx_document(cell)[0])) for cell in (Cell.named("Chen2020"), LAYERED)]
PYBAMM = json.loads(
    json.dumps({**lg_m50(), "Positive electrode OCP [V]": interpolant([0, 0.5, 1], [4.4, 3.8, 3], "sto")})
)
TEXT = st.sampled_from(
    ["", "x", "1/x", "log(x)", "exp(1e3*x)", "0*x", "x**0.5", "T", "1 +", "0.4.1", "99.0.0", "Parameter"]
)
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(min_value=10**300, max_value=10**400),
        st.floats(allow_nan=False),
        st.sampled_from([0, 1, -1, 1e-30, 1e30, 0.5]),
        TEXT,
        st.text(max_size=8),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["x", "y", "children", "name", "a"]), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "Joulebook: negative.layers.0.porosity",
            "Joulebook: negative.thickness.x",
            "Joulebook: negative",
            "Joulebook: = text",
            "Joulebook: material negative 0.ocp",
            "Joulebook: material negative 7.ocp",
            "Joulebook: kind = other",
            "Joulebook: sources.x.ref = y",
            "Thermodynamic factor",
            "Electrode height [m]",
            "Particle",
            "Negative electrode lithiation OCP [V]",
            "Lithium plating kinetic rate constant [m.s-1]",
            "Secondary: Negative electrode OCP [V]",
        ]
    ),
)


def groups(document: Any) -> list[Any]:
    """All groups and lists of a document."""
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else []
    found = [document] if isinstance(document, dict | list) and document else []
    for value in inner:
        found += groups(value)
    return found


def mutate(data: st.DataObject, document: Any) -> Any:
    changed = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        found = groups(changed)
        if not found:
            break
        group = data.draw(st.sampled_from(found))
        if isinstance(group, list):
            group[data.draw(st.integers(0, len(group) - 1))] = data.draw(JSON)
        elif data.draw(st.integers(0, 3)) == 0:
            group[data.draw(NAMES)] = data.draw(JSON)
        else:
            name = data.draw(st.sampled_from(list(group)))
            if data.draw(st.booleans()):
                group[name] = data.draw(JSON)
            else:
                del group[name]
    return changed


def check(read: Callable[[Any], ImportedCell], document: Any) -> None:
    before = copy.deepcopy(document)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = read(document)
        except (InputError, DataFormatError) as error:
            assert str(error)
            return
        finally:
            assert document == before
        found.cell.active_material("negative"), found.cell.electrolyte_material()
        assert Cell.from_document(json.loads(json.dumps(found.cell.to_document()))) == found.cell


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_change_of_a_bpx_file_is_read_or_explained(data: st.DataObject) -> None:
    check(read_bpx, mutate(data, data.draw(st.sampled_from(BPX))))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_change_of_a_pybamm_file_is_read_or_explained(data: st.DataObject) -> None:
    check(read_pybamm, mutate(data, PYBAMM))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_any_object_is_read_or_explained(document: dict[str, Any]) -> None:
    check(read_bpx, document)
    check(read_pybamm, document)
