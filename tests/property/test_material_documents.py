"""Whatever is typed as a formula or stands in a material's file, the answer is a material or an explanation."""

from __future__ import annotations

import copy
import json
import warnings
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook.core.errors import DataFormatError, InputError
from joulebook.core.expressions import FUNCTIONS, parse_expression
from joulebook.materials.documents import material_from_document

ACTIVE: dict[str, Any] = {
    "kind": "joulebook.active_material",
    "schema_version": 1,
    "name": "mine",
    "polarity": "negative",
    "ocp": {"expression": "0.1 + 0.9*exp(-30*x)", "source": {"ref": "me", "method": "fitted"}},
    "maximum_concentration": 31000.0,
    "diffusivity": {"table": {"x": [0.0, 0.4, 1.0], "y": [1e-14, 2e-14, 3e-15], "interpolation": "pchip"}},
    "rate_constant": {"value": 7e-7, "activation_energy": 3e4},
    "window": {"charged": 0.9, "discharged": 0.02},
    "suggested": {"porosity": 0.3},
}
ELECTROLYTE: dict[str, Any] = {
    "kind": "joulebook.electrolyte_material",
    "name": "mine",
    "conductivity": "3*(c_e/1000)",
    "diffusivity": {"value": 3e-10, "domain": [0.0, 2000.0]},
    "transference_number": 0.26,
}
PIECES = st.sampled_from(
    [
        "x",
        "T",
        "1",
        "2.5",
        "1e3",
        "1e308",
        "0",
        "e",
        "pi",
        "(",
        ")",
        "+",
        "-",
        "*",
        "/",
        "**",
        ",",
        " ",
        "y",
        "^",
        *FUNCTIONS,
    ]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=12)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join)))
def test_any_text_is_a_formula_or_explained(text: str) -> None:
    try:
        formula = parse_expression(text, ("x", "T"))
    except InputError as error:
        assert str(error)
        return
    with np.errstate(all="ignore"):
        found = formula(np, np.linspace(0.0, 1.0, 5), 300.0)
    assert found.shape == (5,)
    assert found.dtype == np.float64


def places(document: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [prefix] if prefix else []
    entries = (
        document.items() if isinstance(document, dict) else enumerate(document if isinstance(document, list) else [])
    )
    for name, value in entries:
        found += places(value, (*prefix, name))
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_change_of_a_document_is_read_or_explained(data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from([ACTIVE, ELECTROLYTE])))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places(document)))
        here: Any = document
        for name in place[:-1]:
            here = here[name]
        if isinstance(here, dict) and data.draw(st.booleans()):
            del here[place[-1]]
        else:
            here[place[-1]] = data.draw(JSON)
        if not places(document):
            break
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            material = material_from_document(document)
        except (InputError, DataFormatError) as error:
            assert str(error)
            return
        material.record()
    again = material_from_document(json.loads(json.dumps(material.to_document())))
    assert again == material
    assert again.record() is material.record()
