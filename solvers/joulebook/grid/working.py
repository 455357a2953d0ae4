"""What one solve may change of a network: kinds of nodes, powers, ratios, shunts. The network itself stays as it is."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.flows import FLOWS, N_FLOWS
from joulebook.grid.plan import Admittance, NodeData
from joulebook.grid.setup import Setup

__all__ = ["Working"]

Float = NDArray[np.float64]


class Working:
    """A network during a solve; arrays in the order of the plan.

    Parameters
    ----------
    setup : Setup
        The network; its arrays are copied before they are changed.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.plan = setup.compiled.plan
        self.admittance: Admittance = setup.compiled.admittance
        self.nodes: NodeData = setup.compiled.nodes
        self.branch_values = setup.branch_values
        self.kind = setup.kind
        self.ratio: NDArray[np.complex128] = setup.compiled.arrays.branches.ratio
        self.shift: Float | None = None
        """Active power added to each source, per unit."""
        self.iterations = self.factorisations = 0
        self.seconds = 0.0
        self.smallest_pivot = 1.0
        self._own: set[str] = set()

    def start(self, magnitude: Float, angle: Float) -> at.State:
        """Make room for voltages.

        Parameters
        ----------
        magnitude, angle : ndarray, shape (n,), per unit and rad
            Start; copied.

        Returns
        -------
        State
            At the start.
        """
        n = self.setup.n
        self.kind = self.kind.copy()
        return at.State(
            magnitude.copy(), angle.copy(), np.empty(n), np.empty(n), self.kind, np.empty((n, 2)), np.empty((n, 2))
        )

    def newton(
        self, state: at.State, tolerance: float, most_iterations: int, damped: bool = False
    ) -> tuple[int, float]:
        """Solve from a state.

        Parameters
        ----------
        state : State
            Where to begin; becomes the solution.
        tolerance : float, per unit
            Of the mismatch.
        most_iterations : int
            At most.
        damped : bool
            Whether to shorten steps.

        Returns
        -------
        status : int
            Of :mod:`joulebook.grid.newton`.
        residual : float, per unit
            Largest mismatch.
        """
        settings = np.array([max(tolerance, self.setup.rounding), float(most_iterations), float(damped)])
        record = np.zeros(at.N_RECORD)
        factors = self.plan.borrow()
        began = time.perf_counter()
        status = at.NEWTON.cpu(self.admittance, self.plan.pattern, factors, self.nodes, state, settings, record)
        self.seconds += time.perf_counter() - began
        self.plan.give_back(factors)
        self.iterations += int(record[at.ITERATIONS])
        self.factorisations += int(record[at.FACTORISATIONS])
        self.smallest_pivot = min(self.smallest_pivot, float(record[at.PIVOT]))
        return status, float(record[at.RESIDUAL])

    def flows(self, state: Any) -> tuple[Float, Float]:
        """Work out the flows of a state.

        Parameters
        ----------
        state : State
            Voltages.

        Returns
        -------
        through : ndarray, shape (n_branches, 6), per unit
            As :func:`joulebook.grid.flows.flows` fills it.
        into : ndarray, shape (n, 2), per unit
            Power from each node into the network.
        """
        through, into = np.empty((len(self.setup.ends), N_FLOWS)), np.empty((self.setup.n, 2))
        FLOWS.cpu(self.admittance, state.real, state.imaginary, self.setup.ends, self.branch_values, through, into)
        return through, into

    def own_nodes(self) -> NodeData:
        """Give powers that may be written.

        Returns
        -------
        NodeData
            Of this solve alone.
        """
        if "nodes" not in self._own:
            self.nodes = NodeData(*(values.copy() for values in self.nodes))
            self._own.add("nodes")
        return self.nodes

    def own_admittance(self) -> Admittance:
        """Give admittances that may be written.

        Returns
        -------
        Admittance
            Of this solve alone.
        """
        if "admittance" not in self._own:
            y = self.admittance
            self.admittance = Admittance(y.start, y.index, y.conductance.copy(), y.susceptance.copy())
            self.branch_values = self.branch_values.copy()
            self.ratio = self.ratio.copy()
            self._own.add("admittance")
        return self.admittance

    def set_ratio(self, branch: int, ratio: complex) -> None:
        """Change the ratio of a branch.

        Parameters
        ----------
        branch : int
            Branch in service.
        ratio : complex
            New one.
        """
        y = self.own_admittance()
        branches = self.setup.compiled.arrays.branches
        series = 1.0 / branches.impedance[branch]
        new = (
            (series + branches.from_shunt[branch]) / abs(ratio) ** 2,
            -series / np.conj(ratio),
            -series / ratio,
            series + branches.to_shunt[branch],
        )
        for place, value in enumerate(new):
            entry = self.plan.entries[branch, place]
            y.conductance[entry] += value.real - self.branch_values[branch, 2 * place]
            y.susceptance[entry] += value.imag - self.branch_values[branch, 2 * place + 1]
            self.branch_values[branch, 2 * place] = value.real
            self.branch_values[branch, 2 * place + 1] = value.imag
        self.ratio[branch] = ratio

    def add_shunt(self, row: int, admittance: complex) -> None:
        """Add to the admittance of a node to earth.

        Parameters
        ----------
        row : int
            Row of the plan.
        admittance : complex, per unit
            Added.
        """
        y = self.own_admittance()
        entry = self.plan.diagonal[row]
        y.conductance[entry] += admittance.real
        y.susceptance[entry] += admittance.imag
