"""Controllers of single elements: remote voltages, tap changers, switched shunts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from joulebook.grid import newton as at
from joulebook.grid.elements import TapChanger
from joulebook.grid.flows import FROM_P, FROM_Q
from joulebook.grid.working import Working

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["Regulator", "RemoteVoltage", "SwitchedShunt", "TapControl", "regulators_of"]

LARGEST_MOVE = 0.05
"""Per unit; of a set point in one pass."""
LOWEST, HIGHEST = 0.7, 1.3
"""Per unit; between these a set point may move."""
MOST_TURNS = 3
"""Changes of direction after which a stepped controller stays where it is."""
REMOTE_TOLERANCE = 1e-7


class Regulator(Protocol):
    """A controller of one element."""

    def move(self, state: at.State, through: NDArray[np.float64]) -> bool:
        """Look at a solved state and move."""
        ...

    def report(self) -> dict[str, Any]:
        """Say what was done."""
        ...


class RemoteVoltage:
    """Sources that hold the voltage of another node.

    Parameters
    ----------
    working : Working
        What is changed.
    rows : list of int
        Rows of the sources' nodes.
    controlled : int
        Row of the node whose voltage is held.
    target : float, per unit
        Voltage there.
    name : str
        Identifier of the first source.
    """

    def __init__(self, working: Working, rows: list[int], controlled: int, target: float, name: str) -> None:
        self.rows, self.controlled, self.target, self.name = rows, controlled, target, name
        self.gain = 1.0
        self.before: tuple[float, float] | None = None
        self.error = 0.0
        del working

    def move(self, state: at.State, through: NDArray[np.float64]) -> bool:
        """Move the set points by what is missing at the controlled node.

        Parameters
        ----------
        state : State
            Solved; set points are written into it.
        through : ndarray, shape (n_branches, 6), per unit
            Flows.

        Returns
        -------
        bool
            Whether they moved.
        """
        del through
        found = float(state.magnitude[self.controlled])
        own = float(state.magnitude[self.rows[0]])
        self.error = self.target - found
        if abs(self.error) < REMOTE_TOLERANCE or state.kind[self.rows[0]] != at.HELD:
            return False
        if self.before is not None and abs(own - self.before[0]) > 1e-9:
            measured = (found - self.before[1]) / (own - self.before[0])
            if measured > 0.02:
                self.gain = measured
        self.before = (own, found)
        change = float(np.clip(self.error / self.gain, -LARGEST_MOVE, LARGEST_MOVE))
        moved = False
        for row in self.rows:
            new = float(np.clip(state.magnitude[row] + change, LOWEST, HIGHEST))
            moved |= abs(new - state.magnitude[row]) > 1e-12
            state.magnitude[row] = new
        return moved

    def report(self) -> dict[str, Any]:
        """Say what was done.

        Returns
        -------
        dict
            Kind, element, what is missing, whether the set point went as far as it may.
        """
        return {
            "kind": "remote voltage",
            "element": self.name,
            "missing": self.error,
            "at_end": abs(self.error) >= REMOTE_TOLERANCE,
        }


class TapControl:
    """A tap changer that holds a voltage or a power.

    Parameters
    ----------
    working : Working
        What is changed.
    branch : int
        The transformer's branch.
    changer : TapChanger
        Its steps.
    row : int
        Row of the node whose voltage is held.
    sign : float
        -1 where a larger ratio lowers what is held.
    name : str
        Identifier of the transformer.
    """

    def __init__(self, working: Working, branch: int, changer: TapChanger, row: int, sign: float, name: str) -> None:
        self.working, self.branch, self.changer, self.row, self.name = working, branch, changer, row, name
        self.position = changer.position
        base = working.setup.compiled.arrays.base_power
        self.target = float(changer.target or 0.0) / (1.0 if changer.controls == "voltage" else base)
        branches = working.setup.compiled.arrays.branches
        reactance = max(abs(branches.impedance[branch]), 1e-6)
        if changer.controls == "voltage":
            self.gain = sign * changer.voltage_step
        elif changer.controls == "active_power":
            self.gain = -changer.angle_step / reactance * 0.5
        else:
            self.gain = -changer.voltage_step / reactance
        step = abs(self.gain)
        scale = 1.0 if changer.controls == "voltage" else base
        self.band = step * 1.05 if changer.deadband is None else changer.deadband / scale
        self.turns, self.direction = 0, 0
        self.before: tuple[int, float] | None = None
        self.error = 0.0

    def move(self, state: at.State, through: NDArray[np.float64]) -> bool:
        """Move by the steps that are missing.

        Parameters
        ----------
        state : State
            Solved.
        through : ndarray, shape (n_branches, 6), per unit
            Flows.

        Returns
        -------
        bool
            Whether it moved.
        """
        column = {"active_power": FROM_P, "reactive_power": FROM_Q}.get(self.changer.controls)
        found = float(state.magnitude[self.row] if column is None else through[self.branch, column])
        self.error = self.target - found
        if self.before is not None and self.before[0] != self.position:
            measured = (found - self.before[1]) / (self.position - self.before[0])
            if measured * self.gain > 0 and abs(measured) > 0.05 * abs(self.gain):
                self.gain = measured
        self.before = (self.position, found)
        if abs(self.error) <= 0.5 * self.band or self.gain == 0.0 or self.turns > MOST_TURNS:
            return False
        steps = round(self.error / self.gain) or int(np.sign(self.error / self.gain))
        new = int(np.clip(self.position + steps, self.changer.minimum, self.changer.maximum))
        if new == self.position:
            return False
        direction = int(np.sign(new - self.position))
        self.turns += direction == -self.direction
        self.direction = direction
        changer = self.changer
        factor = 1.0 + (new - changer.neutral) * changer.voltage_step
        factor /= 1.0 + (self.position - changer.neutral) * changer.voltage_step
        turn = np.exp(1j * (new - self.position) * changer.angle_step)
        self.working.set_ratio(self.branch, complex(self.working.ratio[self.branch] * factor * turn))
        self.position = new
        return True

    def report(self) -> dict[str, Any]:
        """Say what was done.

        Returns
        -------
        dict
            Kind, element, position before and after, what is missing, whether it stands at an end.
        """
        end = self.position in {self.changer.minimum, self.changer.maximum}
        return {
            "kind": "tap",
            "element": self.name,
            "before": self.changer.position,
            "after": self.position,
            "missing": self.error,
            "at_end": end and abs(self.error) > 0.5 * self.band,
        }


class SwitchedShunt:
    """A shunt whose steps hold a voltage between two bounds.

    Parameters
    ----------
    working : Working
        What is changed.
    row : int
        Row of its node.
    controlled : int
        Row of the node whose voltage is held.
    step : complex, per unit
        Admittance of one step.
    steps, most : int
        Switched on, and there are.
    bounds : tuple of float, per unit
        Voltages between which nothing is switched.
    name : str
        Identifier of the shunt.
    """

    def __init__(
        self,
        working: Working,
        row: int,
        controlled: int,
        step: complex,
        steps: tuple[int, int],
        bounds: tuple[float, float],
        name: str,
    ) -> None:
        self.working, self.row, self.controlled, self.step, self.name = working, row, controlled, step, name
        self.first, self.most = steps
        self.steps = self.first
        self.low, self.high = bounds
        self.turns, self.direction = 0, 0
        self.error = 0.0

    def move(self, state: at.State, through: NDArray[np.float64]) -> bool:
        """Switch one step where the voltage is outside its bounds.

        Parameters
        ----------
        state : State
            Solved.
        through : ndarray, shape (n_branches, 6), per unit
            Flows.

        Returns
        -------
        bool
            Whether a step was switched.
        """
        del through
        voltage = float(state.magnitude[self.controlled])
        self.error = max(self.low - voltage, 0.0) - max(voltage - self.high, 0.0)
        if self.error == 0.0 or self.turns > MOST_TURNS:
            return False
        direction = int(np.sign(self.error)) * (1 if self.step.imag >= 0 else -1)
        new = self.steps + direction
        if not 0 <= new <= self.most:
            return False
        self.turns += direction == -self.direction
        self.direction = direction
        self.working.add_shunt(self.row, direction * self.step)
        self.steps = new
        return True

    def report(self) -> dict[str, Any]:
        """Say what was done.

        Returns
        -------
        dict
            Kind, element, steps before and after, what is missing.
        """
        return {
            "kind": "shunt",
            "element": self.name,
            "before": self.first,
            "after": self.steps,
            "missing": self.error,
            "at_end": self.error != 0.0 and self.steps in {0, self.most},
        }


def regulators_of(network: Network, working: Working) -> list[Regulator]:
    """Make the regulators that a network's data ask for.

    Parameters
    ----------
    network : Network
        The network.
    working : Working
        What they change.

    Returns
    -------
    list of Regulator
        Remote voltages, taps, shunts.
    """
    return [*_remote_voltages(network, working), *_taps(network, working), *_shunts(network, working)]


def _remote_voltages(network: Network, working: Working) -> list[Regulator]:
    sources = working.setup.compiled.arrays.sources
    position = working.plan.elimination.position
    away = sources.in_service & sources.holds & (sources.controlled != sources.node) & ~working.setup.supply.slack
    groups: dict[int, list[int]] = {}
    for source in np.flatnonzero(away).tolist():
        groups.setdefault(int(position[sources.controlled[source]]), []).append(source)
    out: list[Regulator] = []
    for row, members in groups.items():
        if working.kind[row] != at.LOAD:
            continue  # its own source holds it already
        rows = list(dict.fromkeys(int(position[sources.node[source]]) for source in members))
        name = network.generators.ids[int(sources.row[members[0]])]
        out.append(RemoteVoltage(working, rows, row, float(sources.voltage[members[0]]), name))
    return out


def _taps(network: Network, working: Working) -> list[Regulator]:
    out: list[Regulator] = []
    arrays = working.setup.compiled.arrays
    position, n_lines, n_two = working.plan.elimination.position, len(network.lines), len(network.transformers)
    tables = ((network.transformers, n_lines, "to_bus"), (network.three_winding_transformers, n_lines + n_two, "bus_2"))
    for table, offset, default in tables:
        for row, changer in enumerate(table.column("tap_changer")):
            branch = offset + row
            if changer is None or changer.controls == "nothing" or working.setup.ends[branch, 0] < 0:
                continue
            if changer.target is None:
                continue
            bus = changer.controlled_bus or table.column(default)[row]
            node = arrays.node_of_bus[network.buses.position(bus)]
            if node < 0 or working.setup.supply.dead[node]:
                continue
            own = "from_bus" if default == "to_bus" else "bus_1"
            sign = 1.0 if bus == table.column(own)[row] else -1.0
            out.append(TapControl(working, branch, changer, int(position[node]), sign, table.ids[row]))
    return out


def _shunts(network: Network, working: Working) -> list[Regulator]:
    out: list[Regulator] = []
    table, arrays = network.shunts, working.setup.compiled.arrays
    position = working.plan.elimination.position
    nominal = network.buses.column("nominal_voltage")
    for row in np.flatnonzero(table.column("controls_voltage") & table.column("in_service")).tolist():
        low, high = table.column("minimum_target")[row], table.column("maximum_target")[row]
        bus = network.buses.position(table.column("bus")[row])
        away = table.column("controlled_bus")[row]
        node, held = arrays.node_of_bus[bus], arrays.node_of_bus[network.buses.position(away) if away else bus]
        if node < 0 or held < 0 or (np.isnan(low) and np.isnan(high)):
            continue
        step = complex(table.column("conductance")[row], table.column("susceptance")[row])
        out.append(
            SwitchedShunt(
                working,
                int(position[node]),
                int(position[held]),
                step * nominal[bus] ** 2 / arrays.base_power,
                (int(table.column("steps")[row]), int(table.column("maximum_steps")[row])),
                (-np.inf if np.isnan(low) else low, np.inf if np.isnan(high) else high),
                table.ids[row],
            )
        )
    return out
