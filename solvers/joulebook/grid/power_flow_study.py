"""The verb: solve a network's steady state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from joulebook.core.errors import DivergedError, InputError, Issue
from joulebook.core.provenance import Stats
from joulebook.core.results import Status
from joulebook.grid import newton as at
from joulebook.grid.power_flow_result import PowerFlowResult, Solution
from joulebook.grid.setup import setup_of
from joulebook.grid.solving import flows_of, solve_newton

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["power_flow"]

_STARTS = ("auto", "flat", "dc", "case")
_METHODS = ("newton",)


def power_flow(
    network: Network,
    *,
    method: str = "newton",
    start: str = "auto",
    tolerance: float = 1e-8,
    max_iterations: int = 25,
) -> PowerFlowResult:
    """Find the voltages at which every node's balance of power holds.

    Parameters
    ----------
    network : Network
        The network.
    method : str
        ``"newton"``.
    start : str
        ``"flat"``: voltages of one or as set, all angles alike; ``"dc"``: angles of the linear power flow; ``"case"``:
        voltages of the network's own record; ``"auto"``: flat below 400 nodes, else dc, and where that fails the
        others with shortened steps.
    tolerance : float, per unit of base power
        Largest mismatch that is left.
    max_iterations : int
        At most, from each start.

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
    Tinney and Hart 1967, doi:10.1109/TPAS.1967.291823.
    """
    if method not in _METHODS or start not in _STARTS or not 0 < tolerance < 1 or max_iterations < 1:
        fault = _option_fault(method, start, tolerance, max_iterations)
        raise fault
    setup = setup_of(network)
    found = solve_newton(setup, start, tolerance, max_iterations)
    through, into = flows_of(setup, found.state)
    options = {"method": method, "start": start, "tolerance": tolerance, "max_iterations": max_iterations}
    solved = found.status == at.SOLVED
    result = PowerFlowResult(
        status=Status.SOLVED if solved else Status.FAILED,
        stats=Stats(iterations=found.iterations, residual=found.residual, seconds=found.seconds),
        solution=Solution(network, setup, found.state.magnitude, found.state.angle, through, into, options),
    )
    if not solved:
        raise DivergedError(
            f"{network.name}: no solution found; the largest mismatch left is {found.residual:.3g} per unit after "
            f"{found.iterations} iterations",
            partial=result,
            stats=result.stats,
        )
    return result


def _option_fault(method: str, start: str, tolerance: float, max_iterations: int) -> InputError:
    issues = []
    if method not in _METHODS:
        issues.append(Issue("method", method, f"must be one of {', '.join(_METHODS)}"))
    if start not in _STARTS:
        issues.append(Issue("start", start, f"must be one of {', '.join(_STARTS)}"))
    if not 0 < tolerance < 1:
        issues.append(Issue("tolerance", tolerance, "must be above 0 and below 1 per unit", "1e-8 is usual"))
    if max_iterations < 1:
        issues.append(Issue("max_iterations", max_iterations, "must be at least 1"))
    return InputError(issues, "power_flow")
