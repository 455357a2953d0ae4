"""Materials of one's own: what a document may say, what it becomes, and every fault named at once."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import joulebook as jb
from joulebook.core.errors import DataFormatError, InputError
from joulebook.materials.documents import (
    ActiveMaterialDocument,
    ElectrolyteMaterialDocument,
    material_from_document,
)
from joulebook.materials.properties import Property, Table
from joulebook.materials.records import GAS_CONSTANT, Law

GRAPHITE = {
    "kind": "joulebook.active_material",
    "schema_version": 1,
    "name": "my graphite",
    "chemistry": "graphite",
    "polarity": "negative",
    "ocp": "0.1 + 0.9*exp(-30*x)",
    "maximum_concentration": 31000.0,
    "diffusivity": {"value": 3e-14, "activation_energy": 30e3},
    "rate_constant": {"value": 7e-7, "source": {"ref": "Chen2020", "where": "Table 1", "method": "literature"}},
    "window": {"charged": 0.9, "discharged": 0.02},
}
SOLUTION = {
    "kind": "joulebook.electrolyte_material",
    "name": "my electrolyte",
    "conductivity": "0.1297*(c_e/1000)**3 - 2.51*(c_e/1000)**1.5 + 3.329*(c_e/1000)",
    "diffusivity": "8.794e-11*(c/1000)**2 - 3.972e-10*(c/1000) + 4.862e-10",
    "transference_number": 0.2594,
}


def graphite(**changes):
    return material_from_document({**GRAPHITE, **changes})


def test_an_active_material_becomes_a_record():
    record = graphite(entropic="-1e-4*x", rate_factor=2.0, ocp_lithiation=0.09, hysteresis_decay=10.0).record()
    assert record.name == "my graphite"
    assert record.maximum_concentration.value == 31000.0
    assert record.maximum_concentration.unit == "mol/m³"
    assert record.rate_constant.source.where == "Table 1"
    assert record.diffusivity.source.method == "user"
    assert record.diffusivity_activation.value == 30e3
    assert record.diffusivity_law is None
    assert [value.value for value in record.window] == [0.9, 0.02]
    x = np.linspace(0, 1, 5)
    np.testing.assert_allclose(record.ocp.function(np, x), 0.1 + 0.9 * np.exp(-30 * x), rtol=1e-15)
    np.testing.assert_allclose(record.entropic.function(np, x), -1e-4 * x)
    np.testing.assert_array_equal(record.rate_law.function(np, x), np.full(5, 2.0))
    np.testing.assert_array_equal(record.ocp_lithiation.function(np, x), np.full(5, 0.09))
    assert record.hysteresis_decay.value == 10.0
    assert record.ocp.unit == "V"


def test_the_named_electrolyte_can_be_written_as_a_document():
    mine = material_from_document(SOLUTION).record()
    library = jb.materials.electrolyte("LiPF6 EC:EMC 3:7 (Nyman 2008)")
    c = np.linspace(0, 2000, 11)
    np.testing.assert_allclose(mine.conductivity.function(np, c), library.conductivity.function(np, c), rtol=1e-13)
    np.testing.assert_allclose(mine.diffusivity.function(np, c), library.diffusivity.function(np, c), rtol=1e-13)
    assert mine.thermodynamic_factor.source.method == "assumed"
    assert mine.density is None


def test_equal_documents_give_the_identical_record_and_functions():
    one, two = graphite(), graphite()
    assert one.record() is two.record()
    renamed = graphite(name="another")
    assert renamed.record() is not one.record()
    assert renamed.record().ocp.function is one.record().ocp.function
    table = {"table": {"x": [0.0, 0.5, 1.0], "y": [1.0, 0.2, 0.1]}}
    assert graphite(ocp=table, name="a").record().ocp.function is graphite(ocp=table, name="b").record().ocp.function
    assert graphite(ocp="0.1+0.9*exp(-30*x)").record().ocp.function is not one.record().ocp.function


def test_temperature_in_a_formula_and_in_an_activation_energy():
    record = graphite(ocp="0.1 + 1e-4*(T - 298.15)*x").record()
    assert record.ocp.at(np, np.float64(0.5), 308.15) == pytest.approx(0.1005)
    assert record.ocp.function(np, np.float64(0.5)) == pytest.approx(0.1)
    cold = material_from_document({**SOLUTION, "conductivity": {"value": 1.0, "activation_energy": 20e3}}).record()
    factor = np.exp(20e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 280.0))
    assert cold.conductivity.at(np, np.float64(1000.0), 280.0) == pytest.approx(factor, rel=1e-12)


def test_a_transference_number_over_concentration():
    mine = material_from_document({**SOLUTION, "transference_number": "0.3 - 4e-5*c_e"}).record()
    assert mine.transference_number.value == pytest.approx(0.26)
    assert mine.transference_law.function(np, np.float64(500.0)) == pytest.approx(0.28)
    assert material_from_document(SOLUTION).record().transference_law is None


def test_diffusivity_over_stoichiometry_has_a_representative_number():
    record = graphite(diffusivity={"expression": "1e-14*exp(-2*x)", "activation_energy": 2e4}).record()
    assert record.diffusivity.value == pytest.approx(1e-14 * np.exp(-0.92), rel=1e-12)
    assert record.diffusivity.source.method == "computed"
    assert record.diffusivity_law.function(np, np.float64(0.0)) == pytest.approx(1e-14)
    assert record.diffusivity_law.activation_energy.value == record.diffusivity_activation.value == 2e4


@pytest.mark.parametrize("interpolation", ["linear", "pchip", "spline"])
@pytest.mark.parametrize("falling", [False, True])
def test_tables_are_interpolated_as_scipy_does(interpolation, falling):
    from scipy.interpolate import CubicSpline, PchipInterpolator

    generator = np.random.default_rng(7)
    for count in (4, 5, 9) if interpolation == "spline" else (2, 3, 9):
        x = np.sort(generator.uniform(0, 1, count))
        y = generator.uniform(-1, 1, count)
        places = np.linspace(x[0], x[-1], 101)
        if interpolation == "linear" or count == 2:
            expected = np.interp(places, x, y)
        else:
            expected = {"pchip": PchipInterpolator, "spline": CubicSpline}[interpolation](x, y)(places)
        if falling:
            x, y = x[::-1], y[::-1]
        table = {"table": {"x": x.tolist(), "y": y.tolist(), "interpolation": interpolation}}
        law = graphite(ocp=table).record().ocp
        np.testing.assert_allclose(law.function(np, places), expected, rtol=1e-12, atol=1e-13)
        assert law.domain == (min(x), max(x))


def test_tables_go_on_along_the_end_tangent():
    table = {"table": {"x": [0.2, 0.4, 0.8], "y": [1.0, 0.6, 0.5]}}
    ocp = graphite(ocp=table).record().ocp.function
    np.testing.assert_allclose(ocp(np, np.array([0.0, 0.9])), [1.4, 0.475])
    slow = {"table": {"x": [0.2, 0.4, 0.8], "y": [1e-14, 6e-15, 1e-15]}}
    diffusivity = graphite(diffusivity=slow).record().diffusivity_law.function
    np.testing.assert_allclose(diffusivity(np, np.array([0.0, 1.0])), [1.4e-14, 1e-17])


@pytest.mark.parametrize("kind", ["active", "electrolyte", "film"])
def test_the_library_as_documents_says_the_same(kind):
    find = {"active": jb.materials.active, "electrolyte": jb.materials.electrolyte, "film": jb.materials.film}[kind]
    for name in jb.materials.names(kind):
        record, again = find(name), jb.materials.document_of(find(name)).record()
        assert again.name == record.name
        for field in dataclasses.fields(record):
            law, back = getattr(record, field.name), getattr(again, field.name)
            assert (law is None) == (back is None), (name, field.name)
            if not isinstance(law, Law):
                continue
            low, high = law.domain
            x = np.linspace(low + 0.05 * (high - low), high - 0.05 * (high - low), 91)
            for temperature in (285.0, 298.15, 315.0):
                np.testing.assert_allclose(
                    law.at(np, x, temperature), back.at(np, x, temperature), rtol=1e-6, atol=3e-7, err_msg=name
                )


def test_every_fault_is_named_at_once():
    with pytest.raises(InputError) as caught:
        graphite(
            polarity="up",
            ocp="4*y",
            maximum_concentration=-1,
            diffusivity={"table": {"x": [0, 0.5, 0.4], "y": [1, 2, 3]}},
            rate_constant="x",
            window={"charged": 2.0},
            entropic={"value": 1.0, "expression": "x"},
            ocp_delithiation={"table": {"x": [0, 1], "y": [1, 2, 3]}},
            suggested={"porosity": "x"},
            colour="grey",
        )
    paths = {issue.path for issue in caught.value.issues}
    assert paths == {
        "polarity",
        "ocp.expression",
        "maximum_concentration",
        "diffusivity.table.x.2",
        "rate_constant",
        "window.charged",
        "window.discharged",
        "entropic",
        "ocp_delithiation.table.y",
        "suggested.porosity",
        "colour",
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ocp": "100*x"}, "at stoichiometry = 0.105"),
        ({"ocp": "log(x - 0.5)"}, "nan"),
        ({"diffusivity": "1e-14*(0.5 - x)"}, "must be more than 0"),
        ({"diffusivity": 0.0}, "must be more than 0"),
        ({"diffusivity": {"table": {"x": [0, 100], "y": [1e-14, 1e-14]}}}, "stoichiometries lie between 0 and 1"),
        ({"diffusivity": {"expression": "1e-14*T/300", "activation_energy": 1.0}}, "holds the temperature already"),
        ({"diffusivity": {}}, "exactly one of value, expression and table, not none of them"),
        ({"diffusivity": None}, "diffusivity"),
        ({"diffusivity": True}, "diffusivity"),
        ({"diffusivity": [1e-14]}, "diffusivity"),
        ({"ocp": {"table": {"x": [0, 0.5, 1], "y": [1, 1, 1], "interpolation": "spline"}}}, "at least four points"),
        ({"ocp": {"value": 0.1, "domain": [1.0, 0.0]}}, "must be a lower and a higher value"),
        ({"exchange_exponents": [0.5, 0.5]}, "exchange_exponents"),
    ],
)
def test_nonsense_is_refused_in_words(changes, words):
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        graphite(**changes)


def test_a_logarithm_may_lack_its_ends():
    record = graphite(ocp="0.3 - 0.0257*log(x/(1 - x))").record()
    assert np.isfinite(record.ocp.function(np, np.float64(0.5)))


def test_files_are_written_and_read(tmp_path):
    mine = graphite(diffusivity={"table": {"x": [0.0, 1.0], "y": [1e-14, 2e-14]}})
    path = mine.save(tmp_path / "mine.material.json")
    again = jb.materials.load(path)
    assert again == mine
    assert again.record() is mine.record()
    assert json.loads(path.read_text())["kind"] == "joulebook.active_material"
    film = jb.materials.FilmMaterialDocument(name="film", suggested={"porosity": 0.4})
    assert jb.materials.load(film.save(tmp_path / "film.material.json")).record().suggested["porosity"].value == 0.4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"kind": "joulebook.cell", "schema_version": 1}, "Is this the file of a material"),
        ({}, "Is this the file of a material"),
        ({"kind": ["joulebook.cell"]}, "Is this the file of a material"),
        ({**GRAPHITE, "schema_version": 2}, "written by a newer one"),
        ({**GRAPHITE, "schema_version": True}, "schema_version"),
    ],
)
def test_other_files_are_refused(tmp_path, content, words):
    path = tmp_path / "other.material.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DataFormatError, match=words):
        jb.materials.load(path)


def test_documents_can_be_made_in_python():
    mine = ActiveMaterialDocument(
        name="pure python",
        polarity="positive",
        ocp=Property(table=Table(x=(0.0, 1.0), y=(4.2, 3.0))),
        maximum_concentration=5e4,
        diffusivity=1e-14,
        rate_constant=1e-6,
        window=jb.materials.MaterialWindow(charged=0.3, discharged=0.9),
    )
    assert mine.record().ocp.function(np, np.float64(0.5)) == pytest.approx(3.6)
    with pytest.raises(InputError) as caught:
        ElectrolyteMaterialDocument(name="", conductivity=-1.0, diffusivity=1e-10)
    assert {issue.path for issue in caught.value.issues} == {"name", "conductivity", "transference_number"}
