"""The CUDA twin of the battery loop under Numba's simulator: same numbers as plain Python and as machine code.

Run as ``NUMBA_ENABLE_CUDASIM=1 pytest tests/unit/solvers/cudasim``; without the variable there is no simulator.
"""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell, sweep
from joulebook.numerics import device

pytestmark = [
    pytest.mark.cudasim,
    pytest.mark.skipif(not device.cuda_simulated(), reason="set NUMBA_ENABLE_CUDASIM=1 to simulate a CUDA device"),
]

CELL = Cell.named("Chen2020")
COARSE = {
    "negative_nodes": 4,
    "separator_nodes": 2,
    "positive_nodes": 4,
    "shells": 5,
    "voltage_tolerance": 4e-3,
    "salt_tolerance": 20.0,
}


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
@pytest.mark.parametrize("protocol", ["Discharge at 1C until 3.9 V", "Discharge at 15 W for 5 minutes"])
def test_gpu_and_cpu_give_the_same_numbers(model: str, protocol: str) -> None:
    variations = {"negative.thickness": [80e-6, 90e-6, 100e-6]}
    gpu = sweep(CELL, variations, protocol, model=model, options=COARSE, backend="gpu")
    cpu = sweep(CELL, variations, protocol, model=model, options=COARSE, backend="cpu")
    assert gpu.failed == cpu.failed == []
    assert gpu.stats.device == "gpu"
    assert gpu["duration"] == pytest.approx(cpu["duration"], rel=1e-8)
    assert np.allclose(gpu["voltage"], cpu["voltage"], rtol=0, atol=1e-8)


def test_a_case_that_fails_on_the_gpu_is_listed() -> None:
    found = sweep(
        CELL, {"upper_cutoff": [4.0, 4.5]}, "Charge at 1C until cut-off", model="SPM", options=COARSE, backend="gpu"
    )
    assert [item["case"] for item in found.failed] == [0]
    assert "already above" in found.failed[0]["reason"]


def test_a_batch_in_pieces_gives_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    variations = {"negative.thickness": [80e-6, 90e-6, 100e-6]}
    whole = sweep(CELL, variations, "Discharge at 1C until 3.9 V", model="SPM", options=COARSE, backend="gpu")
    monkeypatch.setattr("joulebook.battery.gpu.largest_gpu_batch", lambda _bytes: 2)
    pieces = sweep(CELL, variations, "Discharge at 1C until 3.9 V", model="SPM", options=COARSE, backend="gpu")
    assert np.array_equal(whole["voltage"], pieces["voltage"]) and pieces.failed == []
