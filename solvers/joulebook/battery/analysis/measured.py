"""Measured curves and spectra, read from what a person has: a table, a mapping or a file of text.

Time must rise; rows at the same time as the one before replace it, as cyclers write two at a change of step. Current
is positive on discharge; whether that is so shows in the voltage, which falls while charge is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.headings import find_columns
from joulebook.core.errors import DataFormatError, InputError, Issue

__all__ = ["Spectrum", "TimeSeries", "read_spectrum", "read_time_series"]

Array = NDArray[np.float64]
_WRONG_WAY = 0.01
"""V; a rise of the voltage with discharge, summed over all steps, beyond which the sign of the current is wrong."""
_HIGHEST = 1000.0


@dataclass(frozen=True)
class TimeSeries:
    """A measured curve.

    Parameters
    ----------
    time : ndarray, shape (n,), s
        Rising, from 0.
    voltage : ndarray, shape (n,), V
        Of the cell.
    current : ndarray, shape (n,), A, optional
        Positive on discharge; None where it was not measured.
    name : str
        Of the data, for sources.
    notes : tuple of str
        What was done to the data.
    """

    time: Array
    voltage: Array
    current: Array | None
    name: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Spectrum:
    """A measured impedance spectrum.

    Parameters
    ----------
    soc : float
        State of charge of the cell, 0 to 1.
    frequency : ndarray, shape (n,), Hz
        As measured.
    impedance : ndarray of complex, shape (n,), ohm
        Of the whole cell.
    name : str
        Of the data.
    """

    soc: float
    frequency: Array
    impedance: NDArray[np.complex128]
    name: str


def read_time_series(
    data: Any,
    *,
    columns: Mapping[str, Any] | None = None,
    charge_positive: bool = False,
    current_needed: bool = True,
    name: str = "",
) -> TimeSeries:
    """Read a measured curve.

    Parameters
    ----------
    data : DataFrame, mapping or path
        With columns for time, voltage and current.
    columns : mapping of str to object, optional
        ``"time"``, ``"current"`` or ``"voltage"`` to the heading of its column, where the headings do not say it.
    charge_positive : bool
        Whether a positive current charges the cell in these data.
    current_needed : bool
        Whether the curve is of no use without its current.
    name : str
        Of the data; the file's name where left out.

    Returns
    -------
    TimeSeries
        In SI units, positive on discharge.

    Raises
    ------
    InputError
        With every fault: a column is missing, a number is missing, time goes back, the sign of the current is wrong.
    DataFormatError
        If a file cannot be read.
    """
    table, found_name = _table(data)
    found, faults = find_columns(list(table), ("time", "current", "voltage"), columns)
    known = ", ".join(str(heading) for heading in list(table)[:20]) or "none"
    for quantity in ("time", "voltage", *(("current",) if current_needed else ())):
        if quantity not in found:
            hint = f'There are: {known}. Choose with columns={{"{quantity}": …}}'
            faults.append(Issue("data", None, f"no column of {quantity} was recognised", hint))
    if faults:
        raise InputError(faults, "data")
    values = {quantity: _numbers(quantity, table[item.heading], faults) for quantity, item in found.items()}
    if not faults:
        faults += _shape_faults(values)
    if faults:
        raise InputError(faults, "data")
    scaled = {quantity: values[quantity] * found[quantity].factor for quantity in values}
    if charge_positive and "current" in scaled:
        scaled["current"] = -scaled["current"]
    faults = _order_faults(scaled["time"]) + _size_faults(scaled["voltage"])
    if faults:
        raise InputError(faults, "data")
    keep = np.append(np.diff(scaled["time"]) > 0.0, True)
    scaled = {quantity: column[keep] for quantity, column in scaled.items()}
    current = scaled.get("current")
    if current is not None:
        _check_sign(current, scaled["voltage"], charge_positive)
    dropped = int(np.count_nonzero(~keep))
    return TimeSeries(
        time=scaled["time"] - scaled["time"][0],
        voltage=scaled["voltage"],
        current=current,
        name=name or found_name,
        notes=(f"{dropped} rows at the time of the row after them were left out",) if dropped else (),
    )


def read_spectrum(soc: float, data: Any, *, name: str = "") -> Spectrum:
    """Read a measured impedance spectrum.

    Parameters
    ----------
    soc : float
        State of charge of the cell, 0 to 1.
    data : DataFrame, mapping or path
        With a column of frequency, and either ``impedance`` (complex) or real and imaginary part.
    name : str
        Of the data; the file's name where left out.

    Returns
    -------
    Spectrum
        In SI units.

    Raises
    ------
    InputError
        With every fault.
    DataFormatError
        If a file cannot be read.
    """
    if isinstance(soc, bool) or not isinstance(soc, int | float) or not 0.0 <= soc <= 1.0:
        raise InputError(Issue("impedance", soc, "must be a mapping from state of charge, 0 to 1, to a spectrum"))
    table, found_name = _table(data)
    whole = next((key for key in table if str(key).lower() in {"impedance", "z", "impedance_ohm"}), None)
    wanted = ("frequency",) if whole is not None else ("frequency", "real", "imaginary", "minus_imaginary")
    found, faults = find_columns(list(table), wanted)
    missing = [part for part in wanted[:2] if part not in found]
    if whole is None and not {"imaginary", "minus_imaginary"} & set(found):
        missing.append("imaginary")
    for quantity in missing:
        known = ", ".join(str(heading) for heading in list(table)[:20])
        faults.append(
            Issue("impedance", None, f"no column of the {quantity} part was recognised", f"There are: {known}")
        )
    if faults:
        raise InputError(faults, "impedance")
    values = {quantity: _numbers(quantity, table[item.heading], faults) for quantity, item in found.items()}
    if whole is not None:
        complex_numbers = np.asarray(table[whole], dtype=np.complex128)
        values["real"], values["imaginary"] = complex_numbers.real.copy(), complex_numbers.imag.copy()
    if not faults:
        faults += _shape_faults(values)
    if faults:
        raise InputError(faults, "impedance")
    scaled = {name: column * (found[name].factor if name in found else 1.0) for name, column in values.items()}
    frequency = scaled["frequency"]
    bad = np.flatnonzero(frequency <= 0.0)
    if bad.size:
        raise InputError(Issue("frequency", float(frequency[bad[0]]), f"must be more than 0, row {bad[0]}", unit="Hz"))
    imaginary = scaled["imaginary"] if "imaginary" in scaled else -scaled["minus_imaginary"]
    return Spectrum(float(soc), frequency, scaled["real"] + 1j * imaginary, name or found_name)


def _table(data: Any) -> tuple[dict[Any, Any], str]:
    """Columns by heading, and the name of the data."""
    if isinstance(data, str | Path):
        return _read_file(Path(data))
    if isinstance(data, Mapping):
        return dict(data), str(data.get("name", "")) if isinstance(data.get("name", ""), str) else ""
    if hasattr(data, "columns") and hasattr(data, "attrs"):
        name = data.attrs.get("name") or data.attrs.get("file") or ""
        return {heading: data[heading].to_numpy() for heading in data.columns}, str(name)
    if hasattr(data, "to_dataframe"):
        return _table(data.to_dataframe())
    rule = "must be a DataFrame, a mapping of columns, or the path of a file of text"
    raise InputError(Issue("data", type(data).__name__, rule, 'Such as {"time": …, "current": …, "voltage": …}'))


def _read_file(path: Path) -> tuple[dict[Any, Any], str]:
    import csv

    import pandas

    try:
        table = pandas.read_csv(path, sep=None, engine="python", comment="#", encoding_errors="replace")
    except OSError as error:
        raise DataFormatError(f"cannot be read: {error.strerror or error}", file=path.name) from None
    except (ValueError, LookupError, csv.Error) as error:
        hint = "Read it with pandas and give the DataFrame"
        raise DataFormatError(
            f"is not a table of text with a line of headings ({error}). {hint}", file=path.name
        ) from None
    return {heading: table[heading].to_numpy() for heading in table.columns}, path.name


def _numbers(quantity: str, column: Any, faults: list[Issue]) -> Array:
    """A column as numbers; a clock such as 01:02:03 is a time."""
    try:
        given = np.asarray(column)
    except ValueError:
        given = np.zeros((0, 0))
    if given.ndim != 1:
        faults.append(Issue(quantity, list(given.shape), "must be one column"))
        return np.zeros(0)
    if given.dtype.kind == "m":
        return np.asarray(given / np.timedelta64(1, "s"), dtype=np.float64)
    if given.dtype.kind == "c":
        faults.append(Issue(quantity, None, "must be real numbers"))
        return np.zeros(0)
    values = _plain_numbers(given)
    if values is None and quantity == "time":
        values = _clock(given)
    if values is None:
        shown = next((str(item) for item in given.tolist() if not _is_number(item)), "")
        faults.append(Issue(quantity, shown, "is not a number", "Drop such rows"))
        return np.zeros(0)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        more = f" and {bad.size - 1} more" if bad.size > 1 else ""
        faults.append(Issue(quantity, float(values[bad[0]]), f"row {bad[0]}{more} is not a number", "Drop such rows"))
    return values


def _plain_numbers(given: NDArray[Any]) -> Array | None:
    try:
        return given.astype(np.float64)
    except (TypeError, ValueError):
        return None


def _clock(given: NDArray[Any]) -> Array | None:
    import pandas

    try:
        return np.asarray(pandas.to_timedelta(given.astype(str)).total_seconds(), dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        return None


def _is_number(item: Any) -> bool:
    try:
        float(item)
    except (TypeError, ValueError):
        return False
    return True


def _shape_faults(values: Mapping[str, Array]) -> list[Issue]:
    sizes = {quantity: column.size for quantity, column in values.items()}
    if len(set(sizes.values())) > 1:
        return [Issue("data", sizes, "columns must be equally long")]
    if min(sizes.values()) < 2:
        return [Issue("data", min(sizes.values()), "must have at least 2 rows")]
    return []


def _order_faults(time: Array) -> list[Issue]:
    back = np.flatnonzero(np.diff(time) < 0.0)
    if not back.size:
        return [Issue("time", float(time[0]), "does not change", unit="s")] if np.ptp(time) == 0.0 else []
    row = int(back[0]) + 1
    rule = f"goes back from {time[row - 1]:g} to {time[row]:g} s in row {row}" + (
        f", and {back.size - 1} times more" if back.size > 1 else ""
    )
    hint = "Take the time since the start of the test, not of the step, or cut the data there"
    return [Issue("time", float(time[row]), rule, hint, "s")]


def _size_faults(voltage: Array) -> list[Issue]:
    largest = float(np.abs(voltage).max())
    if largest <= _HIGHEST:
        return []
    hint = "If these are millivolts, say so in the heading: voltage_mV"
    return [Issue("voltage", largest, f"must be at most {_HIGHEST:g} V in size", hint, "V")]


def _check_sign(current: Array, voltage: Array, charge_positive: bool) -> None:
    """Refuse a current whose sign contradicts the voltage."""
    size = float(np.abs(current).max())
    if size == 0.0:
        return
    change, rise = np.diff(current), np.diff(voltage)
    busy = np.abs(current) > 0.05 * size
    held = busy[:-1] & busy[1:] & (np.abs(change) < 0.05 * size)
    jumps = np.abs(change) > 0.2 * size
    upward = float(np.sum(np.sign(current[:-1]) * rise * held) + np.sum(np.sign(change) * rise * jumps))
    if upward > _WRONG_WAY:
        hint = (
            "Leave charge_positive out"
            if charge_positive
            else "If these data count charge as positive: charge_positive=True"
        )
        rule = f"is positive on discharge here, but the voltage rises with it, by {upward:.3g} V over all steps"
        raise InputError(Issue("current", None, rule, hint, "A"), "data")
