"""Any cell, any input: a run, or an explained error that names what is wrong."""

from __future__ import annotations

import collections
import importlib.util
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from joulebook.battery import Cell, Drive, Model, Protocol, simulate, sweep
from joulebook.core.errors import InputError

CELL = Cell.named("Chen2020")
BARE = CELL.replace(
    {
        "thermal": None,
        "negative.sei": None,
        "negative.double_layer_capacity": 0.0,
        "positive.double_layer_capacity": 0.0,
    }
)
ONE_C = "Discharge at 1C until 2.5 V"
WITHIN_REACH = ("Ai2020", "Chen2020", "Marquis2019", "Mohtat2020", "NCA_Kim2011", "OKane2022", "Prada2013")
"""Cells whose laws hold over the whole range that the protocols reach."""


@pytest.fixture(scope="module")
def robustness() -> ModuleType:
    """The script that draws cells and studies."""
    path = Path(__file__).parents[1] / "benchmarks" / "robustness_battery.py"
    spec = importlib.util.spec_from_file_location("robustness_battery", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_three_hundred_random_studies_run_or_explain_themselves(robustness: ModuleType) -> None:
    rng = np.random.default_rng(2026)
    found = collections.Counter(robustness.attempt(robustness.drawn(rng)) for _ in range(300))
    print(found)
    assert sum(count for said, count in found.items() if said.startswith("WRONG")) == 0
    assert sum(count for said, count in found.items() if said.startswith("fine")) >= 0.99 * 300


def test_cells_with_well_behaved_laws_all_run(robustness: ModuleType) -> None:
    rng = np.random.default_rng(7)
    found = collections.Counter(robustness.attempt(robustness.drawn(rng, WITHIN_REACH)) for _ in range(150))
    print(found)
    assert sum(count for said, count in found.items() if said.startswith("fine")) == 150


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"initial_soc": 1.4}, "initial_soc"),
        ({"initial_soc": math.nan}, "initial_soc"),
        ({"initial_soc": "full"}, "initial_soc"),
        ({"initial_soc": 0.5, "initial_state": {}}, "initial_soc"),
        ({"initial_state": 3}, "initial_state"),
        ({"model": "DNF"}, "model"),
        ({"model": None}, "model"),
        ({"model": 3}, "model"),
        ({"options": {"shells": 2.5}}, "options.shells"),
        ({"options": {"accuracy": None}}, "options.accuracy"),
        ({"options": {"refine": "yes"}}, "options.refine"),
        ({"options": {"voltage_tolerance": math.nan}}, "options.voltage_tolerance"),
        ({"backend": None}, "backend"),
        ({"model": Model(sei="reaction limited")}, "negative.sei"),
        ({"model": Model(thermal="lumped")}, "thermal"),
        ({"model": Model(double_layer=True)}, "negative.double_layer_capacity"),
    ],
)
def test_arguments_that_make_no_sense_are_named(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate(BARE, ONE_C, **changes)
    assert caught.value.issues[0].path == path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("negative.thickness", 0.0),
        ("negative.thickness", -1e-6),
        ("negative.thickness", math.nan),
        ("positive.porosity", 1.2),
        ("separator.porosity", 0.0),
        ("positive.particle_radius", "small"),
        ("electrolyte.concentration", -5.0),
        ("negative.layers", [{"share": 0.4}, {"share": 0.4}]),
        ("negative.layers", [{"share": 1.0, "porosity": -1.0}]),
        ("temperature", 0.0),
        ("lower_cutoff", 5.0),
    ],
)
def test_cells_that_make_no_sense_are_named(path: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        CELL.replace({path: value})
    assert caught.value.issues
    assert path.rsplit(".", 1)[-1] in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "DFM"},
        {"name": None},
        {"thermal": True},
        {"thermal": "adiabatic"},
        {"sei": "fast"},
        {"sei": None},
        {"sei": ["reaction limited"]},
        {"plating": 1},
        {"loss_of_active_material": ("stress", "wear")},
        {"loss_of_active_material": 3},
        {"sei_on_cracks": "yes", "sei": "reaction limited"},
        {"sei_on_cracks": True},
        {"hysteresis": 1},
        {"double_layer": "0.2 F/m²"},
    ],
)
def test_models_that_make_no_sense_are_named(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        Model(**changes)
    assert any(f"model.{name}" == issue.path for name in changes for issue in caught.value.issues)


@pytest.mark.parametrize(
    "protocol",
    [
        "Discharge at 1C until 4.3 Ah 3 V",
        "Charge at 1C until 2.5 V for",
        "Discharge at 0C until 2.5 V",
        "Hold at 4.2 V",
        "Hold at -4.2 V for 1 hour",
        "Rest",
        [],
        [None],
        ["Rest for 1 s", 3],
        3.5,
        None,
    ],
)
def test_protocols_that_make_no_sense_are_named(protocol: Any) -> None:
    with pytest.raises(InputError) as caught:
        simulate(CELL, protocol)
    assert caught.value.issues[0].path.startswith("protocol")


@pytest.mark.parametrize(
    ("time", "current"),
    [
        ([0.0, 1.0, 2.0], [1.0, math.nan, 1.0]),
        ([0.0, 2.0, 1.0], [1.0, 1.0, 1.0]),
        ([0.0, 1.0], [1.0, 1.0, 1.0]),
        ([0.0, math.nan], [1.0, 1.0]),
        ([0.0], [1.0]),
        ([1.0, 1.0], [1.0, 2.0]),
    ],
)
def test_drive_cycles_that_make_no_sense_are_named(time: list[float], current: list[float]) -> None:
    with pytest.raises(InputError):
        simulate(CELL, Protocol(Drive(time, current=current)))


def test_a_sweep_names_what_makes_no_sense() -> None:
    for variations in ({}, {"negative.thickness": []}, {"nowhere": [1.0]}, {"negative.thickness": ["thick"]}, 3):
        with pytest.raises(InputError):
            sweep(CELL, variations, ONE_C, model="SPM")  # type: ignore[arg-type]
