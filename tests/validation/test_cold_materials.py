"""Properties at low temperature beside values, integrals and resistivities made by other code."""

from __future__ import annotations

import csv
import json
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from joulebook.materials import (
    conductivity,
    conductivity_names,
    copper_conductivity,
    copper_resistivity,
    critical_surface,
    specific_heat,
    specific_heat_names,
)
from joulebook.materials.integrals import grid, integral_table

CASES = Path(__file__).parent / "cases" / "cold_materials"
DATA = json.loads(resources.files("joulebook.materials").joinpath("data/nist_cryogenic.json").read_text("utf-8"))
BY_NIST = {
    group: {entry["nist"]: name for name, entry in DATA[group].items()}
    for group in ("thermal_conductivity", "specific_heat")
}


def rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in (CASES / name).read_text("utf-8").splitlines() if not line.startswith(('"#', "#"))]
    return list(csv.DictReader(lines))


def test_every_material_has_rows() -> None:
    assert set(conductivity_names()) == set(BY_NIST["thermal_conductivity"].values())
    assert set(specific_heat_names()) == set(BY_NIST["specific_heat"].values())
    assert len(conductivity_names()) == 46 and len(specific_heat_names()) == 17
    covered = {row["material"] for row in rows("nist/nist_k_at_T.csv")}
    assert covered == set(BY_NIST["thermal_conductivity"])


def test_conductivities() -> None:
    for row in rows("nist/nist_k_at_T.csv"):
        law = conductivity(BY_NIST["thermal_conductivity"][row["material"]])
        assert float(law(float(row["T_K"]))) == pytest.approx(float(row["k_W_mK"]), rel=1e-8)


def test_specific_heats() -> None:
    for row in rows("nist/nist_cp_at_T.csv"):
        law = specific_heat(BY_NIST["specific_heat"][row["material"]])
        assert float(law(float(row["T_K"]))) == pytest.approx(float(row["cp_J_kgK"]), rel=1e-8)


def test_integrals_by_quadrature_and_by_table() -> None:
    from joulebook.cryo.potentials import Potentials

    tables: dict[str, Potentials] = {}
    for row in rows("nist/nist_k_integrals.csv"):
        law = conductivity(BY_NIST["thermal_conductivity"][row["material"]])
        low, high, expected = float(row["T1_K"]), float(row["T2_K"]), float(row["int_k_dT_W_m"])
        assert law.integral(low, high) == pytest.approx(expected, rel=1e-8), row
        if law.name not in tables:
            tables[law.name] = Potentials([integral_table(law.function, (law.low, law.high))])
        values, _ = tables[law.name].evaluate(np.zeros(2, int), np.array([low, high]))
        assert values[1] - values[0] == pytest.approx(expected, rel=1e-6), row


def test_enthalpies() -> None:
    for row in rows("nist/nist_enthalpy.csv"):
        law = specific_heat(BY_NIST["specific_heat"][row["material"]])
        found = law.integral(float(row["T1_K"]), float(row["T2_K"]))
        assert found == pytest.approx(float(row["dH_J_kg"]), rel=1e-8)


def test_copper_of_any_purity_is_within_three_per_cent_of_the_five_fits() -> None:
    points = np.array([4.0, 10.0, 20.0, 40.0, 77.0, 150.0, 300.0])
    for rrr in (50, 100, 150, 300, 500):
        ratio = copper_conductivity(float(rrr))(points) / conductivity(f"copper OFHC, RRR {rrr}")(points)
        assert np.abs(ratio - 1.0).max() < 0.031
    assert float(copper_conductivity(100.0)(0.01)) == pytest.approx(1.57, rel=3e-3)


def test_resistivity_of_copper() -> None:
    for row in rows("copper/copper_resistivity.csv"):
        found = float(copper_resistivity(float(row["T_K"]), float(row["RRR"]), float(row["B_T"])))
        assert found == pytest.approx(float(row["rho_NIST177_ohm_m"]), rel=1e-6)
        assert found == pytest.approx(float(row["rho_STEAM_rhoCu_NIST_v2_ohm_m"]), rel=2e-4)


def test_critical_currents() -> None:
    names = {"NbTi_Durham_GL": "NbTi ITER PF", "Nb3Sn_WST_ITER2008": "Nb3Sn WST", "Bi2212_Kovari": "Bi-2212"}
    for row in rows("critical_current/critical_current_density.csv"):
        surface = critical_surface(names[row["model"]])
        strain = float(row["strain"] or 0.0)
        found = float(surface.current_density(float(row["B_T"]), float(row["T_K"]), strain))
        assert found == pytest.approx(max(float(row["Jc_A_m2"]), 0.0), rel=1e-6, abs=1.0)


def test_the_lhc_strand_carries_what_it_is_named_for() -> None:
    assert float(critical_surface("NbTi LHC").current_density(5.0, 4.2)) == pytest.approx(3.0e9, rel=2e-3)


def test_strands_of_niobium_tin_beside_each_other() -> None:
    """EUROfusion WPMAG-REP(16) 16565: WST carries about 10 % more than EUTF4 at low strain.

    EUTF4 is also known as 19922 A T for a whole strand of 0.82 mm with 1.01 of copper to the rest, known to a percent.
    """
    strand, other = critical_surface("Nb3Sn EUTF4"), critical_surface("Nb3Sn WST")
    area = np.pi / 4.0 * 0.82e-3**2 / 2.01
    assert strand.parameters["C"] * area == pytest.approx(19922.0, rel=0.01)
    ratio = other.current_density(12.0, 4.2) / strand.current_density(12.0, 4.2)
    assert 1.05 < float(ratio) < 1.15


def test_grid_has_four_kelvin_on_a_node() -> None:
    assert np.abs(grid() - 4.0).min() < 1e-12
    assert grid()[0] < 0.005 and grid()[-1] == pytest.approx(400.0)
