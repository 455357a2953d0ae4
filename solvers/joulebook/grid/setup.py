"""A network as power flow sees it: kinds of nodes, set points and starts, in the order of its plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import TopologyError
from joulebook.grid import newton as at
from joulebook.grid.branch_models import WINDING
from joulebook.grid.flows import branch_data
from joulebook.grid.plan import Compiled, compiled
from joulebook.grid.supply import Supply, supply_of
from joulebook.numerics.block_lu import FACTOR_COMPLEX, SOLVE_COMPLEX, complex_factors

if TYPE_CHECKING:
    from joulebook.grid.arrays import NetworkArrays
    from joulebook.grid.network import Network

__all__ = ["Setup", "dc_angles", "setup_of", "start_state"]

Float = NDArray[np.float64]
LARGEST_SHIFT = 0.1
"""rad; with larger phase shifts a flat start is far from any solution."""
FLAT_BELOW = 400
"""Nodes; smaller networks start flat, larger ones from the DC solution."""


@dataclass(frozen=True, eq=False)
class Setup:
    """A network for power flow; arrays in the order of the plan.

    Parameters
    ----------
    compiled : Compiled
        The network.
    supply : Supply
        In the order of nodes.
    kind : ndarray of int8, shape (n,)
        Of each node.
    set_voltage : ndarray, shape (n,), per unit
        Set points; NaN where there is none.
    fixed_angle : ndarray, shape (n,), rad
        Of references; NaN elsewhere.
    dead : ndarray of bool, shape (n,)
        Nodes without supply.
    ends : ndarray of int32, shape (n_branches, 2)
        Of branches, for flows.
    branch_values : ndarray, shape (n_branches, 8), per unit
        Of branches, for flows.
    regulated : bool
        Whether any element asks for a controller.
    rounding : float, per unit
        Mismatch that rounding alone leaves; large where the network has connections of almost no impedance.
    has_record : bool
        Whether the case gives voltages to start from.
    starts : dict of str to tuple
        Magnitudes and angles that were worked out, by name.
    """

    compiled: Compiled
    supply: Supply
    kind: NDArray[np.int8]
    set_voltage: Float
    fixed_angle: Float
    dead: NDArray[np.bool_]
    ends: NDArray[np.int32]
    branch_values: Float
    regulated: bool
    rounding: float
    has_record: bool
    starts: dict[str, tuple[Float, Float]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.kind)


def setup_of(network: Network) -> Setup:
    """Set a network up for power flow.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    Setup
        Made on the first call, and kept with the network.

    Raises
    ------
    TopologyError
        If it cannot be computed with, or nothing feeds it.
    """
    ready = compiled(network)
    found = ready.kept.get("setup")
    if found is None:
        found = ready.kept["setup"] = _make(network, ready)
    return found


def _make(network: Network, ready: Compiled) -> Setup:
    supply = supply_of(ready.arrays)
    if np.all(supply.dead):
        raise TopologyError(
            "Nothing holds a voltage: no external grid and no generator with holds_voltage = true is in service. "
            "Add an external grid, or let a generator hold the voltage of its bus",
            network.name,
        )
    order = ready.plan.elimination.order
    ends, values = branch_data(ready.arrays, ready.plan)
    return Setup(
        compiled=ready,
        supply=supply,
        kind=supply.kind[order],
        set_voltage=supply.voltage[order],
        fixed_angle=supply.angle[order],
        dead=supply.dead[order],
        ends=ends,
        branch_values=values,
        regulated=_is_regulated(network, ready),
        rounding=4.0 * float(np.finfo(float).eps * np.abs(ready.admittance.susceptance).max(initial=0.0)),
        has_record=bool(np.any(ready.arrays.start_voltage != 1.0) or np.any(ready.arrays.start_angle != 0.0)),
    )


def _is_regulated(network: Network, ready: Compiled) -> bool:
    sources = ready.arrays.sources
    changers = (*network.transformers.tap_changer, *network.three_winding_transformers.tap_changer)
    return bool(
        np.any(sources.in_service & sources.holds & (sources.controlled != sources.node))
        or np.any(network.shunts.controls_voltage)
        or any(changer is not None and changer.controls != "nothing" for changer in changers)
    )


def start_state(setup: Setup, start: str) -> tuple[Float, Float]:
    """Give a start.

    Parameters
    ----------
    setup : Setup
        The network.
    start : str
        ``"flat"``, ``"dc"`` or ``"case"``; ``"auto"`` takes flat for small networks without large phase shifts.

    Returns
    -------
    magnitude, angle : ndarray, shape (n,), per unit and rad
        In the order of the plan; to be copied before they are changed.
    """
    found = setup.starts.get(start)
    if found is None:
        found = setup.starts[start] = _start(setup, start)
    return found


def _start(setup: Setup, start: str) -> tuple[Float, Float]:
    arrays, order = setup.compiled.arrays, setup.compiled.plan.elimination.order
    if start == "auto":
        on = arrays.branches.in_service
        shifted = np.any(np.abs(np.angle(arrays.branches.ratio[on])) > LARGEST_SHIFT)
        return start_state(setup, "dc" if shifted or setup.n >= FLAT_BELOW else "flat")
    fixed = ~np.isnan(setup.fixed_angle)
    if start == "case":
        magnitude, angle = arrays.start_voltage[order].copy(), arrays.start_angle[order].copy()
    elif start == "dc":
        magnitude, angle = np.ones(setup.n), dc_angles(setup)
    else:
        magnitude, angle = np.ones(setup.n), np.zeros(setup.n)
        if np.any(fixed):  # every node at the angle of its island's reference
            island = arrays.island[order]
            of_island = np.zeros(arrays.n_islands)
            of_island[island[fixed]] = setup.fixed_angle[fixed]
            angle = of_island[island]
    held = ~np.isnan(setup.set_voltage)
    magnitude[held] = setup.set_voltage[held]
    angle[fixed] = setup.fixed_angle[fixed]
    magnitude[setup.dead] = 0.0
    angle[setup.dead] = 0.0
    if np.any(arrays.bus_of_node < 0):
        voltage = np.zeros(setup.n, np.complex128)
        voltage[order] = magnitude * np.exp(1j * angle)
        _settle_star_points(arrays, voltage)
        magnitude, angle = np.abs(voltage[order]), np.angle(voltage[order])
    return magnitude, angle


def _settle_star_points(arrays: NetworkArrays, voltage: NDArray[np.complex128]) -> None:
    """Give star points the voltage that their windings leave them without a current of their own.

    Legs of star equivalents may be close to zero or negative: from any other voltage Newton may not find back.
    """
    on = (arrays.branches.kind == WINDING) & arrays.branches.in_service
    bus, star = arrays.branches.from_node[on], arrays.branches.to_node[on]
    through, own = np.zeros(len(voltage), np.complex128), np.zeros(len(voltage), np.complex128)
    np.add.at(through, star, -arrays.y_tf[on] * voltage[bus])
    np.add.at(own, star, arrays.y_tt[on])
    settled = own != 0
    voltage[settled] = through[settled] / own[settled]


def dc_angles(setup: Setup) -> Float:
    """Solve the linear power flow: reactances only, voltages of one, small angles.

    Parameters
    ----------
    setup : Setup
        The network.

    Returns
    -------
    ndarray, shape (n,), rad
        Angles in the order of the plan.

    References
    ----------
    Stott, Jardim and Alsaç 2009, doi:10.1109/TPWRS.2009.2021235, equations 1 to 6.
    """
    plan = setup.compiled.plan
    matrix, power = dc_system(setup)
    factors = complex_factors(plan.elimination)
    FACTOR_COMPLEX.cpu(plan.elimination.matrix.start, plan.elimination.matrix.index, matrix, plan.pattern, factors)
    angle = power.astype(np.complex128)
    SOLVE_COMPLEX.cpu(plan.pattern, factors, angle)
    return np.ascontiguousarray(angle.real)


def dc_susceptance(setup: Setup) -> tuple[Float, Float]:
    """Susceptances and phase shifts of branches for the linear power flow.

    Parameters
    ----------
    setup : Setup
        The network.

    Returns
    -------
    susceptance : ndarray, shape (n_branches,), per unit
        Reciprocal of reactance and ratio; zero out of service.
    shift : ndarray, shape (n_branches,), rad
        Phase shift.
    """
    branches = setup.compiled.arrays.branches
    on = setup.ends[:, 0] >= 0
    reactance = np.where(np.abs(branches.impedance.imag) > 1e-9, branches.impedance.imag, np.abs(branches.impedance))
    with np.errstate(divide="ignore", invalid="ignore"):
        susceptance = np.where(on, 1.0 / (reactance * np.abs(branches.ratio)), 0.0)
    return susceptance, np.where(on, np.angle(branches.ratio), 0.0)


def dc_system(setup: Setup) -> tuple[Any, Float]:
    """Build the equations of the linear power flow.

    Parameters
    ----------
    setup : Setup
        The network.

    Returns
    -------
    matrix : ndarray of complex, shape (nnz,)
        On the plan's pattern; imaginary parts are zero.
    power : ndarray, shape (n,), per unit
        Right-hand side; angles at references.
    """
    plan, nodes = setup.compiled.plan, setup.compiled.nodes
    matrix = plan.elimination.matrix
    susceptance, shift = dc_susceptance(setup)
    on = plan.entries[:, 0] >= 0
    b = susceptance[on]
    values = np.stack([b, -b, -b, b], axis=1).ravel()
    count = len(matrix.index)
    filled = np.bincount(plan.entries[on].ravel(), values, count)
    order = plan.elimination.order
    power = nodes.active + nodes.active_current - setup.compiled.arrays.shunt.real[order]
    f, t = setup.ends[on, 0], setup.ends[on, 1]
    push = b * shift[on]
    power = power + np.bincount(f, push, setup.n) - np.bincount(t, push, setup.n)
    fixed = setup.kind == at.FIXED
    rows = np.repeat(np.arange(setup.n), np.diff(matrix.start))
    filled[fixed[rows]] = 0.0
    filled[plan.diagonal[fixed]] = 1.0
    lone = filled[plan.diagonal] == 0.0
    filled[plan.diagonal[lone]] = 1.0
    power = np.where(fixed, np.nan_to_num(setup.fixed_angle), np.where(lone, 0.0, power))
    return filled.astype(np.complex128), power
