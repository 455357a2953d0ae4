"""What must fit together in a feeder: references, numbers of conductors, matrices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from joulebook.core.errors import Issue

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder

__all__ = ["feeder_issues"]

_CABLE_FIELDS = {
    "concentric neutral": ("strand_diameter", "strand_resistance", "outer_diameter"),
    "tape shield": ("outer_diameter", "tape_thickness"),
}
_INSULATION = ("permittivity", "insulation_diameter", "insulation_thickness")
_TERMINAL = re.compile(r"[^\s.]+(\.\d{1,3})*")
SHARES = 7
"""Of the zip model."""


def feeder_issues(feeder: Feeder) -> list[Issue]:
    """Find what does not fit together.

    Parameters
    ----------
    feeder : Feeder
        Its values are in range each by itself.

    Returns
    -------
    list of Issue
        All faults; empty if there is none.
    """
    found: list[Issue] = []
    if not len(feeder.voltage_sources):
        found.append(Issue("voltage_sources", None, "at least one source must feed the feeder"))
    for check in (
        _terminals,
        _codes,
        _conductors,
        _geometries,
        _lines,
        _transformers,
        _regulators,
        _capacitors,
        _loads,
        _shapes,
    ):
        found += check(feeder)
    return found


def _terminals(feeder: Feeder) -> Iterator[Issue]:
    for table, fields in (
        ("voltage_sources", ("bus",)),
        ("lines", ("bus1", "bus2")),
        ("capacitors", ("bus1", "bus2")),
        ("reactors", ("bus1", "bus2")),
        ("loads", ("bus",)),
        ("generators", ("bus",)),
        ("regulators", ("bus",)),
    ):
        for field in fields:
            for name, bus in _rows(getattr(feeder, table), field):
                if bus and not _TERMINAL.fullmatch(bus):
                    yield Issue(f"{table}.{name}.{field}", bus, "is no connection", "Write bus.node.node: 632.1.2.3")


def _codes(feeder: Feeder) -> Iterator[Issue]:
    for name, resistance, reactance, capacitance in _rows(feeder.line_codes, "resistance", "reactance", "capacitance"):
        n = len(resistance)
        for field, matrix in (("resistance", resistance), ("reactance", reactance), ("capacitance", capacitance)):
            if matrix is None:
                continue
            if [len(row) for row in matrix] != list(range(1, n + 1)):
                yield Issue(
                    f"line_codes.{name}.{field}",
                    None,
                    f"must be the lower triangle of a matrix of {n} conductors",
                    "Give rows of 1, 2, … values",
                )


def _conductors(feeder: Feeder) -> Iterator[Issue]:
    for name, conductor in feeder.conductors.items():
        for field in (*_CABLE_FIELDS.get(conductor.kind, ()), *(_INSULATION if conductor.kind != "wire" else ())):
            if getattr(conductor, field) is None:
                yield Issue(f"conductors.{name}.{field}", None, f"missing: a {conductor.kind} cable needs it")
        if conductor.kind == "concentric neutral" and conductor.strands < 2:
            yield Issue(f"conductors.{name}.strands", conductor.strands, "must be at least 2")
        inner, layer = conductor.insulation_diameter, conductor.insulation_thickness
        if inner is not None and layer is not None and layer >= inner / 2:
            yield Issue(f"conductors.{name}.insulation_thickness", layer, "must be below half the diameter over it")


def _geometries(feeder: Feeder) -> Iterator[Issue]:
    for name, placed, phases in _rows(feeder.geometries, "conductors", "phases"):
        path = f"geometries.{name}"
        if phases > len(placed):
            yield Issue(f"{path}.phases", phases, f"the geometry has only {len(placed)} conductors")
        for k, item in enumerate(placed):
            if item.conductor not in feeder.conductors:
                yield Issue(f"{path}.conductors.{k}.conductor", item.conductor, "no such conductor in this feeder")
            if item.height == 0:
                yield Issue(f"{path}.conductors.{k}.height", 0.0, "must not be 0")


def _lines(feeder: Feeder) -> Iterator[Issue]:
    sizes = {name: len(matrix) for name, matrix in _rows(feeder.line_codes, "resistance")}
    for name, placed, phases, reduce in _rows(feeder.geometries, "conductors", "phases", "reduce"):
        sizes["geometry " + name] = phases if reduce else len(placed)
    for name, code, geometry, phases, bus1, bus2 in _rows(feeder.lines, "code", "geometry", "phases", "bus1", "bus2"):
        path = f"lines.{name}"
        if bool(code) == bool(geometry):
            yield Issue(path, None, "needs either a code or a geometry")
        elif (code or "geometry " + geometry) not in sizes:
            field = "code" if code else "geometry"
            yield Issue(f"{path}.{field}", code or geometry, f"no such {field} in this feeder")
        elif sizes[code or "geometry " + geometry] != phases:
            has = sizes[code or "geometry " + geometry]
            yield Issue(f"{path}.phases", phases, f"its {'code' if code else 'geometry'} is for {has}")
        for field, bus in (("bus1", bus1), ("bus2", bus2)):
            if bus.count(".") > phases:
                yield Issue(f"{path}.{field}", bus, f"names more nodes than the {phases} conductors of the line")


def _transformers(feeder: Feeder) -> Iterator[Issue]:
    for name, windings, reactances in _rows(feeder.transformers, "windings", "reactances"):
        n = len(windings)
        pairs = n * (n - 1) // 2
        if len(reactances) != pairs:
            yield Issue(f"transformers.{name}.reactances", len(reactances), f"{n} windings have {pairs} pairs")
        for k, winding in enumerate(windings):
            if not winding.lowest_tap <= winding.highest_tap:
                yield Issue(
                    f"transformers.{name}.windings.{k}.lowest_tap", winding.lowest_tap, "is above the highest tap"
                )


def _regulators(feeder: Feeder) -> Iterator[Issue]:
    for name, transformer, winding, tap_winding in _rows(feeder.regulators, "transformer", "winding", "tap_winding"):
        if transformer not in feeder.transformers:
            yield Issue(f"regulators.{name}.transformer", transformer, "no such transformer in this feeder")
            continue
        n = len(feeder.transformers[transformer].windings)
        for field, value in (("winding", winding), ("tap_winding", tap_winding)):
            if value > n:
                yield Issue(f"regulators.{name}.{field}", int(value), f"the transformer has {n} windings")


def _capacitors(feeder: Feeder) -> Iterator[Issue]:
    for name, steps, on in _rows(feeder.capacitors, "steps", "steps_on"):
        if on > steps:
            yield Issue(f"capacitors.{name}.steps_on", int(on), f"the bank has {steps}")
    for name, capacitor, element in _rows(feeder.capacitor_controls, "capacitor", "element"):
        path = f"capacitor_controls.{name}"
        if capacitor not in feeder.capacitors:
            yield Issue(f"{path}.capacitor", capacitor, "no such capacitor in this feeder")
        kind, _, which = element.partition(".")
        table = {"line": feeder.lines, "transformer": feeder.transformers}.get(kind)
        if table is None or which not in table:
            yield Issue(f"{path}.element", element, "no such line or transformer", 'Write "line.name"')


def _loads(feeder: Feeder) -> Iterator[Issue]:
    for name, model, shares in _rows(feeder.loads, "model", "shares"):
        if model == "zip" and len(shares) != SHARES:
            yield Issue(f"loads.{name}.shares", len(shares), f"the zip model has {SHARES} values")
    for table, kind in ((feeder.loads, "loads"), (feeder.generators, "generators")):
        for name, daily, yearly in _rows(table, "daily", "yearly"):
            for field, shape in (("daily", daily), ("yearly", yearly)):
                if shape and shape not in feeder.load_shapes:
                    yield Issue(f"{kind}.{name}.{field}", shape, "no such load shape in this feeder")


def _shapes(feeder: Feeder) -> Iterator[Issue]:
    for name, active, reactive in _rows(feeder.load_shapes, "active", "reactive"):
        if reactive and len(reactive) != len(active):
            yield Issue(f"load_shapes.{name}.reactive", len(reactive), f"must be as many as active, {len(active)}")


def _rows(table: Any, *columns: str) -> Iterator[tuple[Any, ...]]:
    return zip(table.ids, *(table.column(name).tolist() for name in columns), strict=True)
