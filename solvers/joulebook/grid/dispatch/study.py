"""The verb: find the cheapest dispatch of a network within all limits."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import DivergedError, InfeasibleError, InputError, Issue
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status
from joulebook.grid.dispatch.columns import full_variables, linear_variables, total_cost
from joulebook.grid.dispatch.conflict import conflict_of, conflict_of_linear
from joulebook.grid.dispatch.formulation import Formulation, formulate, linear_of
from joulebook.grid.dispatch.interior_point import SOLVED
from joulebook.grid.dispatch.linear import solve_linear
from joulebook.grid.dispatch.problem import Optimum, solve_dispatch
from joulebook.grid.dispatch.result import OptimalPowerFlowResult
from joulebook.grid.power_flow_tables import branch_ids

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["optimal_power_flow"]

_FORMULATIONS = ("ac", "dc")
_STARTS = ("auto", "flat", "case")
_CITATIONS = {"ac": ["Wang2007OPF", "Mehrotra1992", "Sun1984"], "dc": ["Stott2009", "HiGHS2018"]}


def optimal_power_flow(
    network: Network,
    *,
    formulation: str = "ac",
    outages: str | Sequence[str] | None = None,
    import_price: float | None = None,
    start: str = "auto",
    tolerance: float = 1e-7,
    max_iterations: int = 150,
) -> OptimalPowerFlowResult:
    """Find the cheapest dispatch of a network within all its limits.

    Parameters
    ----------
    network : Network
        Generators with ``minimum_power``, ``maximum_power`` and ``cost`` are dispatched; ratings of branches bound the
        apparent power at both ends, buses give the limits of voltages.
    formulation : str
        ``"ac"``: the full equations, by the interior-point method; ``"dc"``: the linear ones, by HiGHS.
    outages : str or sequence of str, optional
        Branches after whose outage no other may exceed its emergency rating (``"dc"`` only): identifiers, or ``"all"``.
    import_price : float, optional, per MWh
        Of what external grids give; needed where there is one.
    start : str
        ``"flat"``: voltages in the middle of their limits; ``"case"``: those of the network's own record; ``"auto"``:
        one after the other.
    tolerance : float
        Of the optimality conditions and the duality gap, in relation to the size of what they hold for (``"ac"``).
    max_iterations : int
        At most, from each start (``"ac"``).

    Returns
    -------
    OptimalPowerFlowResult
        Dispatch, prices, binding limits; ``result.to_network()`` is the network with the dispatch as set points.

    Raises
    ------
    InputError
        If an option is not allowed, limits cross, or a cost is not convex.
    MissingInputError
        If there is nothing to be dispatched, or an external grid has no price.
    InfeasibleError
        If no dispatch satisfies all limits; ``error.partial.conflict`` says what is missing and which limits cause it.
    DivergedError
        If the iteration ends without an optimum, and without proof that there is none.

    References
    ----------
    Wang, Murillo-Sánchez, Zimmerman, Thomas 2007, doi:10.1109/TPWRS.2007.901301; Mehrotra 1992, doi:10.1137/0802028;
    Stott, Jardim, Alsaç 2009, doi:10.1109/TPWRS.2009.2021235.

    Examples
    --------
    >>> import joulebook as jb
    >>> from joulebook.grid.elements import Cost
    >>> network = jb.grid.Network(
    ...     name="Two prices",
    ...     buses={"A": {"nominal_voltage": 110e3}, "B": {"nominal_voltage": 110e3}},
    ...     lines={
    ...         "L": {"from_bus": "A", "to_bus": "B", "resistance": 0.0, "reactance": 12.1, "current_rating": 262.0},
    ...     },
    ...     generators={
    ...         "cheap": {"bus": "A", "active_power": 0.0, "minimum_power": 0.0, "maximum_power": 1e8,
    ...                   "cost": {"coefficients": [0, 20]}},
    ...         "dear": {"bus": "B", "active_power": 0.0, "minimum_power": 0.0, "maximum_power": 1e8,
    ...                  "cost": {"coefficients": [0, 50]}},
    ...     },
    ...     loads={"load": {"bus": "B", "active_power": 80e6}},
    ... )
    >>> found = jb.grid.optimal_power_flow(network, formulation="dc")
    >>> found.buses["price_per_MWh"].round(2).to_dict()
    {'A': 20.0, 'B': 50.0}
    """
    _check(formulation, outages, start, tolerance, max_iterations)
    options: dict[str, Any] = {
        "formulation": formulation,
        "outages": outages if outages is None or isinstance(outages, str) else list(outages),
        "import_price": import_price,
        "start": start,
        "tolerance": tolerance,
        "max_iterations": max_iterations,
    }
    keep_to_plan("grid_buses", lambda: len(network.buses), network.name)
    problem = formulate(network, import_price)
    began = time.perf_counter()
    if formulation == "dc":
        return _linear(problem, outages, options, began)
    found = _solve(problem, start, tolerance, max_iterations)
    if found.status == SOLVED:
        facts = {"cost": found.cost, **_notes(problem)}
        return _result(problem, full_variables(problem, found), facts, options, _stats(found, began))
    rows, elastic = conflict_of(problem)
    if rows and elastic is not None:
        facts = {"cost": float("nan"), "conflict": rows, **_notes(problem)}
        trimmed = _without_added(problem, elastic)
        partial = _result(problem, full_variables(problem, trimmed), facts, options, _stats(found, began), solved=False)
        raise InfeasibleError(_explain(network.name, rows), partial=partial, stats=partial.stats)
    raise DivergedError(
        f"{network.name}: no optimum found in {found.iterations} iterations; largest imbalance "
        f"{found.conditions[4]:.3g} per unit, duality gap {found.conditions[2]:.3g}. "
        'Try start="case" with a solved case, formulation="dc", or a looser tolerance',
        stats=_stats(found, began),
    )


def _check(
    formulation: str, outages: str | Sequence[str] | None, start: str, tolerance: float, max_iterations: int
) -> None:
    issues = []
    if formulation not in _FORMULATIONS:
        issues.append(Issue("formulation", formulation, f"must be one of {', '.join(_FORMULATIONS)}"))
    if start not in _STARTS:
        issues.append(Issue("start", start, f"must be one of {', '.join(_STARTS)}"))
    if not 1e-12 <= tolerance < 1:
        issues.append(Issue("tolerance", tolerance, "must be at least 1e-12 and below 1", "1e-7 is usual"))
    if max_iterations < 1:
        issues.append(Issue("max_iterations", max_iterations, "must be at least 1"))
    if outages is not None and formulation == "ac":
        hint = 'Take formulation="dc", then check the dispatch with jb.grid.contingencies'
        issues.append(Issue("outages", None, "are constraints of the linear formulation only", hint))
    if issues:
        raise InputError(issues, "optimal_power_flow")


def _solve(problem: Formulation, start: str, tolerance: float, most: int) -> Optimum:
    """From the middle of the limits, then from the case's own voltages."""
    data = problem.data
    starts = {"auto": ("flat", "case"), "flat": ("flat",), "case": ("case",)}[start]
    found: Optimum | None = None
    for name in starts:
        middle = data.voltage_limits.mean(axis=1)
        low, high = data.voltage_limits.T
        margin = 0.02 * (high - low)
        voltage = middle if name == "flat" else np.clip(data.start[:, 1], low + margin, high - margin)
        angle = _flat_angles(problem) if name == "flat" else data.start[:, 0]
        at = np.stack([angle, voltage], axis=1)
        found = solve_dispatch(_replace_start(problem, at), tolerance, most)
        if found.status == SOLVED:
            break
    if found is None:
        raise InputError(Issue("start", start, "gives no start"), "optimal_power_flow")
    return found


def _replace_start(problem: Formulation, start: Any) -> Any:
    return dataclasses.replace(problem.data, start=start)


def _flat_angles(problem: Formulation) -> Any:
    """Each island at the angle of its reference."""
    data = problem.data
    island = problem.arrays.island[problem.node_of_row]
    of_island = np.zeros(problem.arrays.n_islands)
    of_island[island[data.reference]] = data.start[data.reference, 0]
    return np.where(data.reference, data.start[:, 0], of_island[island])


def _linear(
    problem: Formulation, outages: str | Sequence[str] | None, options: dict[str, Any], began: float
) -> OptimalPowerFlowResult:
    data = linear_of(problem)
    failing = _outage_rows(problem, outages)
    found = solve_linear(data, failing, problem.emergency)
    stats = Stats(steps=found.rounds, seconds=time.perf_counter() - began)
    names = branch_ids(problem.network)[problem.branches]
    if found.solved:
        base = problem.network.base_power / 1e6
        secured = [(names[branch], names[outage], price / base) for branch, outage, price in found.secured]
        facts = {"cost": total_cost(problem, found.generation), "secured": secured, **_notes(problem)}
        return _result(problem, linear_variables(problem, found), facts, options, stats)
    rows, _ = conflict_of_linear(problem, data)
    if not rows and failing is not None:
        raise InfeasibleError(
            f"{problem.network.name}: a dispatch exists, but none that stands all {len(failing)} outages within the "
            "emergency ratings. Leave outages out, or raise emergency_rating where it is tight",
            stats=stats,
        )
    if not rows:
        raise DivergedError(f"{problem.network.name}: HiGHS ends with “{found.message}”", stats=stats)
    partial = _empty(problem, rows, options, stats)
    raise InfeasibleError(_explain(problem.network.name, rows), partial=partial, stats=stats)


def _outage_rows(problem: Formulation, outages: str | Sequence[str] | None) -> Any:
    if outages is None:
        return None
    if outages == "all":
        return np.arange(len(problem.branches), dtype=np.int32)
    wanted = [outages] if isinstance(outages, str) else list(outages)
    place = {name: row for row, name in enumerate(branch_ids(problem.network)[problem.branches])}
    unknown = [name for name in wanted if name not in place]
    if unknown:
        raise InputError(
            [Issue("outages", name, "no branch in service has this identifier", 'Or write "all"') for name in unknown],
            "optimal_power_flow",
        )
    return np.array([place[name] for name in wanted], np.int32)


def _without_added(problem: Formulation, found: Optimum) -> Optimum:
    return dataclasses.replace(found, generation=found.generation[: len(problem.data.generator_bus)])


def _notes(problem: Formulation) -> dict[str, Any]:
    return {"notes": "; ".join(problem.notes)} if problem.notes else {}


def _explain(name: str, rows: list[dict[str, Any]]) -> str:
    missing = [row for row in rows if "missing" in row["limit"] or "excess" in row["limit"]]
    limits = [row for row in rows if row not in missing]
    total = {unit: sum(row["value"] for row in missing if row["unit"] == unit) for unit in ("MW", "Mvar")}
    amounts = " and ".join(f"{value:.4g} {unit}" for unit, value in total.items() if value > 0)
    text = f"{name}: no dispatch satisfies all limits; at least {amounts} would be missing or in excess"
    text += f", first at {missing[0]['element']}"
    if limits:
        names = "; ".join(f"{row['element']}, {row['limit']} {row['value']:.4g} {row['unit']}" for row in limits[:5])
        text += f". In the way: {names}"
    return f"{text}. error.partial.conflict lists all"


def _stats(found: Optimum, began: float) -> Stats:
    return Stats(iterations=found.iterations, residual=float(found.conditions[4]), seconds=time.perf_counter() - began)


def _result(
    problem: Formulation,
    variables: dict[str, Any],
    facts: dict[str, Any],
    options: dict[str, Any],
    stats: Stats,
    *,
    solved: bool = True,
) -> OptimalPowerFlowResult:
    citations = _CITATIONS[options["formulation"]]
    return OptimalPowerFlowResult(
        variables=variables,
        status=Status.SOLVED if solved else Status.FAILED,
        stats=stats,
        provenance=Provenance.record("grid.optimal_power_flow", problem.network, options, citations),
        facts=facts,
    )


def _empty(
    problem: Formulation, rows: list[dict[str, Any]], options: dict[str, Any], stats: Stats
) -> OptimalPowerFlowResult:
    return _result(problem, {}, {"cost": float("nan"), "conflict": rows}, options, stats, solved=False)
