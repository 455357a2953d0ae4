"""Files of other programs: voltages that those programs find for the same file, or say in it that they had found."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from joulebook.core.errors import DataFormatError
from joulebook.grid import compare_with_state, import_network, power_flow

CASES = Path(__file__).parent / "cases" / "grid_formats"
FILES = {
    "cgmes": "nine_buses.zip",
    "ieee_cdf": "six_buses.txt",
    "pandapower": "seven_buses.json",
    "psse_33": "nine_buses.raw",
    "psse_35": "nine_buses.raw",
    "ucte": "two_countries.uct",
}
MICRO = "CGMES_v2.4.15_MicroGridTestConfiguration_T4_BE_NB_Complete_v2.zip"
FULL_BOUNDARY = "CGMES_v2.4.15_FullGridTestConfiguration_BD_v1.zip"
SETS = {
    "MiniGrid": (["CGMES_v2.4.15_MiniGridTestConfiguration_T1_Complete_v3.zip"], 13, 1e-4),
    "SmallGrid": (
        [
            "CGMES_v2.4.15_SmallGridTestConfiguration_BaseCase_Complete_v3.0.0.zip",
            "CGMES_v2.4.15_SmallGridTestConfiguration_Boundary_v3.0.0.zip",
        ],
        118,
        2e-4,
    ),
    "RealGrid": (["CGMES_v2.4.15_RealGridTestConfiguration_v2.zip"], 6258, 1.2e-3),
    "MicroGrid": ([MICRO, FULL_BOUNDARY], 13, None),
    "FullGrid": (["CGMES_v2.4.15_FullGridTestConfiguration_NB_BE_v3.zip", FULL_BOUNDARY], 26, None),
    "FullGrid 3.0": (["CGMES_v3.0_FullGrid-Merged_v3.0.2.zip"], 25, None),
}
"""Files, buses, and how much voltages may differ from the state, per unit; none where the state is no solution."""


@pytest.mark.parametrize("name", FILES)
def test_voltages_as_the_other_program_finds_them(name):
    folder = CASES / name
    expected = json.loads((folder / "expected.json").read_text())
    network = import_network(folder / FILES[name]).network
    found = power_flow(network, tolerance=1e-10, controls=False).buses
    ids = list(network.buses)
    names = network.buses.name.tolist() if name == "cgmes" else ids
    place = {item: row for row, item in enumerate(names)}
    rows = [place[item] for item in expected]
    there = np.array(list(expected.values()))
    voltage = np.abs(found.voltage_pu.to_numpy()[rows] - there[:, 0]).max()
    angle = np.abs(found.angle_deg.to_numpy()[rows] - there[:, 1])
    angle = np.minimum(angle, np.abs(angle - 360)).max()
    print(f"{name}: {len(rows)} buses, {voltage:.1e} pu, {angle:.1e}°")
    assert voltage < 1e-7
    assert angle < 1e-5


@pytest.mark.parametrize("name", SETS)
def test_public_sets_of_entso_e(data_folder, name):
    files, buses, tolerance = SETS[name]
    imported = import_network([data_folder / "cgmes" / file for file in files])
    assert len(imported.network.buses) == buses
    if tolerance is None:
        return
    compared = compare_with_state(imported)
    print(f"{name}: {compared}")
    assert compared.largest_voltage_difference < tolerance
    assert compared.median_voltage_difference < 1e-4


def test_a_missing_boundary_set_is_named(data_folder):
    with pytest.raises(DataFormatError, match="boundary set") as caught:
        import_network(data_folder / "cgmes" / MICRO)
    assert "BaseVoltage 35cf638d-9a9d-4ae5-ae90-2f01ef898cb6" in str(caught.value)


def test_loading_a_public_set_warns_of_what_is_left_out(data_folder):
    from joulebook.core.conversion import ConversionWarning
    from joulebook.grid import Network

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Network.load(data_folder / "cgmes" / SETS["MiniGrid"][0][0])
    assert any(item.category is ConversionWarning for item in caught)
