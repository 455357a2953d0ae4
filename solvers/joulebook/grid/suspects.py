"""Values of a network that look wrong: what a person would look at first when a power flow has no solution.

Each rule compares a value with physics or with its own kind in the same network, and where it can, proposes the value
that would be usual. A suspect is not a fault: equivalents of reduced networks have odd values that are right.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.setup import Setup

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["Suspect", "figure", "suspects_of"]

Float = NDArray[np.float64]
MOST_OF_A_KIND = 4
TINY_IMPEDANCE = 1e-6
"""Per unit of a base of 100 MVA; a metre of line has more."""
OUTLIER = 30.0
"""Times the median of its kind at the same voltage."""
NEAR = 6.0
"""A proposed value lies within this factor of the median."""
HIGH_VOLTAGE = 60e3
"""V; above it, reactance exceeds resistance."""
LARGEST_RATIO, SMALLEST_RATIO = 1.35, 0.7
"""Of transformers' off-nominal ratios."""


@dataclass(frozen=True)
class Suspect:
    """A value that looks wrong.

    Parameters
    ----------
    path : str
        Of the value in the network.
    text : str
        What is odd about it.
    remedy : str
        What would be usual.
    trial : dict
        Changes for :meth:`joulebook.grid.Network.replace` that put the remedy in.
    mends : bool
        Whether the network has a solution with it.
    """

    path: str
    text: str
    remedy: str = ""
    trial: dict[str, Any] = field(default_factory=dict)
    mends: bool = False

    def with_verdict(self, mends: bool) -> Suspect:
        """Note what a trial came to.

        Parameters
        ----------
        mends : bool
            Whether the network has a solution with the remedy.

        Returns
        -------
        Suspect
            The same value, judged.
        """
        return dataclasses.replace(self, mends=mends)


def suspects_of(network: Network, setup: Setup) -> list[Suspect]:
    """Look for values that seem wrong.

    Parameters
    ----------
    network : Network
        The network.
    setup : Setup
        Of it.

    Returns
    -------
    list of Suspect
        The gravest kinds first.
    """
    rules = (
        _unlike_impedances,
        _tiny_impedances,
        _ratios,
        _phase_shifts,
        _loads_beyond_branches,
        _charging,
        _shunts,
        _swapped,
        _set_points,
        _balance,
    )
    out: list[Suspect] = []
    for rule in rules:
        found = [item for item, _ in zip(rule(network, setup), range(MOST_OF_A_KIND), strict=False)]
        out += [item for item in found if item.path not in {other.path for other in out}]
    return out


def figure(value: float) -> str:
    """Write a number for people.

    Parameters
    ----------
    value : float
        Any.

    Returns
    -------
    str
        Four digits; whole numbers from a thousand on.
    """
    return f"{value:.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _line_bases(network: Network) -> Float:
    nominal = network.buses.column("nominal_voltage")
    first = network.buses.positions(network.lines.column("from_bus"))
    return nominal[first] ** 2 / network.base_power


def _unlike_impedances(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Lines far from the others of their voltage: mostly per unit taken for ohm, or ohm for per unit."""
    del setup
    lines = network.lines
    base = _line_bases(network)
    size = np.hypot(lines.column("resistance"), lines.column("reactance"))
    on = lines.column("in_service") & (size > 0)
    for level in np.unique(base[on]):
        rows = np.flatnonzero(on & (base == level))
        median = float(np.median(size[rows]))
        if len(rows) < 4:
            median = 0.1 * level if median > OUTLIER * 0.1 * level or median < 0.1 * level / 1e4 else median
        odd = rows[(size[rows] > OUTLIER * median) | (size[rows] < median / OUTLIER)]
        for row in odd[np.argsort(-np.abs(np.log(size[odd] / median)))].tolist():
            name, ratio = lines.ids[row], size[row] / median
            factor, guess = _closest(
                size[row],
                median,
                {
                    "the values taken as per unit instead of ohm": level,
                    "the values taken as ohm instead of per unit": 1.0 / level,
                    "ohm instead of milliohm": 1e-3,
                    "the decimal point moved by three": 1e3,
                },
            )
            much = f"{ratio:.0f} times" if ratio > 1 else f"1/{1 / ratio:.0f} of"
            text = (
                f"line {name} has {figure(size[row])} Ω, {much} what is usual among the lines of its voltage "
                f"({figure(median)} Ω): were ohm and per unit mixed up?"
            )
            remedy = f"{guess} ({figure(factor * size[row])} Ω)" if guess else f"the usual {figure(median)} Ω"
            scale = factor if guess else median / size[row]
            yield Suspect(
                f"lines.{name}.reactance",
                text,
                remedy,
                {
                    f"lines.{name}.resistance": float(lines.column("resistance")[row] * scale),
                    f"lines.{name}.reactance": float(lines.column("reactance")[row] * scale),
                },
            )


def _closest(value: float, usual: float, guesses: dict[str, float]) -> tuple[float, str]:
    best, name = 1.0, ""
    nearest = math.log(NEAR)
    for guess, factor in guesses.items():
        away = abs(math.log(value * factor / usual))
        if away < nearest:
            nearest, best, name = away, factor, guess
    return best, name


def _tiny_impedances(network: Network, setup: Setup) -> Iterator[Suspect]:
    branches = setup.compiled.arrays.branches
    size = np.abs(branches.impedance) * 100e6 / network.base_power
    for place in np.flatnonzero(branches.in_service & (size < TINY_IMPEDANCE)).tolist():
        kind, name = _branch_name(network, place)
        if kind == "three_winding_transformers":
            continue
        yield Suspect(
            f"{kind}.{name}.reactance",
            f"{kind[:-1].replace('_', ' ')} {name} has almost no impedance ({size[place]:.1e} per unit of 100 MVA): "
            "a connection without length is a closed switch",
            "1e-4 per unit in its place",
            {f"{kind}.{name}.reactance": _in_own_unit(network, kind, place, 1e-4)},
        )


def _branch_name(network: Network, place: int) -> tuple[str, str]:
    branches = (network.lines, network.transformers)
    if place < len(branches[0]):
        return "lines", branches[0].ids[place]
    place -= len(branches[0])
    if place < len(branches[1]):
        return "transformers", branches[1].ids[place]
    return "three_winding_transformers", ""


def _in_own_unit(network: Network, kind: str, place: int, per_unit: float) -> float:
    """Per unit of 100 MVA as the table gives it."""
    if kind == "lines":
        return float(per_unit * _line_bases(network)[place] * network.base_power / 100e6)
    row = place - len(network.lines)
    return float(per_unit * network.transformers.column("rated_power")[row] / 100e6)


def _ratios(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Transformers whose ratio is far from that of the nominal voltages: often sides or rated voltages reversed."""
    branches = setup.compiled.arrays.branches
    table, offset = network.transformers, len(network.lines)
    nominal = network.buses.column("nominal_voltage")
    for row in range(len(table)):
        ratio = abs(branches.ratio[offset + row])
        if not branches.in_service[offset + row] or SMALLEST_RATIO <= ratio <= LARGEST_RATIO:
            continue
        name = table.ids[row]
        vf, vt = (nominal[network.buses.position(table.column(f"{end}_bus")[row])] for end in ("from", "to"))
        rated = [table.column(f"{end}_rated_voltage")[row] for end in ("from", "to")]
        known = not any(map(math.isnan, rated))
        reversed_ = known and SMALLEST_RATIO < rated[1] / rated[0] * vt / vf < LARGEST_RATIO
        text = (
            f"transformer {name} turns {vf / 1e3:g} kV into {ratio:.3g} times less than the {vt / 1e3:g} kV of its "
            "other bus: are its sides or rated voltages reversed, or the tap ratio?"
        )
        if reversed_:
            trial = {
                f"transformers.{name}.from_rated_voltage": float(rated[1]),
                f"transformers.{name}.to_rated_voltage": float(rated[0]),
            }
            yield Suspect(f"transformers.{name}.from_rated_voltage", text, "its rated voltages exchanged", trial)
        else:
            own = float(table.column("tap_ratio")[row])
            inverse = ratio / own / own
            usual = 1.0 / own if SMALLEST_RATIO <= inverse <= LARGEST_RATIO and 0.1 < own < 10 else own / ratio
            remedy = f"a tap ratio of {usual:.4g} instead of {own:.4g}"
            yield Suspect(
                f"transformers.{name}.tap_ratio", text, remedy, {f"transformers.{name}.tap_ratio": float(usual)}
            )


def _phase_shifts(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Angles of more than a turn, and shifts that stand against each other in a loop."""
    del setup
    table = network.transformers
    shift = table.column("phase_shift")
    for row in np.flatnonzero(table.column("in_service") & (np.abs(shift) > math.pi + 1e-9)).tolist():
        name = table.ids[row]
        yield Suspect(
            f"transformers.{name}.phase_shift",
            f"transformer {name} shifts by {shift[row]:.4g} rad, more than half a turn: were degrees given as radians?",
            f"{shift[row]:.4g} degrees",
            {f"transformers.{name}.phase_shift": math.radians(float(shift[row]))},
        )
    large = (np.abs(shift) > 0.35) & (np.abs(shift) <= math.pi + 1e-9)
    for row in np.flatnonzero(table.column("in_service") & large).tolist():
        name = table.ids[row]
        yield Suspect(
            f"transformers.{name}.phase_shift",
            f"transformer {name} shifts by {math.degrees(shift[row]):.4g}°: beside a path without this shift, a large "
            "power flows in a circle",
            "no phase shift",
            {f"transformers.{name}.phase_shift": 0.0},
        )


def _loads_beyond_branches(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Loads that exceed what the branches of their bus carry at any voltage: mostly kW taken for MW."""
    arrays = setup.compiled.arrays
    branches = arrays.branches
    on = branches.in_service
    with np.errstate(divide="ignore"):
        able = np.where(on, 0.5 / np.abs(branches.impedance), 0.0)
    reach = np.zeros(arrays.n_nodes)
    np.add.at(reach, branches.from_node[on], able[on])
    np.add.at(reach, branches.to_node[on], able[on])
    loads = network.loads
    if not len(loads):
        return
    node = arrays.node_of_bus[network.buses.positions(loads.column("bus"))]
    power = np.hypot(loads.column("active_power"), loads.column("reactive_power")) / network.base_power
    live = loads.column("in_service") & (node >= 0)
    usual = float(np.median(power[live & (power > 0)])) if np.any(live & (power > 0)) else 0.0
    beyond = live & ((power > reach[node]) | (power > 100 * usual))
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


def _charging(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Lines whose charging is beyond any line: microsiemens taken for siemens."""
    del setup
    lines = network.lines
    charging = lines.column("susceptance") * _line_bases(network)
    size = np.abs(lines.column("susceptance"))
    on = lines.column("in_service")
    usual = float(np.median(size[on & (size > 0)])) if np.any(on & (size > 0)) else 0.0
    odd = on & ((np.abs(charging) > 20.0) | ((usual > 0) & (size > 1e3 * usual) & (np.abs(charging) > 0.5)))
    for row in np.flatnonzero(odd)[np.argsort(-size[odd])].tolist():
        name = lines.ids[row]
        factor, guess = _closest(
            size[row], usual or size[row] * 1e-6, {"microsiemens": 1e-6, "nanosiemens": 1e-9, "millisiemens": 1e-3}
        )
        new = float(lines.column("susceptance")[row] * (factor if guess else 0.0))
        yield Suspect(
            f"lines.{name}.susceptance",
            f"line {name} charges {figure(charging[row] * network.base_power / 1e6)} Mvar: were "
            f"{guess or 'other units'} given as siemens?",
            f"{guess} ({new:.3g} S)" if guess else "no charging",
            {f"lines.{name}.susceptance": new},
        )


def _shunts(network: Network, setup: Setup) -> Iterator[Suspect]:
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


def _swapped(network: Network, setup: Setup) -> Iterator[Suspect]:
    """High-voltage lines with far more resistance than reactance, and lines with negative reactance."""
    del setup
    lines = network.lines
    r, x = lines.column("resistance"), lines.column("reactance")
    nominal = network.buses.column("nominal_voltage")[network.buses.positions(lines.column("from_bus"))]
    on = lines.column("in_service")
    for row in np.flatnonzero(on & (nominal >= HIGH_VOLTAGE) & (r > 3 * np.abs(x))).tolist():
        name = lines.ids[row]
        yield Suspect(
            f"lines.{name}.resistance",
            f"line {name} at {nominal[row] / 1e3:g} kV has {r[row]:.4g} Ω resistance and {x[row]:.4g} Ω reactance: "
            "exchanged?",
            "both exchanged",
            {f"lines.{name}.resistance": float(x[row]), f"lines.{name}.reactance": float(r[row])},
        )
    for row in np.flatnonzero(on & (x < 0)).tolist():
        name = lines.ids[row]
        yield Suspect(
            f"lines.{name}.reactance",
            f"line {name} has a negative reactance ({x[row]:.4g} Ω): right for an equivalent or a series capacitor, "
            "else a wrong sign",
            "the sign changed",
            {f"lines.{name}.reactance": float(-x[row])},
        )


def _set_points(network: Network, setup: Setup) -> Iterator[Suspect]:
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


def _balance(network: Network, setup: Setup) -> Iterator[Suspect]:
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
