"""What is asked of a short-circuit study, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from joulebook.core.errors import InputError, Issue

__all__ = ["FAULTS", "FaultOptions"]

FAULTS = ("3ph", "2ph", "2ph-g", "1ph")
"""Kinds of short circuit: three-phase, line to line, line to line with earth, line to earth."""
_CHOICES: dict[str, tuple[Any, ...]] = {
    "fault": FAULTS,
    "case": ("max", "min"),
    "standard": ("IEC 60909",),
    "peak_method": ("A", "B", "C"),
    "low_voltage_tolerance": (6, 10),
    "defaults": ("none", "typical"),
    "line_capacitance": (False, True),
}
_MEANS = {
    "fault": "three-phase, line to line, line to line with earth, line to earth",
    "case": "largest or smallest currents",
    "low_voltage_tolerance": "percent, of the supply voltage up to 1 kV",
}
_RANGES = {
    "duration": (0.001, 100.0, "s"),
    "breaker_time": (0.02, 10.0, "s"),
    "excitation": (0.0, 5.0, ""),
}


@dataclass(frozen=True)
class FaultOptions:
    """All options of :func:`joulebook.grid.short_circuit`, by the names of its parameters.

    ``fault_impedance`` is complex, ohm; ``along`` holds pairs of line and position.
    """

    fault: str = "3ph"
    case: str = "max"
    standard: str = "IEC 60909"
    buses: tuple[str, ...] | None = None
    along: tuple[tuple[str, float], ...] = ()
    fault_impedance: complex = 0j
    peak_method: str = "C"
    duration: float = 1.0
    breaker_time: float | None = None
    excitation: float | None = None
    low_voltage_tolerance: int = 10
    line_capacitance: bool = False
    defaults: str = "none"

    @property
    def to_earth(self) -> bool:
        """Whether the zero sequence takes part."""
        return self.fault in {"1ph", "2ph-g"}

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> FaultOptions:
        """Check what a person gave.

        Parameters
        ----------
        given : mapping of str to object
            By the names of the parameters.

        Returns
        -------
        FaultOptions
            Checked.

        Raises
        ------
        InputError
            With every fault.
        """
        issues: list[Issue] = []
        values = dict(given)
        for name, allowed in _CHOICES.items():
            value = values[name]
            if not any(type(value) is type(item) and value == item for item in allowed):
                listed = ", ".join(map(repr, allowed))
                means = f" ({_MEANS[name]})" if name in _MEANS else ""
                issues.append(Issue(name, value, f"must be one of {listed}{means}"))
        for name, (low, high, unit) in _RANGES.items():
            value = values[name]
            if value is None and name != "duration":
                continue
            if not _is_number(value) or not low <= value <= high:
                issues.append(Issue(name, value, f"must be a number from {low:g} to {high:g} {unit}".rstrip()))
        values["fault_impedance"] = _impedance(values["fault_impedance"], issues)
        values["buses"] = _names(values["buses"], issues)
        values["along"] = _points(values["along"], issues)
        if issues:
            raise InputError(issues, "short_circuit")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Write as JSON-able values.

        Returns
        -------
        dict
            By the names of the parameters.
        """
        values = asdict(self)
        values["fault_impedance"] = [self.fault_impedance.real, self.fault_impedance.imag]
        return values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool | np.bool_)


def _impedance(value: Any, issues: list[Issue]) -> complex:
    if not isinstance(value, bool) and isinstance(value, int | float | complex | np.number):
        made = complex(value)
        if made.real >= 0.0 and abs(made) <= 1e9:
            return made
    rule = "must be a number or a complex number of ohm, with a resistance of at least 0 and at most 1e9 in size"
    issues.append(Issue("fault_impedance", value, rule, "Write 5.0, or complex(5.0, 1.0)", "ohm"))
    return 0j


def _names(value: Any, issues: list[Issue]) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Sequence | np.ndarray) and all(isinstance(item, str) for item in value):
        return tuple(dict.fromkeys(str(item) for item in value))
    issues.append(Issue("buses", value, "must be identifiers of buses, or None for all", 'Write ["1", "2"]'))
    return None


def _points(value: Any, issues: list[Issue]) -> tuple[tuple[str, float], ...]:
    if value is None:
        return ()
    found: list[tuple[str, float]] = []
    if isinstance(value, Mapping):
        for line, places in value.items():
            several = places if isinstance(places, Sequence | np.ndarray) and not isinstance(places, str) else [places]
            for place in several:
                if isinstance(line, str) and _is_number(place) and 0.0 <= place <= 1.0:
                    found.append((line, float(place)))
                else:
                    issues.append(Issue(f"along.{line}", place, "must be a position from 0 (from) to 1 (to)"))
        return tuple(dict.fromkeys(found))
    issues.append(Issue("along", value, "must map lines to positions", 'Write {"L1": 0.5} or {"L1": [0.2, 0.8]}'))
    return ()
