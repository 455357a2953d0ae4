"""Automatic settings: the multipliers and, where there is a choice, the settings of current, by linear programming.

The program of :mod:`joulebook.grid.protection.settings_program` is solved by HiGHS. Where no settings keep every
interval, the least total shortfall is found, and a smallest set of pairs that contradict each other: pairs that cannot
all be kept, while all but any one of them can.
"""

from __future__ import annotations

import time as clock
from typing import Any, NoReturn

import numpy as np

from joulebook.core.errors import InfeasibleError, InputError, Issue, SolveError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.grid.protection.coordination import Array, Times, check_coordination, relays_of
from joulebook.grid.protection.results import SettingsResult
from joulebook.grid.protection.scheme import Scheme
from joulebook.grid.protection.settings_program import Program, build_program

__all__ = ["optimal_settings"]

_TOLERANCE = 1e-7


def optimal_settings(
    scheme: Scheme,
    *,
    times: Times = "nominal",
    points: int = 25,
    choose_pickups: bool = True,
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
    time_limit : float, s
        For the solver, where settings of current are chosen.

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
    started = clock.perf_counter()
    program = build_program(scheme, times, points, choose=choose_pickups)
    _refuse_unseen(scheme, program)
    solved = _solve(program, time_limit)
    if solved is None:
        _report_conflict(scheme, program, time_limit)
    taken, multipliers, gap = solved
    seconds = clock.perf_counter() - started
    return _result(scheme, program, taken, multipliers, gap, seconds, times=times, points=points, choose=choose_pickups)


def _refuse_unseen(scheme: Scheme, program: Program) -> None:
    for row, group in zip(program.rows, program.groups, strict=True):
        if row.constant == -np.inf:
            pair = scheme.pairs[group]
            rule = f"{pair.primary} does not see every fault for which it is the primary device of {pair.title}"
            raise InputError(Issue(f"pairs.{group}.primary_current", None, rule, "Lower its setting of current"))


def _bounds(program: Program) -> tuple[Array, Array]:
    low = np.array([choice.stage.multipliers[0] for choice in program.choices])
    high = np.array([choice.stage.multipliers[1] for choice in program.choices])
    return low, high


def _solve(
    program: Program, time_limit: float, *, elastic: bool = False, groups: set[int] | None = None, relaxed: bool = False
) -> Any:
    """None where infeasible; else choices taken, their multipliers and the gap, or, elastic, the pairs' shortfalls."""
    from scipy.optimize import Bounds, milp

    n = len(program.choices)
    n_pairs = 1 + max(program.groups, default=0) if elastic else 0
    cost = np.zeros(2 * n + n_pairs)
    if elastic:
        cost[2 * n :] = 1.0
    elif not relaxed:
        for k, value in program.objective.terms.items():
            cost[k] = value
    integrality = np.zeros(cost.size)
    if not relaxed:
        integrality[n : 2 * n] = 1
    high = _bounds(program)[1]
    limits = Bounds(np.zeros(cost.size), np.concatenate([high, np.ones(n), np.full(n_pairs, np.inf)]))
    options = {"time_limit": time_limit, "mip_rel_gap": 1e-6}
    rows = _constraints(program, n_pairs, groups)
    done = milp(cost, integrality=integrality, bounds=limits, constraints=rows, options=options)
    if done.status == 2:
        return None
    if done.x is None:
        raise SolveError(
            f"the solver stopped without settings: {done.message}. Raise time_limit, or give fewer choices"
        )
    if elastic:
        return done.x[2 * n :]
    taken = [max(numbers, key=lambda k: done.x[n + k]) for numbers in program.of_relay.values()]
    return taken, done.x[:n][taken], float(getattr(done, "mip_gap", 0.0) or 0.0)


def _constraints(program: Program, n_pairs: int, groups: set[int] | None) -> Any:
    """Rows of the program over multipliers, choices and, where there are any, shortfalls of pairs."""
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array, hstack, vstack

    n = len(program.choices)
    coefficients, least = program.matrix()
    number = np.array(program.groups, dtype=int)
    kept = np.isin(number, sorted(groups)) if groups is not None else np.full(number.shape, True)
    coefficients, least, number = coefficients[kept], least[kept], number[kept]
    slack = np.zeros((number.size, n_pairs))
    if n_pairs:
        slack[np.arange(number.size), number] = 1.0
    low, high = _bounds(program)
    one = np.zeros((len(program.of_relay), n))
    for j, numbers in enumerate(program.of_relay.values()):
        one[j, numbers] = 1.0

    def block(first: Array, second: Array, third: Array | None = None) -> Any:
        last = np.zeros((first.shape[0], n_pairs)) if third is None else third
        return hstack([csr_array(first), csr_array(second), csr_array(last)])

    matrix = vstack(
        [
            block(coefficients, np.zeros_like(coefficients), slack),
            block(np.eye(n), np.diag(-low)),
            block(-np.eye(n), np.diag(high)),
            block(np.zeros_like(one), one),
        ]
    )
    lower = np.concatenate([least, np.zeros(2 * n), np.ones(one.shape[0])])
    upper = np.concatenate([np.full(least.size + 2 * n, np.inf), np.ones(one.shape[0])])
    return LinearConstraint(matrix.tocsc(), lower, upper)


def _report_conflict(scheme: Scheme, program: Program, time_limit: float) -> NoReturn:
    """Say which pairs contradict each other, and by how much intervals fall short at least."""
    shortfall = _solve(program, time_limit, elastic=True)
    suspects = sorted(set(program.groups))
    conflict: set[int] = set()
    if _solve(program, time_limit, relaxed=True) is None:
        conflict = set(suspects)
        for group in suspects:
            fewer = conflict - {group}
            if _solve(program, time_limit, groups=fewer, relaxed=True) is None:
                conflict = fewer
    names = [scheme.pairs[group].title for group in sorted(conflict)]
    short = {scheme.pairs[k].title: float(value) for k, value in enumerate(shortfall) if value > _TOLERANCE}
    listed = ", ".join(f"{title} by {value:.3f} s" for title, value in short.items())
    text = "no settings keep every interval. "
    if names:
        text += f"These pairs contradict each other, with the multipliers' ranges: {', '.join(names)}. "
    text += f"At least {sum(short.values()):.3f} s are missing in total, for example at {listed}. "
    text += "Widen multiplier_range, give pickup_choices, lower safety_margin, or use a definite stage or another curve"
    raise InfeasibleError(text, partial={"conflicting_pairs": names, "shortfall_s": short})


def _result(
    scheme: Scheme,
    program: Program,
    taken: list[int],
    multipliers: Array,
    gap: float,
    seconds: float,
    *,
    times: Times,
    points: int,
    choose: bool,
) -> SettingsResult:
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
    options = {"times": times, "points": points, "choose_pickups": choose}
    result = SettingsResult(
        variables=variables,
        status=Status.SOLVED,
        stats=Stats(steps=len(program.rows), seconds=seconds),
        provenance=Provenance.record("grid.optimal_settings", scheme, options, ("Urdaneta1988", "HiGHS2018")),
        facts={"objective": float(np.nansum(counted)), "gap": gap},
    )
    check = check_coordination(result.scheme(), times=times, points=max(points, 2))
    margins = {name: check.variables[name] for name in ("pair", "worst_margin", "worst_current")}
    facts = {**result.facts, "selective": not [row for row in check.facts["pairs"] if not row["ok"]]}
    return SettingsResult({**variables, **margins}, result.status, result.stats, result.provenance, facts)
