"""Sweeps: the same numbers from loop, batch and cluster; failed cases listed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from joulebook.battery import BatterySweepResult, Cell, simulate, sweep
from joulebook.battery.sweep_results import unit_at
from joulebook.core.errors import DeviceUnavailableError, InputError
from joulebook.core.results import Status

CELL = Cell.named("Chen2020")
ONE_C = "Discharge at 1C until 2.5 V"
SMALL = {"negative_nodes": 6, "separator_nodes": 2, "positive_nodes": 6, "shells": 6}


@pytest.mark.parametrize("model", ["DFN", "SPM"])
def test_batch_and_loop_give_the_same_numbers(model: str) -> None:
    thicknesses = [70e-6, 85.2e-6, 95e-6]
    found = sweep(CELL, {"negative.thickness": thicknesses}, ONE_C, model=model)
    assert found.status is Status.SOLVED
    for case, thickness in enumerate(thicknesses):
        run = simulate(CELL.replace({"negative.thickness": thickness}), ONE_C, model=model)
        assert found["delivered_capacity"][case] == run.discharge_capacity[-1]
        assert found["duration"][case] == run.time[-1]
        assert found["voltage"][case, 0] == pytest.approx(run.voltage[0], abs=1e-12)


def test_a_dask_cluster_gives_the_same_numbers() -> None:
    distributed = pytest.importorskip("distributed", reason="the cluster needs the extra 'dask'")
    variations = {"positive.particle_radius": np.linspace(3e-6, 7e-6, 20)}
    here = sweep(CELL, variations, ONE_C, model="SPM")
    cluster = distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        there = sweep(CELL, variations, ONE_C, model="SPM", client=client)
    assert np.array_equal(here["voltage"], there["voltage"])


def test_failed_cases_are_listed_and_the_others_kept() -> None:
    variations = {"positive.porosity": [0.2, 0.9], "lower_cutoff": [2.5, 4.1]}
    found = sweep(CELL, variations, "Discharge at 1C until cut-off", options=SMALL)
    assert found.status is Status.PARTIAL
    assert np.isfinite(found["delivered_capacity"]).tolist() == [True, False, False, False]
    assert np.isnan(found["voltage"][1:]).all()
    reasons = {item["case"]: item["reason"] for item in found.failed}
    assert "already below the end of the step" in reasons[1]
    assert "together at most 1" in reasons[2]
    assert "3 (case 1:" in repr(found)


def test_a_sweep_without_any_result_is_failed() -> None:
    found = sweep(CELL, {"positive.porosity": [0.9, 0.95]}, ONE_C)
    assert found.status is Status.FAILED
    assert len(found.failed) == 2


def test_drawn_samples_carry_units_and_travel(tmp_path: Path) -> None:
    variations = {"negative.thickness": [80e-6, 90e-6], "contact_resistance": [0.0, 0.01]}
    found = sweep(CELL, variations, ONE_C, model="SPM", samples="sobol", n_cases=8, seed=3)
    back = BatterySweepResult.load(found.save(tmp_path / "many.run.nc"))
    data = back.to_xarray()
    assert data["negative.thickness"].attrs["units"] == "m"
    assert data["voltage"].dims == ("case", "point")
    assert np.array_equal(back["delivered_energy"], found["delivered_energy"])
    energy = np.trapezoid(found["voltage"] * found["current"], found["time"], axis=1) / 3600
    assert found["delivered_energy"] == pytest.approx(energy, rel=1e-3)
    assert list(found.to_dataframe().columns)[:2] == ["case", "negative.thickness_m"]


@pytest.mark.parametrize(
    ("path", "unit"),
    [("negative.thickness", "m"), ("temperature", "K"), ("positive.diffusivity", "m²/s"), ("separator.porosity", "1")],
)
def test_units_of_values(path: str, unit: str) -> None:
    assert unit_at(CELL, path) == unit


def test_slips_are_named_before_anything_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    from joulebook.numerics import device

    with pytest.raises(InputError, match="has no 'thickness'"):
        sweep(CELL, {"thickness": [1e-6]}, ONE_C)
    with pytest.raises(InputError, match="is not a step"):
        sweep(CELL, {"negative.thickness": [1e-6]}, "Hold it")
    monkeypatch.setattr(device, "gpu_present", lambda: False)
    with pytest.raises(DeviceUnavailableError):
        sweep(CELL, {"negative.thickness": [8e-5]}, ONE_C, backend="gpu")


def test_long_traces_of_a_batch_find_room() -> None:
    found = sweep(CELL, {"negative.thickness": [85e-6]}, ONE_C, model="SPM", options={"largest_step": 4.0})
    assert found.failed == []
    assert found["delivered_capacity"][0] == pytest.approx(4.94, abs=0.02)


def test_threads_may_sweep_side_by_side() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(radius: float) -> float:
        found = sweep(CELL, {"negative.particle_radius": [radius] * 16}, ONE_C, model="SPM")
        return float(found["delivered_capacity"].mean())

    with ThreadPoolExecutor(4) as pool:
        capacities = list(pool.map(one, [4e-6, 5e-6, 6e-6, 7e-6]))
    assert capacities == sorted(capacities, reverse=True)
