"""From the elements of a feeder to stamps: who draws which current at whose voltage."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.feeder.line_matrices import line_constants
from joulebook.grid.feeder.nodes import NodeTable, bus_of
from joulebook.grid.feeder.primitives import (
    coil_ends,
    full_matrix,
    line_blocks,
    neutral_admittance,
    phase_voltage,
    sequence_matrix,
    transformer_parts,
)

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder
    from joulebook.grid.feeder.elements import Transformer

__all__ = ["Stamps", "stamp_feeder"]


@dataclass
class Stamps:
    """Conductors of all elements and what they draw.

    An element has terminals, and a terminal has conductors; all conductors are numbered through.
    """

    nodes: NodeTable = field(default_factory=NodeTable)
    elements: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    """First conductor of each element."""
    sizes: list[int] = field(default_factory=list)
    """Conductors of one terminal of each element."""
    conductor_node: list[int] = field(default_factory=list)
    parts: dict[str, list[NDArray[Any]]] = field(
        default_factory=lambda: {name: [] for name in ("row", "node", "value", "tap1", "tap2", "bank")}
    )
    injections: list[tuple[int, complex]] = field(default_factory=list)
    taps: list[tuple[str, int]] = field(default_factory=list)
    """Transformer and winding of each tap that may move; tap number 1 is the first."""
    banks: list[str] = field(default_factory=list)
    links: list[tuple[str, str, float]] = field(default_factory=list)
    """Buses that an element joins, and its length, m."""
    ratios: list[tuple[str, str, float]] = field(default_factory=list)
    """Buses that a transformer joins, and voltage of the second over that of the first."""

    def element(self, name: str, terminals: list[list[int]]) -> int:
        """Enter an element.

        Parameters
        ----------
        name : str
            Kind and identifier.
        terminals : list of list of int
            Node of every conductor of every terminal.

        Returns
        -------
        int
            Its first conductor.
        """
        first = len(self.conductor_node)
        self.elements.append(name)
        self.first.append(first)
        self.sizes.append(len(terminals[0]))
        for nodes in terminals:
            self.conductor_node.extend(nodes)
        return first

    def add(self, rows: Any, nodes: Any, values: Any, tap1: Any = 0, tap2: Any = 0, bank: Any = 0) -> None:
        """Enter stamps; those of the voltage of earth are dropped.

        Parameters
        ----------
        rows, nodes, values : array_like
            Conductor, node and admittance.
        tap1, tap2, bank : array_like of int
            What changes them; 0 for nothing.
        """
        rows, nodes, values = np.broadcast_arrays(rows, nodes, values)
        keep = (nodes.ravel() >= 0) & (values.ravel() != 0)
        for name, given in (
            ("row", rows),
            ("node", nodes),
            ("value", values),
            ("tap1", tap1),
            ("tap2", tap2),
            ("bank", bank),
        ):
            self.parts[name].append(np.broadcast_to(given, rows.shape).ravel()[keep])

    def column(self, name: str) -> NDArray[Any]:
        """Give all values of a kind.

        Parameters
        ----------
        name : str
            Of :attr:`parts`.

        Returns
        -------
        ndarray
            In the order of entry.
        """
        kind = np.complex128 if name == "value" else np.int64
        return np.concatenate([np.zeros(0, kind), *self.parts[name]]).astype(kind)


def stamp_feeder(feeder: Feeder) -> Stamps:
    """Enter all elements of a feeder, loads and generators aside.

    Parameters
    ----------
    feeder : Feeder
        The design.

    Returns
    -------
    Stamps
        Sources come first.
    """
    stamps = Stamps()
    _sources(feeder, stamps)
    _lines(feeder, stamps)
    _transformers(feeder, stamps)
    _reactors(feeder, stamps)
    _capacitors(feeder, stamps)
    return stamps


def _sources(feeder: Feeder, stamps: Stamps) -> None:
    for name, source in feeder.voltage_sources.items():
        n = source.phases
        nodes = stamps.nodes.number(source.bus, n, n)
        first = stamps.element(f"source.{name}", [nodes])
        z = sequence_matrix(
            complex(source.resistance, source.reactance), complex(source.zero_resistance, source.zero_reactance), n
        )
        y = np.linalg.inv(z)
        size = source.nominal_voltage * source.voltage
        size /= 1.0 if n == 1 else 2.0 * math.sin(math.pi / n)
        emf = size * np.exp(1j * (source.angle - 2 * math.pi / n * np.arange(n)))
        stamps.add(first + np.arange(n)[:, None], np.array(nodes)[None, :], y)
        stamps.injections += list(zip(nodes, (y @ emf).tolist(), strict=True))


def _lines(feeder: Feeder, stamps: Stamps) -> None:
    table = feeder.lines
    groups: dict[tuple[str, str], list[tuple[int, list[int], float]]] = defaultdict(list)
    for name, bus1, bus2, phases, length, code, geometry, closed in zip(
        table.ids,
        table.bus1,
        table.bus2,
        table.phases.tolist(),
        table.length.tolist(),
        table.code,
        table.geometry,
        table.closed.tolist(),
        strict=True,
    ):
        ends = [stamps.nodes.number(bus1, phases, phases), stamps.nodes.number(bus2, phases, phases)]
        first = stamps.element(f"line.{name}", ends)
        if closed:
            groups[code, geometry].append((first, ends[0] + ends[1], length))
            stamps.links.append((bus_of(bus1), bus_of(bus2), length))
    for (code, geometry), members in groups.items():
        series, shunt = _line_matrices(feeder, code, geometry)
        firsts, nodes, lengths = zip(*members, strict=True)
        blocks = line_blocks(series, shunt, np.array(lengths))
        rows = np.array(firsts)[:, None] + np.arange(2 * len(series))
        stamps.add(rows[:, :, None], np.array(nodes)[:, None, :], blocks)


def _line_matrices(feeder: Feeder, code: str, geometry: str) -> tuple[Any, Any]:
    omega = 2 * math.pi * feeder.frequency
    if geometry:
        series, capacitance = line_constants(feeder, geometry)
        return series, 1j * omega * capacitance
    record = feeder.line_codes[code]
    n = len(record.resistance)
    series = full_matrix(record.resistance, n) + 1j * full_matrix(record.reactance, n)
    return series, 1j * omega * full_matrix(record.capacitance, n)


def _transformers(feeder: Feeder, stamps: Stamps) -> None:
    moved: dict[str, set[int]] = defaultdict(set)
    for transformer, winding, tap in zip(
        feeder.regulators.transformer,
        feeder.regulators.winding.tolist(),
        feeder.regulators.tap_winding.tolist(),
        strict=True,
    ):
        moved[transformer].add((tap or winding) - 1)
    templates: dict[Any, list[NDArray[Any]]] = {}
    groups: dict[Any, list[tuple[int, list[int], tuple[int, ...]]]] = defaultdict(list)
    for name, transformer in feeder.transformers.items():
        phases, conductors = transformer.phases, transformer.phases + 1
        ends = [stamps.nodes.number(winding.bus, phases, conductors) for winding in transformer.windings]
        first = stamps.element(f"transformer.{name}", ends)
        numbers = [0] * len(ends)
        for k in sorted(moved.get(name, ())):
            stamps.taps.append((name, k))
            numbers[k] = len(stamps.taps)
        key = _signature(transformer, tuple(numbers))
        if key not in templates:
            templates[key] = _template(name, transformer, moved.get(name, set()))
        groups[key].append((first, [node for end in ends for node in end], (*numbers, 0)))
        _join(stamps, transformer)
    for key, members in groups.items():
        rows, columns, values, windings1, windings2 = templates[key]
        firsts, nodes, numbers_of = (np.array(item) for item in zip(*members, strict=True))
        stamps.add(
            firsts[:, None] + rows,
            nodes[:, columns],
            np.broadcast_to(values, (len(members), len(values))),
            numbers_of[:, windings1],
            numbers_of[:, windings2],
        )


def _signature(transformer: Transformer, numbers: tuple[int, ...]) -> Any:
    windings = tuple(
        (w.connection, w.voltage, w.resistance, w.tap, w.neutral_resistance, w.neutral_reactance)
        for w in transformer.windings
    )
    return (
        windings,
        transformer.phases,
        transformer.rating,
        transformer.reactances,
        transformer.no_load_loss,
        transformer.magnetising_current,
        transformer.low_voltage_leads,
        transformer.floating_susceptance,
        tuple(number > 0 for number in numbers),
    )


def _template(name: str, transformer: Transformer, moved: set[int]) -> list[NDArray[Any]]:
    """Stamps of a transformer: conductors, nodes (as conductors), values, and two windings whose taps divide them."""
    coils, floating = transformer_parts(name, transformer)
    count, conductors = len(transformer.windings), transformer.phases + 1  # winding `count` stands for no tap
    fixed: dict[tuple[int, int], complex] = defaultdict(complex)
    entries: list[tuple[int, int, complex, int, int]] = []
    taps = [1.0 if k in moved else winding.tap for k, winding in enumerate(transformer.windings)]
    for phase in range(transformer.phases):
        ends = [coil_ends(transformer, k, phase) for k in range(count)]
        places = [(k * conductors + one, k * conductors + other) for k, (one, other) in enumerate(ends)]
        for a in range(count):
            for b in range(count):
                y = coils[a, b] / (taps[a] * taps[b])
                for row, sign in zip(places[a], (1, -1), strict=True):
                    for column, other in zip(places[b], (1, -1), strict=True):
                        if a in moved or b in moved:
                            pair = (a if a in moved else count, b if b in moved else count)
                            entries.append((row, column, sign * other * y, *pair))
                        else:
                            fixed[row, column] += sign * other * y
            for place in places[a]:
                fixed[place, place] += floating[a]
    for k, winding in enumerate(transformer.windings):
        place = k * conductors + transformer.phases
        extra = neutral_admittance(winding)
        if winding.connection == "wye":
            fixed[place, place] += floating[k] if extra is None else extra
    entries += [(row, column, value, count, count) for (row, column), value in fixed.items()]
    rows, columns, values, windings1, windings2 = zip(*entries, strict=True)
    return [
        np.array(rows),
        np.array(columns),
        np.array(values, np.complex128),
        np.array(windings1),
        np.array(windings2),
    ]


def _join(stamps: Stamps, transformer: Transformer) -> None:
    first = transformer.windings[0]
    for other in transformer.windings[1:]:
        ratio = _to_neutral(other, transformer.phases) / _to_neutral(first, transformer.phases)
        stamps.links.append((bus_of(first.bus), bus_of(other.bus), 0.0))
        stamps.ratios.append((bus_of(first.bus), bus_of(other.bus), ratio))


def _to_neutral(winding: Any, phases: int) -> float:
    """Rated voltage to neutral of the bus of a winding, V."""
    if winding.connection == "delta" or phases in {2, 3}:
        return float(winding.voltage) / math.sqrt(3.0)
    return float(winding.voltage)


def two_terminal(stamps: Stamps, name: str, record: Any, admittance: complex, bank: int = 0) -> None:
    """Enter an element of equal single-phase admittances: a capacitor or a reactor.

    Parameters
    ----------
    stamps : Stamps
        Receives it.
    name : str
        Kind and identifier.
    record : Capacitor or Reactor
        Where it is connected.
    admittance : complex, S
        Of one phase.
    bank : int
        Number of its steps; 0 for none.
    """
    n = record.phases
    phase = np.arange(n)
    if record.connection == "delta":
        conductors = n if n > 2 else n + 1
        ends = [stamps.nodes.number(record.bus1, conductors, conductors)]
        one, other = phase, (phase + 1) % conductors
    else:
        second = record.bus2 or ".".join([bus_of(record.bus1), *(["0"] * n)])
        ends = [stamps.nodes.number(record.bus1, n, n), stamps.nodes.number(second, n, n)]
        one, other = phase, phase + n
        if record.bus2:
            stamps.links.append((bus_of(record.bus1), bus_of(record.bus2), 0.0))
    first = stamps.element(name, ends)
    nodes = np.array([node for end in ends for node in end])
    for row, column, sign in ((one, one, 1), (other, other, 1), (one, other, -1), (other, one, -1)):
        stamps.add(first + row, nodes[column], np.full(n, sign * admittance), 0, 0, bank)


def _reactors(feeder: Feeder, stamps: Stamps) -> None:
    for name, reactor in feeder.reactors.items():
        two_terminal(stamps, f"reactor.{name}", reactor, 1.0 / complex(reactor.resistance, reactor.reactance))


def _capacitors(feeder: Feeder, stamps: Stamps) -> None:
    for name, capacitor in feeder.capacitors.items():
        voltage = phase_voltage(capacitor.voltage, capacitor.phases, capacitor.connection)
        susceptance = capacitor.reactive_power / capacitor.phases / voltage**2
        stamps.banks.append(name)
        two_terminal(stamps, f"capacitor.{name}", capacitor, 1j * susceptance, len(stamps.banks))
