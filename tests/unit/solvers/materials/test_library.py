"""The library: every value has a unit and a source, every law stays inside physics."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from joulebook import materials
from joulebook.core.citations import bibliography
from joulebook.core.errors import InputError
from joulebook.materials.records import Law, Value

FINDERS = {
    "active": materials.active,
    "electrolyte": materials.electrolyte,
    "film": materials.film,
    "metal": materials.metal,
}
RECORDS = [(kind, name) for kind in FINDERS for name in materials.names(kind)]


def contents(record: Any) -> list[Value | Law]:
    found: list[Value | Law] = []
    for item in fields(record):
        content = getattr(record, item.name)
        inner = content.values() if isinstance(content, dict) else content if isinstance(content, tuple) else [content]
        found += [value for value in inner if isinstance(value, Value | Law)]
    return found


@pytest.mark.parametrize(("kind", "name"), RECORDS)
def test_every_value_has_unit_and_source(kind: str, name: str) -> None:
    found = contents(FINDERS[kind](name))
    assert found
    for value in found:
        assert value.unit
        if value.source.method != "assumed":
            assert value.source.ref in bibliography()
        else:
            assert value.source.ref in bibliography() or value.source.note


@pytest.mark.parametrize(("kind", "name"), [pair for pair in RECORDS if pair[0] in {"active", "electrolyte"}])
def test_laws_are_finite_over_their_domain(kind: str, name: str) -> None:
    laws = [item for item in contents(FINDERS[kind](name)) if isinstance(item, Law)]
    assert laws
    for law in laws:
        x = np.linspace(*law.domain, 1001)[1:]
        y = law.function(np, x)
        assert y.shape == x.shape and np.all(np.isfinite(y))
        if law.variable == "stoichiometry":
            assert np.all(np.diff(y) < 0), "an open-circuit potential falls with lithium content"
        else:
            assert np.all(y > 0)


def test_catalogue_is_json_and_complete() -> None:
    data = json.loads(json.dumps(materials.catalogue(), allow_nan=False))
    for kind in FINDERS:
        assert set(data[kind]) == set(materials.names(kind))
    for record in data["active"].values():
        ocp = record["ocp"]
        assert len(ocp["stoichiometry"]) == len(ocp["voltage"])
    for entry in data["bibliography"].values():
        assert entry["authors"] and entry["published"]


@pytest.mark.parametrize("kind", list(FINDERS))
def test_unknown_names_list_the_known_ones(kind: str) -> None:
    with pytest.raises(InputError, match=materials.names(kind)[0].split("(")[0]):
        FINDERS[kind]("unobtainium")


def test_unknown_kinds_list_the_known_ones() -> None:
    with pytest.raises(InputError, match="active, electrolyte, film, metal"):
        materials.names("gas")
