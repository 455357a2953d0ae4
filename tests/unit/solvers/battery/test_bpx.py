"""BPX files: what is read, what is written, and every fault of a file named at once."""

from __future__ import annotations

import copy
import json
import math

import numpy as np
import pytest

from joulebook.battery import Cell, balance
from joulebook.battery.balance import FARADAY
from joulebook.battery.interchange import ConversionWarning, bpx_document, load_bpx, read_bpx, save_bpx
from joulebook.battery.interchange.bpx_fields import check_bpx
from joulebook.core.errors import DataFormatError, InputError
from joulebook.materials.records import GAS_CONSTANT

ANODE = {
    "Thickness [m]": 60e-6,
    "Porosity": 0.25,
    "Transport efficiency": 0.125,
    "Conductivity [S.m-1]": 10.0,
    "Minimum stoichiometry": 0.02,
    "Maximum stoichiometry": 0.85,
    "Maximum concentration [mol.m-3]": 30000.0,
    "Particle radius [m]": 5e-6,
    "Surface area per unit volume [m-1]": 420000.0,
    "Diffusivity [m2.s-1]": 3e-14,
    "Diffusivity activation energy [J.mol-1]": 30000.0,
    "OCP [V]": "0.1 + 0.9 * exp(-30 * x) - 0.02 * tanh(20 * (x - 0.5))",
    "Entropic change coefficient [V.K-1]": {"x": [0.0, 0.5, 1.0], "y": [1e-4, 0.0, -1e-4]},
    "Reaction rate constant [mol.m-2.s-1]": 5e-6,
    "Reaction rate constant activation energy [J.mol-1]": 55000.0,
}
CATHODE = {
    **ANODE,
    "Conductivity [S.m-1]": 0.5,
    "Minimum stoichiometry": 0.3,
    "Maximum stoichiometry": 0.95,
    "Maximum concentration [mol.m-3]": 50000.0,
    "OCP [V]": {"x": [1.0, 0.6, 0.2], "y": [3.0, 3.8, 4.4]},
    "Diffusivity [m2.s-1]": "1e-14 * exp(-2 * x)",
    "Entropic change coefficient [V.K-1]": -1e-4,
}
FILE = {
    "Header": {"BPX": "1.1.0", "Title": "our cell", "Description": "made up", "References": "none", "Model": "DFN"},
    "Parameterisation": {
        "Cell": {
            "Electrode area [m2]": 0.01,
            "External surface area [m2]": 0.04,
            "Volume [m3]": 1e-4,
            "Number of electrode pairs connected in parallel to make a cell": 20,
            "Lower voltage cut-off [V]": 2.7,
            "Upper voltage cut-off [V]": 4.2,
            "Nominal cell capacity [A.h]": 5,
            "Reference temperature [K]": 298.15,
            "Density [kg.m-3]": 2000.0,
            "Specific heat capacity [J.K-1.kg-1]": 900.0,
        },
        "Electrolyte": {
            "Cation transference number": 0.26,
            "Diffusivity [m2.s-1]": 3e-10,
            "Conductivity [S.m-1]": "0.13 * (x / 1000) ** 3 - 2.5 * (x / 1000) ** 1.5 + 3.3 * (x / 1000)",
            "Conductivity activation energy [J.mol-1]": 17100.0,
        },
        "Negative electrode": ANODE,
        "Positive electrode": CATHODE,
        "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.47, "Transport efficiency": 0.3222},
    },
    "State": {
        "Initial conditions": {
            "Initial state-of-charge": 0.5,
            "Initial temperature [K]": 303.15,
            "Initial electrolyte concentration [mol.m-3]": 1200.0,
        },
        "Thermal environment": {"Ambient temperature [K]": 293.15, "Heat transfer coefficient [W.m-2.K-1]": 10.0},
    },
    "Validation": {"C/20": {"Time [s]": [0, 1], "Current [A]": [1, 1], "Voltage [V]": [4.2, 4.1]}},
}


def file(**changes):
    """The file with values at paths such as "Parameterisation/Cell/Volume [m3]" changed; None takes them out."""
    changed = copy.deepcopy(FILE)
    for path, value in changes.items():
        *folders, last = path.split("/")
        here = changed
        for name in folders:
            here = here.setdefault(name, {})
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    return changed


def differences(one, other, path=""):
    """Paths at which two documents differ by more than rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = (set(one) | set(other)) - {"sources", "source"}
        return [
            found for name in sorted(names) for found in differences(one.get(name), other.get(name), f"{path}.{name}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [f for i, pair in enumerate(zip(one, other, strict=True)) for f in differences(*pair, f"{path}.{i}")]
    if isinstance(one, float) and isinstance(other, float) and math.isclose(one, other, rel_tol=1e-14):
        return []
    return [] if one == other else [f"{path}: {one!r} {other!r}"]


def test_a_file_becomes_a_cell():
    found = read_bpx(FILE)
    cell = found.cell
    assert found.notes == ()
    assert list(found.validation) == ["C/20"]
    assert cell.name == "our cell"
    assert cell.description == "made up\nReferences: none"
    assert cell.area == pytest.approx(0.2, rel=1e-15)
    assert cell.electrodes_in_parallel == 20
    assert cell.negative.active_fraction == 0.7
    assert cell.negative.bruggeman_electrolyte == 1.5
    assert cell.electrolyte.concentration == 1200.0
    assert cell.temperature == 303.15
    assert cell.thermal.heat_capacity == 180.0
    assert cell.thermal.cooling_conductance == 0.4
    assert cell.thermal.ambient_temperature == 293.15
    assert cell.initial_state.negative_concentration == pytest.approx((0.02 + 0.85) / 2 * 30000.0)
    assert cell.initial_state.positive_concentration == pytest.approx((0.3 + 0.95) / 2 * 50000.0)
    assert cell.format is None
    assert cell.negative.density is None
    assert cell.sources["negative.thickness"].method == "user"
    assert cell.sources["electrode_height"].method == "assumed"


def test_materials_of_a_file_travel_with_the_cell():
    cell = read_bpx(FILE).cell
    anode, cathode = cell.active_material("negative"), cell.active_material("positive")
    assert anode.rate_constant.value == pytest.approx(5e-6 * FARADAY / (30000.0 * math.sqrt(1200.0)), rel=1e-15)
    assert anode.rate_activation.value == 55000.0
    assert anode.diffusivity.value == 3e-14
    assert [value.value for value in anode.window] == [0.85, 0.02]
    assert [value.value for value in cathode.window] == [0.3, 0.95]
    np.testing.assert_allclose(cathode.ocp.function(np, np.array([0.2, 0.4, 1.0])), [4.4, 4.1, 3.0])
    np.testing.assert_allclose(cathode.diffusivity_law.function(np, np.array([0.0, 1.0])), [1e-14, 1e-14 * np.exp(-2)])
    np.testing.assert_allclose(anode.entropic.function(np, np.array([0.25])), [5e-5])
    salt = cell.electrolyte_material()
    assert salt.conductivity.activation_energy.value == 17100.0
    assert salt.transference_number.value == 0.26
    assert balance(cell).capacity > 0


def test_older_files_are_read():
    old = file(
        **{
            "Header/BPX": 0.4,
            "State": None,
            "Parameterisation/Cell/Ambient temperature [K]": 288.15,
            "Parameterisation/Cell/Initial temperature [K]": 290.15,
            "Parameterisation/Cell/Thermal conductivity [W.m-1.K-1]": 2.0,
            "Parameterisation/Electrolyte/Initial concentration [mol.m-3]": 1100.0,
        }
    )
    cell = read_bpx(old).cell
    assert cell.electrolyte.concentration == 1100.0
    assert cell.temperature == 290.15
    assert cell.thermal.ambient_temperature == 288.15
    assert cell.initial_state.negative_concentration == 0.85 * 30000.0
    new = copy.deepcopy(old)
    new["Header"]["BPX"] = "1.1.1"
    with pytest.raises(InputError) as caught:
        read_bpx(new)
    assert len(caught.value.issues) == 4


def test_blends_become_phases():
    coating = {
        name: ANODE[name] for name in ("Thickness [m]", "Porosity", "Transport efficiency", "Conductivity [S.m-1]")
    }
    graphite = {name: value for name, value in ANODE.items() if name not in coating}
    silicon = {
        **graphite,
        "Surface area per unit volume [m-1]": 60000.0,
        "Particle radius [m]": 2e-6,
        "OCP (lithiation) [V]": 0.2,
        "OCP (delithiation) [V]": "0.4 - 0.1*x",
        "OCP hysteresis decay constant": 0.01,
    }
    blend = file(
        **{"Parameterisation/Negative electrode": {**coating, "Particle": {"Graphite": graphite, "Silicon": silicon}}}
    )
    blend["State"]["Initial conditions"]["Initial hysteresis state: Negative electrode"] = {
        "Graphite": 0.0,
        "Silicon": 1.0,
    }
    found = read_bpx(blend)
    cell = found.cell
    assert cell.negative.material == "own:negative electrode, Graphite"
    (second,) = cell.negative.additional_phases
    assert second.material == "own:negative electrode, Silicon"
    assert second.active_fraction == pytest.approx(0.04)
    assert cell.initial_state.negative_additional == pytest.approx([(0.02 + 0.85) / 2 * 30000.0])
    material = cell.active_material("negative", 1)
    assert material.hysteresis_decay.value == 0.01
    assert material.ocp_delithiation.function(np, np.float64(1.0)) == pytest.approx(0.3)
    assert not found.notes
    assert cell.initial_state.negative_hysteresis == 1.0
    written, notes = bpx_document(cell)
    assert not notes
    assert set(written["Parameterisation"]["Negative electrode"]["Particle"]) == {"Graphite", "Silicon"}
    assert not differences(cell.to_document(), read_bpx(written).cell.to_document())


def test_one_hysteresis_state_serves_an_electrode():
    branches = {"OCP (lithiation) [V]": 0.1, "OCP (delithiation) [V]": 0.2}
    path = "State/Initial conditions/Initial hysteresis state: Negative electrode"
    curves = {f"Parameterisation/Negative electrode/{name}": value for name, value in branches.items()}
    assert read_bpx(file(**curves, **{path: -1})).cell.initial_state.negative_hysteresis == -1.0
    wild = read_bpx(file(**curves, **{path: 5.0}))
    assert wild.cell.initial_state.negative_hysteresis == 0.0
    assert "one state from -1 to 1" in wild.notes[0]
    assert read_bpx(file(**{path: 1.0})).notes == ()


def test_particle_models_are_completed_and_say_so(tmp_path):
    single = file(**{"Header/Model": "SPM", "Parameterisation/Electrolyte": None, "Parameterisation/Separator": None})
    for side in ("Negative electrode", "Positive electrode"):
        for name in ("Porosity", "Transport efficiency", "Conductivity [S.m-1]"):
            del single["Parameterisation"][side][name]
    path = tmp_path / "single.bpx.json"
    path.write_text(json.dumps(single))
    with pytest.warns(ConversionWarning, match="The file holds an SPM"):
        cell = load_bpx(path)
    assert cell.sources["separator.thickness"].method == "assumed"
    assert cell.sources["negative.porosity"].method == "assumed"
    assert cell.sources["negative.thickness"].method == "user"


@pytest.mark.parametrize("name", Cell.names())
def test_named_cells_go_out_and_come_back(name):
    cell = Cell.named(name)
    document, notes = bpx_document(cell)
    assert not [note for note in notes if "reference temperatures" in note and len(notes) == 1]
    check_bpx(json.loads(json.dumps(document)))
    back = read_bpx(document).cell
    before, after = cell.to_document(), back.to_document()
    for part in ("negative", "positive", "separator", "electrolyte"):
        before[part].pop("material"), after[part].pop("material")
        for phase in (*before[part].get("additional_phases", ()), *after[part].get("additional_phases", ())):
            phase.pop("material")
        for given in ("maximum_concentration", "diffusivity", "rate_constant"):
            before[part].pop(given, None)
    for gone in ("description", "materials"):
        before.pop(gone, None), after.pop(gone, None)
    assert not differences(before, after)
    for side in ("negative", "positive"):
        one, other = cell.active_material(side), back.active_material(side)
        x = np.linspace(0.05, 0.95, 181)
        np.testing.assert_allclose(one.ocp.function(np, x), other.ocp.function(np, x), atol=3e-7, rtol=0)
        assert cell.maximum_concentration(side) == back.maximum_concentration(side)
        assert other.rate_constant.value == pytest.approx(
            getattr(cell, side).rate_constant or one.rate_constant.value, rel=1e-14
        )


def test_a_read_file_is_written_back_as_it_was(tmp_path):
    cell = read_bpx(FILE).cell
    again = load_bpx(save_bpx(cell, tmp_path / "cell.bpx.json"))
    assert not differences(cell.to_document(), again.to_document())
    assert again.active_material("negative").ocp.function is cell.active_material("negative").ocp.function


def test_what_bpx_has_no_name_for_comes_back():
    cell = Cell.named("Chen2020").replace(
        {
            "contact_resistance": 0.01,
            "negative.layers": [{"share": 0.25, "porosity": 0.2}, {"share": 0.75, "diffusivity": 1e-14}],
            "positive.double_layer_capacity": 0.2,
            "thermal": {"heat_capacity": 60.0, "cooling_conductance": 0.05, "ambient_temperature": 298.15},
            "tabs": {"negative": {"width": 0.004}, "positive": {"width": 0.005, "position": "bottom"}},
        }
    )
    document, _ = bpx_document(cell)
    user = document["Parameterisation"]["User-defined"]
    assert user["Contact resistance [Ohm]"] == 0.01
    assert user["Joulebook: negative.layers.0.porosity"] == 0.2
    assert user["Joulebook: tabs.positive.position = bottom"] == 1
    assert document["State"]["Thermal environment"]["Heat transfer coefficient [W.m-2.K-1]"] == pytest.approx(
        9.414, abs=1e-3
    )
    back = read_bpx(document).cell
    assert back.negative.layers == cell.negative.layers
    assert (back.tabs, back.thermal, back.format) == (cell.tabs, cell.thermal, cell.format)
    assert back.positive.double_layer_capacity == 0.2
    assert back.initial_state == cell.initial_state


def test_exponents_and_factors_of_the_reaction_come_back_with_a_note():
    cell = read_bpx(FILE).cell.replace(
        {
            "materials.negative electrode.exchange_exponents": [0.3, 0.7, 0.7],
            "materials.negative electrode.rate_factor": "1 + 0.1*x",
            "materials.electrolyte.transference_number": "0.3 - 1e-5*c_e",
        }
    )
    document, notes = bpx_document(cell)
    assert len(notes) == 3
    back = read_bpx(document).cell
    material = back.active_material("negative")
    assert material.exchange_exponents == (0.3, 0.7, 0.7)
    assert material.rate_law.function(np, np.float64(1.0)) == pytest.approx(1.1)
    assert back.electrolyte_material().transference_law.function(np, np.float64(0.0)) == pytest.approx(0.3)


def test_other_functions_become_fine_tables():
    cell = read_bpx(FILE).cell.replace({"materials.positive electrode.ocp": "4 - 0.05*log(x/(1.01 - x))"})
    written = bpx_document(cell)[0]["Parameterisation"]["Positive electrode"]["OCP [V]"]
    x = np.linspace(0.01, 1.0, 1234)
    np.testing.assert_allclose(
        np.interp(x, written["x"], written["y"]), 4 - 0.05 * np.log(x / (1.01 - x)), atol=2.2e-7, rtol=0
    )


def test_temperature_in_a_formula_is_lost_with_a_note():
    cell = read_bpx(FILE).cell.replace({"materials.electrolyte.conductivity": "sqrt(c_e)/30*T/298.15"})
    document, notes = bpx_document(cell)
    assert any("temperature is lost" in note for note in notes)
    assert document["Parameterisation"]["Electrolyte"]["Conductivity [S.m-1]"] == "x ** 0.5 / 30 * 303.15 / 298.15"


def test_arrhenius_factors_in_formulas_become_activation_energies():
    hot = "3e-14*exp(-x)*exp(30000/8.31446261815324*(1/298.15 - 1/T))"
    cell = read_bpx(FILE).cell.replace({"materials.negative electrode.diffusivity": hot})
    document, notes = bpx_document(cell)
    written = document["Parameterisation"]["Negative electrode"]
    assert not notes
    assert written["Diffusivity activation energy [J.mol-1]"] == 30000.0
    back = read_bpx(document).cell.active_material("negative")
    law = cell.active_material("negative").diffusivity_law
    x = np.linspace(0, 1, 11)
    for temperature in (298.15, 320.0):
        np.testing.assert_allclose(back.diffusivity_law.at(np, x, temperature), law.at(np, x, temperature), rtol=1e-12)


@pytest.mark.parametrize("form", [1e-14, "1e-14*exp(-x)", {"table": {"x": [0.0, 1.0], "y": [1e-14, 2e-14]}}])
def test_values_at_other_temperatures_are_brought_to_that_of_the_file(form):
    fields = form if isinstance(form, dict) else {"expression" if isinstance(form, str) else "value": form}
    other = {**fields, "activation_energy": 3e4, "reference_temperature": 288.15}
    cell = read_bpx(FILE).cell.replace({"materials.negative electrode.diffusivity": other})
    back = read_bpx(bpx_document(cell)[0]).cell
    one, two = cell.active_material("negative"), back.active_material("negative")
    assert two.diffusivity.reference_temperature == 298.15
    factor = np.exp(3e4 / GAS_CONSTANT * (1 / 288.15 - 1 / 298.15))
    assert two.diffusivity.value == pytest.approx(one.diffusivity.value * factor, rel=1e-13)


def test_user_defined_values_of_other_programs():
    found = read_bpx(
        file(
            **{
                "Parameterisation/User-defined": {
                    "description": "mine",
                    "Contact resistance [Ohm]": 0.02,
                    "Negative electrode lithiation OCP [V]": {"x": [1, 0], "y": [0.1, 0.5]},
                    "Something": 3.0,
                    "Group": {"a": 1.0, "f": "2*x"},
                }
            }
        )
    )
    assert found.cell.contact_resistance == 0.02
    assert found.cell.active_material("negative").ocp_lithiation is not None
    assert found.notes == (
        "User-defined: Something has no place in a cell",
        "User-defined: Group has no place in a cell",
    )


def test_every_fault_is_named_at_once():
    faulty = file(
        **{
            "Header/Model": "P2D",
            "Header/BPX": "2.0.0",
            "Extra": 1,
            "Parameterisation/Cell/Volume [m3]": -1.0,
            "Parameterisation/Cell/Colour": 1.0,
            "Parameterisation/Cell/Nominal cell capacity [A.h]": "5",
            "Parameterisation/Cell/Number of electrode pairs connected in parallel to make a cell": 1.5,
            "Parameterisation/Electrolyte/Diffusivity [m2.s-1]": "3e-10 * y",
            "Parameterisation/Electrolyte/Conductivity [S.m-1]": {"x": [1, 2], "y": [1]},
            "Parameterisation/Negative electrode/OCP [V]": {"x": [0, 0, 1], "y": [1, 2, 3]},
            "Parameterisation/Negative electrode/Minimum stoichiometry": 0.9,
            "Parameterisation/Positive electrode/Porosity": None,
            "Parameterisation/Separator": 3,
            "Parameterisation/User-defined": {"a": "import os"},
            "State/Initial conditions/Initial state-of-charge": 1.4,
            "State/Thermal environment": [1],
        }
    )
    with pytest.raises(InputError) as caught:
        check_bpx(faulty, "faulty.bpx.json")
    paths = {issue.path for issue in caught.value.issues}
    assert paths == {
        "Header.Model",
        "Header.BPX",
        "Extra",
        "Parameterisation.Cell.Volume [m3]",
        "Parameterisation.Cell.Colour",
        "Parameterisation.Cell.Nominal cell capacity [A.h]",
        "Parameterisation.Cell.Number of electrode pairs connected in parallel to make a cell",
        "Parameterisation.Electrolyte.Diffusivity [m2.s-1]",
        "Parameterisation.Electrolyte.Conductivity [S.m-1]",
        "Parameterisation.Negative electrode.OCP [V].x",
        "Parameterisation.Negative electrode.Minimum stoichiometry",
        "Parameterisation.Positive electrode.Porosity",
        "Parameterisation.Separator",
        "Parameterisation.User-defined.a",
        "State.Initial conditions.Initial state-of-charge",
        "State.Thermal environment",
    }
    assert "faulty.bpx.json has 16 faults" in str(caught.value)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"Header": 1, "Header": 2}'])
def test_what_is_no_json_is_refused(tmp_path, content):
    path = tmp_path / "broken.bpx.json"
    path.write_text(content)
    with pytest.raises(DataFormatError):
        load_bpx(path)
    with pytest.raises(DataFormatError):
        load_bpx(tmp_path / "missing.bpx.json")


def test_values_that_cannot_be_a_cell_are_explained():
    with pytest.raises(InputError, match="together at most 1"):
        read_bpx(file(**{"Parameterisation/Negative electrode/Surface area per unit volume [m-1]": 500000.0}))
    with pytest.raises(InputError, match=r"active_fraction = 1.2.*times Particle radius / 3"):
        read_bpx(file(**{"Parameterisation/Negative electrode/Surface area per unit volume [m-1]": 720000.0}))
    with pytest.raises(InputError, match="Is this a BPX file"):
        read_bpx({})


def test_volumes_of_few_digits_are_fitted():
    found = read_bpx(file(**{"Parameterisation/Negative electrode/Surface area per unit volume [m-1]": 450000.1}))
    assert found.cell.negative.active_fraction == pytest.approx(0.75, abs=1e-12)
    assert "volumes sum to 1 + 2e-07" in found.notes[0]
