"""What a fit may change: values of a design by their path, each within limits, on a linear or a logarithmic scale.

A positive value whose limits lie a decade or more apart is sought by its logarithm, so that a step is a factor.
``"initial_soc"`` stands beside the paths: the state of charge at the start.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.core.errors import InputError, Issue

__all__ = ["INITIAL_SOC", "FitParameter", "current_value", "read_parameters"]

INITIAL_SOC: Final = "initial_soc"
"""Name of the state of charge at the start."""
_DECADE = 10.0
_SETTINGS = ("min", "max", "value", "vary", "scale")
_SCALES = ("auto", "linear", "log")
_OF_MATERIAL = ("diffusivity", "rate_constant", "maximum_concentration")
_EXAMPLE = 'Such as {"negative.diffusivity": (1e-15, 1e-13)}'


@dataclass(frozen=True)
class FitParameter:
    """A value that a fit may change.

    Parameters
    ----------
    path : str
        Dotted path, or ``"initial_soc"``.
    low, high : float, SI units
        Limits.
    start : float, SI units
        Where the search starts.
    log : bool
        Whether it is sought by its logarithm.
    vary : bool
        Whether it is sought, or held at ``start``.
    """

    path: str
    low: float
    high: float
    start: float
    log: bool
    vary: bool

    @property
    def limits(self) -> tuple[float, float]:
        """Lower and upper limit on the scale of the search."""
        return self.to_scale(self.low), self.to_scale(self.high)

    @property
    def half_range(self) -> float:
        """Half the distance of the limits on the scale of the search."""
        low, high = self.limits
        return 0.5 * (high - low)

    def to_scale(self, value: float) -> float:
        """Bring a value to the scale of the search.

        Parameters
        ----------
        value : float, SI units
            The value.

        Returns
        -------
        float
            Its natural logarithm, or itself.
        """
        return math.log(value) if self.log else value

    def from_scale(self, x: float) -> float:
        """Bring a number of the search back.

        Parameters
        ----------
        x : float
            On the scale of the search.

        Returns
        -------
        float, SI units
            The value, within the limits.
        """
        return min(max(math.exp(x) if self.log else x, self.low), self.high)


def read_parameters(cell: Cell | HalfCell, parameters: Mapping[str, Any]) -> tuple[FitParameter, ...]:
    """Understand what a fit may change.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    parameters : mapping of str to (low, high), mapping or lmfit.Parameter
        Settings of a mapping are ``min``, ``max``, ``value``, ``vary`` and ``scale`` (``"auto"``, ``"linear"``,
        ``"log"``).

    Returns
    -------
    tuple of FitParameter
        In the order given.

    Raises
    ------
    InputError
        With every fault.
    """
    if not isinstance(parameters, Mapping) or not parameters:
        raise InputError(Issue("parameters", parameters, "must give limits for at least one value", _EXAMPLE))
    found: list[FitParameter] = []
    faults: list[Issue] = []
    for path, settings in parameters.items():
        known = current_value(cell, str(path), faults)
        read = _settings(str(path), settings, faults)
        if read is not None and known is not _UNKNOWN:
            made = _parameter(str(path), read, known, faults)
            found += [made] if made else []
    if not faults and not any(item.vary for item in found):
        faults.append(Issue("parameters", None, "at least one must vary", _EXAMPLE))
    if faults:
        raise InputError(faults, "parameters")
    return tuple(found)


_UNKNOWN = math.nan


def current_value(cell: Cell | HalfCell, path: str, faults: list[Issue]) -> float | None:
    """Find what a value is in the design, or in its material where the design leaves it out.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    path : str
        Dotted path.
    faults : list of Issue
        Where a fault is added if there is no such number.

    Returns
    -------
    float or None
        The value; None where neither says it; not a number where the path leads to no number.
    """
    if path == INITIAL_SOC:
        return None
    try:
        value = cell.value_at(path)
    except InputError as error:
        faults += error.issues
        return _UNKNOWN
    if value is None:
        side, _, last = path.rpartition(".")
        if side not in {"negative", "positive"} or last not in _OF_MATERIAL:
            return None
        material = cell.active_material(side)
        return float(getattr(material, last).value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        faults.append(Issue(path, None, f"is {type(value).__name__}, not a number", "Give the path down to a number"))
        return _UNKNOWN
    return float(value)


def _settings(path: str, given: Any, faults: list[Issue]) -> dict[str, Any] | None:
    where = f"parameters.{path}"
    if isinstance(given, Mapping):
        unknown = [key for key in given if key not in _SETTINGS]
        if unknown:
            faults.append(Issue(where, unknown, f"must have settings among {', '.join(_SETTINGS)}"))
            return None
        return dict(given)
    if hasattr(given, "min") and hasattr(given, "max") and hasattr(given, "vary"):
        if getattr(given, "expr", None):
            faults.append(Issue(where, given.expr, "cannot be an expression", "Fit it by itself, or leave it out"))
            return None
        read = {"min": given.min, "max": given.max, "vary": bool(given.vary)}
        return {**read, "value": given.value} if math.isfinite(given.value) else read
    try:
        low, high = given
    except (TypeError, ValueError):
        faults.append(
            Issue(where, given, "must be (lower, upper), a mapping of settings or an lmfit.Parameter", _EXAMPLE)
        )
        return None
    return {"min": low, "max": high}


def _parameter(path: str, read: Mapping[str, Any], known: float | None, faults: list[Issue]) -> FitParameter | None:
    where = f"parameters.{path}"
    vary = bool(read.get("vary", True))
    try:
        low, high = float(read.get("min", -math.inf)), float(read.get("max", math.inf))
        value = float(read["value"]) if read.get("value") is not None else None
    except (TypeError, ValueError):
        faults.append(Issue(where, dict(read), "must be numbers"))
        return None
    scale = read.get("scale", "auto")
    if scale not in _SCALES:
        faults.append(Issue(f"{where}.scale", scale, f"must be one of {', '.join(_SCALES)}"))
        return None
    if not vary:
        held = value if value is not None else known
        if held is None:
            faults.append(Issue(where, None, "is held, but has no value"))
            return None
        return FitParameter(path, held, held, held, False, False)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        faults.append(Issue(where, (low, high), "must have finite limits, the lower one first", _EXAMPLE))
        return None
    if path == INITIAL_SOC and (low < 0.0 or high > 1.0):
        faults.append(Issue(where, (low, high), "must lie within 0 and 1"))
        return None
    if value is not None and not low <= value <= high:
        faults.append(Issue(f"{where}.value", value, f"must be from {low:g} to {high:g}"))
        return None
    if scale == "log" and low <= 0.0:
        faults.append(Issue(f"{where}.min", low, "must be more than 0 on a logarithmic scale"))
        return None
    log = scale == "log" or (scale == "auto" and low > 0.0 and high >= _DECADE * low)
    middle = math.sqrt(low * high) if log else 0.5 * (low + high)
    start = value if value is not None else known if known is not None and low < known < high else middle
    return FitParameter(path, low, high, float(start), log, True)


def to_scales(parameters: tuple[FitParameter, ...], values: Mapping[str, float]) -> NDArray[np.float64]:
    """Bring the values that vary to the scale of the search.

    Parameters
    ----------
    parameters : tuple of FitParameter
        All that vary.
    values : mapping of str to float, SI units
        Their values.

    Returns
    -------
    ndarray, shape (n_parameters,)
        For the search.
    """
    return np.array([item.to_scale(values[item.path]) for item in parameters])
