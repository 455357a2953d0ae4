"""What a study must keep: lithium, salt and energy, over one discharge and over a thousand cycles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from joulebook.battery import BatteryResult, Cell, HalfCell, Model, Protocol, simulate
from joulebook.battery import layout as at
from joulebook.battery.balance import FARADAY
from joulebook.battery.discretise import discretise
from joulebook.battery.march import March, begin
from joulebook.battery.options import BatteryOptions
from joulebook.battery.starts import starting_concentrations

FULL = Model(
    "SPM",
    sei="solvent-diffusion limited",
    sei_on_cracks=True,
    plating="partially reversible",
    loss_of_active_material=("stress",),
)
CYCLE = ["Discharge at 1C until 2.5 V", "Charge at 0.3C until 4.2 V", "Hold at 4.2 V until C/50"]
ALL_LITHIUM = ("lithium_active", "lithium_in_sei", "lithium_plated", "lithium_dead", "lithium_buried")


def marched(
    cell: Cell | HalfCell, protocol: object, model: Model, options: Mapping[str, Any] | None = None
) -> tuple[March, np.ndarray]:
    """A study, and its lithium (negative, positive) and salt at the start."""
    resolution = BatteryOptions(**(options or {})).resolution(model.name)
    arrays = discretise(cell, model, resolution, starting_concentrations(cell))
    march = begin(arrays, Protocol(protocol).compile(cell))  # type: ignore[arg-type]
    before = amounts(march)
    while (status := march.advance()) == at.TRACE_FULL:
        march.make_room()
    assert status == at.FINISHED
    return march, before


def amounts(march: March) -> np.ndarray:
    """Lithium in the particles of each electrode, and salt, mol."""
    arena = march.arena
    head = int(arena.run[at.HEAD])
    n_r = arena.shells.shape[1] - 2
    area = arena.settings[at.AREA]
    found = np.zeros(3)
    for s, row in enumerate(arena.sites):
        if row[at.GROUP] >= 0:
            volumes = arena.shells[int(row[at.GROUP]), :n_r, at.VOLUME]
            mean = volumes @ arena.concentration[head][:, s] / volumes.sum()
            found[int(row[at.SIDE])] += area * mean * row[at.FRACTION] * row[at.DEPTH]
    found[2] = area * (arena.past[head, :, at.AMOUNT] * arena.nodes[:, at.WIDTH]).sum()
    return found


@pytest.mark.parametrize("name", ["DFN", "SPMe", "SPM"])
@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("Chen2020", "Discharge at 1C until cut-off"),
        ("Chen2020", "Discharge at 18 W until cut-off"),
        ("Chen2020_composite", "Discharge at 1C until cut-off"),
        ("ORegan2022", "Discharge at 1C until cut-off"),
        ("Ecker2015", "Discharge at 2C until cut-off"),
    ],
)
def test_lithium_and_salt_are_kept_to_rounding(name: str, named: str, sentence: str) -> None:
    """On a graded radial mesh, with one and two materials, constant and varying diffusivities."""
    march, before = marched(Cell.named(named), sentence, Model(name))
    run = march.arena.run
    moved = run[at.TOTALS + int(run[at.HEAD]) * at.N_TOTAL + at.CHARGE] * 3600.0 / FARADAY
    after = amounts(march)
    lithium = before[:2].sum()
    assert abs(after[0] - before[0] + moved) <= 1e-12 * lithium
    assert abs(after[1] - before[1] - moved) <= 1e-12 * lithium
    assert abs(after[2] - before[2]) <= 1e-12 * before[2]


def test_a_half_cell_keeps_its_salt_and_counts_its_lithium() -> None:
    march, before = marched(HalfCell.named("Xu2019"), "Discharge at 1C until cut-off", Model())
    run = march.arena.run
    moved = run[at.TOTALS + int(run[at.HEAD]) * at.N_TOTAL + at.CHARGE] * 3600.0 / FARADAY
    after = amounts(march)
    assert after[0] == before[0] == 0.0
    assert abs(after[1] - before[1] - moved) <= 1e-12 * after[1]
    assert abs(after[2] - before[2]) <= 1e-12 * before[2]


def all_lithium(run: BatteryResult) -> np.ndarray:
    names = [f"{side}_{name}" for side in ("negative", "positive") for name in ALL_LITHIUM]
    return np.asarray(sum(run[name] for name in names if name in run.variables))


@pytest.mark.parametrize(("model", "cycles"), [("SPM", 1000), ("SPMe", 20), ("DFN", 5)], ids=["SPM", "SPMe", "DFN"])
def test_lithium_is_kept_while_the_cell_ages(model: str, cycles: int) -> None:
    """Films, cracks, plating and loss of active material at once: what leaves one account enters another."""
    import dataclasses

    full = dataclasses.replace(FULL, name=model)
    options = {"error_estimate": False}
    run = simulate(Cell.named("OKane2022"), Protocol(CYCLE) * cycles, model=full, options=options, initial_soc=1.0)
    kept = all_lithium(run)
    print(f"{cycles} cycles, {run.stats.steps} steps, {run.stats.seconds:.2f} s, drift {np.ptp(kept) / kept[0]:.1e}")
    lost = run["negative_lithium_in_sei"][-1] - run["negative_lithium_in_sei"][0]
    assert lost > 1e-4
    assert np.ptp(kept) <= 1e-10 * kept[0]


@pytest.mark.parametrize("model", ["DFN", "SPMe", "SPM"])
@pytest.mark.parametrize("named", ["Marquis2019", "ORegan2022"])
def test_energy_is_kept(model: str, named: str) -> None:
    """What the cell has made in heat it holds or has lost: C dT = heat - losses; all heats sum up to what is made."""
    cell = Cell.named(named).replace(
        {"thermal": {"heat_capacity": 40.0, "cooling_conductance": 0.05, "ambient_temperature": 298.15}}
    )
    march, _ = marched(cell, "Discharge at 1C until cut-off", Model(model, thermal="lumped"))
    run, trace = march.arena.run, march.trace
    totals = run[at.TOTALS + int(run[at.HEAD]) * at.N_TOTAL :]
    warmed = 40.0 * (totals[at.WARMTH] - trace[0, at.TRACE_TEMPERATURE])
    assert warmed == pytest.approx(totals[at.HEAT_MADE] - totals[at.HEAT_LOST], rel=1e-9)
    columns = [at.TRACE_OHMIC, at.TRACE_REACTION, at.TRACE_ENTROPIC, at.TRACE_MIXING]
    summed = np.trapezoid(trace[:, columns].sum(axis=1), trace[:, at.TRACE_TIME])
    assert totals[at.HEAT_MADE] == pytest.approx(summed, rel=0.02)


def test_heat_and_work_are_what_the_chemistry_gives() -> None:
    """Isothermal bound: the energy delivered and the heat made at a low rate are the area below the curve at rest."""
    cell = Cell.named("Chen2020").replace(
        {"thermal": {"heat_capacity": 1e9, "cooling_conductance": 1e-3, "ambient_temperature": 298.15}}
    )
    ended = []
    for rate in ("C/20", "1C"):
        run = simulate(
            cell,
            f"Discharge at {rate} for 2 Ah",
            model=Model(thermal="lumped"),
            initial_soc=1.0,
            options={"accuracy": "reference"},
        )
        heat = sum(run[name] for name in ("ohmic_heat", "reaction_heat", "mixing_heat"))
        rest = simulate(
            cell, [f"Discharge at {rate} for 2 Ah", "Rest for 5 hours"], model=Model(thermal="lumped"), initial_soc=1.0
        )
        after = rest["protocol_step"] == 1
        heats = sum(rest[name] for name in ("ohmic_heat", "reaction_heat", "mixing_heat"))
        more = np.trapezoid(heats[after], rest.time[after]) / 3600.0
        ended.append(run.delivered_energy + np.trapezoid(heat, run.time) / 3600.0 + more)
    assert ended[1] == pytest.approx(ended[0], rel=1e-3)
