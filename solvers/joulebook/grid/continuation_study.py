"""The verb: follow the power flow's solution while its powers grow, around the nose of the P-V curve.

All powers go along a direction, S(λ) = S + λ ΔS. The curve of solutions is followed by pseudo-arclength: from a
solution a predictor goes along the tangent, and Newton's method corrects it together with

    z · (x - x₀) + z_λ (λ - λ₀) = σ

where z is the unit tangent over the changes of angle and of relative magnitude. With the block LU of the Jacobian both
the corrector and the tangent are two solves and one scalar (a bordered system), which stays regular at the nose, where
the Jacobian itself is singular. Steps grow and shrink with the iterations that the corrector needs; near the nose the
largest λ is refined by halving steps.

References
----------
Ajjarapu and Christy 1992, doi:10.1109/59.141737 (continuation power flow). Keller 1977, in: Applications of
Bifurcation Theory, 359-384 (pseudo-arclength, bordering).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import DivergedError, InputError, Issue, MissingExtraError
from joulebook.core.progress import Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Stats
from joulebook.core.results import Status, Variable
from joulebook.grid import newton as at
from joulebook.grid.diagnosis import weak_nodes
from joulebook.grid.newton import FACTOR_JACOBIAN
from joulebook.grid.origins import Origin, OriginResult
from joulebook.grid.plan import NodeData
from joulebook.grid.power_flow_tables import identifiers
from joulebook.grid.setup import Setup, setup_of
from joulebook.grid.solving import solve
from joulebook.grid.working import Working
from joulebook.numerics.block_lu import SOLVE_BLOCKS

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["ContinuationResult", "continuation"]

Float = NDArray[np.float64]
MOST_CORRECTIONS = 8
FIRST_STEP, LARGEST_STEP, SMALLEST_STEP = 0.1, 1.0, 1e-5
NOSE_ACCURACY = 1e-6
"""Of the largest λ, in relation to itself."""
_DIRECTIONS = ("loads", "loads_and_generation")


class ContinuationResult(OriginResult):
    """Voltages along a growing load.

    ``load_factor`` is 1 + λ: 1 is the network as it stands. ``voltage`` runs over points of the curve and buses.
    """

    main_dimension: ClassVar[str] = "point"
    main_variables: ClassVar[tuple[str, ...]] = ("voltage",)

    @property
    def margin(self) -> float:
        """Largest growth λ for which there is a solution: 0.4 stands for 40 % more."""
        return float(self.facts["margin"])

    @property
    def margin_MW(self) -> float:  # noqa: N802 - the unit's own letters
        """Active load that can be added along the direction, MW."""
        return float(self.facts["margin_MW"])

    def plot(self, *names: str) -> Any:
        """Draw the curve of the voltage at some buses over the load factor.

        Parameters
        ----------
        *names : str
            Buses; the weakest five if none are given.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.

        Raises
        ------
        InputError
            If a bus is not known.
        MissingExtraError
            If HoloViews is not installed.
        """
        try:
            import holoviews
        except ImportError:
            raise MissingExtraError("Plotting", "lab") from None
        if not holoviews.Store.renderers:
            holoviews.extension("bokeh")
        known = [str(bus) for bus in self["bus"]]
        shown = list(map(str, names)) or [str(bus) for bus in self.facts["weakest"][:5]]
        unknown = [bus for bus in shown if bus not in known]
        if unknown:
            raise InputError([Issue("bus", bus, "no such bus") for bus in unknown])
        across = holoviews.Dimension("load_factor", label="Load factor")
        up = holoviews.Dimension("voltage", label="Voltage", unit="pu")
        curves = [
            holoviews.Curve((self["load_factor"], self["voltage"][:, known.index(bus)]), across, up, label=f"bus {bus}")
            for bus in shown
        ]
        nose = holoviews.VLine(1.0 + self.margin).opts(color="gray", line_dash="dashed", line_width=1)
        return holoviews.Overlay([*curves, nose]).opts(width=640, height=360, show_grid=True, legend_position="right")


def continuation(
    network: Network,
    *,
    direction: str | Mapping[str, float] = "loads_and_generation",
    until: str = "nose",
    tolerance: float = 1e-8,
    max_points: int = 400,
    progress: Progress | bool | None = None,
) -> ContinuationResult:
    """Follow the solution while powers grow, to the nose of the P-V curve or around it.

    Parameters
    ----------
    network : Network
        The network; its own power flow is the first point.
    direction : str or mapping of str to float, W
        ``"loads_and_generation"``: all loads and generators in proportion; ``"loads"``: loads alone, references give
        the rest; or loads by identifier with the active power that is added for λ = 1, at their own power factor.
    until : str
        ``"nose"``, or ``"back"``: along the lower side too, back to λ = 0.
    tolerance : float, per unit of base power
        Largest mismatch that is left.
    max_points : int
        At most.
    progress : Progress or bool, optional
        Where the progress shows.

    Returns
    -------
    ContinuationResult
        The curve, the loading margin and the weakest buses.

    Raises
    ------
    InputError
        If an option is not allowed or a load is not known.
    DivergedError
        If the first point has no solution.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.grid import Network, continuation
    >>> run = continuation(Network.named("case14"))
    >>> round(1 + run.margin, 2)
    4.06
    """
    issues = []
    if until not in {"nose", "back"}:
        issues.append(Issue("until", until, 'must be "nose" or "back"'))
    if not 0 < tolerance < 1:
        issues.append(Issue("tolerance", tolerance, "must be above 0 and below 1 per unit", "1e-8 is usual"))
    if max_points < 2:
        issues.append(Issue("max_points", max_points, "must be at least 2"))
    if issues:
        raise InputError(issues, "continuation")
    keep_to_plan("grid_buses", lambda: len(network.buses), network.name)
    setup = setup_of(network)
    growth = _growth(network, setup, direction)
    solved = solve(network, setup, "newton", "auto", tolerance, 30, (False, False, False))
    if solved.status != at.SOLVED:
        raise DivergedError(f"{network.name}: the first point has no solution. power_flow(network) says more")
    shown = progress_or_default(progress)
    shown.start(float(max_points), "continuation")
    began = time.perf_counter()
    try:
        curve = _Curve(setup, growth, solved.state, tolerance)
        points = curve.follow(until, max_points, shown)
    finally:
        shown.finish()
    options = {
        "direction": direction if isinstance(direction, str) else dict(direction),
        "until": until,
        "tolerance": tolerance,
        "max_points": max_points,
    }
    stats = Stats(
        steps=len(points),
        iterations=curve.iterations,
        rejected=curve.rejected,
        residual=curve.residual,
        seconds=time.perf_counter() - began,
    )
    return _result(network, setup, curve, points, stats, options)


def _growth(network: Network, setup: Setup, direction: str | Mapping[str, float]) -> NodeData:
    """Powers that are added for λ = 1, in the order of the plan."""
    arrays, order = setup.compiled.arrays, setup.compiled.plan.elimination.order
    base, loads = network.base_power, network.loads
    n = arrays.n_nodes
    node = arrays.node_of_bus[network.buses.positions(loads.column("bus"))]
    on = loads.column("in_service") & (node >= 0)
    active, reactive = loads.column("active_power") / base, loads.column("reactive_power") / base
    if isinstance(direction, str):
        if direction not in _DIRECTIONS:
            rule = f"must be one of {', '.join(_DIRECTIONS)}, or powers by load"
            raise InputError(Issue("direction", direction, rule))
        share = np.ones(len(loads))
    else:
        unknown = [name for name in direction if name not in loads]
        if unknown or not direction:
            raise InputError([Issue("direction", name, "no such load") for name in unknown] or "direction is empty")
        share = np.zeros(len(loads))
        for name, power in direction.items():
            row = loads.position(name)
            own = loads.column("active_power")[row]
            if not np.isfinite(power) or own == 0:
                raise InputError(Issue(f"direction.{name}", power, "a finite power at a load that draws some", "", "W"))
            share[row] = power / own
    current = loads.column("current_share")
    grown = NodeData(*(np.zeros(n) for _ in NodeData._fields))
    constant = 1.0 - current  # the growth of constant impedance goes as constant power: admittances stay as they are
    np.subtract.at(grown.active, node[on], (share * constant * active)[on])
    np.subtract.at(grown.reactive, node[on], (share * constant * reactive)[on])
    np.subtract.at(grown.active_current, node[on], (share * current * active)[on])
    np.subtract.at(grown.reactive_current, node[on], (share * current * reactive)[on])
    if direction == "loads_and_generation":
        sources = arrays.sources
        chosen = sources.in_service & (sources.kind == 0) & ~setup.supply.slack
        np.add.at(grown.active, sources.node[chosen], sources.active[chosen])
    return NodeData(*(np.ascontiguousarray(values[order]) for values in grown))


class _Curve:
    """The curve of solutions, and where on it one stands."""

    def __init__(self, setup: Setup, growth: NodeData, state: at.State, tolerance: float) -> None:
        self.setup, self.growth, self.tolerance = setup, growth, tolerance
        self.working = Working(setup)
        self.working.kind = state.kind
        self.given = self.working.nodes
        self.state = state
        self.factor = 0.0
        self.iterations = self.rejected = 0
        self.residual = 0.0
        self.nose: tuple[float, Float] | None = None
        self.free = np.stack([state.kind != at.FIXED, state.kind == at.LOAD], axis=1)

    def follow(self, until: str, most: int, shown: Progress) -> list[tuple[float, Float, Float]]:
        """Walk along the curve."""
        points = [self._point()]
        tangent, slope = self._tangent(np.zeros((self.setup.n, 2)), 1.0)
        step = FIRST_STEP
        best = 0.0
        past = False
        while len(points) < most:
            kept = self._keep()
            taken = self._step(tangent, slope, step)
            if taken is None:
                self._restore(kept)
                self.rejected += 1
                step *= 0.5
                if step < SMALLEST_STEP:
                    break
                continue
            new_tangent, new_slope = self._tangent(tangent, slope)
            turned = slope > 0 >= new_slope
            if turned and step > SMALLEST_STEP and abs(self.factor - kept[2]) > NOSE_ACCURACY * (1 + abs(self.factor)):
                self._restore(kept)  # the nose lies in between: come closer before going around
                step *= 0.25
                continue
            tangent, slope = new_tangent, new_slope
            points.append(self._point())
            shown.advance(1.0, load_factor=round(1 + self.factor, 3))
            check_cancelled(shown)
            if self.factor > best:
                best = self.factor
            if turned:
                past = True
                self.nose = (max(best, self.factor), weak_nodes(self.setup, self.state))
                step = FIRST_STEP
                if until == "nose":
                    break
            elif past and self.factor <= 0.0:
                break
            step = float(
                np.clip(step * (1.6 if taken <= 3 else 0.7 if taken >= 5 else 1.0), SMALLEST_STEP, LARGEST_STEP)
            )
        if self.nose is None:
            self.nose = (best, weak_nodes(self.setup, self.state))
        return points

    def _point(self) -> tuple[float, Float, Float]:
        return self.factor, self.state.magnitude.copy(), self.state.angle.copy()

    def _keep(self) -> tuple[Float, Float, float]:
        return self.state.magnitude.copy(), self.state.angle.copy(), self.factor

    def _restore(self, kept: tuple[Float, Float, float]) -> None:
        self.state.magnitude[:], self.state.angle[:], self.factor = kept

    def _nodes(self) -> NodeData:
        return NodeData(*(a + self.factor * b for a, b in zip(self.given, self.growth, strict=True)))

    def _direction(self) -> Float:
        """What the balances gain for λ = 1."""
        v = self.state.magnitude
        out = np.stack(
            [
                self.growth.active + v * self.growth.active_current,
                self.growth.reactive + v * self.growth.reactive_current,
            ],
            axis=1,
        )
        return np.where(self.free, out, 0.0)

    def _residual(self, nodes: NodeData) -> float:
        state = self.state
        state.real[:] = state.magnitude * np.cos(state.angle)
        state.imaginary[:] = state.magnitude * np.sin(state.angle)
        _, into = self.working.flows(state)
        v = state.magnitude
        state.residual[:, 0] = nodes.active + v * nodes.active_current - into[:, 0]
        state.residual[:, 1] = nodes.reactive + v * nodes.reactive_current - into[:, 1]
        state.residual[:] = np.where(self.free, state.residual, 0.0)
        return float(np.abs(state.residual).max(initial=0.0))

    def _tangent(self, before: Float, slope: float) -> tuple[Float, float]:
        """Unit tangent that goes on in the direction of the one before."""
        plan = self.working.plan
        factors = plan.borrow()
        nodes = self._nodes()
        FACTOR_JACOBIAN.cpu(self.working.admittance, plan.pattern, factors, nodes, self.state)
        moved = self._direction()
        SOLVE_BLOCKS.cpu(plan.pattern, factors, moved)
        plan.give_back(factors)
        size = np.sqrt((moved**2).sum() + 1.0)
        tangent, new = moved / size, 1.0 / size
        if (tangent * before).sum() + new * slope < 0:
            tangent, new = -tangent, -new
        return tangent, float(new)

    def _step(self, tangent: Float, slope: float, step: float) -> int | None:
        """Predict and correct; the number of corrections, or None."""
        state, plan = self.state, self.working.plan
        start_factor = self.factor
        offset = step * tangent
        self._move(offset)
        self.factor += step * slope
        travelled = offset
        for count in range(1, MOST_CORRECTIONS + 1):
            nodes = self._nodes()
            self.residual = self._residual(nodes)
            gap = step - (travelled * tangent).sum() - (self.factor - start_factor) * slope
            if self.residual < self.tolerance and abs(gap) < 1e-9:
                return count
            if not self.residual < 1e4:
                return None
            factors = plan.borrow()
            pivot = FACTOR_JACOBIAN.cpu(self.working.admittance, plan.pattern, factors, nodes, state)
            if not pivot > 0:
                plan.give_back(factors)
                return None
            correction, along = state.step.copy(), self._direction()
            SOLVE_BLOCKS.cpu(plan.pattern, factors, along)
            plan.give_back(factors)
            self.iterations += 1
            bottom = slope + (tangent * along).sum()
            change = (gap - (tangent * correction).sum()) / bottom
            move = correction + change * along
            if not np.all(np.isfinite(move)) or np.abs(move).max() > 2.0:
                return None
            self._move(move)
            self.factor += change
            travelled = travelled + move
        return None

    def _move(self, move: Float) -> None:
        state = self.state
        state.angle[:] += np.where(self.free[:, 0], move[:, 0], 0.0)
        state.magnitude[:] *= np.where(self.free[:, 1], np.maximum(1.0 + move[:, 1], at.SMALLEST_FACTOR), 1.0)


def _result(
    network: Network,
    setup: Setup,
    curve: _Curve,
    points: list[tuple[float, Float, Float]],
    stats: Stats,
    options: dict[str, Any],
) -> ContinuationResult:
    arrays = setup.compiled.arrays
    position = setup.compiled.plan.elimination.position
    node = arrays.node_of_bus
    row = position[np.maximum(node, 0)]
    off = (node < 0) | setup.dead[row]
    magnitude = np.array([item[1][row] for item in points])
    angle = np.rad2deg(np.array([item[2][row] for item in points]))
    magnitude[:, off] = angle[:, off] = np.nan
    margin, parts = curve.nose or (0.0, np.zeros(setup.n))
    shares = np.where(off, 0.0, parts[row])
    weakest = [network.buses.ids[bus] for bus in np.argsort(-shares, kind="stable")[:10] if shares[bus] > 0]
    grown = -np.minimum(curve.growth.active + curve.growth.active_current, 0.0).sum() * network.base_power / 1e6
    variables = {
        "point": Variable(("point",), np.arange(len(points)), "", "Point"),
        "bus": Variable(("bus",), identifiers(network.buses.ids), "", "Bus"),
        "load_factor": Variable(("point",), 1.0 + np.array([item[0] for item in points]), "1", "Load factor"),
        "voltage": Variable(("point", "bus"), magnitude, "pu", "Voltage"),
        "angle": Variable(("point", "bus"), angle, "°", "Angle"),
    }
    return ContinuationResult(
        variables=variables,
        status=Status.SOLVED,
        stats=stats,
        origin=Origin("grid.continuation", network, options, ("Ajjarapu1992",)),
        facts={"margin": margin, "margin_MW": margin * grown, "weakest": weakest},
    )
