"""A thousand cycles leapt through against the same thousand simulated one by one."""

from __future__ import annotations

import numpy as np

from joulebook.battery import Cell, Model, Protocol, simulate

CYCLE = ("Discharge at 1C until 2.5 V", "Charge at 0.3C until 4.2 V", "Hold at 4.2 V until C/100")


def test_a_thousand_cycles_of_film_and_plating() -> None:
    cell = Cell.named("OKane2022")
    model = Model("SPMe", sei="solvent-diffusion limited", plating="partially reversible")
    quick = {"error_estimate": False}
    runs = [
        simulate(cell, Protocol([CYCLE]) * 1000, model=model, initial_soc=1.0, options={**quick, "cycle_jump": jump})
        for jump in (None, 0.01)
    ]
    walked, leapt = (run.cycles for run in runs)
    bound = runs[1].error["cycle_jump"]
    error = np.abs(walked["discharge_capacity_Ah"] - leapt["discharge_capacity_Ah"]).max()
    faded = walked["discharge_capacity_Ah"].iloc[5] - walked["discharge_capacity_Ah"].iloc[-1]
    print(
        f"{int(leapt['simulated'].sum())} of 1000 cycles simulated, {runs[0].stats.steps / runs[1].stats.steps:.0f} "
        f"times fewer steps; capacity off by {1e3 * error:.2f} mA h, bound {1e3 * bound:.1f} mA h, faded "
        f"{1e3 * faded:.0f} mA h"
    )
    assert error < bound < 0.01 * cell.nominal_capacity
    assert error < 0.02 * faded
    assert runs[1].stats.steps < 0.1 * runs[0].stats.steps
    losses = [table["loss_of_lithium_inventory_percent"].iloc[-1] for table in (walked, leapt)]
    assert abs(losses[1] / losses[0] - 1.0) < 0.01
