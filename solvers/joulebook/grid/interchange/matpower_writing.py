"""Networks as MATPOWER case files, format version 2.

What is written are nodes: buses that closed switches join become one, star points of three-winding transformers become
buses of their own. Shunts of branches that MATPOWER's symmetric branch cannot hold go to the buses, which leaves the
admittance matrix as it is.

References
----------
MATPOWER User's Manual, appendix B (data file format).
"""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.conversion import tidy
from joulebook.grid.arrays import NetworkArrays, network_arrays
from joulebook.grid.elements import Cost
from joulebook.grid.injections import GENERATOR, HVDC_FROM, motor_power
from joulebook.grid.network import Network
from joulebook.grid.supply import supply_of

__all__ = ["write"]

Float = NDArray[np.float64]
_HEADS = {
    "bus": "bus_i type Pd Qd Gs Bs area Vm Va baseKV zone Vmax Vmin",
    "gen": "bus Pg Qg Qmax Qmin Vg mBase status Pmax Pmin",
    "branch": "fbus tbus r x b rateA rateB rateC ratio angle status angmin angmax",
    "dcline": "fbus tbus status Pf Pt Qf Qt Vf Vt Pmin Pmax QminF QmaxF QminT QmaxT loss0 loss1",
    "gencost": "model startup shutdown n c(n-1) … c0 or x1 y1 … xn yn",
}


def write(network: Network) -> tuple[bytes, tuple[str, ...]]:
    """Write a case.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    content : bytes
        Text of the file.
    notes : tuple of str
        What a case cannot hold.
    """
    arrays = network_arrays(network)
    numbers, notes = _numbers(network, arrays)
    branch, extra = _branches(network, arrays, numbers)
    bus = _buses(network, arrays, numbers, extra)
    notes += _notes(network)
    gen, costs = _generators(network, arrays, numbers)
    name = re.sub(r"\W+", "_", network.name).strip("_") or "network"
    name = name if name[0].isalpha() else f"case_{name}"
    parts = [
        f"function mpc = {name}",
        f"% {network.name}, written by Joulebook",
        "",
        "mpc.version = '2';",
        f"mpc.baseMVA = {_number(network.base_power / 1e6)};",
        _matrix("bus", bus),
        _matrix("gen", gen),
        _matrix("branch", branch),
    ]
    if len(network.hvdc_lines):
        parts.append(_matrix("dcline", _hvdc(network, arrays, numbers)))
    if costs:
        parts.append(_matrix("gencost", costs))
    names = _names(network, arrays)
    if any(names):
        listed = "\n".join("\t'" + item.replace("'", "''") + "';" for item in names)
        parts.append(f"\nmpc.bus_name = {{\n{listed}\n}};")
    return ("\n".join(parts) + "\n").encode(), tuple(notes)


def _numbers(network: Network, arrays: NetworkArrays) -> tuple[NDArray[np.int64], list[str]]:
    """A number for each node: the bus's own where all are numbers."""
    ids = network.buses.ids
    plain = all(item.isascii() and item.isdigit() and 0 < int(item) < 10**9 and item == str(int(item)) for item in ids)
    notes = [] if plain else ["buses are numbered from 1; their identifiers stand in bus_name"]
    of_bus = np.array([int(item) for item in ids] if plain else np.arange(1, len(ids) + 1), np.int64)
    numbers = np.zeros(arrays.n_nodes, np.int64)
    real = arrays.bus_of_node >= 0
    numbers[real] = of_bus[arrays.bus_of_node[real]]
    numbers[~real] = of_bus.max(initial=0) + 1 + np.arange(np.sum(~real))
    return numbers, notes


def _names(network: Network, arrays: NetworkArrays) -> list[str]:
    plain = all(item.isdigit() for item in network.buses.ids)
    given = network.buses.column("name")
    known = given if plain else network.buses.ids
    buses = [*arrays.bus_of_node.tolist(), *np.flatnonzero(arrays.node_of_bus < 0).tolist()]
    return ["" if bus < 0 else known[bus] for bus in buses]


def _notes(network: Network) -> list[str]:
    notes = []
    loads = network.loads
    if np.any((loads.column("current_share") > 0) | (loads.column("impedance_share") > 0)):
        notes.append("loads are written at nominal voltage; their dependence on voltage is left out")
    for name, what in (
        ("switches", "switches: buses that they join are written as one"),
        ("three_winding_transformers", "three-winding transformers are written as three branches each"),
        ("motors", "motors are written as loads"),
        ("converters", "converters are written as generators"),
        ("external_grids", "external grids are written as generators"),
    ):
        if len(getattr(network, name)):
            notes.append(what)
    if any(changer is not None for changer in network.transformers.column("tap_changer")):
        notes.append("tap changers are left out; ratios are those of their positions")
    return notes


def _branches(
    network: Network, arrays: NetworkArrays, numbers: NDArray[np.int64]
) -> tuple[list[list[float]], NDArray[np.complex128]]:
    """Rows of branches, and shunts that go to the nodes."""
    branches = arrays.branches
    extra = np.zeros(arrays.n_nodes, np.complex128)
    ratings, angles = _ratings(network), _angles(network)
    rows = []
    for place in range(len(branches)):
        f, t = int(branches.from_node[place]), int(branches.to_node[place])
        if f < 0 or t < 0:
            continue
        on = bool(branches.in_service[place])
        if on and arrays.y_ft[place] == 0:  # one end is open
            extra[f] += arrays.y_ff[place]
            extra[t] += arrays.y_tt[place]
            on = False
        first, second = complex(branches.from_shunt[place]), complex(branches.to_shunt[place])
        ratio = complex(branches.ratio[place])
        charging = 0.0
        if on:
            charging = first.imag if first == second else 0.0
            extra[f] += (first - 1j * charging) / abs(ratio) ** 2
            extra[t] += second - 1j * charging
        elif first == second:
            charging = first.imag
        line = branches.kind[place] == 0
        impedance = complex(branches.impedance[place])
        rows.append(
            [
                numbers[f],
                numbers[t],
                impedance.real,
                impedance.imag,
                2 * charging,
                *ratings[place],
                0.0 if line else abs(ratio),
                0.0 if line else math.degrees(np.angle(ratio)),
                float(on),
                *angles[place],
            ]
        )
    return rows, extra


def _angles(network: Network) -> Float:
    """Limits of angle differences in degrees; a full turn where there is none."""
    parts = [
        np.stack(
            [
                np.nan_to_num(np.rad2deg(table.column("minimum_angle")), nan=-360.0),
                np.nan_to_num(np.rad2deg(table.column("maximum_angle")), nan=360.0),
            ],
            axis=1,
        )
        for table in (network.lines, network.transformers)
    ]
    windings = 3 * len(network.three_winding_transformers)
    return np.concatenate([*parts, np.tile([-360.0, 360.0], (windings, 1))])


def _ratings(network: Network) -> Float:
    """MVA, zero where not known."""
    lines, two = network.lines, network.transformers
    volts = network.buses.column("nominal_voltage")[network.buses.positions(lines.column("from_bus"))]
    names = ("current_rating", "short_time_rating", "emergency_rating")
    of_lines = np.stack([lines.column(name) * volts * math.sqrt(3) / 1e6 for name in names], axis=1)
    of_two = np.stack([two.column(name) / 1e6 for name in ("rating", *names[1:])], axis=1)
    three = network.three_winding_transformers
    of_three = np.zeros((3 * len(three), 3))
    for winding in (1, 2, 3):
        power = three.column(f"rated_power_{winding}")
        power = np.where(np.isnan(power), three.column("rated_power_1"), power)
        of_three[(winding - 1) * len(three) : winding * len(three), 0] = power / 1e6
    return np.nan_to_num(np.concatenate([of_lines, of_two, of_three]))


def _buses(
    network: Network, arrays: NetworkArrays, numbers: NDArray[np.int64], extra: NDArray[np.complex128]
) -> list[list[float]]:
    buses = network.buses
    mega = network.base_power / 1e6
    n = arrays.n_nodes
    active, reactive = np.zeros(n), np.zeros(n)
    loads, motors = network.loads, network.motors
    drawn = [(loads, loads.column("active_power"), loads.column("reactive_power")), (motors, *motor_power(network))]
    for table, p, q in drawn:
        node = arrays.node_of_bus[buses.positions(table.column("bus"))]
        on = table.column("in_service") & (node >= 0)
        np.add.at(active, node[on], p[on] / 1e6)
        np.add.at(reactive, node[on], q[on] / 1e6)
    shunt = (_shunts_only(network, arrays) + extra) * mega
    supply = supply_of(arrays)
    kinds = np.where(supply.dead, 1, supply.kind + 1)
    areas, zones = _codes(buses.column("area")), _codes(buses.column("zone"))
    rows = []
    for node in range(n):
        bus = int(arrays.bus_of_node[node])
        low, high = (np.nan, np.nan) if bus < 0 else (buses.minimum_voltage[bus], buses.maximum_voltage[bus])
        rows.append(
            [
                numbers[node],
                kinds[node],
                active[node],
                reactive[node],
                shunt[node].real,
                shunt[node].imag,
                areas[bus] if bus >= 0 else 1,
                arrays.start_voltage[node],
                math.degrees(arrays.start_angle[node]),
                arrays.nominal_voltage[node] / 1e3 if bus >= 0 else 1.0,
                zones[bus] if bus >= 0 else 1,
                1.1 if np.isnan(high) else high,
                0.9 if np.isnan(low) else low,
            ]
        )
    known = set(numbers.tolist())
    number = max(known, default=0)
    for bus in np.flatnonzero(~buses.column("in_service")).tolist():
        own = buses.ids[bus]
        number += 1
        shown = int(own) if own.isdigit() and int(own) not in known else number
        rows.append([shown, 4, 0, 0, 0, 0, areas[bus], 1, 0, buses.nominal_voltage[bus] / 1e3, zones[bus], 1.1, 0.9])
    return rows


def _shunts_only(network: Network, arrays: NetworkArrays) -> NDArray[np.complex128]:
    """Shunts without the constant-impedance part of loads, which is written with the loads."""
    loads = network.loads
    out = arrays.shunt.copy()
    node = arrays.node_of_bus[network.buses.positions(loads.column("bus"))]
    on = loads.column("in_service") & (node >= 0)
    power = loads.column("active_power") - 1j * loads.column("reactive_power")
    np.subtract.at(out, node[on], (loads.column("impedance_share") * power)[on] / network.base_power)
    return out


def _codes(names: NDArray[Any]) -> list[int]:
    """Whole numbers for areas and zones."""
    if all(name.isdigit() and len(name) < 9 for name in names):
        return [int(name) for name in names]
    order = {name: place + 1 for place, name in enumerate(dict.fromkeys(names))}
    return [order[name] for name in names]


def _generators(
    network: Network, arrays: NetworkArrays, numbers: NDArray[np.int64]
) -> tuple[list[list[float]], list[list[float]]]:
    sources, mega = arrays.sources, network.base_power / 1e6
    table = network.generators
    rows, costs = [], []
    priced = any(cost is not None for cost in table.column("cost"))
    for place in range(len(sources)):
        if sources.kind[place] >= HVDC_FROM or sources.node[place] < 0:
            continue
        high, low = sources.maximum_reactive[place] * mega, sources.minimum_reactive[place] * mega
        most, least = np.inf, -np.inf
        machine = np.nan
        cost: Cost | None = None
        if sources.kind[place] == GENERATOR:
            row = int(sources.row[place])
            most, least = table.maximum_power[row] / 1e6, table.minimum_power[row] / 1e6
            machine = table.rated_power[row] / 1e6
            cost = table.cost[row]
        rows.append(
            [
                numbers[sources.node[place]],
                sources.active[place] * mega,
                sources.reactive[place] * mega,
                high,
                low,
                sources.voltage[place],
                mega if np.isnan(machine) else machine,
                float(sources.in_service[place]),
                np.inf if np.isnan(most) else most,
                -np.inf if np.isnan(least) else least,
            ]
        )
        if priced:
            costs.append(_cost(cost))
    width = max(map(len, costs), default=0)
    return rows, [[*row, *[0.0] * (width - len(row))] for row in costs]


def _cost(cost: Cost | None) -> list[float]:
    if cost is None:
        return [2.0, 0.0, 0.0, 1.0, 0.0]
    if cost.kind == "piecewise":
        flat = [value for point in cost.points for value in point]
        return [1.0, cost.start_up, cost.shut_down, float(len(cost.points)), *flat]
    values = cost.coefficients or (0.0,)
    return [2.0, cost.start_up, cost.shut_down, float(len(values)), *reversed(values)]


def _hvdc(network: Network, arrays: NetworkArrays, numbers: NDArray[np.int64]) -> list[list[float]]:
    table = network.hvdc_lines
    nodes = [arrays.node_of_bus[network.buses.positions(table.column(f"{end}_bus"))] for end in ("from", "to")]
    rows = []
    for row in range(len(table)):
        f, t = nodes[0][row], nodes[1][row]
        if f < 0 or t < 0:
            continue
        power, loss, share = table.active_power[row], table.constant_loss[row], table.loss_share[row]
        limits = [
            table.column(name)[row] / 1e6
            for name in (
                "minimum_power",
                "maximum_power",
                "from_minimum_reactive",
                "from_maximum_reactive",
                "to_minimum_reactive",
                "to_maximum_reactive",
            )
        ]
        filled = [
            (-math.inf if place % 2 == 0 else math.inf) if math.isnan(value) else value
            for place, value in enumerate(limits)
        ]
        rows.append(
            [
                numbers[f],
                numbers[t],
                float(table.in_service[row]),
                power / 1e6,
                (power - loss - share * abs(power)) / 1e6,
                table.from_reactive_power[row] / 1e6,
                table.to_reactive_power[row] / 1e6,
                table.from_voltage[row],
                table.to_voltage[row],
                *filled,
                loss / 1e6,
                share,
            ]
        )
    return rows


def _matrix(name: str, rows: list[list[float]]) -> str:
    lines = "\n".join("\t" + "\t".join(_number(value) for value in row) + ";" for row in rows)
    return "\n%\t" + "\t".join(_HEADS[name].split()) + f"\nmpc.{name} = [\n{lines}\n];"


def _number(value: Any) -> str:
    number = float(value)
    if math.isinf(number):
        return "Inf" if number > 0 else "-Inf"
    number = tidy(number)
    return f"{number:.0f}" if number == math.floor(number) and abs(number) < 1e15 else repr(number)
