"""Networks from MATPOWER case files (``.m``, format versions 1 fields as 2).

Buses keep their numbers as identifiers. A branch with a tap, a phase shift, or ends of different nominal voltage
becomes a transformer on the system's base; the others become lines in ohm and siemens. Branches are called
``from-to``, further circuits ``from-to-2``; generators by their bus, further ones ``bus-2``.

References
----------
Zimmerman, Murillo-Sánchez and Thomas, MATPOWER, IEEE Trans. Power Systems 26 (2011) 12, doi:10.1109/TPWRS.2010.2051168;
MATPOWER User's Manual, appendix B (data file format).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import CorruptRecordError, DataFormatError
from joulebook.grid.elements import Bus, Cost, Generator, HvdcLine, Line, Load, Shunt, Transformer
from joulebook.grid.interchange.formats import Source, content_of, name_of
from joulebook.grid.interchange.matpower_code import Interpreter
from joulebook.grid.interchange.matpower_text import Assignment, statements
from joulebook.grid.network import Network
from joulebook.grid.tables import Table

__all__ = ["read"]

Matrix = NDArray[np.float64]

_COLUMNS = {"bus": 13, "gen": 10, "branch": 11}
_DCLINE_COLUMNS = 15
_UNKNOWN_VOLTAGE = 1e3
"""V, where a file says 0 kV: per-unit values stay what they are."""
_READ = {"version", "baseMVA", "bus", "gen", "branch", "gencost", "bus_name", "dcline"}
_UNLIMITED = 9999.0


def read(source: Source) -> tuple[Network, tuple[str, ...]]:
    """Read a case.

    Parameters
    ----------
    source : str, Path or bytes
        The file, or what stands in it.

    Returns
    -------
    network : Network
        The network; 50 Hz, since case files do not say.
    notes : tuple of str
        What was not carried over, and what was assumed.

    Raises
    ------
    DataFormatError
        With file, line and column of the first fault.
    InputError
        With every value that is not allowed.
    """
    file = name_of(source)
    text = _text(content_of(source), file)
    fields, lines = _fields(text, file)
    notes: list[str] = []
    _check(fields, lines, file)
    base = float(fields["baseMVA"]) * 1e6
    bus = _unique_buses(fields["bus"], lines, file)
    numbers = [f"{number:.0f}" for number in bus[:, 0]]
    positions = {number: row for row, number in enumerate(bus[:, 0].tolist())}
    voltage = _nominal_voltages(bus, notes)
    for field, columns in (("gen", (0,)), ("branch", (0, 1)), ("dcline", (0, 1))):
        if field in fields:
            _check_references(fields[field], lines.get(field), positions, field, columns, file)
    ends = np.array([[positions[a], positions[b]] for a, b in fields["branch"][:, :2].tolist()], np.int64).reshape(
        -1, 2
    )
    lines_table, transformers = _branches(fields["branch"], ends, numbers, voltage, base)
    tables: dict[str, Any] = {
        "buses": _buses(bus, numbers, voltage, fields.get("bus_name")),
        "lines": lines_table,
        "transformers": transformers,
        "generators": _generators(fields, bus, positions, numbers, notes),
        "loads": _loads(bus, numbers),
        "shunts": _shunts(bus, numbers, voltage),
    }
    if "dcline" in fields and len(fields["dcline"]):
        tables["hvdc_lines"] = _hvdc(fields["dcline"], positions, numbers)
    left = sorted(set(fields) - _READ)
    if left:
        notes.append("not carried over: " + ", ".join(left))
    network = Network(name=_title(text, file), base_power=base, **tables)
    return network, tuple(notes)


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _title(text: str, file: str) -> str:
    found = re.search(r"^\s*function\s+[\w\s,\[\]]*=\s*(\w+)", text, re.M)
    return found[1] if found else file.rpartition(".")[0] or "network"


def _fields(text: str, file: str) -> tuple[dict[str, Any], dict[str, NDArray[np.int64]]]:
    fields: dict[str, Any] = {}
    lines: dict[str, NDArray[np.int64]] = {}
    interpreter = Interpreter(fields, file)
    for item in statements(text, file, interpreter.number):
        if not isinstance(item, Assignment):
            interpreter.run(item)
        elif not interpreter.skipping:
            fields[item.name] = item.words if item.matrix is None else item.matrix
            lines[item.name] = item.lines
    for name in ("baseMVA",):  # format version 1 and bare scripts fill variables instead of a struct
        if name not in fields and name in interpreter.variables:
            fields[name] = interpreter.variables[name]
    return fields, lines


def _check(fields: dict[str, Any], lines: dict[str, NDArray[np.int64]], file: str) -> None:
    base = fields.get("baseMVA")
    if isinstance(base, np.ndarray) and base.size == 1:
        base = fields["baseMVA"] = float(base.reshape(-1)[0])
    if not isinstance(base, float) or not 0 < base < math.inf:
        raise DataFormatError(f"baseMVA = {base}: must be a number above 0. Is this a MATPOWER case?", file=file)
    for name, width in _COLUMNS.items():
        matrix = fields.get(name)
        if not isinstance(matrix, np.ndarray) or matrix.ndim != 2:
            raise DataFormatError(f"the matrix {name!r} is missing. Is this a MATPOWER case?", file=file, expected=name)
        if not len(matrix) and name != "bus":
            fields[name] = np.zeros((0, width))
        elif matrix.shape[1] < width:
            at = lines.get(name)
            raise CorruptRecordError(
                f"{name} has {matrix.shape[1]} columns: at least {width} are needed",
                file=file,
                line=int(at[0]) if at is not None and len(at) else None,
                found=str(matrix.shape[1]),
                expected=str(width),
            )
    dcline = fields.get("dcline")
    if isinstance(dcline, np.ndarray) and len(dcline) and dcline.shape[1] < _DCLINE_COLUMNS:
        raise CorruptRecordError(
            f"dcline has {dcline.shape[1]} columns: at least {_DCLINE_COLUMNS} are needed", file=file
        )
    for name in (*_COLUMNS, "dcline"):
        matrix = fields.get(name)
        if isinstance(matrix, np.ndarray) and np.any(np.isnan(matrix)):
            row = int(np.flatnonzero(np.isnan(matrix).any(axis=1))[0])
            at = lines.get(name)
            raise CorruptRecordError(
                f"{name} holds NaN in row {row + 1}", file=file, line=int(at[row]) if at is not None else None
            )


def _unique_buses(bus: Matrix, lines: dict[str, NDArray[np.int64]], file: str) -> Matrix:
    at = lines.get("bus", np.zeros(len(bus), np.int64))
    if not len(bus):
        raise DataFormatError("the case has no buses", file=file)
    seen: dict[float, int] = {}
    for row, number in enumerate(bus[:, 0].tolist()):
        if number != math.floor(number) or not 0 < number < 1e15:
            raise CorruptRecordError(
                f"bus number {number:g} is not a whole number above 0",
                file=file,
                line=int(at[row]),
                found=f"{number:g}",
            )
        if number in seen:
            raise CorruptRecordError(
                f"bus {number:.0f} stands twice, first in line {seen[number]}. Give every bus a number of its own",
                file=file,
                line=int(at[row]),
                found=f"{number:.0f}",
            )
        seen[number] = int(at[row])
    return bus


def _check_references(
    matrix: Matrix,
    at: NDArray[np.int64] | None,
    positions: dict[float, int],
    field: str,
    columns: Sequence[int],
    file: str,
) -> None:
    for column in columns:
        for row, number in enumerate(matrix[:, column].tolist()):
            if number not in positions:
                raise CorruptRecordError(
                    f"{field} row {row + 1} refers to bus {number:g}, which is not in the bus matrix",
                    file=file,
                    line=int(at[row]) if at is not None and len(at) else None,
                    found=f"{number:g}",
                )


def _nominal_voltages(bus: Matrix, notes: list[str]) -> Matrix:
    voltage = bus[:, 9] * 1e3
    unknown = ~(voltage > 0)
    if np.any(unknown):
        notes.append(
            f"{np.sum(unknown)} of {len(bus)} buses give no nominal voltage (baseKV = 0): taken as 1 kV, "
            "which leaves per-unit values as they are"
        )
        voltage = np.where(unknown, _UNKNOWN_VOLTAGE, voltage)
    return voltage


def _optional(values: Matrix, scale: float = 1.0, unlimited: float = np.inf) -> Matrix:
    """Zero, infinite or a filler stand for: not known."""
    return np.where((values == 0) | ~np.isfinite(values) | (np.abs(values) >= unlimited), np.nan, values * scale)


def _limit(values: Matrix) -> Matrix:
    return np.where(np.isfinite(values), values * 1e6, np.nan)


def _numbered(names: Sequence[str], taken: dict[str, int] | None = None) -> list[str]:
    """Make identifiers of names that may come several times: ``1-2``, ``1-2-2`` and so on."""
    counts: dict[str, int] = {} if taken is None else taken
    out = []
    for name in names:
        count = counts[name] = counts.get(name, 0) + 1
        out.append(name if count == 1 else f"{name}-{count}")
    return out


def _buses(bus: Matrix, numbers: list[str], voltage: Matrix, names: Any) -> Table[Bus]:
    named = [str(name).strip()[:200] for name in names] if isinstance(names, tuple) else []
    if len(named) != len(numbers):
        named = [""] * len(numbers)
    low, high = bus[:, 12], bus[:, 11]
    start = np.where((bus[:, 7] > 0) & (bus[:, 7] <= 3), bus[:, 7], 1.0)
    return Table(
        Bus,
        numbers,
        {
            "name": ["".join(letter for letter in name if letter.isprintable()) for name in named],
            "nominal_voltage": voltage,
            "minimum_voltage": np.where((low > 0) & (low <= 3), low, np.nan),
            "maximum_voltage": np.where((high > 0) & (high <= 3), high, np.nan),
            "start_voltage": start,
            "start_angle": np.deg2rad(bus[:, 8]),
            "area": [f"{value:g}" for value in bus[:, 6].tolist()],
            "zone": [f"{value:g}" for value in bus[:, 10].tolist()],
            "in_service": bus[:, 1] != 4,
        },
    )


def _branches(
    branch: Matrix, ends: NDArray[np.int64], numbers: list[str], voltage: Matrix, base: float
) -> tuple[Table[Line], Table[Transformer]]:
    ids = np.array(_numbered([f"{numbers[a]}-{numbers[b]}" for a, b in ends.tolist()]), object)
    tap, shift = branch[:, 8], branch[:, 9]
    first, second = voltage[ends[:, 0]], voltage[ends[:, 1]]
    transformer = (tap != 0) | (shift != 0) | (first != second)
    names = np.array(numbers, object)
    low, high = _angles(branch)
    line = ~transformer
    impedance = (first**2 / base)[line]
    amperes = 1e6 / (math.sqrt(3.0) * first[line])
    lines = Table(
        Line,
        ids[line].tolist(),
        {
            "from_bus": names[ends[line, 0]],
            "to_bus": names[ends[line, 1]],
            "resistance": branch[line, 2] * impedance,
            "reactance": branch[line, 3] * impedance,
            "susceptance": branch[line, 4] / impedance,
            "current_rating": _optional(branch[line, 5], 1.0) * amperes,
            "short_time_rating": _optional(branch[line, 6], 1.0) * amperes,
            "emergency_rating": _optional(branch[line, 7], 1.0) * amperes,
            "minimum_angle": low[line],
            "maximum_angle": high[line],
            "in_service": branch[line, 10] > 0,
        },
    )
    here = branch[transformer]
    transformers = Table(
        Transformer,
        ids[transformer].tolist(),
        {
            "from_bus": names[ends[transformer, 0]],
            "to_bus": names[ends[transformer, 1]],
            "rated_power": np.full(len(here), base),
            "resistance": here[:, 2],
            "reactance": here[:, 3],
            "from_susceptance": here[:, 4] / 2,
            "to_susceptance": here[:, 4] / 2,
            "tap_ratio": np.where(here[:, 8] == 0, 1.0, here[:, 8]),
            "phase_shift": np.deg2rad(here[:, 9]),
            "rating": _optional(here[:, 5], 1e6),
            "short_time_rating": _optional(here[:, 6], 1e6),
            "emergency_rating": _optional(here[:, 7], 1e6),
            "minimum_angle": low[transformer],
            "maximum_angle": high[transformer],
            "in_service": here[:, 10] > 0,
        },
    )
    return lines, transformers


def _angles(branch: Matrix) -> tuple[Matrix, Matrix]:
    """Limits of angle differences, rad; NaN where there is none: both zero, or a full turn."""
    if branch.shape[1] < 13:
        return np.full(len(branch), np.nan), np.full(len(branch), np.nan)
    low, high = branch[:, 11], branch[:, 12]
    none = (low == 0) & (high == 0)
    return (
        np.where(none | (low <= -360), np.nan, np.deg2rad(low)),
        np.where(none | (high >= 360), np.nan, np.deg2rad(high)),
    )


def _loads(bus: Matrix, numbers: list[str]) -> Table[Load]:
    rows = np.flatnonzero((bus[:, 2] != 0) | (bus[:, 3] != 0))
    ids = [numbers[row] for row in rows]
    return Table(Load, ids, {"bus": ids, "active_power": bus[rows, 2] * 1e6, "reactive_power": bus[rows, 3] * 1e6})


def _shunts(bus: Matrix, numbers: list[str], voltage: Matrix) -> Table[Shunt]:
    rows = np.flatnonzero((bus[:, 4] != 0) | (bus[:, 5] != 0))
    ids = [numbers[row] for row in rows]
    scale = 1e6 / voltage[rows] ** 2
    return Table(Shunt, ids, {"bus": ids, "conductance": bus[rows, 4] * scale, "susceptance": bus[rows, 5] * scale})


def _generators(
    fields: dict[str, Any], bus: Matrix, positions: dict[float, int], numbers: list[str], notes: list[str]
) -> Table[Generator]:
    gen = fields["gen"]
    rows = np.array([positions[number] for number in gen[:, 0].tolist()], np.int64)
    ids = _numbered([numbers[row] for row in rows])
    kind = bus[rows, 1]
    base = float(fields["baseMVA"])
    machine = np.where((gen[:, 6] > 0) & (gen[:, 6] != base) & np.isfinite(gen[:, 6]), gen[:, 6] * 1e6, np.nan)
    costs = _costs(fields.get("gencost"), len(gen), notes)
    wrong = ~((gen[:, 5] > 0) & (gen[:, 5] <= 3))
    if np.any(wrong):
        notes.append(f"voltage set points of generators {', '.join(np.array(ids)[wrong])} are not usable: taken as 1")
    return Table(
        Generator,
        ids,
        {
            "bus": [numbers[row] for row in rows],
            "active_power": gen[:, 1] * 1e6,
            "reactive_power": gen[:, 2] * 1e6,
            "voltage": np.where(wrong, 1.0, gen[:, 5]),
            "holds_voltage": (kind == 2) | (kind == 3),
            "reference": kind == 3,
            "minimum_power": _limit(gen[:, 9]),
            "maximum_power": _limit(gen[:, 8]),
            "minimum_reactive": _limit(gen[:, 4]),
            "maximum_reactive": _limit(gen[:, 3]),
            "capability": _capabilities(gen),
            "rated_power": machine,
            "cost": costs,
            "in_service": gen[:, 7] > 0,
        },
    )


def _capabilities(gen: Matrix) -> list[Any]:
    if gen.shape[1] < 16:
        return [()] * len(gen)
    out: list[Any] = []
    for first, second, low1, high1, low2, high2 in gen[:, 10:16].tolist():
        curve = ((first, low1, high1), (second, low2, high2))
        out.append(tuple(tuple(1e6 * value for value in point) for point in sorted(curve)) if first != second else ())
    return out


def _costs(gencost: Any, count: int, notes: list[str]) -> list[Cost | None]:
    if not isinstance(gencost, np.ndarray) or not len(gencost):
        return [None] * count
    if len(gencost) > count:
        notes.append("costs of reactive power are not carried over")
    out = [_cost(gencost[row].tolist()) if row < len(gencost) else None for row in range(count)]
    unread = [row + 1 for row in range(min(count, len(gencost))) if out[row] is None]
    if unread:
        notes.append(f"gencost rows {', '.join(map(str, unread[:10]))} are not usable")
    return out


def _cost(row: list[float]) -> Cost | None:
    if len(row) < 5:
        return None
    kind, start_up, shut_down, points = row[0], row[1], row[2], row[3]
    values = row[4:]
    if not all(map(math.isfinite, row)) or points != math.floor(points) or points < 0:
        return None
    n = int(points)
    if kind == 1 and n >= 2 and 2 * n <= len(values):
        pairs = tuple(zip(values[0 : 2 * n : 2], values[1 : 2 * n : 2], strict=True))
        return Cost(kind="piecewise", points=pairs, start_up=start_up, shut_down=shut_down)
    if kind == 2 and n <= len(values):
        return Cost(coefficients=tuple(reversed(values[:n])), start_up=start_up, shut_down=shut_down)
    return None


def _hvdc(dcline: Matrix, positions: dict[float, int], numbers: list[str]) -> Table[HvdcLine]:
    first = [numbers[positions[number]] for number in dcline[:, 0].tolist()]
    second = [numbers[positions[number]] for number in dcline[:, 1].tolist()]
    ids = _numbered([f"{a}-{b}" for a, b in zip(first, second, strict=True)])
    loss = dcline[:, 15:17] if dcline.shape[1] >= 17 else np.zeros((len(dcline), 2))
    return Table(
        HvdcLine,
        ids,
        {
            "from_bus": first,
            "to_bus": second,
            "active_power": dcline[:, 3] * 1e6,
            "constant_loss": loss[:, 0] * 1e6,
            "loss_share": loss[:, 1],
            "from_voltage": dcline[:, 7],
            "to_voltage": dcline[:, 8],
            "from_reactive_power": dcline[:, 5] * 1e6,
            "to_reactive_power": dcline[:, 6] * 1e6,
            "minimum_power": _limit(dcline[:, 9]),
            "maximum_power": _limit(dcline[:, 10]),
            "from_minimum_reactive": _limit(dcline[:, 11]),
            "from_maximum_reactive": _limit(dcline[:, 12]),
            "to_minimum_reactive": _limit(dcline[:, 13]),
            "to_maximum_reactive": _limit(dcline[:, 14]),
            "in_service": dcline[:, 2] > 0,
        },
    )
