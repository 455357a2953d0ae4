"""Automatic settings: the multipliers and, where there is a choice, the settings of current, by linear programming.

The program of :mod:`joulebook.grid.protection.settings_program` is solved by HiGHS, and its settings are checked all
along the range of faults; faults that they leave short of their interval join the program, until there is none. Where
no settings keep every interval, the least total shortfall is found, and a smallest set of pairs that contradict each
other: pairs that cannot all be kept, while all but any one of them can.
"""

from __future__ import annotations

import time as clock
from dataclasses import asdict
from typing import Any, NoReturn

import numpy as np

from joulebook.core.errors import InfeasibleError, InputError, Issue
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.grid.protection.coordination import Array, Times, check_coordination, relays_of
from joulebook.grid.protection.results import SettingsResult
from joulebook.grid.protection.scheme import Scheme
from joulebook.grid.protection.settings_program import Program, Request, build_program
from joulebook.grid.protection.settings_solver import solve

__all__ = ["optimal_settings"]

_TOLERANCE = 1e-6
_ROUNDS = 20
"""Of solving and checking; each adds the faults that the settings so far leave short."""


def optimal_settings(
    scheme: Scheme,
    *,
    times: Times = "nominal",
    points: int = 25,
    choose_pickups: bool = True,
    multiplier_step: float | None = None,
    time_limit: float = 60.0,
) -> SettingsResult:
    """Find the fastest settings that keep every interval.

    Parameters
    ----------
    scheme : Scheme
        With pairs; its relays' first inverse stages are set, each multiplier within its range.
    times : str
        ``"nominal"``, with errors in the safety margin, or ``"band"``, with the relays' own errors.
    points : int
        Faults between those given, where faults of a pair are joined.
    choose_pickups : bool
        Whether relays with ``pickup_choices`` may take any of them; otherwise settings of current stay.
    multiplier_step : float, optional
        Step of the multipliers, such as 0.01; any value where left out.
    time_limit : float, s
        For the solver, where there is something to choose.

    Returns
    -------
    SettingsResult
        Settings, margins and the sum of times. A relay's time counts at the first fault of the first pair in which it
        is the primary device (or, if it never is, the backup).

    Raises
    ------
    InputError
        If there are no pairs or no relay to be set, or an option is not allowed.
    InfeasibleError
        If no settings keep every interval; the message names pairs that contradict each other.
    SolveError
        If the solver stops without a solution.

    References
    ----------
    Urdaneta, Nadira and Perez Jimenez 1988, doi:10.1109/61.193867 (linear program); Correa et al. 2015,
    Electr. Power Syst. Res. 127, 118 (binary choices); Huangfu and Hall 2018, doi:10.1007/s12532-017-0130-5 (HiGHS).

    Examples
    --------
    >>> found = optimal_settings(Scheme.named("3-bus Urdaneta"))
    >>> round(found.objective, 4)
    1.5987
    """
    if times not in {"band", "nominal"}:
        raise InputError(Issue("times", times, 'must be "band" or "nominal"'))
    if not scheme.pairs:
        raise InputError(Issue("pairs", None, "the scheme has no pairs", "Say who backs up whom"))
    if not relays_of(scheme):
        raise InputError(Issue("devices", None, "no relay has an inverse-time stage", "There is nothing to set"))
    if not 0 < time_limit < np.inf:
        raise InputError(Issue("time_limit", time_limit, "must be more than 0 s", "60 is customary", "s"))
    if multiplier_step is not None and not 0 < multiplier_step <= 10:
        raise InputError(Issue("multiplier_step", multiplier_step, "must be more than 0 and at most 10"))
    started = clock.perf_counter()
    asked = Request(times, points, choose_pickups, multiplier_step, time_limit)
    added: dict[int, list[tuple[float, float]]] = {}
    for _ in range(_ROUNDS):
        program = build_program(scheme, asked, added)
        _refuse_unseen(scheme, program)
        solved = solve(program, asked)
        if solved is None:
            _report_conflict(scheme, program, asked)
        result, short = _result(scheme, program, asked, solved, started)
        new = {k: fault for k, fault in short.items() if fault not in added.get(k, ())}
        if not new:
            break
        for k, fault in new.items():
            added.setdefault(k, []).append(fault)
    return result


def _refuse_unseen(scheme: Scheme, program: Program) -> None:
    for row, group in zip(program.rows, program.groups, strict=True):
        if row.constant == -np.inf:
            pair = scheme.pairs[group]
            rule = f"{pair.primary} does not see every fault for which it is the primary device of {pair.title}"
            raise InputError(Issue(f"pairs.{group}.primary_current", None, rule, "Lower its setting of current"))


def _report_conflict(scheme: Scheme, program: Program, asked: Request) -> NoReturn:
    """Say which pairs contradict each other, and by how much intervals fall short at least."""
    shortfall = solve(program, asked, elastic=True)
    suspects = sorted(set(program.groups))
    conflict: set[int] = set()
    if solve(program, asked, relaxed=True) is None:
        conflict = set(suspects)
        for group in suspects:
            fewer = conflict - {group}
            if solve(program, asked, groups=fewer, relaxed=True) is None:
                conflict = fewer
    names = [scheme.pairs[group].title for group in sorted(conflict)]
    short = {
        scheme.pairs[k].title: float(value)
        for k, value in enumerate([] if shortfall is None else shortfall)
        if value > _TOLERANCE
    }
    listed = ", ".join(f"{title} by {value:.3f} s" for title, value in short.items())
    text = "no settings keep every interval. "
    if names:
        text += f"These pairs contradict each other, with the multipliers' ranges: {', '.join(names)}. "
    text += f"At least {sum(short.values()):.3f} s are missing in total, for example at {listed}. "
    text += "Widen multiplier_range, give pickup_choices, lower safety_margin, or use a definite stage or another curve"
    raise InfeasibleError(text, partial={"conflicting_pairs": names, "shortfall_s": short})


def _result(
    scheme: Scheme, program: Program, asked: Request, solved: tuple[list[int], Array, float], started: float
) -> tuple[SettingsResult, dict[int, tuple[float, float]]]:
    """Settings with their margins, and the worst fault of each pair that they leave short of its interval."""
    taken, multipliers, gap = solved
    names = list(program.of_relay)
    pickups = np.array([program.choices[k].pickup for k in taken])
    before = [scheme.device(name) for name in names]
    stages: list[Any] = [relay.stages[relay.inverse_stage] for relay in before]  # type: ignore[attr-defined]
    old_pickups = [stage.pickup * relay.setting_ratio for stage, relay in zip(stages, before, strict=True)]  # type: ignore[attr-defined]
    judged = np.array([program.judged.get(name, np.nan) for name in names])
    counted = np.array(
        [
            multiplier * program.choices[k].unit_time(current) + stage.additional_time
            if np.isfinite(current)
            else np.nan
            for multiplier, k, current, stage in zip(multipliers, taken, judged, stages, strict=True)
        ]
    )
    variables = {
        "relay": Variable(("relay",), np.array(names), "", "Relay"),
        "multiplier": Variable(("relay",), np.asarray(multipliers), "1", "Time multiplier"),
        "pickup": Variable(("relay",), pickups, "A", "Setting of current (primary)"),
        "multiplier_before": Variable(("relay",), np.array([stage.multiplier for stage in stages]), "1", "Before"),
        "pickup_before": Variable(("relay",), np.array(old_pickups), "A", "Before (primary)"),
        "judged_current": Variable(("relay",), judged, "A", "Current at which its time counts"),
        "judged_time": Variable(("relay",), counted, "s", "Time that counts"),
    }
    options = asdict(asked)
    result = SettingsResult(
        variables=variables,
        status=Status.SOLVED,
        stats=Stats(steps=len(program.rows), seconds=clock.perf_counter() - started),
        provenance=Provenance.record("grid.optimal_settings", scheme, options, ("Urdaneta1988", "HiGHS2018")),
        facts={"objective": float(np.nansum(counted)), "gap": gap},
    )
    check = check_coordination(result.scheme(), times=asked.times)
    margins = {name: check.variables[name] for name in ("pair", "worst_margin", "worst_current")}
    rows = check.facts["pairs"]
    facts = {**result.facts, "selective": all(row["ok"] for row in rows)}
    short = {
        k: (row["worst_current_A"], row["backup_current_A"])
        for k, row in enumerate(rows)
        if not row["ok"] and row["margin_s"] is not None and row["margin_s"] < -_TOLERANCE
    }
    return SettingsResult({**variables, **margins}, result.status, result.stats, result.provenance, facts), short
