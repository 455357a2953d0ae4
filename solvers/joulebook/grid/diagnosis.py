"""Why a power flow has no solution: where it fails, which area is weak, how much can be carried, what looks wrong.

Four looks at the state that came closest:

* the nodes whose balance is missed most;
* the weak area: the left singular vector of the last Jacobian's smallest singular value, by inverse iteration on its
  factors. Its large entries are the balances that cannot be kept at the nose of the P-V curve;
* the largest share of all powers for which there is a solution, by bisection. Where even a small share has none, the
  fault lies in the network and not in what is asked of it;
* suspects among the data (:mod:`joulebook.grid.suspects`), each tried: if the network has a solution with this one
  value mended, the diagnosis says so.

References
----------
Löf, Smed, Andersson and Hill 1992, doi:10.1109/59.141687 (smallest singular value and its vectors as indicators of
voltage collapse).
"""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import JoulebookError
from joulebook.core.results import Status
from joulebook.grid import newton as at
from joulebook.grid.newton import FACTOR_JACOBIAN
from joulebook.grid.plan import NodeData
from joulebook.grid.setup import Setup, setup_of, start_state
from joulebook.grid.suspect import Suspect, figure
from joulebook.grid.suspects import suspects_of
from joulebook.grid.working import Working
from joulebook.numerics.block_lu import SOLVE_BLOCKS, SOLVE_BLOCKS_TRANSPOSED

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.power_flow_result import Solution

__all__ = ["Diagnosis", "diagnose", "largest_share", "weak_nodes"]

Float = NDArray[np.float64]
MOST_SHOWN = 10
MOST_TRIALS = 16
INVERSE_ITERATIONS = 12
BISECTIONS = 12
LOWEST_USUAL, HIGHEST_USUAL = 0.8, 1.2
"""Per unit; a solution beyond them is looked at for suspects."""


@dataclass(frozen=True)
class Diagnosis:
    """Why a power flow was not solved.

    Parameters
    ----------
    status : Status
        :attr:`Status.SOLVED`, :attr:`Status.ISLANDED`, :attr:`Status.INFEASIBLE` or :attr:`Status.DIVERGED`.
    summary : tuple of str
        What is the matter, in sentences.
    worst : pandas.DataFrame
        Buses whose balance is missed most: ``p_missing_MW``, ``q_missing_Mvar``, ``voltage_pu``.
    weak_area : pandas.DataFrame
        Buses that take part most in the direction without solution: ``part`` of 1.
    share : float
        Largest share of all powers for which a solution was found; NaN where that was not looked for.
    suspects : tuple of Suspect
        Values that look wrong, those first that mend the case.
    """

    status: Status
    summary: tuple[str, ...]
    worst: pandas.DataFrame
    weak_area: pandas.DataFrame
    share: float
    suspects: tuple[Suspect, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(self.summary)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html.escape(line)}</li>" for line in self.summary)
        return f"<b>{html.escape(self.status.value)}</b><ul>{items}</ul>"


def diagnose(solution: Solution) -> Diagnosis:
    """Look for the reasons why a power flow was not solved.

    Parameters
    ----------
    solution : Solution
        The state that came closest.

    Returns
    -------
    Diagnosis
        Reads as text.
    """
    network, setup = solution.network, solution.setup
    state = solution.state
    worst = _worst(solution)
    solved = bool(np.abs(state.residual).max(initial=0.0) < 1e-6)
    if solved:
        return _of_solved(solution, worst)
    weak = _frame_of_nodes(solution, weak_nodes(setup, state), "part")
    share = largest_share(setup)
    suspects = _tried(network, suspects_of(network, setup))
    mended = [item for item in suspects if item.mends]
    infeasible = 0.0 < share < 0.999 and not mended
    return Diagnosis(
        status=Status.INFEASIBLE if infeasible else Status.DIVERGED,
        summary=tuple(_sentences(solution, worst, weak, share, suspects)),
        worst=worst,
        weak_area=weak,
        share=share,
        suspects=tuple(suspects),
    )


def weak_nodes(setup: Setup, state: at.State) -> Float:
    """Find the nodes that take part in the weakest direction of the Jacobian.

    Parameters
    ----------
    setup : Setup
        The network.
    state : State
        Near which there is no solution.

    Returns
    -------
    ndarray, shape (n,)
        Parts that add up to 1, in the order of the plan; zero where the Jacobian cannot be factorised.
    """
    working = Working(setup)
    factors = working.plan.borrow()
    pivot = FACTOR_JACOBIAN.cpu(working.admittance, working.plan.pattern, factors, working.nodes, state)
    if not pivot > 0.0:
        working.plan.give_back(factors)
        return np.zeros(setup.n)
    vector = np.ones((setup.n, 2))
    vector[state.kind == at.FIXED] = 0.0
    vector[state.kind == at.HELD, 1] = 0.0
    for _ in range(INVERSE_ITERATIONS):
        SOLVE_BLOCKS.cpu(working.plan.pattern, factors, vector)
        SOLVE_BLOCKS_TRANSPOSED.cpu(working.plan.pattern, factors, vector)
        vector[state.kind == at.FIXED] = 0.0
        vector[state.kind == at.HELD, 1] = 0.0
        size = np.sqrt((vector**2).sum())
        if not 0 < size < np.inf:
            working.plan.give_back(factors)
            return np.zeros(setup.n)
        vector /= size
    working.plan.give_back(factors)
    return (vector**2).sum(axis=1)


def largest_share(setup: Setup) -> float:
    """Find the largest share of all powers for which there is a solution.

    Parameters
    ----------
    setup : Setup
        The network.

    Returns
    -------
    float
        0 where not even a hundredth has a solution, 1 where all of it has one.
    """
    if _solves(setup, 1.0):
        return 1.0
    if not _solves(setup, 0.01):
        return 0.0
    low, high = 0.01, 1.0
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        if _solves(setup, middle):
            low = middle
        else:
            high = middle
    return low


def _solves(setup: Setup, share: float) -> bool:
    working = Working(setup)
    working.nodes = NodeData(*(share * values for values in working.nodes))
    for start in ("auto", "flat"):
        state = working.start(*start_state(setup, start))
        status, _ = working.newton(state, 1e-6, 40, damped=True)
        if status == at.SOLVED and state.magnitude[~setup.dead].min(initial=1.0) > 0.2:
            return True
    return False


def _tried(network: Any, suspects: list[Suspect]) -> list[Suspect]:
    """Try the network with each suspect mended; those that help come first."""
    out = []
    for number, suspect in enumerate(suspects):
        mends = False
        if suspect.trial and number < MOST_TRIALS:
            try:
                mends = _solves(setup_of(network.replace(suspect.trial)), 1.0)
            except JoulebookError:
                mends = False
        out.append(suspect.with_verdict(mends))
    return sorted(out, key=lambda item: not item.mends)


def _worst(solution: Solution) -> pandas.DataFrame:
    residual = np.nan_to_num(solution.state.residual, nan=np.inf, posinf=1e6, neginf=-1e6)
    size = np.abs(residual).max(axis=1)
    mega = solution.network.base_power / 1e6
    rows = np.argsort(-size, kind="stable")[:MOST_SHOWN]
    rows = rows[size[rows] > 0]
    columns = {
        "p_missing_MW": residual[rows, 0] * mega,
        "q_missing_Mvar": residual[rows, 1] * mega,
        "voltage_pu": solution.state.magnitude[rows],
    }
    return _frame(solution, rows, columns)


def _frame_of_nodes(solution: Solution, values: Float, name: str) -> pandas.DataFrame:
    rows = np.argsort(-values, kind="stable")[:MOST_SHOWN]
    rows = rows[values[rows] > 0.01]
    return _frame(solution, rows, {name: values[rows], "voltage_pu": solution.state.magnitude[rows]})


def _frame(solution: Solution, rows: NDArray[np.intp], columns: dict[str, Float]) -> pandas.DataFrame:
    import pandas

    arrays, order = solution.setup.compiled.arrays, solution.setup.compiled.plan.elimination.order
    buses = arrays.bus_of_node[order[rows]]
    names = [solution.network.buses.ids[bus] if bus >= 0 else "star point" for bus in buses]
    return pandas.DataFrame(columns, index=pandas.Index(names, name="bus"))


def _of_solved(solution: Solution, worst: pandas.DataFrame) -> Diagnosis:
    import pandas

    without = solution.setup.supply.unsupplied_loads
    summary = ["The power flow is solved: every balance holds."]
    if without:
        summary.append("Some loads have no supply: their part of the network holds no source that keeps a voltage.")
    live = ~solution.setup.dead
    low, high = solution.state.magnitude[live].min(initial=1.0), solution.state.magnitude[live].max(initial=1.0)
    suspects: list[Suspect] = []
    if low < LOWEST_USUAL or high > HIGHEST_USUAL:
        suspects = suspects_of(solution.network, solution.setup)
        summary.append(
            f"Voltages reach from {low:.3f} to {high:.3f} per unit, far from any that a network is run at: "
            "the solution is one of the equations, maybe not of your network."
        )
        summary += [f"Look at: {item.text}" for item in suspects[:6]]
    empty = pandas.DataFrame({"part": [], "voltage_pu": []})
    status = Status.ISLANDED if without else Status.SOLVED
    return Diagnosis(status, tuple(summary), worst, empty, 1.0, tuple(suspects))


def _sentences(
    solution: Solution, worst: pandas.DataFrame, weak: pandas.DataFrame, share: float, suspects: list[Suspect]
) -> list[str]:
    mended = [item for item in suspects if item.mends]
    out = [f"Very likely: {item.text} With {item.remedy}, the network has a solution." for item in mended[:3]]
    if share >= 0.999:
        out.append("The network has a solution with all its powers; the start was too far from it. Take start='auto'.")
    elif share > 0:
        out.append(
            f"A solution exists while all powers are at most {100 * share:.1f} % of what they are: beyond it no "
            "voltages keep the balances. More is asked for than the network can carry, or a value makes it weaker "
            "than it is."
        )
    elif not mended:
        out.append(
            "There is no solution even at a hundredth of all powers: the fault lies in impedances, ratios or set "
            "points, not in the loads."
        )
    if len(weak):
        listed = ", ".join(str(bus) for bus in weak.index[:5])
        low = weak.voltage_pu.min()
        out.append(f"The weak area is around bus {listed}; the lowest voltage there came to {low:.2f} per unit.")
    if len(worst):
        first = worst.iloc[0]
        out.append(
            f"Farthest from balance is bus {worst.index[0]}: {figure(abs(first.p_missing_MW))} MW and "
            f"{figure(abs(first.q_missing_Mvar))} Mvar are unbalanced in the closest state."
        )
    out += [f"Look at: {item.text}" for item in suspects if not item.mends][:6]
    chosen = solution.setup.supply.chosen
    if chosen:
        out.append("No reference is marked; the largest machine took up the balance.")
    return out
