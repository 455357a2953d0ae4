"""Contactor and heat of packs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from joulebook.battery import Cell, Model, Pack, simulate, simulate_pack
from joulebook.battery import layout as at
from joulebook.battery.pack import wiring as also
from joulebook.battery.pack.network import balance_currents
from joulebook.battery.pack.warmth import exchange_heat
from joulebook.core.results import Status

Array = NDArray[np.float64]
CELL = Cell.named("Chen2020")
ALONE = {"refine": False, "error_estimate": False}


def pack(series: int, parallel: int, cell: Cell = CELL, **more: Any) -> Pack:
    return Pack(name=f"{series}s{parallel}p", cell=cell, series=series, parallel=parallel, **more)


def test_no_current_flows_while_the_contactor_is_open() -> None:
    contactor = {"openings": ({"start": 100.0, "stop": 200.0}, {"start": 400.0, "stop": 450.0})}
    run = simulate_pack(pack(2, 1, contactor=contactor), "Discharge at 1C for 500 s", model="SPM", options=ALONE)
    is_open = run["contactor_open"] == 1.0
    assert np.all(run.current[is_open] == 0.0)
    assert np.allclose(run.current[~is_open], 5.0)
    assert run.time[is_open].min() == pytest.approx(100.0, abs=1e-6)
    assert run.time[is_open].max() == pytest.approx(450.0, abs=1e-6)
    assert run["discharge_capacity"][-1] == pytest.approx(5.0 * 350.0 / 3600.0, rel=1e-6)
    assert run.time[-1] == pytest.approx(500.0)
    assert run.status is Status.SOLVED


def test_the_contactor_opens_at_a_limit_and_the_study_ends() -> None:
    made = pack(3, 1, cell_cutoffs=False, contactor={"lowest_voltage": 2.9})
    run = simulate_pack(made, "Discharge at 1C until 6 V", model="SPM", options=ALONE, initial_soc=(1.0, 0.9, 1.0))
    assert run.end_reason == "the contactor has opened: voltage of cell 1 fell to 2.9 V"
    assert run.ended_by == 1
    assert run["cell_voltage"][-1, 1] == pytest.approx(2.9, abs=1e-6)
    assert run.status is Status.PARTIAL


def test_cells_of_a_group_exchange_current_after_the_contactor_has_opened() -> None:
    made = pack(
        2,
        2,
        cell_cutoffs=False,
        wiring={"joint_resistance": 0.05},
        contactor={"highest_voltage": 4.25, "rest_after": 600.0},
    )
    run = simulate_pack(
        made,
        ["Charge at 1C until 9 V", "Rest for 1 hour"],
        model="SPM",
        options=ALONE,
        initial_soc=(0.5, 0.6, 0.5, 0.5),
    )
    assert "rose to 4.25 V" in run.end_reason
    assert list(run.steps["what"]) == ["Charge at 1C until 9 V", "Rest with the contactor open"]
    after = run["contactor_open"] == 1.0
    assert np.all(run.current[after] == 0.0)
    assert run.time[-1] - run.time[after][0] == pytest.approx(600.0, abs=1e-6)
    assert np.abs(run["cell_current"][after]).max() > 0.05
    assert np.abs(run["cell_current"][after].reshape(-1, 2, 2).sum(axis=2)).max() < 1e-9


def test_hot_cells_open_the_contactor() -> None:
    made = pack(2, 1, contactor={"highest_temperature": 305.0})
    run = simulate_pack(made, "Discharge at 2C until cut-off", model=Model("SPMe", thermal="lumped"), options=ALONE)
    assert "temperature" in run.end_reason
    assert run["cell_temperature"].max() == pytest.approx(305.0, abs=1e-3)


def test_equal_cells_with_heat_do_what_one_cell_does() -> None:
    model = Model("SPMe", thermal="lumped")
    one = simulate(CELL, "Discharge at 1C until 3 V", model=model, options=ALONE)
    made = pack(2, 2, heat_paths={"neighbour_conductance": 0.5})
    run = simulate_pack(made, "Discharge at 1C until 6 V", model=model, options=ALONE)
    assert np.abs(run["cell_temperature"] - one["temperature"][:, None]).max() < 1e-9
    assert np.abs(run["cell_voltage"] - one.voltage[:, None]).max() < 1e-8


def test_what_one_cell_gives_another_gets() -> None:
    """Without cooling, the heat that is made warms the cells, however it flows between them."""
    cell = CELL.replace({"thermal.cooling_conductance": 0.0})
    made = pack(
        1,
        4,
        cell,
        values={"contact_resistance": (0.0, 0.0, 0.05, 0.0)},
        heat_paths={"neighbour_conductance": 0.3, "links": [{"one": 0, "other": 3, "conductance": 0.1}]},
    )
    run = simulate_pack(made, "Discharge at 1C for 20 minutes", model=Model("SPM", thermal="lumped"), options=ALONE)
    rise = run["cell_temperature"][-1] - run["cell_temperature"][0]
    heat = np.trapezoid(run["cell_heat"], run.time, axis=0)
    assert cell.thermal is not None
    stored = cell.thermal.heat_capacity * rise
    assert stored.sum() == pytest.approx(heat.sum(), rel=2e-3)
    assert np.abs(stored - heat).max() > 0.02 * heat.mean()
    alone = simulate_pack(
        made.replace({"heat_paths": {"neighbour_conductance": 0.0}}),
        "Discharge at 1C for 20 minutes",
        model=Model("SPM", thermal="lumped"),
        options=ALONE,
    )
    assert np.ptp(run["cell_temperature"][-1]) < 0.7 * np.ptp(alone["cell_temperature"][-1])


def test_heat_exchange_solves_its_equations() -> None:
    rng = np.random.default_rng(1)
    n, leading = 7, 0.03
    links = np.array([(0, 1, 2.0), (1, 2, 0.5), (2, 5, 4.0), (0, 6, 1.0), (3, 4, 30.0)])
    cells = SimpleNamespace(settings=np.zeros((n, at.N_SETTINGS)), run=np.zeros((n, at.N_RUN)))
    capacity, cooling, alone = rng.uniform(20, 60, n), rng.uniform(0, 0.3, n), rng.uniform(290, 320, n)
    cells.settings[:, at.HEAT_CAPACITY], cells.settings[:, at.COOLING] = capacity, cooling
    new = at.TOTALS + at.RING * at.N_TOTAL
    cells.run[:, at.WEIGHTS], cells.run[:, new + at.WARMTH] = leading, alone
    exchange_heat(SimpleNamespace(links=links, warmth=np.zeros((n, also.N_WARMTH))), cells)
    matrix = np.diag(capacity * leading + cooling)
    for i, j, conductance in links:
        a, b = int(i), int(j)
        matrix[[a, b], [a, b]] += conductance
        matrix[[a, b], [b, a]] -= conductance
    expected = np.linalg.solve(matrix, (capacity * leading + cooling) * alone)
    assert np.allclose(cells.run[:, new + at.WARMTH], expected, rtol=1e-12)
    stored = capacity * leading * (expected - alone)
    assert stored.sum() == pytest.approx(-(cells.run[:, new + at.HEAT_LOST] * leading).sum(), abs=1e-8)


@pytest.mark.parametrize("opposite", [0.0, 1.0])
@pytest.mark.parametrize("kind", [at.HOLD_CURRENT, at.HOLD_VOLTAGE])
def test_linear_cells_are_shared_out_at_once(opposite: float, kind: int) -> None:
    """Cells that are voltage sources with a resistance: Kirchhoff's equations written out, solved densely."""
    rng = np.random.default_rng(2)
    groups, count, bar, series = 3, 5, 2e-3, 7e-3
    n = groups * count
    source, inner, joints = rng.uniform(3.5, 3.8, n), rng.uniform(0.01, 0.03, n), rng.uniform(0, 3e-3, n)
    settings, run = np.zeros(also.N_PACK_SETTINGS), np.zeros(also.N_PACK_RUN)
    settings[[also.PARALLEL, also.IN_SERIES, also.BUSBAR, also.OPPOSITE]] = count, series, bar, opposite
    total = 12.0 if kind == at.HOLD_CURRENT else 9.0
    settings[at.CONTROL], settings[at.TARGET] = kind, 12.0 if kind == at.HOLD_CURRENT else 10.2
    run[at.CURRENT] = total
    cells = SimpleNamespace(settings=np.zeros((n, at.N_SETTINGS)), run=np.zeros((n, at.N_RUN)))
    current = np.full(n, total / count)
    pack_parts = SimpleNamespace(settings=settings, run=run, joints=joints, network=np.zeros((n, also.N_NETWORK)))
    for expected_status in (1, 0):
        cells.run[:, at.CURRENT], cells.run[:, at.VOLTAGE] = current, source - inner * current
        cells.run[:, at.STIFFNESS] = -inner
        assert balance_currents(pack_parts, cells, 1e-11) == expected_status
        current = cells.settings[:, at.TARGET].copy()
    voltage, outer = run[at.VOLTAGE], run[at.CURRENT]
    found = dense(source, inner + joints, bar, opposite, count, outer)
    assert np.allclose(current, found[0], atol=1e-10)
    assert voltage == pytest.approx(found[1] - series * outer, abs=1e-10)
    assert (outer if kind == at.HOLD_CURRENT else voltage) == pytest.approx(settings[at.TARGET])
    heat = (cells.run[:, at.VOLTAGE] * current).sum() - voltage * outer
    assert run[also.CONNECTION_HEAT] == pytest.approx(heat, rel=1e-9)


def dense(
    source: Array, resistance: Array, bar: float, opposite: float, count: int, total: float
) -> tuple[Array, float]:
    """Potentials of every place on both busbars of each group, and the cells' currents."""
    currents, voltage = [], 0.0
    for first in range(0, source.size, count):
        size = 2 * count
        matrix, right = np.zeros((size, size)), np.zeros(size)
        conductance = 1.0 / resistance[first : first + count]
        for k in range(count):
            plus, minus = k, count + k
            matrix[[plus, minus], [plus, minus]] += conductance[k]
            matrix[[plus, minus], [minus, plus]] -= conductance[k]
            right[plus] += conductance[k] * source[first + k]
            right[minus] -= conductance[k] * source[first + k]
            for here, there in ((plus, plus + 1), (minus, minus + 1)) if k < count - 1 else ():
                matrix[[here, there], [here, there]] += 1.0 / bar
                matrix[[here, there], [there, here]] -= 1.0 / bar
        leaves = size - 1 if opposite else count
        right[0] -= total
        right[leaves] += total
        matrix[leaves] = 0.0
        matrix[leaves, leaves], right[leaves] = 1.0, 0.0
        potential = np.linalg.solve(matrix, right)
        across = potential[:count] - potential[count:]
        currents.append((source[first : first + count] - across) * conductance)
        voltage += potential[0] - potential[leaves]
    return np.concatenate(currents), voltage
