"""Solve a table of designs and read one number per case: what all the analyses of many designs stand on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.weighing import mass_of
from joulebook.battery.designs import Cell
from joulebook.battery.figures import outer_volume
from joulebook.battery.results import BatterySweepResult
from joulebook.battery.sweeping import sweep
from joulebook.core.errors import InputError, Issue, SolveError

__all__ = ["DERIVED", "Cases", "Outputs", "checked_ranges", "enough", "run_cases"]

Outputs = Sequence[str] | Mapping[str, Callable[[BatterySweepResult], Any]]
"""Names of results, or names with functions that read one number per case from a sweep."""

DERIVED: Final = {
    "delivered_specific_energy": ("W h/kg", "Delivered specific energy"),
    "delivered_energy_density": ("W h/L", "Delivered energy density"),
}
"""Outputs that need the design beside the run: delivered energy over the mass, and over the volume, of each design."""
MOST_FAILED = 0.2
"""Share of cases without a result beyond which an analysis says nothing about its ranges any more."""


@dataclass(frozen=True)
class Cases:
    """A table of solved designs.

    Parameters
    ----------
    columns : dict of str to ndarray, shape (n_cases,), SI units
        Dotted path to the value in each case.
    units : dict of str to str
        Of the columns.
    outputs : dict of str to ndarray, shape (n_cases,), mixed
        Name to the number of each case; not a number where it failed.
    meanings : dict of str to tuple of str
        Unit and label of each output.
    failed : list of dict
        Cases without a result: ``case``, ``values`` and ``reason``.
    seconds : float
        Spent solving.
    citations : tuple of str
        Keys of the bibliography.
    """

    columns: dict[str, NDArray[np.float64]]
    units: dict[str, str]
    outputs: dict[str, NDArray[np.float64]]
    meanings: dict[str, tuple[str, str]]
    failed: list[dict[str, Any]]
    seconds: float
    citations: tuple[str, ...]


def checked_ranges(cell: Cell, ranges: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """Check the ranges of the factors of an analysis.

    Parameters
    ----------
    cell : Cell
        The design that is varied.
    ranges : mapping of str to (float, float)
        Dotted path to lower and upper limit, SI units.

    Returns
    -------
    dict of str to tuple of float
        The same.

    Raises
    ------
    InputError
        With every fault.
    """
    example = 'Such as {"negative.thickness": (70e-6, 100e-6)}'
    if not isinstance(ranges, Mapping) or not ranges:
        raise InputError(Issue("ranges", ranges, "must give the limits of at least one path", example))
    found: dict[str, tuple[float, float]] = {}
    faults: list[Issue] = []
    for path, limits in ranges.items():
        try:
            low, high = (float(limit) for limit in limits)
        except (TypeError, ValueError):
            faults.append(Issue(f"ranges.{path}", limits, "must be two numbers, lower and upper", example))
            continue
        if not np.isfinite([low, high]).all() or low >= high:
            faults.append(Issue(f"ranges.{path}", (low, high), "must be finite, the first below the second"))
            continue
        faults += _number_faults(cell, str(path))
        found[str(path)] = (low, high)
    if faults:
        raise InputError(faults, "ranges")
    return found


def _number_faults(cell: Cell, path: str) -> list[Issue]:
    try:
        value = cell.value_at(path)
    except InputError as error:
        return list(error.issues)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return []
    return [Issue(path, None, f"is {type(value).__name__}, not a number", "Give the path down to a number")]


def run_cases(
    cell: Cell,
    columns: Mapping[str, NDArray[np.float64]],
    protocol: Any,
    outputs: Outputs,
    **keywords: Any,
) -> Cases:
    """Solve a table of designs.

    Parameters
    ----------
    cell : Cell
        The design that is varied.
    columns : mapping of str to ndarray, shape (n_cases,), SI units
        Dotted path to the value in each case.
    protocol : str or list or Protocol
        What is done to each.
    outputs : sequence of str, or mapping of str to callable
        Results of a sweep that hold one number per case, names in :data:`DERIVED`, or functions of the sweep.
    **keywords : object
        Handed on to :func:`joulebook.battery.sweep`: ``model``, ``options``, ``initial_soc``, ``client``,
        ``progress``, ``backend``.

    Returns
    -------
    Cases
        The numbers, and the failed cases with their reasons.
    """
    for name, weigh in (("delivered_specific_energy", mass_of), ("delivered_energy_density", _litres)):
        if name in outputs:
            weigh(cell)
    found = sweep(
        cell, {path: column.tolist() for path, column in columns.items()}, protocol, samples="rows", **keywords
    )
    values: dict[str, NDArray[np.float64]] = {}
    meanings: dict[str, tuple[str, str]] = {}
    for name, read in _readers(outputs, found, columns).items():
        if callable(read):
            values[name], meanings[name] = _called(name, read, found), ("", name)
        elif name in DERIVED:
            values[name], meanings[name] = _derived(name, cell, columns, found), DERIVED[name]
        else:
            item = found.variables[name]
            values[name], meanings[name] = np.asarray(item.values, dtype=np.float64), (item.unit, item.label)
    failed = found.failed
    known = {item["case"] for item in failed}
    for name, numbers in values.items():
        for case in np.flatnonzero(~np.isfinite(numbers)).tolist():
            if case not in known:
                known.add(case)
                inputs = {path: float(column[case]) for path, column in columns.items()}
                failed.append({"case": case, "values": inputs, "reason": f"{name} is not a number"})
    return Cases(
        columns=dict(columns),
        units={path: found.variables[path].unit for path in columns},
        outputs=values,
        meanings=meanings,
        failed=sorted(failed, key=lambda item: int(item["case"])),
        seconds=found.stats.seconds,
        citations=found.provenance.citations,
    )


def _readers(outputs: Outputs, found: BatterySweepResult, columns: Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(outputs, Mapping):
        readers: dict[str, Any] = dict(outputs)
    elif isinstance(outputs, str):
        readers = {outputs: None}
    else:
        readers = dict.fromkeys(outputs)
    own = [
        name
        for name, item in found.variables.items()
        if item.dims == ("case",) and name not in columns and name != "case"
    ]
    unknown = [name for name, read in readers.items() if not callable(read) and name not in {*own, *DERIVED}]
    if unknown or not readers:
        raise InputError(
            Issue(
                "outputs",
                unknown or None,
                f"must be among {', '.join([*own, *DERIVED])}",
                'Or give functions of the sweep: {"mean power": lambda s: s["delivered_energy"] / s["duration"]}',
            )
        )
    return readers


def _called(name: str, read: Callable[[BatterySweepResult], Any], found: BatterySweepResult) -> NDArray[np.float64]:
    count = found["case"].size
    values = np.asarray(read(found), dtype=np.float64)
    if values.shape != (count,):
        raise InputError(
            Issue(f"outputs.{name}", list(values.shape), f"must give one number per case, shape ({count},)")
        )
    return values


def _derived(
    name: str, cell: Cell, columns: Mapping[str, NDArray[np.float64]], found: BatterySweepResult
) -> NDArray[np.float64]:
    energy = np.array(found["delivered_energy"], dtype=np.float64)
    for case in np.flatnonzero(np.isfinite(energy)).tolist():
        design = cell.replace({path: float(column[case]) for path, column in columns.items()})
        energy[case] /= mass_of(design) if name == "delivered_specific_energy" else _litres(design)
    return energy


def _litres(cell: Cell) -> float:
    volume = outer_volume(cell)
    if volume is None:
        raise InputError(
            Issue("format", None, "is not given, so the volume is not known", "Give the housing"), cell.name
        )
    return 1e3 * volume


def enough(n_good: int, n_all: int, failed: Sequence[Mapping[str, Any]], partial: Any) -> None:
    """Refuse to conclude from what is left when too many cases failed.

    Parameters
    ----------
    n_good, n_all : int
        Points that can be used, and points that were asked for.
    failed : sequence of mapping
        The failed cases, with their reasons.
    partial : object
        What was solved, handed on with the error.

    Raises
    ------
    SolveError
        If more than a fifth is lost.
    """
    if n_good >= (1.0 - MOST_FAILED) * n_all:
        return
    reasons: dict[str, int] = {}
    for item in failed:
        reasons[str(item["reason"])] = reasons.get(str(item["reason"]), 0) + 1
    most = max(reasons, key=lambda reason: reasons[reason]) if reasons else "not a number"
    first = failed[0]["values"] if failed else {}
    raise SolveError(
        f"{n_all - n_good} of {n_all} points have no result, more than {MOST_FAILED:.0%} of them: the rest would not "
        f"stand for the ranges. First: {', '.join(f'{path} = {value:g}' for path, value in first.items())}. "
        f"Most frequent reason: {most}. Narrow the ranges, or change the protocol",
        partial=partial,
    )
