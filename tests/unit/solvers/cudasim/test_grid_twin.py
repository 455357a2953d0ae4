"""The CUDA twin of the loop over outages under Numba's simulator: same numbers as machine code on the CPU.

Run as ``NUMBA_ENABLE_CUDASIM=1 pytest tests/unit/solvers/cudasim``; without the variable there is no simulator.
"""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.grid import Network, contingencies
from joulebook.numerics import device

pytestmark = [
    pytest.mark.cudasim,
    pytest.mark.skipif(not device.cuda_simulated(), reason="set NUMBA_ENABLE_CUDASIM=1 to simulate a CUDA device"),
]


@pytest.mark.parametrize(
    ("name", "order", "elements"), [("case9", 1, "branches"), ("case14", 2, ["1-2", "2-3", "4-7"])]
)
def test_gpu_and_cpu_give_the_same_numbers(name, order, elements):
    network = Network.named(name)
    gpu = contingencies(network, order=order, elements=elements, backend="gpu")
    cpu = contingencies(network, order=order, elements=elements, backend="cpu")
    assert gpu.stats.device == "gpu"
    assert gpu.counts == cpu.counts
    for column in ("largest_loading", "lowest_voltage", "highest_voltage", "severity"):
        assert np.allclose(gpu[column], cpu[column], rtol=0, atol=1e-9, equal_nan=True)


def test_a_card_with_little_memory_takes_several_launches(monkeypatch):
    from joulebook.grid.contingency import gpu

    network = Network.named("case9")
    whole = contingencies(network, backend="gpu")
    monkeypatch.setattr(gpu, "LARGEST_ROOM", 1)
    assert np.allclose(contingencies(network, backend="gpu")["severity"], whole["severity"])
