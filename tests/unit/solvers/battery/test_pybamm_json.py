"""PyBaMM's parameter files: numbers, functions, tables, and what a cell cannot hold."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pybamm_files import HEAT, function, interpolant, lg_m50

from joulebook.battery import Cell
from joulebook.battery.interchange import ConversionWarning, load_pybamm, read_pybamm
from joulebook.core.errors import DataFormatError, InputError

X = np.linspace(0.02, 0.98, 97)
SALT = np.linspace(50.0, 1950.0, 39)


def changed(**changes):
    file = lg_m50()
    for name, value in changes.items():
        if value is None:
            file.pop(name, None)
        else:
            file[name] = value
    return file


def negative(**changes):
    return read_pybamm(changed(**changes)).cell.active_material("negative")


def test_the_lg_m50_is_that_of_the_library():
    found = read_pybamm(lg_m50())
    cell, named = found.cell, Cell.named("Chen2020")
    assert found.notes == (
        "SEI electron conductivity [S.m-1] = 8.95e-14 has no place in a cell",
        "Current function [A] = 5.0 has no place in a cell",
    )
    given, wanted = cell.to_document(), named.to_document()
    for part in ("negative", "positive", "separator"):
        for gone in ("material", "sei"):
            given[part].pop(gone, None), wanted[part].pop(gone, None)
        assert given[part] == wanted[part]
    for name in (
        "electrode_height",
        "electrode_width",
        "electrodes_in_parallel",
        "nominal_capacity",
        "lower_cutoff",
        "upper_cutoff",
        "temperature",
        "initial_state",
        "negative_collector",
        "positive_collector",
        "contact_resistance",
    ):
        assert given[name] == wanted[name], name
    assert cell.thermal.heat_capacity == pytest.approx(named.thermal.heat_capacity, rel=1e-14)
    assert cell.thermal.cooling_conductance == pytest.approx(0.0531)
    assert cell.sources["negative.thickness"].ref == "Chen2020"
    assert cell.sources["thermal.heat_capacity"].method == "computed"


@pytest.mark.parametrize("side", ["negative", "positive"])
def test_its_materials_too(side):
    cell, named = read_pybamm(lg_m50()).cell, Cell.named("Chen2020")
    one, other = cell.active_material(side), named.active_material(side)
    np.testing.assert_allclose(one.ocp.function(np, X), other.ocp.function(np, X), rtol=0, atol=1e-14)
    assert one.rate_constant.value == pytest.approx(other.rate_constant.value, rel=1e-13)
    assert one.rate_activation.value == pytest.approx(other.rate_activation.value, rel=1e-12)
    assert one.exchange_exponents == (0.5, 0.5, 0.5)
    assert one.rate_law is None
    assert one.diffusivity.value == other.diffusivity.value
    assert one.maximum_concentration.value == other.maximum_concentration.value
    for mine, theirs in zip(one.window, other.window, strict=True):
        assert mine.value == pytest.approx(theirs.value, abs=1e-4)
    salt, known = cell.electrolyte_material(), named.electrolyte_material()
    for law in ("conductivity", "diffusivity"):
        np.testing.assert_allclose(
            getattr(salt, law).function(np, SALT), getattr(known, law).function(np, SALT), rtol=1e-13
        )


def test_arrhenius_factors_become_activation_energies():
    heat = HEAT.format(energy=30300)
    constant = negative(**{"Negative particle diffusivity [m2.s-1]": function(f"3e-14 * {heat}", "sto", "T")})
    assert constant.diffusivity_law is None
    assert constant.diffusivity.value == 3e-14
    assert constant.diffusivity_activation.value == 30300.0
    varying = negative(
        **{"Negative particle diffusivity [m2.s-1]": function(f"3e-14 * exp(-sto) * {heat}", "sto", "T")}
    )
    np.testing.assert_allclose(varying.diffusivity_law.function(np, X), 3e-14 * np.exp(-X), rtol=1e-13)
    assert varying.diffusivity_law.activation_energy.value == 30300.0
    assert varying.diffusivity_law.thermal_function is None
    other = negative(
        **{"Negative particle diffusivity [m2.s-1]": function("3e-14 * exp(-sto) * T / 298.15", "sto", "T")}
    )
    np.testing.assert_allclose(other.diffusivity_law.at(np, X, 310.0), 3e-14 * np.exp(-X) * 310.0 / 298.15, rtol=1e-13)


def test_exponents_of_the_reaction_are_found():
    heat = HEAT.format(energy=24010)
    density = function(
        f"5.028 * {heat} * (c_e / start) ** 0.57 * (c_s_surf / c_s_max) ** 0.43 * (1 - c_s_surf / c_s_max) ** 0.57",
        "c_e",
        "c_s_surf",
        "c_s_max",
        "T",
        start="Initial concentration in electrolyte [mol.m-3]",
    )
    found = negative(**{"Negative electrode exchange-current density [A.m-2]": density})
    assert found.exchange_exponents == (0.57, 0.43, 0.57)
    assert found.rate_activation.value == 24010.0
    c_e, c_s, most = 800.0, 12000.0, 33133.0
    expected = 5.028 * (c_e / 1000) ** 0.57 * (c_s / most) ** 0.43 * (1 - c_s / most) ** 0.57
    assert found.rate_constant.value * c_e**0.57 * c_s**0.43 * (most - c_s) ** 0.57 == pytest.approx(
        expected, rel=1e-12
    )
    assert found.rate_law is None


def test_what_is_left_of_the_reaction_becomes_a_factor():
    density = function(
        "2e-7 * (1 + 0.5 * c_s_surf / c_s_max) * (c_e * c_s_surf * (c_s_max - c_s_surf)) ** 0.5",
        "c_e",
        "c_s_surf",
        "c_s_max",
        "T",
    )
    found = negative(**{"Negative electrode exchange-current density [A.m-2]": density})
    assert found.exchange_exponents == (0.5, 0.5, 0.5)
    np.testing.assert_allclose(
        found.rate_constant.value * found.rate_law.function(np, X), 2e-7 * (1 + 0.5 * X), rtol=1e-10
    )
    assert found.rate_activation is None


def test_tables_and_functions_of_functions():
    x, y = [0.0, 0.2, 0.5, 0.8, 1.0], [1.2, 0.3, 0.15, 0.1, 0.05]
    for kind in ("linear", "cubic", "pchip"):
        found = negative(**{"Negative electrode OCP [V]": interpolant(x, y, "sto", kind)})
        np.testing.assert_allclose(found.ocp.function(np, np.array(x)), y, rtol=1e-14)
    factor = function(
        "1.38e-23 / 1.6e-19 / 96485 * kappa(c_e, T) * T / c_e", "c_e", "T", kappa="Electrolyte conductivity [S.m-1]"
    )
    salt = read_pybamm(changed(**{"Electrolyte diffusivity [m2.s-1]": factor})).cell.electrolyte_material()
    kappa = salt.conductivity.function(np, SALT)
    np.testing.assert_allclose(
        salt.diffusivity.at(np, SALT, 300.0), 1.38e-23 / 1.6e-19 / 96485 * kappa * 300.0 / SALT, rtol=1e-12
    )
    assert np.isfinite(salt.diffusivity.function(np, np.array([0.0]))).all()


def test_two_materials_in_one_electrode():
    file = lg_m50()
    for name in [name for name in file if name.startswith(("Negative electrode", "Negative particle"))]:
        if any(word in name for word in ("OCP", "exchange-current", "active material", "radius", "diffusivity")):
            file[f"Primary: {name}"] = file.pop(name)
            file[f"Secondary: {name}"] = file[f"Primary: {name}"]
    for name in (
        "Maximum concentration in negative electrode [mol.m-3]",
        "Initial concentration in negative electrode [mol.m-3]",
    ):
        file[f"Primary: {name}"] = file.pop(name)
        file[f"Secondary: {name}"] = 0.5 * file[f"Primary: {name}"]
    for phase, fraction in (("Primary", 0.7), ("Secondary", 0.05)):
        file[f"{phase}: Negative electrode active material volume fraction"] = fraction
    file["Secondary: Negative electrode lithiation OCP [V]"] = 0.1
    cell = read_pybamm(file).cell
    (silicon,) = cell.negative.additional_phases
    assert (cell.negative.active_fraction, silicon.active_fraction) == (0.7, 0.05)
    assert cell.initial_state.negative_additional == (14933.0,)
    assert cell.active_material("negative", 1).ocp_lithiation is not None
    assert cell.active_material("negative", 1).maximum_concentration.value == 16566.5


def test_ageing_is_read():
    cell = read_pybamm(
        changed(
            **{
                "Lithium plating kinetic rate constant [m.s-1]": 1e-9,
                "Lithium metal partial molar volume [m3.mol-1]": 1.3e-5,
                "Exchange-current density for plating [A.m-2]": function(
                    "96485.33212331001 * k * c_e", "c_e", "c_Li", "T", k="Lithium plating kinetic rate constant [m.s-1]"
                ),
                "Exchange-current density for stripping [A.m-2]": function("3 * c_Li", "c_e", "c_Li", "T"),
                "Negative electrode Young's modulus [Pa]": 15e9,
                "Negative electrode Poisson's ratio": 0.3,
                "Negative electrode partial molar volume [m3.mol-1]": 3.1e-6,
                "Negative electrode cracking rate": function("3.9e-20 * exp(0 * T_dim)", "T_dim"),
                "Negative electrode Paris' law constant m": 2.2,
                "Negative electrode Paris' law constant b": 1.12,
                "Negative electrode initial crack length [m]": 2e-8,
                "Negative electrode initial crack width [m]": 1.5e-8,
                "Negative electrode number of cracks per unit area [m-2]": 3.18e15,
            }
        )
    )
    electrode = cell.cell.negative
    assert electrode.sei.molar_volume == 9.585e-05
    assert electrode.sei.open_circuit_potential == 0.4
    assert electrode.plating.rate_constant == 1e-9
    assert electrode.mechanics.cracking_rate == pytest.approx(3.9e-20 / 3600)
    assert any("stripping [A.m-2] is not F k c" in note for note in cell.notes)
    assert not any("for plating [A.m-2]" in note for note in cell.notes)


def test_functions_where_a_cell_has_numbers_are_noted():
    heat = HEAT.format(energy=3500)
    found = read_pybamm(
        changed(
            **{
                "Positive electrode conductivity [S.m-1]": function(f"0.8473 * {heat}", "sto", "T"),
                "Separator specific heat capacity [J.kg-1.K-1]": function("700 + 2 * (T - 298.15)", "T"),
            }
        )
    )
    assert found.cell.positive.conductivity == 0.8473
    assert found.cell.thermal.heat_capacity == pytest.approx(Cell.named("Chen2020").thermal.heat_capacity, rel=1e-13)
    assert sum("is a function" in note for note in found.notes) == 2


def test_a_file_is_loaded_with_a_warning(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(lg_m50()))
    with pytest.warns(ConversionWarning, match="SEI electron conductivity"):
        assert load_pybamm(path).name == "mine"
    path.write_text("{")
    with pytest.raises(DataFormatError):
        load_pybamm(path)


def test_every_fault_is_named_at_once():
    broken = function("sto", "sto")
    broken["children"][0]["$type"] = "pybamm.expression_tree.unary_operators.Gradient"
    with pytest.raises(InputError) as caught:
        read_pybamm(
            changed(
                **{
                    "Electrode height [m]": None,
                    "Separator porosity": "0.4",
                    "Negative electrode OCP [V]": broken,
                    "Positive electrode exchange-current density [A.m-2]": function(
                        "c_e ** 0.5 + c_s_surf", "c_e", "c_s_surf", "c_s_max", "T"
                    ),
                    "Electrolyte conductivity [S.m-1]": function("unknown * c_e", "c_e", "T", unknown="Not there"),
                    "Positive electrode charge transfer coefficient": 0.4,
                    "Number of electrodes connected in parallel to make a cell": 1.5,
                }
            )
        )
    text = str(caught.value)
    assert len(caught.value.issues) == 7
    for words in (
        "Electrode height [m]: missing",
        "Separator porosity = '0.4': must be a finite number",
        "holds Gradient, which has no formula here",
        "is no power of the salt concentration",
        "holds 'Not there', which the file does not give as a number",
        "must be 0.5 in this version",
        "must be a whole number of at least 1",
    ):
        assert words in text


def test_half_cells_are_refused_in_words():
    with pytest.raises(InputError, match="the file is of a half cell"):
        read_pybamm(
            changed(
                **{
                    "Exchange-current density for lithium metal electrode [A.m-2]": 1.0,
                    "Negative electrode porosity": None,
                }
            )
        )
