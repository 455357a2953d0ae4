"""The Newton system of the DFN: its blocks are the derivatives of its loads, and Newton converges like Newton."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import layout as at
from joulebook.battery import p2d, reaction
from joulebook.battery.designs import Cell
from joulebook.battery.discretise import Arrays, discretise, rings
from joulebook.battery.march import prepare_step
from joulebook.battery.options import BatteryOptions
from joulebook.battery.protocol import parse
from joulebook.battery.trial import attempt

OPTIONS = BatteryOptions(negative_nodes=4, separator_nodes=2, positive_nodes=3, shells=6)


@pytest.fixture
def state() -> tuple[Arrays, np.ndarray, np.ndarray]:
    """A step of the discharge, solved, then moved away from its solution."""
    cell = Cell.named("Chen2020")
    arrays = discretise(cell, at.DFN, OPTIONS.resolution(), (29866.0, 17038.0))
    current = prepare_step(arrays, parse("Discharge at 1C until 2.5 V", cell))
    past, concentration, work, run = rings(arrays, current)
    run[at.ORDER], run[at.POINTS] = 1.0, 1.0
    args = (arrays.settings, arrays.nodes, arrays.shells, arrays.ocp, arrays.electrolyte)
    assert attempt(*args, past, concentration, work, run, 5.0) == 0
    rng = np.random.default_rng(1)
    work[:, at.SALT] *= 1 + 0.02 * rng.normal(size=work.shape[0])
    work[:, at.LIQUID] += 0.004 * rng.normal(size=work.shape[0])
    electrode = arrays.nodes[:, at.OCP_COLUMN] >= 0
    work[electrode, at.METAL] += 0.004 * rng.normal(size=electrode.sum())
    return arrays, work, run


def loads_and_matrix(arrays: Arrays, work: np.ndarray, run: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Assemble with j at the rate law's own value, so that loads are plain residuals."""
    n = work.shape[0]
    p2d.electrolyte_properties(arrays.settings, arrays.nodes, arrays.electrolyte, work)
    p2d.assemble_nodes(arrays.settings, arrays.nodes, arrays.ocp, work, run[at.WEIGHTS])
    p2d.assemble_faces(arrays.settings, arrays.nodes, work)
    matrix = np.zeros((3 * n, 3 * n))
    for i in range(n):
        matrix[3 * i : 3 * i + 3, 3 * i : 3 * i + 3] = work[i, :9].reshape(3, 3)
        for k, (row, column) in enumerate(((0, 0), (0, 1), (1, 0), (1, 1), (2, 2))):
            if i > 0:
                matrix[3 * i + row, 3 * i - 3 + column] = work[i, 9 + k]
            if i < n - 1:
                matrix[3 * i + row, 3 * i + 3 + column] = work[i, 14 + k]
    return work[:, 19:22].ravel().copy(), matrix


def settle_reactions(arrays: Arrays, work: np.ndarray) -> None:
    for _ in range(60):
        for i in range(work.shape[0]):
            if arrays.nodes[i, at.OCP_COLUMN] >= 0:
                reaction.linearise_reaction(arrays.settings, arrays.nodes, arrays.ocp, work, i)
                work[i, at.REACTION] += work[i, at.REACTION_MISS]


def test_blocks_are_the_derivatives_of_the_loads(state: tuple[Arrays, np.ndarray, np.ndarray]) -> None:
    arrays, work, run = state
    settle_reactions(arrays, work)
    _, matrix = loads_and_matrix(arrays, work, run)
    for i in range(work.shape[0]):
        for k, column in enumerate((at.SALT, at.LIQUID, at.METAL)):
            if k == 2 and arrays.nodes[i, at.OCP_COLUMN] < 0:
                continue
            d = 1e-3 if k == 0 else 1e-7
            moved = []
            for sign in (1, -1):
                other = work.copy()
                other[i, column] += sign * d
                settle_reactions(arrays, other)
                moved.append(loads_and_matrix(arrays, other, run)[0])
            slope = -(moved[0] - moved[1]) / (2 * d)
            scale = np.abs(matrix[:, 3 * i + k]).max()
            assert np.allclose(matrix[:, 3 * i + k], slope, atol=2e-5 * scale), (i, k)


def test_newton_converges_and_closes_the_charge_balance(state: tuple[Arrays, np.ndarray, np.ndarray]) -> None:
    arrays, work, run = state
    args = (arrays.settings, arrays.nodes, arrays.ocp, arrays.electrolyte, work, run)
    arrays.settings[at.NEWTON_TOLERANCE] = 1e-12
    before = run[at.ITERATIONS]
    assert p2d.newton(*args) == 0
    assert run[at.ITERATIONS] - before <= 6
    nodes = arrays.nodes
    per_node = nodes[:, at.SURFACE_DENSITY] * nodes[:, at.WIDTH] * work[:, at.REACTION] * arrays.settings[at.AREA]
    negative = nodes[:, at.OCP_COLUMN] == 0
    positive = nodes[:, at.OCP_COLUMN] == 2
    assert per_node[negative].sum() == pytest.approx(5.0, rel=1e-11)
    assert per_node[positive].sum() == pytest.approx(-5.0, rel=1e-11)


def test_newton_says_so_when_it_cannot(state: tuple[Arrays, np.ndarray, np.ndarray]) -> None:
    arrays, work, run = state
    arrays.settings[at.TARGET] = 1e6
    with np.errstate(all="ignore"):
        assert p2d.newton(arrays.settings, arrays.nodes, arrays.ocp, arrays.electrolyte, work, run) == 1


def test_stoichiometry_stays_inside() -> None:
    assert reaction.stoichiometry_inside(-1.0) == reaction.EDGE
    assert reaction.stoichiometry_inside(2.0) == 1 - reaction.EDGE
    assert reaction.stoichiometry_inside(0.5) == 0.5
