"""What regulates a network: reactive limits, remote voltages, taps, phase shifters, shunts, and the balance of power.

Each controller looks at a solved state and changes set points, ratios or powers; the power flow is solved again from
where it stands, until no controller moves. Steps of taps and shunts are whole.

* A source beyond a reactive limit stays at the limit and lets its voltage go; it takes the voltage up again where the
  set point would be reached from inside the limits. No node changes sides more than a few times.
* A source that holds the voltage of another node moves its own set point by the secant rule.
* A tap changer moves by the number of steps that its sensitivity asks for, first guessed from the ratio, then measured.
* With a distributed slack, what references take up is shared among sources by their weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.regulators import Regulator, regulators_of
from joulebook.grid.working import Working

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["MOST_PASSES", "Controls"]

Float = NDArray[np.float64]
MOST_PASSES = 60
"""Solves after the first one."""
MOST_CHANGES = 6
"""Of sides by one node."""
SLACK_TOLERANCE = 1e-7
"""Per unit; what may be missing in the shares of a distributed slack."""


class Controls:
    """All controllers of a solve.

    Parameters
    ----------
    network : Network
        The network.
    working : Working
        What is changed.
    reactive_limits, distributed_slack, regulate : bool
        Which are at work; ``regulate`` stands for remote voltages, taps and shunts.
    """

    def __init__(
        self, network: Network, working: Working, reactive_limits: bool, distributed_slack: bool, regulate: bool
    ) -> None:
        self.working = working
        self.limits = ReactiveLimits(working) if reactive_limits else None
        self.slack = DistributedSlack(working) if distributed_slack else None
        self.regulators: list[Regulator] = regulators_of(network, working) if regulate else []

    @property
    def idle(self) -> bool:
        """Whether nothing can move."""
        return self.limits is None and self.slack is None and not self.regulators

    def move(self, state: at.State) -> bool:
        """Let every controller move once.

        Parameters
        ----------
        state : State
            Solved; set points are written into it.

        Returns
        -------
        bool
            Whether anything moved.
        """
        through, into = self.working.flows(state)
        moved = False
        if self.limits is not None:
            moved |= self.limits.move(state, into)
        if self.slack is not None:
            moved |= self.slack.move(into, state)
        for regulator in self.regulators:
            moved |= regulator.move(state, through)
        return moved

    def report(self) -> dict[str, Any]:
        """Say what was done.

        Returns
        -------
        dict
            JSON-able: nodes at limits, positions of taps and shunts, what could not be held.
        """
        out: dict[str, Any] = {}
        if self.limits is not None:
            out["at_limit"] = self.limits.report()
        moved = [regulator.report() for regulator in self.regulators]
        if moved:
            out["regulators"] = moved
        return out


class ReactiveLimits:
    """Sources that let their voltage go where their reactive power ends.

    Parameters
    ----------
    working : Working
        What is changed.
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        setup = working.setup
        arrays, order = setup.compiled.arrays, setup.compiled.plan.elimination.order
        sources = arrays.sources
        holding = sources.in_service & sources.holds
        low, high = np.zeros(arrays.n_nodes), np.zeros(arrays.n_nodes)
        np.add.at(low, sources.node[holding], sources.minimum_reactive[holding])
        np.add.at(high, sources.node[holding], sources.maximum_reactive[holding])
        self.low, self.high = low[order], high[order]
        self.side = np.zeros(setup.n, np.int8)
        self.changes = np.zeros(setup.n, np.int8)

    def move(self, state: at.State, into: Float) -> bool:
        """Switch nodes between holding their voltage and staying at a limit.

        Parameters
        ----------
        state : State
            Solved.
        into : ndarray, shape (n, 2), per unit
            Power from each node into the network.

        Returns
        -------
        bool
            Whether any node changed.
        """
        nodes = self.working.nodes
        needed = into[:, 1] - nodes.reactive - state.magnitude * nodes.reactive_current
        held = state.kind == at.HELD
        room = 1e-7
        over, under = held & (needed > self.high + room), held & (needed < self.low - room)
        target = self.working.setup.set_voltage
        free = self.changes < MOST_CHANGES
        back = free & (
            ((self.side > 0) & (state.magnitude > target + room))
            | ((self.side < 0) & (state.magnitude < target - room))
        )
        if not (np.any(over) or np.any(under) or np.any(back)):
            return False
        reactive = self.working.own_nodes().reactive
        reactive[back] -= np.where(self.side > 0, self.high, self.low)[back]
        state.kind[back] = at.HELD
        state.magnitude[back] = target[back]
        self.side[back] = 0
        for chosen, limit, side in ((over, self.high, 1), (under, self.low, -1)):
            reactive[chosen] += limit[chosen]
            state.kind[chosen] = at.LOAD
            self.side[chosen] = side
            self.changes[chosen] += 1
        return True

    def report(self) -> list[list[Any]]:
        """Say which nodes stay at a limit.

        Returns
        -------
        list of [int, str]
            Node and ``"maximum"`` or ``"minimum"``.
        """
        order = self.working.plan.elimination.order
        rows = np.flatnonzero(self.side)
        return sorted([int(order[row]), "maximum" if self.side[row] > 0 else "minimum"] for row in rows)


class DistributedSlack:
    """Sources that take up the balance of their island together.

    Parameters
    ----------
    working : Working
        What is changed.
    """

    def __init__(self, working: Working) -> None:
        self.working = working
        setup = working.setup
        arrays = setup.compiled.arrays
        sources, position = arrays.sources, setup.compiled.plan.elimination.position
        able = sources.in_service & (sources.kind <= 1)
        size = np.where(np.isnan(sources.maximum_active) | (sources.maximum_active <= 0), 0.0, sources.maximum_active)
        weight = np.where(np.isnan(sources.participation), size, sources.participation)
        weight = np.where(able, weight, 0.0)
        island = arrays.island[np.maximum(sources.node, 0)]
        total = np.bincount(island, weight, arrays.n_islands)
        alone = (total[island] == 0.0) & setup.supply.slack  # nobody shares: references do as they did
        weight[alone] = 1.0
        total = np.bincount(island, weight, arrays.n_islands)
        self.share = np.divide(weight, total[island], out=np.zeros_like(weight), where=total[island] > 0)
        self.island, self.row = island, position[np.maximum(sources.node, 0)]
        self.slack = setup.supply.slack
        self.shift = np.zeros(len(sources))
        working.shift = self.shift

    def move(self, into: Float, state: at.State) -> bool:
        """Share what references take up.

        Parameters
        ----------
        into : ndarray, shape (n, 2), per unit
            Power from each node into the network.
        state : State
            Solved.

        Returns
        -------
        bool
            Whether any share changed.
        """
        nodes = self.working.own_nodes()
        missing = into[:, 0] - nodes.active - state.magnitude * nodes.active_current
        rows = np.unique(self.row[self.slack])
        islands = self.working.setup.compiled.arrays.island[self.working.plan.elimination.order[rows]]
        total = np.bincount(islands, missing[rows], self.working.setup.compiled.arrays.n_islands)
        change = self.share * total[self.island]
        self.shift += change
        np.add.at(nodes.active, self.row, change)
        return bool(np.any(np.abs(total) > SLACK_TOLERANCE))
