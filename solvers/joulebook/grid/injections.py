"""What is fed into nodes and drawn from them, per unit.

A source is whatever can hold a voltage by its reactive power: generators, external grids, converters, and both ends of
direct-current links. Loads are constant power, constant current (power goes with the voltage) and constant impedance
(with its square); the last kind becomes part of the admittances. Motors draw constant power.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = [
    "CONVERTER",
    "EXTERNAL_GRID",
    "GENERATOR",
    "HVDC_FROM",
    "HVDC_TO",
    "Injections",
    "Sources",
    "injections",
    "motor_power",
    "sources",
]

GENERATOR, EXTERNAL_GRID, CONVERTER, HVDC_FROM, HVDC_TO = 0, 1, 2, 3, 4
"""Kinds of sources."""

Float = NDArray[np.float64]
Index = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Sources:
    """What can hold a voltage: generators, external grids, converters, HVDC ends, in this order.

    Parameters
    ----------
    kind : ndarray of int8, shape (n,)
        :data:`GENERATOR` and so on.
    row : ndarray of int32, shape (n,)
        Row in the table of its kind.
    node : ndarray of int32, shape (n,)
        Node; -1 where its bus is out of service.
    controlled : ndarray of int32, shape (n,)
        Node whose voltage is held.
    in_service : ndarray of bool, shape (n,)
        Whether it runs, at a bus that is in service.
    holds : ndarray of bool, shape (n,)
        Whether reactive power follows the voltage.
    reference : ndarray of bool, shape (n,)
        Whether it fixes the angle.
    active, reactive : ndarray, shape (n,), per unit
        Into the node.
    voltage : ndarray, shape (n,), per unit
        Set point.
    angle : ndarray, shape (n,), rad
        Where it is a reference; NaN where the bus says it.
    minimum_reactive, maximum_reactive : ndarray, shape (n,), per unit
        Infinite where there is no limit.
    maximum_active : ndarray, shape (n,), per unit
        NaN where it is not known.
    participation : ndarray, shape (n,)
        Weight in a distributed slack; NaN where left out.
    """

    kind: NDArray[np.int8]
    row: Index
    node: Index
    controlled: Index
    in_service: NDArray[np.bool_]
    holds: NDArray[np.bool_]
    reference: NDArray[np.bool_]
    active: Float
    reactive: Float
    voltage: Float
    angle: Float
    minimum_reactive: Float
    maximum_reactive: Float
    maximum_active: Float
    participation: Float

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, eq=False)
class Injections:
    """Power into each node, per unit.

    Parameters
    ----------
    active, reactive : ndarray, shape (n_nodes,), per unit
        Constant part: sources (reactive: only those that do not hold a voltage) less loads.
    active_current, reactive_current : ndarray, shape (n_nodes,), per unit
        Part that goes with the voltage; negative for loads.
    """

    active: Float
    reactive: Float
    active_current: Float
    reactive_current: Float


def sources(network: Network, node_of_bus: Index) -> Sources:
    """Collect the sources of a network.

    Parameters
    ----------
    network : Network
        The network.
    node_of_bus : ndarray of int32, shape (n_buses,)
        Node of each bus.

    Returns
    -------
    Sources
        Per unit.
    """
    parts = [
        _generators(network),
        _external_grids(network),
        _converters(network),
        *_hvdc_ends(network),
    ]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    bus = joined.pop("bus")
    controlled = joined.pop("controlled_bus")
    node = node_of_bus[bus].astype(np.int32) if len(bus) else np.zeros(0, np.int32)
    remote = node_of_bus[controlled].astype(np.int32) if len(bus) else np.zeros(0, np.int32)
    return Sources(
        kind=joined["kind"].astype(np.int8),
        row=joined["row"].astype(np.int32),
        node=node,
        controlled=np.where(remote >= 0, remote, node).astype(np.int32),
        in_service=joined["in_service"].astype(bool) & (node >= 0),
        holds=joined["holds"].astype(bool),
        reference=joined["reference"].astype(bool),
        **{
            name: joined[name].astype(np.float64)
            for name in (
                "active",
                "reactive",
                "voltage",
                "angle",
                "minimum_reactive",
                "maximum_reactive",
                "maximum_active",
                "participation",
            )
        },
    )


def _part(n: int, kind: int, **columns: Any) -> dict[str, NDArray]:
    given = {
        "kind": np.full(n, kind),
        "row": np.arange(n),
        "reference": np.zeros(n, bool),
        "angle": np.full(n, np.nan),
        "maximum_active": np.full(n, np.nan),
        "participation": np.zeros(n),
        "minimum_reactive": np.full(n, -np.inf),
        "maximum_reactive": np.full(n, np.inf),
        **columns,
    }
    return {name: given[name] for name in sorted(given)}


def _generators(network: Network) -> dict[str, NDArray]:
    table, base = network.generators, network.base_power
    bus = network.buses.positions(table.column("bus"))
    return _part(
        len(table),
        GENERATOR,
        bus=bus,
        controlled_bus=_controlled(network, table.column("controlled_bus"), bus),
        in_service=table.column("in_service"),
        holds=table.column("holds_voltage") | table.column("reference"),
        reference=table.column("reference"),
        active=table.column("active_power") / base,
        reactive=table.column("reactive_power") / base,
        voltage=table.column("voltage"),
        minimum_reactive=_limit(table.column("minimum_reactive"), -np.inf) / base,
        maximum_reactive=_limit(table.column("maximum_reactive"), np.inf) / base,
        maximum_active=table.column("maximum_power") / base,
        participation=table.column("participation"),
    )


def _external_grids(network: Network) -> dict[str, NDArray]:
    table = network.external_grids
    n = len(table)
    bus = network.buses.positions(table.column("bus"))
    return _part(
        n,
        EXTERNAL_GRID,
        bus=bus,
        controlled_bus=bus,
        in_service=table.column("in_service"),
        holds=np.ones(n, bool),
        reference=np.ones(n, bool),
        active=np.zeros(n),
        reactive=np.zeros(n),
        voltage=table.column("voltage"),
        angle=table.column("angle"),
    )


def _converters(network: Network) -> dict[str, NDArray]:
    table, base = network.converters, network.base_power
    bus = network.buses.positions(table.column("bus"))
    return _part(
        len(table),
        CONVERTER,
        bus=bus,
        controlled_bus=bus,
        in_service=table.column("in_service"),
        holds=table.column("holds_voltage"),
        active=table.column("active_power") / base,
        reactive=table.column("reactive_power") / base,
        voltage=table.column("voltage"),
        minimum_reactive=_limit(table.column("minimum_reactive"), -np.inf) / base,
        maximum_reactive=_limit(table.column("maximum_reactive"), np.inf) / base,
    )


def _hvdc_ends(network: Network) -> list[dict[str, NDArray]]:
    table, base = network.hvdc_lines, network.base_power
    power = table.column("active_power")
    given = power - table.column("constant_loss") - table.column("loss_share") * np.abs(power)
    out = []
    for kind, end, active in ((HVDC_FROM, "from", -power), (HVDC_TO, "to", given)):
        bus = network.buses.positions(table.column(f"{end}_bus"))
        out.append(
            _part(
                len(table),
                kind,
                bus=bus,
                controlled_bus=bus,
                in_service=table.column("in_service"),
                holds=table.column(f"{end}_holds_voltage"),
                active=active / base,
                reactive=table.column(f"{end}_reactive_power") / base,
                voltage=table.column(f"{end}_voltage"),
                minimum_reactive=_limit(table.column(f"{end}_minimum_reactive"), -np.inf) / base,
                maximum_reactive=_limit(table.column(f"{end}_maximum_reactive"), np.inf) / base,
            )
        )
    return out


def _controlled(network: Network, names: NDArray, bus: Index) -> Index:
    away = np.array([name != "" for name in names], bool)
    if not np.any(away):
        return bus
    out = bus.copy()
    out[away] = network.buses.positions(names[away])
    return out


def _limit(values: Float, other: float) -> Float:
    return np.where(np.isnan(values), other, values)


def injections(
    network: Network, node_of_bus: Index, n_nodes: int, found: Sources
) -> tuple[Injections, NDArray[np.complex128]]:
    """Add up what goes into each node.

    Parameters
    ----------
    network : Network
        The network.
    node_of_bus : ndarray of int32, shape (n_buses,)
        Node of each bus.
    n_nodes : int
        Number of nodes.
    found : Sources
        The network's sources.

    Returns
    -------
    injections : Injections
        Per unit.
    shunt : ndarray of complex, shape (n_nodes,), per unit
        Admittance of the loads' constant-impedance part.
    """
    out = {name: np.zeros(n_nodes) for name in ("active", "reactive", "active_current", "reactive_current")}
    shunt = np.zeros(n_nodes, np.complex128)
    on = found.in_service
    np.add.at(out["active"], found.node[on], found.active[on])
    fixed = on & ~found.holds
    np.add.at(out["reactive"], found.node[fixed], found.reactive[fixed])
    loads, base = network.loads, network.base_power
    if len(loads):
        node = node_of_bus[network.buses.positions(loads.column("bus"))]
        on = loads.column("in_service") & (node >= 0)
        node = node[on]
        current, impedance = loads.column("current_share")[on], loads.column("impedance_share")[on]
        active, reactive = loads.column("active_power")[on] / base, loads.column("reactive_power")[on] / base
        constant = 1.0 - current - impedance
        np.subtract.at(out["active"], node, constant * active)
        np.subtract.at(out["reactive"], node, constant * reactive)
        np.subtract.at(out["active_current"], node, current * active)
        np.subtract.at(out["reactive_current"], node, current * reactive)
        np.add.at(shunt, node, impedance * (active - 1j * reactive))
    motors = network.motors
    if len(motors):
        node = node_of_bus[network.buses.positions(motors.column("bus"))]
        on = motors.column("in_service") & (node >= 0)
        active, reactive = motor_power(network)
        np.subtract.at(out["active"], node[on], active[on] / base)
        np.subtract.at(out["reactive"], node[on], reactive[on] / base)
    return Injections(**out), shunt


def motor_power(network: Network) -> tuple[Float, Float]:
    """Electrical power that motors draw.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    active, reactive : ndarray, shape (n_motors,), W and var
        At their loading, with efficiency and power factor as rated.
    """
    table = network.motors
    active = table.column("rated_power") * table.column("loading") / table.column("efficiency")
    return active, active * np.tan(np.arccos(table.column("power_factor")))
