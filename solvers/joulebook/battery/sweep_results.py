"""What a sweep gives back: variables with units, how each case ended, and the file that is kept in time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.results import BatterySweepResult
from joulebook.core.display import quantity_of
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.core.sweeps import SweepCases

__all__ = ["FAILED", "N_POINTS", "POWER", "TIME", "VARIABLES", "KeptSweep", "sweep_result", "unit_at"]

N_POINTS = 101
"""Points on each curve."""
_EVENTS = {
    at.EVENT_FELL: "voltage reached",
    at.EVENT_ROSE: "voltage reached",
    at.EVENT_CURRENT: "current reached",
    at.EVENT_CHARGE: "charge reached",
    at.EVENT_HOT: "temperature reached",
    at.EVENT_ANODE: "anode potential reached",
    **{at.EVENT_NO_SALT + place: "electrolyte out of salt" for place in range(3)},
    at.EVENT_CLOGGED: "pores clogged",
}
FAILED, TIME, POWER = 0.0, 100.0, 101.0
_ENDS = {TIME: "time reached", POWER: "power no longer held", **{float(k): text for k, text in _EVENTS.items()}}
VARIABLES = (
    ("delivered_capacity", ("case",), "A h", "Delivered capacity"),
    ("delivered_energy", ("case",), "W h", "Delivered energy"),
    ("duration", ("case",), "s", "Duration"),
    ("time", ("case", "point"), "s", "Time"),
    ("voltage", ("case", "point"), "V", "Voltage"),
    ("current", ("case", "point"), "A", "Current"),
    ("discharge_capacity", ("case", "point"), "A h", "Discharged capacity"),
)


class KeptSweep:
    """Writes what a sweep has solved into the working folder when the kernel's GPU time comes to its end.

    Parameters
    ----------
    result : callable
        From the cases to a result that can be saved.
    """

    def __init__(self, result: Callable[[SweepCases[Any]], BatterySweepResult]) -> None:
        self.result = result
        self.path = Path(time.strftime("sweep-%Y%m%d-%H%M%S.run.nc"))
        self.told = False

    def __call__(self, cases: SweepCases[Any]) -> None:
        """Save, over what was saved before.

        Parameters
        ----------
        cases : SweepCases
            All cases, those that were not reached among the failed.
        """
        self.result(cases).save(self.path)
        if not self.told:
            self.told = True
            logging.getLogger("joulebook").warning(
                "The GPU time ends soon. What this sweep has solved is kept in %s.", self.path
            )


def sweep_result(
    cell: Cell | HalfCell,
    cases: SweepCases[Any],
    stats: Stats,
    provenance: Provenance,
    facts: dict[str, str],
) -> BatterySweepResult:
    """Make the result of a sweep.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design that was varied.
    cases : SweepCases
        Its cases.
    stats : Stats
        Time and device.
    provenance : Provenance
        What was asked for.
    facts : dict of str to str
        Protocol and model.

    Returns
    -------
    BatterySweepResult
        Figures and curves of all cases.
    """
    count = len(next(iter(cases.values.values())))
    arrays = dict(cases.arrays)
    ends = np.nan_to_num(arrays.pop("end", np.zeros(count)))
    failed = [{"case": item.case, "values": item.values, "reason": item.reason} for item in cases.failed]
    if not failed:
        status = Status.SOLVED
    else:
        status = Status.PARTIAL if len(failed) < count else Status.FAILED
    return BatterySweepResult(
        variables=_variables(cell, cases.values, arrays, count),
        status=status,
        stats=stats,
        provenance=provenance,
        facts={
            "cases": count,
            "failed": failed,
            "ends": [_ENDS.get(float(code), "failed") for code in ends],
            **facts,
        },
    )


def _variables(
    cell: Cell | HalfCell, values: Mapping[str, NDArray[np.float64]], arrays: Mapping[str, NDArray[Any]], count: int
) -> dict[str, Variable]:
    found = {"case": Variable(("case",), np.arange(count), "1", "Case")}
    found |= {path: Variable(("case",), column, unit_at(cell, path), path) for path, column in values.items()}
    for name, dims, unit, label in VARIABLES:
        shape = (count, N_POINTS) if len(dims) == 2 else (count,)
        found[name] = Variable(dims, arrays.get(name, np.full(shape, np.nan)), unit, label)
    return found


def unit_at(cell: Cell | HalfCell, path: str) -> str:
    """Find the unit of a value of a design.

    Parameters
    ----------
    cell : Cell
        The design.
    path : str
        Dotted path.

    Returns
    -------
    str
        Unit; ``"1"`` for a pure number.
    """
    *folders, last = path.split(".")
    owner = cell.value_at(".".join(folders)) if folders else cell
    while isinstance(owner, tuple):
        # the unit of a number in a list is that of the list
        *folders, last = folders
        owner = cell.value_at(".".join(folders)) if folders else cell
    field = type(owner).model_fields[last]
    found = quantity_of(field)
    return found.unit if found is not None else "1"
