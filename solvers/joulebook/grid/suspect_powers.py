"""Rules for suspects among what is fed in and drawn: loads, machines, shunts, set points, balances of islands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.setup import Setup
from joulebook.grid.suspect import Suspect, figure

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["balances", "large_shunts", "loads_beyond_branches", "machines_beyond_branches", "set_points"]

Float = NDArray[np.float64]
MANY = 30.0
"""Times the median of all loads, or of all machines."""


def _reach(setup: Setup) -> Float:
    """What the branches of each node carry at most at any voltage near one, per unit."""
    branches = setup.compiled.arrays.branches
    on = branches.in_service
    with np.errstate(divide="ignore"):
        able = np.where(on, 0.5 / np.abs(branches.impedance), 0.0)
    reach = np.zeros(setup.compiled.arrays.n_nodes)
    np.add.at(reach, branches.from_node[on], able[on])
    np.add.at(reach, branches.to_node[on], able[on])
    return reach


def loads_beyond_branches(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Loads that exceed what the branches of their bus carry at any voltage: mostly kW taken for MW."""
    arrays = setup.compiled.arrays
    reach = _reach(setup)
    loads = network.loads
    if not len(loads):
        return
    node = arrays.node_of_bus[network.buses.positions(loads.column("bus"))]
    power = np.hypot(loads.column("active_power"), loads.column("reactive_power")) / network.base_power
    live = loads.column("in_service") & (node >= 0)
    usual = float(np.median(power[live & (power > 0)])) if np.any(live & (power > 0)) else 0.0
    beyond = live & ((power > reach[node]) | (power > MANY * usual))
    for row in np.flatnonzero(beyond)[np.argsort(-power[beyond])].tolist():
        name = loads.ids[row]
        asked, most = power[row] * network.base_power / 1e6, reach[node[row]] * network.base_power / 1e6
        against = (
            f"the branches of bus {loads.column('bus')[row]} carry at most {figure(most)} MVA at any voltage"
            if power[row] > reach[node[row]]
            else f"the median of all loads is {figure(usual * network.base_power / 1e6)} MVA"
        )
        trial = {
            f"loads.{name}.{part}": float(loads.column(part)[row] / 1e3) for part in ("active_power", "reactive_power")
        }
        yield Suspect(
            f"loads.{name}.active_power",
            f"load {name} asks for {figure(asked)} MVA, and {against}: was kW given as MW?",
            f"a thousandth of it ({figure(asked)} kVA)",
            trial,
        )


def machines_beyond_branches(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Machines that give more than they can, or than the branches of their bus carry."""
    arrays, machines = setup.compiled.arrays, network.generators
    if not len(machines):
        return
    reach = _reach(setup)
    node = arrays.node_of_bus[network.buses.positions(machines.column("bus"))]
    power = np.abs(machines.column("active_power")) / network.base_power
    most = machines.column("maximum_power") / network.base_power
    live = machines.column("in_service") & (node >= 0)
    usual = float(np.median(power[live & (power > 0)])) if np.any(live & (power > 0)) else 0.0
    beyond = live & ((power > 2 * reach[node]) | (power > 20 * most) | (power > MANY * usual))
    for row in np.flatnonzero(beyond)[np.argsort(-power[beyond])].tolist():
        name = machines.ids[row]
        given = float(machines.column("active_power")[row])
        carried = reach[node[row]] * network.base_power / 1e6
        against = (
            f"the branches of bus {machines.column('bus')[row]} carry at most {figure(carried)} MVA at any voltage"
            if power[row] > reach[node[row]]
            else f"the median of all machines is {figure(usual * network.base_power / 1e6)} MW"
        )
        yield Suspect(
            f"generators.{name}.active_power",
            f"generator {name} gives {figure(given / 1e6)} MW, and {against}: was kW given as MW?",
            f"a thousandth of it ({figure(given / 1e6)} kW)",
            {f"generators.{name}.active_power": given / 1e3},
        )


def large_shunts(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Shunts larger than all loads together."""
    shunts = network.shunts
    if not len(shunts):
        return
    arrays = setup.compiled.arrays
    total = max(float(-np.minimum(arrays.injections.active, 0).sum()), 1e-3)
    bus = network.buses.positions(shunts.column("bus"))
    siemens = np.hypot(shunts.column("conductance"), shunts.column("susceptance")) * shunts.column("steps")
    power = siemens * network.buses.column("nominal_voltage")[bus] ** 2 / network.base_power
    odd = shunts.column("in_service") & (power > 3.0 * total)
    for row in np.flatnonzero(odd)[np.argsort(-power[odd])].tolist():
        name = shunts.ids[row]
        trial = {
            f"shunts.{name}.{part}": float(shunts.column(part)[row] * 1e-6) for part in ("conductance", "susceptance")
        }
        yield Suspect(
            f"shunts.{name}.susceptance",
            f"shunt {name} stands for {figure(power[row] * network.base_power / 1e6)} Mvar, more than all loads: were "
            "microsiemens given as siemens?",
            "a millionth of it",
            trial,
        )


def set_points(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Voltages that no network is run at, and neighbours that pull apart."""
    del setup
    for table_name in ("generators", "external_grids", "converters"):
        table = getattr(network, table_name)
        voltage = table.column("voltage")
        holds = table.column("in_service")
        if table_name != "external_grids":
            holds = holds & table.column("holds_voltage")
        for row in np.flatnonzero(holds & ((voltage < 0.85) | (voltage > 1.15))).tolist():
            name = table.ids[row]
            yield Suspect(
                f"{table_name}.{name}.voltage",
                f"{table_name[:-1].replace('_', ' ')} {name} holds {voltage[row]:.4g} per unit: are the set point and "
                "the nominal voltage of its bus on the same base?",
                "a set point of 1",
                {f"{table_name}.{name}.voltage": 1.0},
            )


def balances(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Islands that ask for more than their machines can give."""
    arrays = setup.compiled.arrays
    sources = arrays.sources
    asked = np.bincount(
        arrays.island, -np.minimum(arrays.injections.active + arrays.injections.active_current, 0), arrays.n_islands
    )
    most = np.where(np.isnan(sources.maximum_active), np.inf, sources.maximum_active)
    on = sources.in_service & (sources.kind <= 2)
    able = np.bincount(arrays.island[np.maximum(sources.node, 0)][on], most[on], arrays.n_islands)
    mega = network.base_power / 1e6
    for island in np.flatnonzero((asked > able) & (able > 0)).tolist():
        node = int(np.flatnonzero((arrays.island == island) & (arrays.bus_of_node >= 0))[0])
        yield Suspect(
            "loads",
            f"the island of bus {network.buses.ids[arrays.bus_of_node[node]]} asks for "
            f"{figure(asked[island] * mega)} MW, its machines give at most {figure(able[island] * mega)} MW",
        )
