"""Protocols from PyBaMM: what ``Experiment.to_config`` writes, read without PyBaMM.

Each cycle of an experiment with more than one step is a cycle here. Steps have no hidden longest time here, so that
PyBaMM's default of 24 hours, or of two nominal discharges, is not taken over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from joulebook.battery.scheduling import Block
from joulebook.battery.series import Series
from joulebook.battery.step_ends import End
from joulebook.battery.steps import Step
from joulebook.core.errors import InputError, Issue

__all__ = ["items_from_pybamm"]

_HELD: Final = {
    "current": "current",
    "c-rate": "c_rate",
    "power": "power",
    "voltage": "voltage",
    "resistance": "resistance",
    "rest": "current",
}
_ENDS: Final = {"voltage": "voltage", "current": "current", "c-rate": "c_rate"}
_NOT_TAKEN: Final = ("temperature", "start_time")
"""Values of a step that change what happens, and that a step here does not have."""
_SIDES: Final = {"<": "falls", ">": "rises"}


def items_from_pybamm(experiment: Any, faults: list[Issue]) -> tuple[Step | Block, ...]:
    """Read an experiment.

    Parameters
    ----------
    experiment : pybamm.Experiment or mapping
        The experiment, or what its ``to_config()`` gives.
    faults : list of Issue
        What is wrong is added here.

    Returns
    -------
    tuple of Step or Block
        The protocol.
    """
    config = experiment.to_config() if hasattr(experiment, "to_config") else experiment
    cycles = config.get("cycles") if isinstance(config, Mapping) else None
    if not isinstance(cycles, list) or not all(isinstance(cycle, list) for cycle in cycles):
        rule = "must be a pybamm.Experiment, or what its to_config() gives"
        faults.append(Issue("experiment", type(experiment).__name__, rule))
        return ()
    if config.get("termination") or getattr(experiment, "termination", None):
        rule = "ends the experiment as a whole; only steps have ends here"
        faults.append(Issue("termination", config.get("termination"), rule, "Leave it out"))
    found: list[Step | Block] = []
    for k, cycle in enumerate(cycles):
        steps = [step for j, item in enumerate(cycle) for step in _step(item, f"cycles.{k}.{j}", config, faults)]
        found += [Block(tuple(steps))] if len(steps) > 1 else steps
    return tuple(found)


def _step(item: Any, path: str, config: Mapping[str, Any], faults: list[Issue]) -> list[Step]:
    if not isinstance(item, Mapping) or item.get("type") not in _HELD:
        shown = item.get("type") if isinstance(item, Mapping) else item
        faults.append(Issue(f"{path}.type", shown, f"must be one of {', '.join(_HELD)}"))
        return []
    for name in _NOT_TAKEN:
        if item.get(name, config.get(name)) is not None:
            rule = "is not a value of a step here"
            hint = "Set the temperature of the cell" if name == "temperature" else "Put a rest before the step"
            faults.append(Issue(f"{path}.{name}", item.get(name, config.get(name)), rule, hint))
    kind, value = item["type"], item.get("value", 0.0 if item["type"] == "rest" else None)
    try:
        if isinstance(value, list):
            table = np.array(value, dtype=np.float64)
            if table.ndim != 2 or table.shape[1] != 2:
                raise InputError(Issue("value", list(table.shape), "must be pairs of a time and a value"))
            value = Series(table[:, 0], table[:, 1])
        made: dict[str, Any] = {_HELD[kind]: value}
        ends = [end for term in item.get("terminations", ()) for end in _end(term, kind)]
        period = item.get("period", config.get("period"))
        written = str(item.get("description") or "")
        return [Step(**made, until=ends, duration=item.get("duration"), period=period, written=written)]
    except InputError as error:
        faults += [Issue(f"{path}.{one.path}", one.value, one.rule, one.hint, one.unit) for one in error.issues]
    except (TypeError, ValueError):
        faults.append(Issue(f"{path}.value", value, "must be a number, or pairs of a time and a number"))
    return []


def _end(term: Any, kind: str) -> list[End]:
    """An end; none for a voltage without a side in a rest or a hold, which PyBaMM passes over."""
    if not isinstance(term, Mapping) or term.get("type") not in _ENDS:
        shown = term.get("type") if isinstance(term, Mapping) else term
        raise InputError(Issue("terminations", shown, f"must be one of {', '.join(_ENDS)}"))
    quantity, value, operator = _ENDS[term["type"]], term.get("value"), term.get("operator")
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise InputError(Issue("terminations", value, "must be a number"))
    if quantity == "voltage":
        passed_over = operator is None and kind in {"rest", "voltage"}
        return [] if passed_over else [End(quantity, value, _SIDES.get(str(operator), ""))]
    if operator is not None:
        hint = "Give the size of the current, without < or >"
        raise InputError(Issue("terminations", f"{operator} {value:g}", "is a current with its sign", hint))
    return [End(quantity, value)]
