"""Tables of publications, temperature, and what is said to be missing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from joulebook import materials
from joulebook.materials.interpolation import PublishedTable, spline_slopes
from joulebook.materials.published import PublishedSet
from joulebook.materials.records import GAS_CONSTANT, arrhenius

SPLINES = ("graphite_ocp_ai2019.csv", "lco_ocp_rieger2016.csv", "graphite_siox_ocp_chen2020.csv")


@pytest.mark.parametrize("file", SPLINES)
def test_splines_are_those_of_scipy(file: str) -> None:
    table = PublishedTable(file, "spline")
    x, y = table.points
    inside = np.linspace(x[0], x[-1], 3001)
    assert table(np, inside) == pytest.approx(CubicSpline(x, y)(inside), rel=1e-11)
    assert table(np, x) == pytest.approx(y, rel=1e-13)


def test_tables_go_on_as_straight_lines() -> None:
    table = PublishedTable("lco_ocp_rieger2016.csv", "spline")
    x, _ = table.points
    beyond = table(np, x[0] - np.array([0.0, 0.1, 0.2]))
    assert beyond[2] - beyond[1] == pytest.approx(beyond[1] - beyond[0])
    linear = PublishedTable("napf6_conductivity_chayambuka2022.csv")
    assert linear(np, np.array([150.0, 500.0, 750.0])) == pytest.approx([0.404, 0.72, 0.5 * (0.72 + 0.883)])
    assert float(linear(np, np.float64(2500.0))) == pytest.approx(0.76 + (0.76 - 0.861))


def test_scales_divide_places_and_values() -> None:
    plain = PublishedTable("hard_carbon_rate_chayambuka2022.csv")
    scaled = PublishedTable("hard_carbon_rate_chayambuka2022.csv", place_scale=14540.0, value_scale=1e-11)
    x = np.array([0.1, 0.5, 0.9])
    assert scaled(np, x) == pytest.approx(plain(np, x * 14540.0) / 1e-11, rel=1e-12)
    assert hash(plain) == hash(PublishedTable("hard_carbon_rate_chayambuka2022.csv"))


def test_slopes_of_a_cubic_are_exact() -> None:
    x = np.array([0.0, 0.1, 0.4, 0.9, 1.3])
    assert spline_slopes(x, 2 * x**3 - x) == pytest.approx(6 * x**2 - 1)


def test_arrhenius_is_1_at_its_reference_and_rises() -> None:
    assert float(arrhenius(np, 4e4, 298.15, 298.15)) == 1.0
    expected = np.exp(4e4 / GAS_CONSTANT * (1 / 298.15 - 1 / 318.15))
    assert float(arrhenius(np, 4e4, 318.15, 298.15)) == pytest.approx(expected)
    assert pytest.approx(8.31446261815324, rel=1e-15) == GAS_CONSTANT


def test_a_full_dependence_stands_in_place_of_an_activation_energy() -> None:
    law = materials.electrolyte("LiPF6 EC:EMC 3:7 (Landesfeind 2019)").conductivity
    c = np.array([500.0, 1000.0])
    assert np.all(law.at(np, c, 318.15) > law.at(np, c, 298.15))
    assert law.at(np, c, np.array([298.15, 318.15]))[0] == pytest.approx(law.function(np, c)[0])
    warm = materials.electrolyte("LiPF6 EC:EMC 3:7 (Nyman 2008, with temperature)").conductivity
    factor = float(arrhenius(np, 17000.0, 318.15, 298.15))
    assert warm.at(np, c, 318.15) == pytest.approx(warm.function(np, c) * factor)
    cold = materials.electrolyte("LiPF6 EC:EMC 3:7 (Nyman 2008)").conductivity
    assert cold.at(np, c, 318.15) == pytest.approx(cold.function(np, c))


def test_a_set_labels_what_it_enters() -> None:
    a_set = PublishedSet("Chen2020", 296.15)
    value = a_set.value(1.0, "m")
    assert (value.source.ref, value.source.method, value.reference_temperature) == ("Chen2020", "literature", 296.15)
    assert "not checked" in value.source.note
    assert a_set.middle(lambda xp, x: 2.0 * x, "1").value == 1.0
    assert [item.value for item in a_set.window(0.9, 0.1)] == [0.9, 0.1]
    assert a_set.suggested(porosity=0.3)["porosity"].unit == "1"


def test_gaps_are_told_and_not_filled() -> None:
    missing = {gap.material for gap in materials.gaps()}
    assert {"NMC622", "NMC111", "hard carbon with lithium", "LP30", "Celgard 2325"} <= missing
    for gap in materials.gaps():
        assert gap.missing and gap.where
    chemistries = {materials.active(name).chemistry for name in materials.names("active")}
    assert {"NMC811", "NMC532", "LiFePO4", "NCA", "graphite", "Si", "hard carbon (sodium)"} <= chemistries
    assert not {"NMC622", "NMC111"} & chemistries


def test_the_two_mixtures_of_landesfeind_differ_as_solvents_do() -> None:
    dmc = materials.electrolyte("LiPF6 EC:DMC 1:1 (Landesfeind 2019)")
    emc = materials.electrolyte("LiPF6 EC:EMC 3:7 (Landesfeind 2019)")
    salt = np.array([1000.0])
    kappa = [float(record.conductivity.at(np, salt, 298.15)[0]) for record in (dmc, emc)]
    assert 0.7 < kappa[1] < kappa[0] < 1.5, "the less viscous solvent conducts better"
    for record in (dmc, emc):
        assert 1e-10 < float(record.diffusivity.at(np, salt, 298.15)[0]) < 5e-10
        assert 0.1 < record.transference_number.value < 0.4
        assert 1.0 < record.thermodynamic_factor.value < 4.0
        assert r"\cdot10^{-5}" in record.transference_law.formula
