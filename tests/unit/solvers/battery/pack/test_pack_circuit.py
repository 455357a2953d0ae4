"""Cells and circuit together: against single cells, Kirchhoff's laws, and limits that can be written down."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell, Drive, Pack, Protocol, simulate, simulate_pack
from joulebook.battery.balance import balance, open_circuit_voltage

CELL = Cell.named("Chen2020")
ALONE = {"refine": False, "error_estimate": False}
TIGHT = {**ALONE, "voltage_tolerance": 2e-6, "salt_tolerance": 0.02, "shells": 14}


def pack(series: int, parallel: int, **more: object) -> Pack:
    return Pack(name=f"{series}s{parallel}p", cell=CELL, series=series, parallel=parallel, **more)


@pytest.mark.parametrize("model", ["SPM", "SPMe", "DFN"])
def test_equal_cells_do_what_one_cell_does(model: str) -> None:
    one = simulate(CELL, "Discharge at 1C until 3 V", model=model, options=ALONE)
    all_of_them = simulate_pack(pack(3, 2), "Discharge at 1C until 9 V", model=model, options=ALONE)
    assert np.allclose(all_of_them.time[:-1], one.time[:-1], rtol=0, atol=1e-5)
    assert all_of_them.time[-1] == pytest.approx(one.time[-1], abs=1e-3)
    assert np.abs(all_of_them["cell_voltage"] - one.voltage[:, None])[:-1].max() < 1e-8
    assert np.abs(all_of_them["cell_current"] - 5.0).max() < 1e-9
    assert np.abs(all_of_them.voltage - 3.0 * one.voltage).max() < 1e-6
    assert all_of_them.end_reason == "voltage fell to 9 V"
    assert all_of_them.ended_by is None


@pytest.mark.parametrize(
    ("ours", "alone"),
    [
        ("Discharge at 60 W for 30 minutes", "Discharge at 15 W for 30 minutes"),
        ("Discharge at 1.5 ohm for 30 minutes", "Discharge at 1.5 ohm for 30 minutes"),
        ("Hold at 8 V for 30 minutes", "Hold at 4 V for 30 minutes"),
    ],
)
def test_power_load_and_voltage_are_those_of_the_terminals(ours: str, alone: str) -> None:
    one = simulate(CELL, alone, model="SPMe", options=TIGHT, initial_soc=0.8)
    run = simulate_pack(pack(2, 2), ours, model="SPMe", options=TIGHT, initial_soc=0.8)
    there = run.time >= 1.0
    expected = one.at(run.time[there])
    assert np.abs(run["cell_voltage"][there, 3] - expected.voltage).max() < 1e-5
    assert run["discharge_capacity"][-1] == pytest.approx(2.0 * one.discharge_capacity[-1], rel=1e-4)
    assert run["energy"][-1] == pytest.approx(4.0 * one.delivered_energy, rel=1e-4)


def test_currents_that_the_circuit_gives_make_each_cell_alone_do_the_same() -> None:
    """Two unlike cells in parallel: each, driven by its current, has the voltage that Kirchhoff's laws ask for."""
    made = pack(
        1,
        2,
        values={"electrode_width": (1.58, 1.42), "negative.particle_radius": (5.86e-6, 7e-6)},
        wiring={"joint_resistances": (1e-3, 4e-3), "terminal_resistance": 2e-3},
    )
    mesh = {"negative_nodes": 28, "positive_nodes": 20, "grading": 0.3, "highest_order": 4}
    options = {**TIGHT, **mesh, "largest_step": 4.0}
    run = simulate_pack(made, "Discharge at 1.5C for 20 minutes", model="SPMe", options=options, initial_soc=0.9)
    behind = np.zeros((2, run.time.size))
    keep = np.flatnonzero(np.diff(run.time, prepend=-1.0) > 1e-9)
    for k, cell in enumerate(made.cells()):
        course = Protocol(Drive(run.time[keep], current=run["cell_current"][keep, k]))
        alone = simulate(cell, course, model="SPMe", options=options, initial_soc=0.9)
        found = np.interp(run.time, alone.time, alone.voltage)
        assert np.abs(found - run["cell_voltage"][:, k])[3:].max() < 5e-5
        behind[k] = found - made.wiring.joint_resistances[k] * run["cell_current"][:, k]
    assert np.abs(behind[0] - behind[1])[3:].max() < 1e-4
    assert np.abs(behind[0] - 2e-3 * run.current - run.voltage)[3:].max() < 1e-4
    assert np.ptp(run["cell_current"][:, 0]) > 0.05


def test_what_flows_in_flows_out() -> None:
    made = pack(
        3,
        4,
        spread={"electrode_width": 0.03, "positive.particle_radius": 0.05},
        seed=3,
        wiring={
            "joint_resistance": 2e-3,
            "busbar_resistance": 3e-4,
            "interconnect_resistance": 1e-3,
            "terminal_resistance": 2e-3,
        },
    )
    run = simulate_pack(made, ["Discharge at 1C for 10 minutes", "Rest for 5 minutes"], model="SPM", options=ALONE)
    groups = run["cell_current"].reshape(-1, 3, 4).sum(axis=2)
    assert np.abs(groups - run.current[:, None]).max() < 1e-9
    power = (run["cell_current"] * run["cell_voltage"]).sum(axis=1)
    assert np.abs(power - run["power"] - run["connection_heat"]).max() < 1e-3
    lost = np.trapezoid(run["connection_heat"], run.time) / 3600.0
    assert run["cell_energy"][-1].sum() - run["energy"][-1] == pytest.approx(lost, rel=2e-3)
    assert run["cell_discharge_capacity"][-1].sum() == pytest.approx(3.0 * run["discharge_capacity"][-1], rel=1e-9)


def test_two_cells_at_rest_even_out_as_a_capacitor_through_a_resistor() -> None:
    resistance, low, high = 2.0, 0.50, 0.52
    made = pack(1, 2, wiring={"joint_resistance": resistance})
    run = simulate_pack(made, "Rest for 40 hours", model="SPM", options=TIGHT, initial_soc=(low, high))
    window = balance(CELL)

    def voltage(soc: float) -> float:
        return open_circuit_voltage(CELL, *window.stoichiometries(soc))

    exchanged = run["cell_current"][:, 1]
    assert exchanged[0] == pytest.approx((voltage(high) - voltage(low)) / (2 * resistance), rel=0.03)
    assert np.abs(run["cell_current"].sum(axis=1)).max() < 1e-9
    slope = (voltage(0.511) - voltage(0.509)) / (0.002 * 3600.0 * window.capacity)
    inside = (run.time > 3600.0) & (run.time < 4 * 3600.0)
    rate = -np.polyfit(run.time[inside], np.log(exchanged[inside]), 1)[0]
    assert rate == pytest.approx(slope / resistance, rel=0.1)
    ends = run["cell_soc"][-1]
    assert ends.mean() == pytest.approx(0.51, abs=1e-9)
    assert abs(ends[1] - ends[0]) < 0.1 * (high - low)


def test_shares_go_from_resistances_to_capacities() -> None:
    """At first the current parts by resistance, in the long run by capacity."""
    made = pack(1, 2, values={"electrode_width": (1.58, 0.79)}, wiring={"joint_resistances": (1.0, 0.5)})
    run = simulate_pack(made, "Discharge at C/50 until cut-off", model="SPM", options=ALONE, initial_soc=1.0)
    first, second = run["cell_current"][0]
    assert first / second == pytest.approx(0.5, rel=0.15)  # 1 and 0.5 ohm, and the cells' own
    passed = run["cell_discharge_capacity"][-1]
    assert passed[0] / passed[1] == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("feed", ["one end", "opposite ends"])
def test_the_place_on_the_busbar_tells(feed: str) -> None:
    made = pack(1, 6, wiring={"busbar_resistance": 1e-3, "joint_resistance": 1e-3, "feed": feed})
    run = simulate_pack(made, "Discharge at 1C for 10 s", model="SPM", options=ALONE)
    start = run["cell_current"][0]
    if feed == "one end":
        assert np.all(np.diff(start) < 0.0)
    else:
        assert np.allclose(start, start[::-1], rtol=1e-6)
        assert start[0] > start[2]


def test_a_weak_cell_ends_the_discharge_of_its_string() -> None:
    widths = [1.58] * 6
    widths[4] = 1.45
    run = simulate_pack(
        pack(6, 1, values={"electrode_width": widths}), "Discharge at 1C until cut-off", model="SPM", initial_soc=1.0
    )
    assert run.ended_by == run.worst_cell == 4
    assert run.end_reason == "voltage of cell 4 fell to 2.5 V"
    weak = simulate(made_of(1.45), "Discharge at 5 A until 2.5 V", model="SPM", options=ALONE, initial_soc=1.0)
    assert run["discharge_capacity"][-1] == pytest.approx(weak.discharge_capacity[-1], rel=1e-4)
    unguarded = simulate_pack(
        pack(6, 1, values={"electrode_width": widths}, cell_cutoffs=False),
        "Discharge at 1C until cut-off",
        model="SPM",
        initial_soc=1.0,
    )
    assert unguarded.end_reason == "voltage fell to 15 V"
    assert unguarded["cell_voltage"][-1, 4] < 2.5


def made_of(width: float) -> Cell:
    return CELL.replace({"electrode_width": width})


def test_charge_ends_with_the_fullest_cell() -> None:
    run = simulate_pack(pack(2, 1), "Charge at 1C until cut-off", model="SPM", options=ALONE, initial_soc=(0.2, 0.3))
    assert run.end_reason == "voltage of cell 1 rose to 4.2 V"
    assert run.worst_cell == 1
    assert run.best_cell == 0
