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
        for temperature in (273.15, law.reference_temperature, 318.15):
            y = law.at(np, x, temperature)
            assert y.shape == x.shape and np.all(np.isfinite(y))
            assert law.unit in {"V", "V/K"} or np.all(y > 0) or law.name.startswith(("transference", "thermodynamic"))
        assert law.at(np, x, law.reference_temperature) == pytest.approx(law.function(np, x), rel=1e-12)


@pytest.mark.parametrize("name", materials.names("active"))
def test_potentials_fall_with_content_but_for_the_wiggles_of_measurements(name: str) -> None:
    record = materials.active(name)
    for law in (record.ocp, record.ocp_lithiation, record.ocp_delithiation):
        if law is not None:
            x = np.linspace(0.02, 0.98, 481)
            assert np.max(np.diff(law.function(np, x))) < 3e-3
            assert law.function(np, x[0]) > law.function(np, x[-1])


@pytest.mark.parametrize("name", materials.names("active"))
def test_laws_go_on_beyond_their_domain_without_a_jump(name: str) -> None:
    for law in (item for item in contents(materials.active(name)) if isinstance(item, Law)):
        if law.unit == "V":
            everywhere = law.function(np, np.linspace(0.0, 1.0, 2001))
            assert np.all(np.isfinite(everywhere))


@pytest.mark.parametrize("name", materials.names("active"))
def test_a_law_of_diffusivity_has_a_representative_value(name: str) -> None:
    record = materials.active(name)
    if record.diffusivity_law is not None:
        assert record.diffusivity.value == pytest.approx(float(record.diffusivity_law.function(np, np.float64(0.5))))
        assert record.diffusivity.source.method == "computed"
    assert len(record.exchange_exponents) == 3


def test_values_at_1_molar_are_those_of_the_laws() -> None:
    for name in materials.names("electrolyte"):
        record = materials.electrolyte(name)
        for value, law in (
            (record.transference_number, record.transference_law),
            (record.thermodynamic_factor, record.thermodynamic_factor_law),
        ):
            if law is not None:
                assert value.value == pytest.approx(float(law.function(np, np.float64(1000.0))), rel=1e-12)


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
