"""The solved base case of a contingency study, as the loop over outages takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import DivergedError
from joulebook.grid import newton as at
from joulebook.grid.contingency.outage_arrays import MOST_ENDS, RANK, Base, Room
from joulebook.grid.setup import Setup, setup_of
from joulebook.grid.solving import solve
from joulebook.numerics.block_lu import BlockFactors, block_factors

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["BaseCase", "base_case", "room_for"]

LOOSEST, TIGHTEST = 0.9, 1.1
"""Per unit; voltages that are allowed where the network does not say."""
BASE_TOLERANCE = 1e-11


@dataclass(frozen=True, eq=False)
class BaseCase:
    """A solved network, ready for outages.

    Parameters
    ----------
    network : Network
        The network.
    setup : Setup
        Of it.
    base : Base
        Arrays for the loop.
    longest_way : int
        Rows that the ways of :data:`MOST_ENDS` nodes to the root have at most together.
    """

    network: Network
    setup: Setup
    base: Base
    longest_way: int


def base_case(network: Network) -> BaseCase:
    """Solve the base case and factorise its Jacobian.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    BaseCase
        Kept with the network.

    Raises
    ------
    DivergedError
        If the base case itself has no solution.
    """
    setup = setup_of(network)
    found = setup.compiled.kept.get("base_case")
    if found is None:
        found = setup.compiled.kept["base_case"] = _make(network, setup)
    return found


def _make(network: Network, setup: Setup) -> BaseCase:
    solved = solve(network, setup, "newton", "auto", BASE_TOLERANCE, 30, (False, False, False))
    if solved.status != at.SOLVED and not solved.residual < 1e-8:
        raise DivergedError(f"{network.name}: the base case has no solution. power_flow(network) says more")
    plan, state = setup.compiled.plan, solved.state
    elimination = plan.elimination
    factors: BlockFactors = block_factors(elimination)
    at.FACTOR_JACOBIAN.cpu(setup.compiled.admittance, plan.pattern, factors, setup.compiled.nodes, state)
    n = setup.n
    lower, upper = elimination.lower, elimination.upper
    keys = np.repeat(np.arange(n, dtype=np.int64), np.diff(lower.start)) * n + lower.index
    mirrored = upper.index.astype(np.int64) * n + np.repeat(np.arange(n, dtype=np.int64), np.diff(upper.start))
    rating = setup.compiled.arrays.branches.rating
    low, high = _voltage_limits(network, setup)
    base = Base(
        start=elimination.matrix.start,
        index=elimination.matrix.index,
        admittance=np.stack([setup.compiled.admittance.conductance, setup.compiled.admittance.susceptance], axis=1),
        pattern=plan.pattern,
        factors=factors,
        column=np.searchsorted(keys, mirrored).astype(np.int32),
        parent=elimination.parent,
        nodes=setup.compiled.nodes,
        magnitude=state.magnitude,
        voltage=np.stack([state.real, state.imaginary], axis=1),
        kind=setup.kind,
        ends=setup.ends,
        entries=plan.entries,
        values=setup.branch_values,
        limits=np.where((setup.ends[:, 0] >= 0) & (rating > 0), 1.0 / np.where(rating > 0, rating, 1.0) ** 2, 0.0),
        low=low,
        high=high,
    )
    return BaseCase(network, setup, base, min(n, MOST_ENDS * _height(elimination.parent)))


def _height(parent: NDArray[np.int32]) -> int:
    """Rows on the longest way to a root."""
    height = np.ones(len(parent), np.int64)
    for row in range(len(parent) - 1, -1, -1):
        if parent[row] >= 0:
            height[row] = height[parent[row]] + 1
    return int(height.max(initial=1))


def _voltage_limits(network: Network, setup: Setup) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    arrays, order = setup.compiled.arrays, setup.compiled.plan.elimination.order
    out = []
    for name, other in (("minimum_voltage", LOOSEST), ("maximum_voltage", TIGHTEST)):
        column = network.buses.column(name)
        of_nodes = np.full(arrays.n_nodes, 0.0 if name.startswith("min") else 10.0)
        real = arrays.bus_of_node >= 0
        of_nodes[real] = np.where(np.isnan(column), other, column)[arrays.bus_of_node[real]]
        out.append(np.ascontiguousarray(of_nodes[order]))
    return out[0], out[1]


def room_for(case: BaseCase) -> Room:
    """Make room for one worker.

    Parameters
    ----------
    case : BaseCase
        The base case.

    Returns
    -------
    Room
        Admittances as in the base case; the rest is empty.
    """
    n, way = case.setup.n, case.longest_way
    return Room(
        case.base.admittance.copy(),
        np.zeros(n),
        *(np.zeros((n, 2)) for _ in range(3)),
        np.zeros(way, np.int32),
        np.zeros(n, np.int32),
        np.zeros((way, 2, RANK)),
        np.zeros((way, 2, RANK)),
        np.zeros((3, RANK, RANK)),
        np.zeros((3, RANK)),
        np.zeros(MOST_ENDS, np.int32),
        np.zeros((n, 2)),
        np.zeros((n, 2)),
    )
