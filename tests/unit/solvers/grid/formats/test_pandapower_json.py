"""pandapower documents: conversions are exact, what is written comes back, nothing in a document is loaded."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from grid_examples import everything

from joulebook.core.errors import CorruptRecordError, DataFormatError, InputError, UnknownFormatError
from joulebook.grid import Network, compare_with_state, import_network, power_flow
from joulebook.grid.arrays import network_arrays
from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.pandapower_json.reading import read_pandapower
from joulebook.grid.formats.pandapower_json.transformers import t_to_pi
from joulebook.grid.formats.pandapower_json.writing import pandapower_document
from joulebook.grid.formats.pandapower_json.writing_branches import pi_to_t

CASE = Path(__file__).parents[4] / "validation" / "cases" / "grid_formats" / "pandapower" / "seven_buses.json"


def document() -> dict:
    return json.loads(CASE.read_text())


def table(found: dict, name: str) -> dict:
    return json.loads(found["_object"][name]["_object"])


def with_value(name: str, column: str, value: object, row: int = 0) -> bytes:
    found = document()
    inner = table(found, name)
    inner["data"][row][inner["columns"].index(column)] = value
    found["_object"][name]["_object"] = json.dumps(inner)
    return json.dumps(found).encode()


def test_t_and_pi_equivalents_are_the_same_two_port():
    za, zb, ym = 0.01 + 0.06j, 0.008 + 0.05j, 0.001 - 0.004j
    z, ya, yb = t_to_pi(za, zb, ym)
    series = np.array([[1, za], [0, 1]]) @ np.array([[1, 0], [ym, 1]]) @ np.array([[1, zb], [0, 1]])
    delta = np.array([[1, 0], [ya, 1]]) @ np.array([[1, z], [0, 1]]) @ np.array([[1, 0], [yb, 1]])
    np.testing.assert_allclose(delta, series, rtol=1e-13)
    np.testing.assert_allclose(pi_to_t(z, ya, yb), (za, zb, ym), rtol=1e-12)


def test_round_trip_has_the_same_admittances_and_powers():
    network = everything(generators={"G": {"bus": "HV3", "active_power": 8e7, "voltage": 1.01}})
    back = read_pandapower(pandapower_document(network)[0]).network
    a, b = network_arrays(network), network_arrays(back)
    left, right = a.admittance_matrix().toarray(), b.admittance_matrix().toarray()
    np.testing.assert_allclose(right, left, rtol=1e-10, atol=1e-10)
    for name in ("active", "reactive", "active_current", "reactive_current"):
        np.testing.assert_allclose(getattr(b.injections, name), getattr(a.injections, name), atol=1e-12)
    one, other = (power_flow(item, controls=False).buses for item in (network, back))
    np.testing.assert_allclose(other.voltage_pu.to_numpy(), one.voltage_pu.to_numpy(), atol=1e-8)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    "changer",
    [
        None,
        TapChanger(position=3, minimum=-9, maximum=9, voltage_step=0.015),
        TapChanger(position=-2, minimum=-5, maximum=5, voltage_step=0.0, angle_step=0.02),
        TapChanger(position=2, minimum=-5, maximum=5, voltage_step=0.01, angle_step=0.02),
    ],
)
def test_taps_on_either_side_come_back(changer, swapped):
    ends = ["H", "L"][:: -1 if swapped else 1]
    volts = {"H": 112e3, "L": 20.5e3}
    network = Network(
        name="x",
        buses={"H": {"nominal_voltage": 110e3}, "L": {"nominal_voltage": 20e3}},
        transformers={
            "T": {
                "from_bus": ends[0], "to_bus": ends[1], "rated_power": 40e6, "from_rated_voltage": volts[ends[0]],
                "to_rated_voltage": volts[ends[1]], "resistance": 0.004, "reactance": 0.11, "from_susceptance": -4e-4,
                "to_susceptance": -4e-4, "from_conductance": 1e-4, "to_conductance": 1e-4, "tap_ratio": 1.03,
                "phase_shift": 0.3, "tap_changer": changer,
            }
        },
        external_grids={"N": {"bus": "H"}},
        loads={"D": {"bus": "L", "active_power": 1e7}},
    )  # fmt: skip
    back = read_pandapower(pandapower_document(network)[0]).network
    a, b = (network_arrays(item).admittance_matrix().toarray() for item in (network, back))
    np.testing.assert_allclose(b, a, rtol=1e-10, atol=1e-10)
    if changer is not None and not (changer.voltage_step and changer.angle_step):
        found = back.transformers["0"].tap_changer
        assert (found.position, found.minimum, found.maximum) == (changer.position, changer.minimum, changer.maximum)


def test_fields_of_a_document():
    network = read_pandapower(CASE).network
    assert network.base_power == 10e6
    line = network.lines["0"]
    assert line.resistance == pytest.approx(0.06 * 12.5 / 2)
    assert line.susceptance == pytest.approx(2 * math.pi * 50 * 9.5e-9 * 12.5 * 2)
    assert line.current_rating == pytest.approx(1200)
    assert network.external_grids["0"].maximum_fault_power == 5e9
    low = network.transformers["0"]
    assert (low.from_bus, low.to_bus) == ("2", "1")
    assert low.tap_changer.position == 3
    assert low.rated_power == 80e6
    assert network.shunts["0"].susceptance == pytest.approx(1.5e6 / 21e3**2)
    assert network.switches["1"].branch_kind == "lines"
    assert network.converters["0"].kind == "photovoltaic"
    assert network.converters["storage 0"].active_power == 0.5e6
    assert network.generators["0"].cost.coefficients == (0.0, 3.0, 0.1)
    active, reactive = network.loads["0"], network.loads["0-2"]
    assert (active.active_power, active.impedance_share, active.current_share) == pytest.approx((7.2e6, 0.2, 0.3))
    assert (reactive.reactive_power, reactive.impedance_share) == pytest.approx((1.8e6, 0.1))


def test_results_are_the_start_and_the_state():
    network = Network.named("case14")
    run = power_flow(network).buses
    start = {
        "buses.start_voltage": run.voltage_pu.to_numpy(),
        "buses.start_angle": np.radians(run.angle_deg.to_numpy()),
    }
    back = import_network(pandapower_document(network.replace(start))[0])
    np.testing.assert_allclose(back.state.voltage, run.voltage_pu.to_numpy(), atol=1e-15)
    compared = compare_with_state(back)
    assert compared.largest_voltage_difference < 1e-8
    assert compared.largest_angle_difference < 1e-6


def test_nothing_that_a_document_names_is_loaded(tmp_path):
    found = document()
    trace = tmp_path / "trace"
    found["_object"]["bad"] = {"_module": "os", "_class": "system", "_object": f"touch {trace}"}
    found["_object"]["controller"] = {"_module": "pathlib", "_class": "Path", "_object": str(trace)}
    network = read_pandapower(json.dumps(found).encode()).network
    assert len(network.buses) == 8
    assert not trace.exists()


def test_faults_name_table_row_and_column():
    with pytest.raises(CorruptRecordError, match="line 0: from_bus = 99 is not in the table of buses"):
        read_pandapower(with_value("line", "from_bus", 99))
    with pytest.raises(CorruptRecordError, match="trafo 1: vkr_percent = 70 is more than"):
        read_pandapower(with_value("trafo", "vkr_percent", 70.0, 1))
    with pytest.raises(CorruptRecordError, match="load 0: p_mw = 'x' is not a finite number"):
        read_pandapower(with_value("load", "p_mw", "x"))
    with pytest.raises(CorruptRecordError, match="load 0: p_mw is missing"):
        read_pandapower(with_value("load", "p_mw", None))
    with pytest.raises(CorruptRecordError, match="switch 0: et"):
        read_pandapower(with_value("switch", "et", "q"))
    with pytest.raises(InputError, match=r"buses\.0\.nominal_voltage = -110000\.0 V"):
        read_pandapower(with_value("bus", "vn_kv", -110.0))
    found = document()
    inner = table(found, "line")
    inner["data"][0].pop()
    found["_object"]["line"]["_object"] = json.dumps(inner)
    with pytest.raises(DataFormatError, match="table 'line', row 0: has"):
        read_pandapower(json.dumps(found).encode())
    with pytest.raises(DataFormatError, match="cut off"):
        read_pandapower(CASE.read_bytes()[:5000])
    with pytest.raises(UnknownFormatError, match="to_json"):
        read_pandapower(b'{"a": 1}')


def test_saved_by_its_ending_and_opened_by_its_content(tmp_path):
    network = everything(generators=None, hvdc_lines=None)
    path = tmp_path / "x.pandapower.json"
    with pytest.warns(UserWarning, match="controls of tap changers"):
        network.save(path)
    moved = path.rename(tmp_path / "y.dat")
    assert import_network(moved).format == "pandapower JSON"
