"""What a study comes to, step by step and cycle by cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.endings import end_reason
from joulebook.battery.schedule import Schedule

if TYPE_CHECKING:
    import pandas

    from joulebook.battery.results import BatteryResult

__all__ = ["cycle_table", "step_table"]

LITHIUM = ("lithium_in_sei", "lithium_plated", "lithium_dead", "lithium_buried")


def step_table(schedule: Schedule, arena: Any, done: int) -> dict[str, list[Any]]:
    """List the steps that were done.

    Parameters
    ----------
    schedule : Schedule
        The protocol.
    arena : Arena
        The study.
    done : int
        How many steps were done.

    Returns
    -------
    dict of str to list
        Column to values.
    """
    marks, rows = arena.marks[:done], schedule.rows[:done]
    reasons = [
        end_reason(int(mark[at.MARK_CODE]), int(mark[at.MARK_EVENT]), row)
        for mark, row in zip(marks, rows, strict=True)
    ]
    return {
        "step": list(range(1, done + 1)),
        "cycle": rows[:, column.CYCLE].astype(int).tolist(),
        "what": [schedule.sentences[int(k)] for k in schedule.sentence_of[:done]],
        "start_s": marks[:, at.MARK_START].tolist(),
        "end_s": marks[:, at.MARK_END].tolist(),
        "end": reasons,
        "voltage_V": marks[:, at.MARK_VOLTAGE].tolist(),
        "current_A": marks[:, at.MARK_CURRENT].tolist(),
        "charge_Ah": marks[:, at.MARK_CHARGE].tolist(),
        "energy_Wh": marks[:, at.MARK_ENERGY].tolist(),
        "temperature_K": marks[:, at.MARK_TEMPERATURE].tolist(),
        "resistance_ohm": [None if np.isnan(value) else float(value) for value in marks[:, at.MARK_RESISTANCE]],
    }


def cycle_table(run: BatteryResult) -> pandas.DataFrame:
    """Sum a run up by cycles.

    Parameters
    ----------
    run : BatteryResult
        Of a protocol with cycles; without one, the whole run is one cycle.

    Returns
    -------
    pandas.DataFrame
        A row for each cycle.
    """
    import pandas

    steps = run.steps
    if not (steps["cycle"] > 0).any():
        steps = steps.assign(cycle=1)
    rows: list[dict[str, float]] = []
    for cycle, own in steps[steps["cycle"] > 0].groupby("cycle"):
        out, back = own["charge_Ah"] > 0, own["charge_Ah"] < 0
        given, taken = own["energy_Wh"][out].sum(), -own["energy_Wh"][back].sum()
        resistances = own["resistance_ohm"].dropna()
        end = float(own["end_s"].iloc[-1])
        rows.append(
            {
                "cycle": int(cycle),
                "discharge_capacity_Ah": float(own["charge_Ah"][out].sum()),
                "charge_capacity_Ah": float(-own["charge_Ah"][back].sum()),
                **_losses(run, end),
                "resistance_ohm": float(resistances.iloc[0]) if len(resistances) else np.nan,
                "duration_h": float(own["end_s"].iloc[-1] - own["start_s"].iloc[0]) / 3600.0,
                "energy_efficiency_percent": 100.0 * given / taken if taken > 0 else np.nan,
            }
        )
    table = pandas.DataFrame(rows)
    if "leapt_cycles" in run.facts:
        table["simulated"] = ~table["cycle"].isin(run.facts["leapt_cycles"])
    return table


def _losses(run: BatteryResult, time: float) -> dict[str, float]:
    """Losses at a time of the run, over what there was at its start, per cent; 0 where nothing ages."""
    bound = start = 0.0
    found: dict[str, float] = {}
    after = min(int(np.searchsorted(run.time, time, side="right")), run.time.size - 1)
    here = after - 1 if run.time[after] > time else after
    share = (time - run.time[here]) / (run.time[after] - run.time[here]) if after > here else 0.0

    def value(name: str) -> float:
        values = run[name]
        return float(values[here] + share * (values[after] - values[here]))

    for side in ("negative", "positive"):
        if f"{side}_lithium_active" in run.variables:
            bound += sum(value(f"{side}_{name}") - float(run[f"{side}_{name}"][0]) for name in LITHIUM)
            found[f"loss_of_active_material_{side}_percent"] = 100.0 * (1.0 - value(f"{side}_active_material"))
        else:
            found[f"loss_of_active_material_{side}_percent"] = 0.0
    start = float(run.facts.get("lithium_at_start", 0.0))
    return {"loss_of_lithium_inventory_percent": 100.0 * bound / start if start else 0.0, **found}
