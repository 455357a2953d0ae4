"""Transformers of a CGMES set: from ohm at each winding to per unit of the ratings.

Two windings: ``terminal 1 - ideal a1 - (g1, b1) - r1 + jx1, r2 + jx2 - (g2, b2) - ideal a2 - terminal 2``, with
complex ratios ``a = t e^(j alpha)`` of the tap changers. What a table of steps says about r, x, g and b holds for the
whole transformer, at whichever winding the changer is. The ratio of the second winding is brought to the first:
``a = a1 / a2``, ``Z' = Z |a2|^2``, ``Y' = Y / |a2|^2``, which changes nothing at the terminals. A magnetising branch
that the file gives to one winding alone stands half on either side: the profile does not say where it is, and the state
of ENTSO-E's small grid agrees with this to 1.5e-4 per unit, and not with the whole of it on one side.

References
----------
IEC 61970-301, class ``PowerTransformerEnd``; attribute ``PhaseTapChangerNonLinear.xMax``: where it contradicts the
reactance of the end, that of the end holds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.cgmes.branches import connect_ends
from joulebook.grid.formats.cgmes.limits import CurrentLimits
from joulebook.grid.formats.cgmes.nodes import Nodes, Terminal
from joulebook.grid.formats.cgmes.objects import Model
from joulebook.grid.formats.cgmes.tap_changers import Tap
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_transformers"]

_OHM = ("r", "x", "g", "b", "r0", "x0", "g0", "b0")
_STANDARD_POWER = 100e6
"""VA: base where the file rates no winding."""
_SAME = 1e-4
"""Relative: up to this the reactances of a winding and of the last step of its tap changer are the same."""


@dataclass(slots=True)
class _End:
    """A winding."""

    identifier: str
    number: float
    terminal: Terminal
    volts: float
    power: float
    ohm: dict[str, float]
    kind: str
    clock: int
    grounded: bool
    ground: tuple[float, float]
    tap: Tap

    def per_unit(self, power: float) -> dict[str, float]:
        """Impedances and admittances per unit of a power and this winding's voltage."""
        base = self.volts**2 / power
        return {name: value * (base if name[0] in "gb" else 1 / base) for name, value in self.ohm.items()}

    def factor(self, name: str) -> float:
        """By what the present step multiplies ``r``, ``x``, ``g`` or ``b``."""
        return (self.tap.scale or {}).get(name, 1.0)

    def reactance(self, x: float, power: float) -> float:
        """Reactance per unit at the present step; that of the end where it contradicts the tap changer's curve."""
        if self.tap.reactance is None:
            return x
        here, last = (value * power / self.volts**2 for value in self.tap.reactance)
        return here if math.isclose(last, x, rel_tol=_SAME) else x


def add_transformers(
    model: Model, rows: NetworkRows, nodes: Nodes, limits: CurrentLimits, taps: dict[str, Tap]
) -> None:
    """Add transformers of two and three windings.

    Parameters
    ----------
    model : Model
        The objects.
    rows : NetworkRows
        Takes them.
    nodes : Nodes
        Where they are connected.
    limits : CurrentLimits
        Their ratings.
    taps : dict of str to Tap
        Tap changers by transformer end.

    Raises
    ------
    DataFormatError
        If a transformer has windings that cannot be.
    """
    transformers = model.of("PowerTransformer")
    ends = _ends(model, nodes, taps)
    names = transformers.text("IdentifiedObject.name")
    unit = transformers.flag("PowerTransformer.isPartOfGeneratorUnit", False)
    for row, identifier in enumerate(transformers.rows):
        found = sorted(ends.get(identifier, []), key=lambda end: end.number)
        line = transformers.lines[row][1]
        if len(found) not in {2, 3}:
            if not found and not nodes.equipment.get(identifier):
                rows.note("transformers without windings: left out")
                continue
            raise transformers.fault(row, f"has {len(found)} windings with terminals and voltages: 2 or 3")
        if not any(end.terminal.bus for end in found):
            rows.note("transformers without any node: left out")
        elif len(found) == 2:
            values = _two_windings(rows, nodes, limits, identifier, found)
            values |= {"name": tidy_text(names[row]), "power_station_unit": unit[row]}
            rows.add("transformers", identifier, values, line)
        else:
            values = _three_windings(rows, nodes, identifier, found)
            rows.add("three_winding_transformers", identifier, values | {"name": tidy_text(names[row])}, line)


def _ends(model: Model, nodes: Nodes, taps: dict[str, Tap]) -> dict[str, list[_End]]:
    ends = model.of("PowerTransformerEnd")
    ohm = {name: ends.number(f"PowerTransformerEnd.{name}", math.nan).tolist() for name in _OHM}
    volts = (ends.number("PowerTransformerEnd.ratedU") * 1e3).tolist()
    power = (ends.number("PowerTransformerEnd.ratedS", 0.0) * 1e6).tolist()
    number = ends.number("TransformerEnd.endNumber", 0.0).tolist()
    terminal = ends.reference("TransformerEnd.Terminal")
    owner = ends.reference("PowerTransformerEnd.PowerTransformer")
    kinds = ends.choice("PowerTransformerEnd.connectionKind")
    clocks = ends.number("PowerTransformerEnd.phaseAngleClock", 0.0).tolist()
    grounded = ends.flag("TransformerEnd.grounded", False)
    resistance = ends.number("TransformerEnd.rground", 0.0).tolist()
    reactance = ends.number("TransformerEnd.xground", 0.0).tolist()
    out: dict[str, list[_End]] = defaultdict(list)
    for row, identifier in enumerate(ends.rows):
        where = nodes.terminals.get(terminal[row])
        if where is None:
            raise ends.fault(row, f"its terminal {terminal[row] or '(none)'} is not given")
        if not volts[row] > 0:
            raise ends.fault(row, f"ratedU = {volts[row] / 1e3:g} kV: must be more than 0")
        values = {name: column[row] for name, column in ohm.items()}
        values |= {name: 0.0 for name in "rxgb" if values[name] != values[name]}
        out[owner[row]].append(
            _End(
                identifier,
                number[row],
                where,
                volts[row],
                power[row] if power[row] > 0 else 0.0,
                values,
                kinds[row],
                int(clocks[row]),
                grounded[row],
                (resistance[row], reactance[row]),
                taps.get(identifier, Tap()),
            )
        )
    return out


def _vector_group(ends: list[_End]) -> str:
    """Such as ``YNd11``: the first winding in capitals, clocks as the file counts them."""
    if not all(end.kind for end in ends):
        return ""
    text = ""
    for position, end in enumerate(ends):
        kind = end.kind.upper()
        if kind in {"Y", "Z"} and end.grounded:
            kind += "N"
        text += kind if position == 0 else f"{kind.lower()}{end.clock % 12}"
    return text


def _two_windings(
    rows: NetworkRows, nodes: Nodes, limits: CurrentLimits, identifier: str, ends: list[_End]
) -> dict[str, Any]:
    """A transformer of two windings; the tapped winding becomes the ``from`` side."""
    clock = ends[1].clock or ends[0].clock
    first, second = ends
    if second.tap.steps is not None and first.tap.steps is None:
        first, second = second, first
        clock = -clock
    power = first.power or second.power or _STANDARD_POWER
    one, two = first.per_unit(power), second.per_unit(power)
    for name in "rxgb":
        factor = first.factor(name) * second.factor(name)
        one[name] *= factor
        two[name] *= factor
    _spread_magnetising(one, two)
    turned = second.tap.ratio**2
    x = one["x"] + two["x"]
    for end in (first, second):
        x = end.reactance(x, power)
    if second.tap.steps is not None:
        rows.note("transformers with tap changers at both windings: the steps of one are left out, its ratio is kept")
    pair = [first, second]
    buses, in_service = connect_ends(
        rows, nodes, "transformers", identifier, [end.terminal for end in pair], [end.volts for end in pair]
    )
    steps = first.tap.steps
    neutral = (1.0, 0.0) if steps else (first.tap.ratio, first.tap.angle)
    values: dict[str, Any] = {
        "from_bus": buses[0],
        "to_bus": buses[1],
        "rated_power": power,
        "from_rated_voltage": first.volts,
        "to_rated_voltage": second.volts,
        "resistance": (one["r"] + two["r"]) * turned,
        "reactance": x * turned,
        "from_conductance": one["g"] / turned,
        "from_susceptance": one["b"] / turned,
        "to_conductance": two["g"] / turned,
        "to_susceptance": two["b"] / turned,
        "tap_ratio": neutral[0] / second.tap.ratio,
        "phase_shift": neutral[1] - second.tap.angle,
        "tap_changer": TapChanger(**steps) if steps else None,
        "in_service": in_service,
        "vector_group": _vector_group_pair(first, second, clock),
    }
    values |= limits.of_transformer(identifier, [(first.terminal, first.volts), (second.terminal, second.volts)])
    values |= _zero_sequence(one, two, turned)
    for side, end in (("from", first), ("to", second)):
        if end.grounded and any(end.ground) and end.ground[0] >= 0:
            values[f"{side}_neutral_resistance"], values[f"{side}_neutral_reactance"] = end.ground
    return values


def _spread_magnetising(one: dict[str, float], two: dict[str, float]) -> None:
    """Give half of the magnetising branch to each side where the file names it at one winding alone."""
    for name in "gb":
        if not one[name] or not two[name]:
            one[name] = two[name] = (one[name] + two[name]) / 2


def _vector_group_pair(first: _End, second: _End, clock: int) -> str:
    if not first.kind or not second.kind:
        return ""
    letters = []
    for end in (first, second):
        kind = end.kind.upper().rstrip("N")
        letters.append(kind + "N" if kind in {"Y", "Z"} and (end.grounded or end.kind.endswith("n")) else kind)
    return f"{letters[0]}{letters[1].lower()}{clock % 12}"


def _zero_sequence(one: dict[str, float], two: dict[str, float], turned: float) -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for field, name in (("zero_resistance", "r0"), ("zero_reactance", "x0")):
        given = [end[name] for end in (one, two) if end[name] == end[name]]
        found[field] = sum(given) * turned if given and any(given) else None
    magnetising = sum(-end["b0"] for end in (one, two) if end["b0"] == end["b0"])
    if magnetising > 0:
        found["zero_magnetising_reactance"] = turned / magnetising
    return found


def _three_windings(rows: NetworkRows, nodes: Nodes, identifier: str, ends: list[_End]) -> dict[str, Any]:
    power = ends[0].power or _STANDARD_POWER
    terminals, rated = [end.terminal for end in ends], [end.volts for end in ends]
    buses, in_service = connect_ends(rows, nodes, "three_winding_transformers", identifier, terminals, rated)
    values: dict[str, Any] = {"in_service": in_service, "vector_group": _vector_group(ends)}
    conductance = susceptance = 0.0
    for number, (bus, end) in enumerate(zip(buses, ends, strict=True), start=1):
        unit = end.per_unit(power)
        for name in "rxgb":
            unit[name] *= end.factor(name)
        conductance += unit["g"]
        susceptance += unit["b"]
        if number > 1 and (unit["g"] or unit["b"]):
            rows.note(f"transformer {identifier}: the shunt of winding {number} is taken to winding 1")
        unit["x"] = end.reactance(unit["x"], power)
        steps = end.tap.steps
        if steps and number == 1:
            values["tap_changer"] = TapChanger(**steps)
            ratio, angle = 1.0, 0.0
        else:
            if steps:
                rows.note("steps of tap changers at the second and third winding are left out; their ratio is kept")
            ratio, angle = end.tap.ratio, end.tap.angle
        values |= {
            f"bus_{number}": bus,
            f"rated_power_{number}": end.power or power,
            f"rated_voltage_{number}": end.volts,
            f"resistance_{number}": unit["r"],
            f"reactance_{number}": unit["x"],
            f"tap_ratio_{number}": ratio,
            f"phase_shift_{number}": angle,
            f"zero_resistance_{number}": None if unit["r0"] != unit["r0"] else unit["r0"],
            f"zero_reactance_{number}": None if unit["x0"] != unit["x0"] else unit["x0"],
        }
    return values | {"conductance": conductance, "susceptance": susceptance}
