"""Unbalanced power flow against OpenDSS: the IEEE test feeders, and a time series with controls.

The README of each case in ``cases/grid`` says where it comes from. Feeders that do not come with Joulebook are read
from the OpenDSS files, where those are at hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from joulebook.grid import Feeder, UnbalancedResult, line_constants, unbalanced_power_flow, unbalanced_time_series

FOLDER = Path(__file__).parent / "cases" / "grid"
CASES = sorted(path.parent for path in FOLDER.glob("opendss_*/case.json"))
SNAPSHOTS = [path for path in CASES if "shape" not in json.loads((path / "case.json").read_text())]
SERIES = [path for path in CASES if path not in SNAPSHOTS]
TOLERANCE = 1e-6
"""Per unit, and of powers."""


def load(folder: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    with np.load(folder / "expected.npz") as stored:
        return json.loads((folder / "case.json").read_text()), dict(stored)


def feeder_of(case: dict[str, Any], data: Path | None) -> Feeder:
    if case["feeder"]:
        document = Feeder.named(case["feeder"]).to_document()
        for name, tap in case.get("taps", {}).items():
            document["transformers"][name]["windings"][1]["tap"] = tap
        return Feeder.from_document(document)
    return Feeder.load(data / "opendss" / case["file"])


def errors(expected: dict[str, NDArray[Any]], flow: UnbalancedResult) -> dict[str, float]:
    nodes = expected["node"].tolist()
    angle = flow.angle_deg[nodes].to_numpy() - expected["angle"]
    loss = complex(*expected["loss"])
    source = complex(*expected["source"])
    return {
        "voltage": float(np.abs(flow.voltage_pu[nodes].to_numpy() - expected["voltage_pu"]).max()),
        "angle": float(np.abs((angle + 180) % 360 - 180).max()),
        "loss": abs(flow.losses - loss.real) / abs(loss.real),
        "source": abs(flow.source_power - source) / abs(source),
    }


@pytest.mark.parametrize("folder", SNAPSHOTS, ids=lambda path: path.name)
def test_snapshots(folder, request):
    case, expected = load(folder)
    data = None if case["feeder"] else request.getfixturevalue("data_folder")
    flow = unbalanced_power_flow(feeder_of(case, data), controls=not case["taps"])
    found = errors(expected, flow)
    print(folder.name, found)
    assert flow.taps == case["positions"]
    assert found["voltage"] < TOLERANCE
    assert found["angle"] < np.degrees(TOLERANCE)
    assert found["loss"] < TOLERANCE and found["source"] < TOLERANCE


@pytest.mark.parametrize("folder", SERIES, ids=lambda path: path.name)
def test_series(folder):
    case, expected = load(folder)
    feeder = Feeder.named(case["feeder"])
    document = feeder.to_document()
    document["load_shapes"] = {"ramp": {"interval": case["interval"], "active": case["shape"]}}
    for load_document in document["loads"].values():
        load_document["daily"] = "ramp"
    series = unbalanced_time_series(Feeder.from_document(document), delays=case["delays"], tolerance=1e-8)
    assert (series.taps[list(case["positions"])].to_numpy() == expected["taps"]).all()
    every = int(expected["every"])
    voltages = series.voltage_pu[expected["node"].tolist()].to_numpy()[::every]
    assert np.abs(voltages - expected["voltage_pu"]).max() < TOLERANCE
    source = series["source_active_power"] + 1j * series["source_reactive_power"]
    reference = expected["source"][:, 0] + 1j * expected["source"][:, 1]
    assert np.abs(source / reference - 1).max() < TOLERANCE


def test_every_element_and_connection():
    folder = FOLDER / "opendss_elements"
    facts = json.loads((folder / "controls.json").read_text())
    feeder = Feeder.load(folder / "elements.dss")
    assert feeder.notes == ()
    flow = unbalanced_power_flow(feeder)
    with np.load(folder / "expected.npz") as expected:
        reference = expected["voltage"]
        found = flow.voltages[expected["node"].tolist()].to_numpy()
        assert np.abs(found / reference - 1).max() < TOLERANCE
        loss, source = complex(*expected["loss"]), complex(*expected["source"])
    assert flow.taps == facts["taps"] and flow.capacitor_states == facts["capacitors"]
    series = flow.elements[flow.elements.index.str.startswith(("line.", "transformer."))].sum()
    assert complex(series.loss_W, series.reactive_loss_var) == pytest.approx(loss, rel=TOLERANCE)  # OpenDSS: no shunts
    assert flow.source_power == pytest.approx(source, rel=TOLERANCE)


@pytest.mark.parametrize("model", ["Deri", "Carson", "full Carson"])
@pytest.mark.parametrize("name", ["overhead", "fourwire", "cable", "shielded"])
def test_line_constants(model, name):
    folder = FOLDER / "opendss_line_constants"
    feeder = Feeder.load(folder / "lines.dss").replace({"earth_model": model})
    z, c = line_constants(feeder, name)
    with np.load(folder / "expected.npz") as expected:
        key = f"{'FullCarson' if model == 'full Carson' else model} {name}"
        for found, reference in ((z * 1e3, expected[f"{key} z"]), (c * 1e12, expected[f"{key} c"])):
            assert np.abs(found - reference).max() < TOLERANCE * np.abs(reference).max()
