"""Values of a network that look wrong: what a person would look at first when a power flow has no solution.

Each rule compares a value with physics or with its own kind in the same network, and where it can, proposes the value
that would be usual. A suspect is not a fault: equivalents of reduced networks have odd values that are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.setup import Setup
from joulebook.grid.suspect import Suspect, figure
from joulebook.grid.suspect_powers import (
    balances,
    large_shunts,
    loads_beyond_branches,
    machines_beyond_branches,
    set_points,
)

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["suspects_of"]

Float = NDArray[np.float64]
MOST_OF_A_KIND = 4
TINY_IMPEDANCE = 1e-6
"""Per unit of a base of 100 MVA; a metre of line has more."""
OUTLIER = 30.0
"""Times the median of its kind at the same voltage."""
LARGEST_IMPEDANCE = 0.6
"""Per unit of a transformer's own rating."""
NEAR = 6.0
"""A proposed value lies within this factor of the median."""
HIGH_VOLTAGE = 60e3
"""V; above it, reactance exceeds resistance."""
LARGEST_RATIO, SMALLEST_RATIO = 1.35, 0.7
"""Of transformers' off-nominal ratios."""


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
        _percent,
        _ratios,
        _phase_shifts,
        loads_beyond_branches,
        machines_beyond_branches,
        _charging,
        large_shunts,
        _swapped,
        set_points,
        balances,
    )
    out: list[Suspect] = []
    for rule in rules:
        found = [item for item, _ in zip(rule(network, setup), range(MOST_OF_A_KIND), strict=False)]
        out += [item for item in found if item.path not in {other.path for other in out}]
    return out


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


def _percent(network: Network, setup: Setup) -> Iterator[Suspect]:
    """Transformers whose short-circuit voltage exceeds any: per cent taken for per unit."""
    del setup
    table = network.transformers
    size = np.hypot(table.column("resistance"), table.column("reactance"))
    odd = table.column("in_service") & (size > LARGEST_IMPEDANCE)
    for row in np.flatnonzero(odd)[np.argsort(-size[odd])].tolist():
        name = table.ids[row]
        yield Suspect(
            f"transformers.{name}.reactance",
            f"transformer {name} has a short-circuit voltage of {figure(100 * size[row])} % of its own rating "
            f"({figure(table.column('rated_power')[row] / 1e6)} MVA): was per cent given as per unit?",
            f"{figure(size[row])} %",
            {
                f"transformers.{name}.{part}": float(table.column(part)[row] / 100)
                for part in ("resistance", "reactance")
            },
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
