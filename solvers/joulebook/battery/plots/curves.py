"""Runs and measurements as curves of one kind, so that they can be laid over each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import between
from joulebook.battery.plots.pieces import Stretch, filled, stretches
from joulebook.core.errors import InputError, Issue

__all__ = ["Traced", "traced"]

Array = NDArray[np.float64]
ICE = 273.15
_MOST_PARTS = 5000


@dataclass(frozen=True)
class Traced:
    """A run or a measurement.

    Parameters
    ----------
    name : str
        What it is called in legends and tables.
    time : ndarray, shape (n,), s
        Not falling.
    voltage : ndarray, shape (n,), V
        Of the cell.
    current : ndarray, shape (n,), A, optional
        Positive on discharge.
    temperature : ndarray, shape (n,), K, optional
        Of the cell.
    parts : tuple of Stretch
        Between which nothing jumps.
    smooth : bool
        Whether the points lie on a smooth curve (a solver's do, an instrument's do not).
    drawn : mapping of str to tuple of ndarray
        Times and values of each quantity, close enough for straight lines.
    """

    name: str
    time: Array
    voltage: Array
    current: Array | None
    temperature: Array | None
    parts: tuple[Stretch, ...]
    smooth: bool
    drawn: Mapping[str, tuple[Array, Array]]

    def voltage_at(self, wanted: Array) -> Array:
        """Give the voltage at other times.

        Parameters
        ----------
        wanted : ndarray, shape (m,), s
            Rising, within the curve.

        Returns
        -------
        ndarray, shape (m,), V
            By a cubic spline in each stretch of a smooth curve, otherwise straight lines.
        """
        found = np.interp(wanted, self.time, self.voltage)
        if not self.smooth or len(self.parts) > _MOST_PARTS:
            return found
        for part in self.parts:
            t = self.time[part.rows]
            first, stop = np.searchsorted(wanted, t[0], "left"), np.searchsorted(wanted, t[-1], "right")
            if stop > first:
                found[first:stop] = part.curve(self.time, self.voltage, wanted[first:stop])
        return found

    def integral(self, values: Array) -> float:
        """Integrate over the whole curve.

        Parameters
        ----------
        values : ndarray, shape (n,), any
            At the points.

        Returns
        -------
        float
            Unit of values times s.
        """
        if not self.smooth:
            return float(np.trapezoid(values, self.time))
        total = 0.0
        for part in self.parts:
            t, v = self.time[part.rows], values[part.rows]
            line = part.straight or t.size < 4
            total += float(np.trapezoid(v, t)) if line else between.integral(t, v)
        last = [part.rows.start for part in self.parts[1:]]
        return total + sum(0.5 * float((values[k] + values[k - 1]) * (self.time[k] - self.time[k - 1])) for k in last)


def traced(name: str, source: Any) -> Traced:
    """Read what is to be compared.

    Parameters
    ----------
    name : str
        What it is called.
    source : BatteryResult, DataFrame, mapping or path
        A run, or a measurement with columns for time and voltage, and for current and temperature if there are.

    Returns
    -------
    Traced
        In SI units.

    Raises
    ------
    InputError
        If there is no voltage over time.
    """
    variables = getattr(source, "variables", None)
    if not isinstance(variables, Mapping):
        return _measured(name, source)
    missing = [key for key in ("time", "voltage") if key not in variables or variables[key].dims != ("time",)]
    if missing:
        raise InputError(Issue(name, type(source).__name__, f"has no {missing[0]} over time", "Give runs of one cell"))
    there = [key for key in ("voltage", "current", "temperature") if _over_time(variables, key)]
    values = {key: np.asarray(source[key], dtype=np.float64) for key in there}
    return Traced(
        name=name,
        time=np.asarray(source["time"], dtype=np.float64),
        voltage=values["voltage"],
        current=values.get("current"),
        temperature=values.get("temperature"),
        parts=tuple(stretches(source)),
        smooth=True,
        drawn={key: filled(source, key) for key in there},
    )


def _over_time(variables: Mapping[str, Any], name: str) -> bool:
    return name in variables and variables[name].dims == ("time",)


def _measured(name: str, source: Any) -> Traced:
    from joulebook.battery.analysis.measured import read_time_series

    try:
        found = read_time_series(source, current_needed=False, name=name)
    except InputError as error:
        if not any(issue.path == "current" for issue in error.issues):
            raise
        found = read_time_series(source, current_needed=False, name=name, charge_positive=True)
    temperature = _temperature(source, found.time.size)
    drawn = {"voltage": (found.time, found.voltage)}
    if found.current is not None:
        drawn["current"] = (found.time, found.current)
    if temperature is not None:
        drawn["temperature"] = (found.time, temperature)
    whole = (Stretch(slice(0, found.time.size), True),)
    return Traced(name, found.time, found.voltage, found.current, temperature, whole, False, drawn)


def _temperature(source: Any, size: int) -> Array | None:
    """The first column of temperatures, K, at the rows that were kept; None where there is none."""
    from joulebook.battery.analysis.headings import find_columns

    headings = list(getattr(source, "columns", source if isinstance(source, Mapping) else ()))
    for heading in headings:
        text = str(heading).lower().replace(" ", "")
        if "temperature" not in text and not text.startswith("temp"):
            continue
        try:
            values = np.asarray(source[heading], dtype=np.float64)
            time = np.asarray(source[find_columns(headings, ("time",))[0]["time"].heading], dtype=np.float64)
        except (TypeError, ValueError, KeyError):
            continue
        values = values[np.append(np.diff(time) > 0.0, True)]
        if values.shape == (size,) and np.isfinite(values).all():
            kelvin = text.endswith(("_k", "/k", "[k]", "(k)", "kelvin"))
            return np.asarray(values if kelvin else values + ICE, dtype=np.float64)
    return None
