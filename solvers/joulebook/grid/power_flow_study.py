"""The verb: solve a network's steady state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import DivergedError, InputError, Issue
from joulebook.core.provenance import Stats
from joulebook.core.results import Status
from joulebook.grid import newton as at
from joulebook.grid.power_flow_result import PowerFlowResult, Solution
from joulebook.grid.setup import Setup, setup_of, start_state
from joulebook.grid.solving import MOST_ITERATIONS, Outcome, dc_flows, solve
from joulebook.grid.working import Working

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["power_flow"]

_STARTS = ("auto", "flat", "dc", "case")


def power_flow(
    network: Network,
    *,
    method: str = "newton",
    start: str = "auto",
    tolerance: float = 1e-8,
    max_iterations: int | None = None,
    reactive_limits: bool = False,
    distributed_slack: bool = False,
    controls: bool = True,
) -> PowerFlowResult:
    """Find the voltages at which every node's balance of power holds.

    Parameters
    ----------
    network : Network
        The network.
    method : str
        ``"newton"``; ``"fast_decoupled"`` and ``"gauss_seidel"`` come to the same solution in more, cheaper
        iterations; ``"dc"`` is the linear approximation.
    start : str
        ``"flat"``: voltages of one or as set, all angles alike; ``"dc"``: angles of the linear power flow; ``"case"``:
        voltages of the network's own record; ``"auto"``: flat below 400 nodes, else dc, and where that fails the
        others with shortened steps.
    tolerance : float, per unit of base power
        Largest mismatch that is left; where rounding leaves more, as with connections of almost no impedance,
        ``run.facts["tolerance_reached"]`` says how much.
    max_iterations : int, optional
        At most, from each start; by method where left out.
    reactive_limits : bool
        Whether sources let their voltage go at the limits of their reactive power.
    distributed_slack : bool
        Whether generators and external grids take up the balance of their island together, by ``participation`` or
        else by maximum power, instead of the references alone.
    controls : bool
        Whether remote voltage control, tap changers and switched shunts do what the network's data ask for.

    Returns
    -------
    PowerFlowResult
        Voltages, flows, losses.

    Raises
    ------
    InputError
        If an option is not allowed.
    TopologyError
        If the network cannot be computed with.
    DivergedError
        If no solution is found; ``error.partial.diagnose()`` says where it fails and what may be wrong.

    References
    ----------
    Tinney and Hart 1967, doi:10.1109/TPAS.1967.291823 (Newton). Stott and Alsaç 1974, doi:10.1109/TPAS.1974.293985
    (fast decoupled). Stott, Jardim and Alsaç 2009, doi:10.1109/TPWRS.2009.2021235 (dc).

    Examples
    --------
    >>> from joulebook.grid import Network, power_flow
    >>> run = power_flow(Network.named("case14"))
    >>> round(run.losses_MW, 4), round(float(run.buses.voltage_pu.loc[14]), 5)
    (13.3933, 1.03553)
    """
    if (
        method not in MOST_ITERATIONS
        or start not in _STARTS
        or not 0 < tolerance < 1
        or not (max_iterations is None or max_iterations >= 1)
    ):
        fault = _option_fault(method, start, tolerance, max_iterations)
        raise fault
    keep_to_plan("grid_buses", lambda: len(network.buses), network.name)
    setup = setup_of(network)
    options = {
        "method": method,
        "start": start,
        "tolerance": tolerance,
        "max_iterations": max_iterations or MOST_ITERATIONS[method],
        "reactive_limits": reactive_limits,
        "distributed_slack": distributed_slack,
        "controls": controls,
    }
    if method == "dc":
        return _linear(network, setup, options)
    switches = (reactive_limits, distributed_slack, controls)
    found = solve(network, setup, method, start, tolerance, options["max_iterations"], switches)
    result = _result(network, setup, found, options)
    if found.status != at.SOLVED:
        unsolved = _failure(network, found, result)
        raise unsolved
    return result


def _linear(network: Network, setup: Setup, options: dict[str, Any]) -> PowerFlowResult:
    _, angle = start_state(setup, "dc")
    state = Working(setup).start(np.where(setup.dead, 0.0, 1.0), angle)
    state.residual[:] = 0.0
    through, into = dc_flows(setup, angle)
    return PowerFlowResult(
        status=Status.SOLVED,
        stats=Stats(iterations=1),
        solution=Solution(network, setup, state, through, into, options, {}, None),
    )


def _result(network: Network, setup: Setup, found: Outcome, options: dict[str, Any]) -> PowerFlowResult:
    working = found.working
    through, into = working.flows(found.state)
    facts: dict[str, Any] = {}
    if found.residual > options["tolerance"] and found.status == at.SOLVED:
        facts["tolerance_reached"] = found.residual
    status = Status.SOLVED if found.status == at.SOLVED else Status.DIVERGED
    if found.report:
        facts |= _named(network, setup, found.report)
        if not found.settled:
            facts["controllers_at_rest"] = False
            status = Status.PARTIAL
    if setup.supply.unsupplied_loads and status is Status.SOLVED:
        status = Status.ISLANDED
    return PowerFlowResult(
        status=status,
        stats=Stats(iterations=working.iterations, residual=found.residual, seconds=working.seconds),
        solution=Solution(network, setup, found.state, through, into, options, facts, working.shift),
    )


def _named(network: Network, setup: Setup, report: dict[str, Any]) -> dict[str, Any]:
    """What controllers did, with the identifiers of buses instead of nodes."""
    bus_of_node = setup.compiled.arrays.bus_of_node
    out = dict(report)
    if "at_limit" in report:
        out["at_limit"] = {network.buses.ids[bus_of_node[node]]: side for node, side in report["at_limit"]}
    return out


def _failure(network: Network, found: Outcome, result: PowerFlowResult) -> DivergedError:
    residual = found.state.residual
    row = int(np.argmax(np.abs(np.nan_to_num(residual, nan=np.inf)).max(axis=1)))
    arrays, order = found.working.setup.compiled.arrays, found.working.plan.elimination.order
    bus = arrays.bus_of_node[order[row]]
    where = f"at bus {network.buses.ids[bus]}" if bus >= 0 else "at the star point of a three-winding transformer"
    return DivergedError(
        f"{network.name}: no solution found from any start; the closest state leaves "
        f"{found.residual * network.base_power / 1e6:.4g} MVA unbalanced {where}, after {found.working.iterations} "
        "iterations in all. error.partial.diagnose() says where it fails and what may be wrong with the data",
        partial=result,
        stats=result.stats,
    )


def _option_fault(method: str, start: str, tolerance: float, max_iterations: int | None) -> InputError:
    issues = []
    if method not in MOST_ITERATIONS:
        issues.append(Issue("method", method, f"must be one of {', '.join(MOST_ITERATIONS)}"))
    if start not in _STARTS:
        issues.append(Issue("start", start, f"must be one of {', '.join(_STARTS)}"))
    if not 0 < tolerance < 1:
        issues.append(Issue("tolerance", tolerance, "must be above 0 and below 1 per unit", "1e-8 is usual"))
    if max_iterations is not None and max_iterations < 1:
        issues.append(Issue("max_iterations", max_iterations, "must be at least 1"))
    return InputError(issues, "power_flow")
