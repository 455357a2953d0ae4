"""The course of a quench: ordinary differential equations of the current, the normal zone and its temperatures.

The zone grows from a point with the velocity ``v(I)`` both ways along the conductor and, slower by the transverse
ratio ``α``, across it. Its volume of strand at the front ``x`` is that of the turn and of an ellipsoid around it, ``V
= 2 x A + λ (4/3) π α² x³``, at most that of the winding. It is divided into shells that the front passes one after
the other; a shell heats up from then on, in the share in which the front has passed it::

    dI/dt = −I (R + R_d) / L        dx/dt = v(I)        du/dt = J²        dh_k/dt = w_k J² ρ(h_k)
    R = Σ_k w_k V_k ρ(h_k) / A²

The hot spot has been normal from the start: its temperature is that at which the hot-spot integral is ``u``. Heat
that a shell takes is power of the circuit to rounding, so that energy is kept to the error of the integration. The
dump resistance acts from the opening of the switch on; before, the current decays through the normal zone alone (the
power supply holds no voltage).

Integration is by Dormand and Prince's method of order 8 with control of the local error. The error by the shells
falls with their number squared.

References
----------
Wilson 1983, Superconducting Magnets. Hairer, Nørsett and Wanner 1993, Solving Ordinary Differential Equations I,
chapter II.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.interpolate import PchipInterpolator

from joulebook.magnets.properties import StrandTable

__all__ = ["Circuit", "Course", "course", "edges_of", "zone_volume"]

Float = NDArray[np.float64]
Velocity = Callable[[float], float]
LEAST_CURRENT = 0.01
"""Of the first current: the quench is over."""


@dataclass(frozen=True)
class Circuit:
    """The winding in its circuit.

    Parameters
    ----------
    current : float, A
        At the start.
    area : float, m²
        Of all strands.
    volume : float, m³
        Of all strands in the winding.
    inductance : float, H
        Of the winding.
    dump : float, Ω
        Of the dump.
    threshold : float, V
        At which the detector trips.
    delay : float, s
        From there to the opening.
    growth : float
        ``λ α²``: share of strand in the winding, and the square of the transverse ratio.
    """

    current: float
    area: float
    volume: float
    inductance: float
    dump: float
    threshold: float
    delay: float
    growth: float


@dataclass(frozen=True)
class Course:
    """What happened, over time.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Ends of the steps, and points between them.
    current, front, action, resistance, dumped, heated : ndarray, shape (n,)
        A; m; A² s/m⁴; Ω; J; J.
    detected, opened : float, s
        NaN where it did not come to that.
    end : str
        ``"current"``, ``"hot"`` or ``"time"``: why it ended.
    enthalpy : float, J
        Heat in the winding at the end, from the temperatures of the shells.
    evaluations : int
        Of the right-hand side.
    """

    time: Float
    current: Float
    front: Float
    action: Float
    resistance: Float
    dumped: Float
    heated: Float
    detected: float
    opened: float
    end: str
    enthalpy: float
    evaluations: int


def zone_volume(front: Float, circuit: Circuit) -> Float:
    """Give the volume of strand inside a front.

    Parameters
    ----------
    front : ndarray, m
        Distance from the point where the quench began.
    circuit : Circuit
        The winding.

    Returns
    -------
    ndarray, m³
        At most that of the winding.
    """
    grown = 2.0 * front * circuit.area + circuit.growth * 4.0 / 3.0 * np.pi * front**3
    return np.asarray(np.minimum(grown, circuit.volume))


def edges_of(circuit: Circuit, front: float, shells: int, rising: bool) -> Float:
    """Divide the way of the front into shells.

    Parameters
    ----------
    circuit : Circuit
        The winding.
    front : float, m
        Where the last shell ends; not beyond the end of the winding.
    shells : int
        How many.
    rising : bool
        Whether they become longer by a constant factor, for a front that is not known yet.

    Returns
    -------
    ndarray, shape (shells + 1,), m
        Rising from 0.
    """
    low, high = 0.0, circuit.volume / (2.0 * circuit.area)
    for _ in range(80):
        middle = 0.5 * (low + high)
        full = 2.0 * middle * circuit.area + circuit.growth * 4.0 / 3.0 * np.pi * middle**3 >= circuit.volume
        low, high = (low, middle) if full else (middle, high)
    last = min(front, high)
    if rising:
        return np.concatenate([[0.0], np.geomspace(1e-5 * last, last, shells)])
    return np.linspace(0.0, last, shells + 1)


class _Equations:
    """Right-hand side and events for one division into shells."""

    def __init__(self, circuit: Circuit, table: StrandTable, velocity: Velocity, edges: Float) -> None:
        self.circuit, self.velocity, self.edges = circuit, velocity, edges
        self.volumes = np.diff(zone_volume(edges, circuit)) / circuit.area**2
        self.widths = np.diff(edges)
        self.enthalpy, self.resistivity = table.enthalpy, table.resistivity
        self.hottest = float(table.action[-1])
        self.dump = 0.0
        self.calls = 0

    def parts(self, state: Float) -> tuple[Float, Float, float]:
        """Normal shares of the shells, their resistivities, and the resistance of the zone."""
        passed = np.clip((state[2] - self.edges[:-1]) / self.widths, 0.0, 1.0)
        rho = np.interp(state[5:], self.enthalpy, self.resistivity)
        return passed, rho, float((passed * rho) @ self.volumes)

    def __call__(self, _time: float, state: Float) -> Float:
        self.calls += 1
        current = state[0]
        passed, rho, resistance = self.parts(state)
        out = np.empty_like(state)
        squared = (current / self.circuit.area) ** 2
        out[0] = -current * (resistance + self.dump) / self.circuit.inductance
        out[1] = squared
        out[2] = self.velocity(current) if state[2] < self.edges[-1] else 0.0
        out[3] = current**2 * self.dump
        out[4] = current**2 * resistance
        out[5:] = passed * rho * squared
        return out

    def over(self, _time: float, state: Float) -> float:
        return float(state[0] - LEAST_CURRENT * self.circuit.current)

    def hot(self, _time: float, state: Float) -> float:
        return float(state[1] - self.hottest)

    def trips(self, _time: float, state: Float) -> float:
        return float(state[0]) * self.parts(state)[2] - self.circuit.threshold


def _filled(times: Float, states: Float, fill: int) -> tuple[Float, Float]:
    """Ends of the steps of a phase without its start, and points between them."""
    if fill < 2:
        return times[1:], states[1:]
    shares = np.arange(1, fill + 1) / fill
    more = (times[:-1, None] + np.diff(times)[:, None] * shares).ravel()
    with np.errstate(over="ignore"):  # slopes near 0 have reciprocals beyond all numbers: the curve is flat there
        values = PchipInterpolator(times, states)(more)
    more[fill - 1 :: fill], values[fill - 1 :: fill] = times[1:], states[1:]
    return more, values


for _event in (_Equations.over, _Equations.hot, _Equations.trips):
    _event.terminal = True  # type: ignore[attr-defined]  # what the integrator asks of an event


def course(
    circuit: Circuit,
    table: StrandTable,
    velocity: Velocity,
    edges: Float,
    *,
    until: float,
    accuracy: float,
    fill: int = 1,
) -> Course:
    """Integrate a quench.

    Parameters
    ----------
    circuit : Circuit
        The winding.
    table : StrandTable
        Of its strand.
    velocity : callable
        Of a front (m/s) by current (A).
    edges : ndarray, shape (n_shells + 1,), m
        Of the shells.
    until : float, s
        When to stop at the latest.
    accuracy : float
        Local error, relative.
    fill : int
        Points that are given for each step; those inside lie on monotone cubics, for drawings.

    Returns
    -------
    Course
        What happened.
    """
    equations = _Equations(circuit, table, velocity, edges)
    state = np.zeros(4 + edges.size)
    state[0] = circuit.current
    energy = 0.5 * circuit.inductance * circuit.current**2
    tolerance = accuracy * np.concatenate(
        [
            [circuit.current, 1e-3 * equations.hottest, edges[-1], energy, energy],
            np.full(edges.size - 1, 1e-3 * float(table.enthalpy[-1])),
        ]
    )
    times, states, detected, opened, end = [0.0], [state], np.nan, np.nan, "time"
    phases = (("sees", until), ("waits", circuit.delay), ("dumps", until))
    for phase, span in phases:
        start = times[-1]
        stop = min(start + span, until)
        if stop <= start:
            if phase == "waits":
                opened, equations.dump = start, circuit.dump
            continue
        events = [equations.over, equations.hot] + ([equations.trips] if phase == "sees" else [])
        run = solve_ivp(
            equations, (start, stop), states[-1], method="DOP853", rtol=accuracy, atol=tolerance, events=events,
            first_step=min(1e-6, stop - start),
        )  # fmt: skip
        more, values = _filled(run.t, run.y.T, fill)
        times += more.tolist()
        states += list(values)
        if run.status != 1:
            end = "time"
            if phase == "waits" and stop < until:
                opened, equations.dump = stop, circuit.dump
                continue
            break
        if run.t_events[0].size or run.t_events[1].size:
            end = "current" if run.t_events[0].size else "hot"
            break
        detected = times[-1]
    whole = np.array(states)
    resistance = np.array([equations.parts(row)[2] for row in states])
    enthalpy = float(whole[-1, 5:] @ equations.volumes) * circuit.area**2
    return Course(
        np.array(times), whole[:, 0], whole[:, 2], whole[:, 1], resistance, whole[:, 3], whole[:, 4],
        float(detected), float(opened), end, enthalpy, equations.calls,
    )  # fmt: skip
