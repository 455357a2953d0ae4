"""How a study and its steps ended, in words: reasons for the good ends, advice for the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery import schedule as column
from joulebook.battery.ends import LITTLE_SALT
from joulebook.battery.schedule import Schedule
from joulebook.core.errors import DivergedError, InfeasibleError, SolveError

__all__ = ["end_reason", "ended_at_limit", "ended_well", "failure"]

_EDGE = 0.01
"""Distance of a stoichiometry from 0 and 1 below which a particle surface counts as empty or full."""
_LIMITS = {
    at.EVENT_NO_SALT: "the electrolyte ran out of salt in the negative electrode",
    at.EVENT_NO_SALT + 1: "the electrolyte ran out of salt in the separator",
    at.EVENT_NO_SALT + 2: "the electrolyte ran out of salt in the positive electrode",
    at.EVENT_CLOGGED: "films have clogged the pores",
}
_UNITS = {at.HOLD_CURRENT: "A", at.HOLD_POWER: "W", at.HOLD_VOLTAGE: "V", at.HOLD_RESISTANCE: "ohm"}


def end_reason(status: int, event: int, row: NDArray[np.float64]) -> str:
    """Say why a protocol step ended.

    Parameters
    ----------
    status : int
        Status code of the step.
    event : int
        Which of its ends was met.
    row : ndarray, shape (14,), mixed
        The step; see :mod:`joulebook.battery.schedule`.

    Returns
    -------
    str
        A phrase.
    """
    if status in {at.REACHED_EVENT, at.ALREADY_PAST}:
        reason = {
            at.EVENT_FELL: f"voltage fell to {row[column.FALLS_TO]:g} V",
            at.EVENT_ROSE: f"voltage rose to {row[column.RISES_TO]:g} V",
            at.EVENT_CURRENT: f"current fell below {row[column.CURRENT_BELOW]:g} A",
            at.EVENT_CHARGE: f"{row[column.CHARGE_PASSED]:g} A h have passed",
            at.EVENT_HOT: f"temperature rose to {row[column.HOTTER_THAN]:g} K",
            at.EVENT_ANODE: f"potential of the negative electrode fell to {row[column.ANODE_BELOW]:g} V",
            **_LIMITS,
        }.get(event, "end met")
        return reason if status == at.REACHED_EVENT else f"passed over: {reason} before it began"
    if status == at.REACHED_TIME:
        return f"time reached {row[column.DURATION]:g} s"
    if status == at.LOST_POWER:
        return f"the cell could no longer give {row[column.VALUE]:g} W"
    if status == at.LIMITED:
        return _LIMITS[event]
    return "stopped: no further solution"


def ended_at_limit(status: int, arena: Any) -> bool:
    """Say whether a study came to its end at a limit of the cell, from which the next step cannot start.

    Parameters
    ----------
    status : int
        Status code of the study.
    arena : Arena
        The study where it stopped.

    Returns
    -------
    bool
        True where the step before ended for lack of salt or with clogged pores.
    """
    number = int(arena.run[at.ROW])
    return status == at.NO_START and number > 0 and int(arena.marks[number - 1, at.MARK_EVENT]) in _LIMITS


def ended_well(status: int, arena: Any) -> bool:
    """Say whether a study came to an end that is an answer: that of its protocol, or a limit of the cell.

    Parameters
    ----------
    status : int
        Status code of the study.
    arena : Arena
        The study where it stopped.

    Returns
    -------
    bool
        False where it failed.
    """
    return status >= 0 or ended_at_limit(status, arena)


def failure(status: int, schedule: Schedule, arena: Any, partial: Any = None) -> SolveError:
    """Make the error of a study that did not end well.

    Parameters
    ----------
    status : int
        Status code, negative.
    schedule : Schedule
        The protocol.
    arena : Arena
        The study where it stopped.
    partial : object
        Result up to the failure.

    Returns
    -------
    SolveError
        What happened and what to try.
    """
    run = arena.run
    number = min(int(run[at.ROW]), schedule.rows.shape[0] - 1)
    row = schedule.rows[number]
    sentence = schedule.sentences[int(schedule.sentence_of[number])]
    if schedule.rows.shape[0] > 1:
        sentence = f"step {number + 1} of {schedule.rows.shape[0]}, {sentence}"
    value = row[column.VALUE] if row[column.SERIES_FIRST] < 0 else arena.settings[at.TARGET]
    held = f"{abs(value):.6g} {_UNITS[int(row[column.HELD])]}"
    if status == at.ALREADY_PAST:
        event = int(run[at.EVENT])
        if event == at.EVENT_FELL:
            where = f"already below the end of the step, {row[column.FALLS_TO]:g} V"
            start = "a higher state of charge (initial_soc=1 is full)"
        elif event == at.EVENT_ROSE:
            where = f"already above the end of the step, {row[column.RISES_TO]:g} V"
            start = "a lower state of charge (initial_soc=0 is empty)"
        else:
            where = f"the end of the step is met before it begins ({end_reason(1, event, row)})"
            start = "another state of charge (initial_soc)"
        return InfeasibleError(
            f"voltage = {run[at.VOLTAGE]:.4g} V at the start with {held}: {where}. Start from {start}, "
            "take a lower rate, or move the end",
            partial=partial,
        )
    voltage = run[at.VOLTAGES + int(run[at.HEAD])]
    if status == at.NO_START:
        after = ""
        if ended_at_limit(status, arena):
            after = f", after {_LIMITS[int(arena.marks[number - 1, at.MARK_EVENT])]} in the step before"
        return InfeasibleError(
            f"“{sentence}”: no state of this cell carries {held} at the start{after}. "
            "Take a lower rate, another state of charge (initial_soc), or check conductivities and rate constants",
            partial=partial,
        )
    return DivergedError(
        f"“{sentence}” cannot be continued at t = {run[at.TIME]:.6g} s, voltage = {voltage:.4g} V: "
        f"{_limit(arena)}. Take a lower rate or a nearer end, or another accuracy in the options",
        partial=partial,
    )


def _limit(arena: Any) -> str:
    """What stands in the way, as far as the last good state tells."""
    head = int(arena.run[at.HEAD])
    sites, nodes = arena.sites, arena.nodes
    n_r = arena.shells.shape[1] - 2
    found = []
    for number, name in enumerate(("negative", "positive")):
        mine = np.flatnonzero((sites[:, at.SIDE] == number) & (sites[:, at.GROUP] >= 0))
        if not mine.size:
            continue
        weights = arena.shells[sites[mine, at.GROUP].astype(int), n_r]
        shells = arena.concentration[head][:, mine]
        surface = weights[:, at.LAST_WEIGHT] * shells[-1] + weights[:, at.BEFORE_WEIGHT] * shells[-2]
        x = surface / sites[mine, at.MAXIMUM]
        if x.min() < _EDGE:
            found.append(f"particles of the {name} electrode are empty at their surface")
        if x.max() > 1.0 - _EDGE:
            found.append(f"particles of the {name} electrode are full at their surface")
        salt = arena.past[head, nodes[:, at.ELECTRODE] == number, 0]
        if salt.size and salt.min() < LITTLE_SALT * arena.settings[at.SALT_AT_REST]:
            found.append(f"the electrolyte has run out of salt in the {name} electrode")
        for s in mine[sites[mine, at.FILM] >= 0]:
            if arena.reactions[s, at.SWELLING] > 0.95 * nodes[int(sites[s, at.HOST]), at.POROSITY]:
                found.append(f"films have clogged the pores of the {name} electrode")
                break
    return " and ".join(found) or "the equations have no further solution that the solver can reach"
