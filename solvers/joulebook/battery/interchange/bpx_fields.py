"""What a BPX file may hold, and the check that names every fault at once.

BPX (Battery Parameter eXchange) is a JSON layout for physics-based models: ``Header``, ``Parameterisation``, since
version 1.1 ``State``, and measured curves in ``Validation``. A value is a number, a formula in ``x`` or a table
``{"x": [...], "y": [...]}`` with straight lines between its points.

References
----------
BPX standard, version 1.1.1, https://bpxstandard.com; field names as in the schema of the reference implementation,
https://github.com/FaradayInstitution/BPX (MIT licence), read for them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from joulebook.core.errors import InputError, Issue
from joulebook.core.expressions import parse_expression
from joulebook.core.quantities import range_phrase

__all__ = ["ELECTRODE", "PARTICLE", "Field", "check_bpx", "is_legacy", "major_version"]


@dataclass(frozen=True)
class Field:
    """What may stand under a name.

    Parameters
    ----------
    needed : bool
        Whether the model cannot do without it.
    function : bool
        Whether a formula or a table may stand there too.
    gt, ge, le : float, optional
        Limits of a number: greater than, at least, at most.
    whole : bool
        Whether the number is a count.
    """

    needed: bool = True
    function: bool = False
    gt: float | None = None
    ge: float | None = None
    le: float | None = None
    whole: bool = False

    @property
    def rule(self) -> str:
        """What is allowed, in words."""
        number = "a whole number" if self.whole else "a number"
        limits = range_phrase(gt=self.gt, ge=self.ge, le=self.le)
        limited = number if limits == "a finite number" else f"{number} {limits}"
        return f"{limited}, a formula in x, or a table of x and y" if self.function else limited


POSITIVE = Field(gt=0.0)
MAYBE_POSITIVE = Field(needed=False, gt=0.0)
MAYBE = Field(needed=False)
FRACTION = Field(gt=0.0, le=1.0)
FUNCTION = Field(function=True)
MAYBE_FUNCTION = Field(needed=False, function=True)

CELL: dict[str, Field] = {
    "Electrode area [m2]": POSITIVE,
    "External surface area [m2]": MAYBE_POSITIVE,
    "Volume [m3]": MAYBE_POSITIVE,
    "Number of electrode pairs connected in parallel to make a cell": Field(ge=1.0, le=10000.0, whole=True),
    "Lower voltage cut-off [V]": Field(),
    "Upper voltage cut-off [V]": Field(),
    "Nominal cell capacity [A.h]": POSITIVE,
    "Reference temperature [K]": MAYBE_POSITIVE,
    "Density [kg.m-3]": MAYBE_POSITIVE,
    "Specific heat capacity [J.K-1.kg-1]": MAYBE_POSITIVE,
}
LEGACY_CELL: dict[str, Field] = {
    "Ambient temperature [K]": MAYBE_POSITIVE,
    "Initial temperature [K]": MAYBE_POSITIVE,
    "Thermal conductivity [W.m-1.K-1]": MAYBE_POSITIVE,
}
"""Fields of versions before 1; their values moved into ``State`` later, or were taken out."""
ELECTROLYTE: dict[str, Field] = {
    "Cation transference number": Field(),
    "Diffusivity [m2.s-1]": FUNCTION,
    "Diffusivity activation energy [J.mol-1]": MAYBE,
    "Conductivity [S.m-1]": FUNCTION,
    "Conductivity activation energy [J.mol-1]": MAYBE,
}
LEGACY_ELECTROLYTE: dict[str, Field] = {"Initial concentration [mol.m-3]": MAYBE_POSITIVE}
SEPARATOR: dict[str, Field] = {
    "Thickness [m]": POSITIVE,
    "Porosity": FRACTION,
    "Transport efficiency": FRACTION,
}
ELECTRODE: dict[str, Field] = {**SEPARATOR, "Conductivity [S.m-1]": POSITIVE}
"""Of the coating as a whole."""
PARTICLE: dict[str, Field] = {
    "Minimum stoichiometry": Field(ge=0.0, le=1.0),
    "Maximum stoichiometry": Field(ge=0.0, le=1.0),
    "Maximum concentration [mol.m-3]": POSITIVE,
    "Particle radius [m]": POSITIVE,
    "Surface area per unit volume [m-1]": POSITIVE,
    "Diffusivity [m2.s-1]": FUNCTION,
    "Diffusivity activation energy [J.mol-1]": MAYBE,
    "OCP [V]": FUNCTION,
    "OCP (delithiation) [V]": MAYBE_FUNCTION,
    "OCP (lithiation) [V]": MAYBE_FUNCTION,
    "OCP hysteresis decay constant": Field(needed=False, ge=0.0),
    "Entropic change coefficient [V.K-1]": MAYBE_FUNCTION,
    "Reaction rate constant [mol.m-2.s-1]": POSITIVE,
    "Reaction rate constant activation energy [J.mol-1]": MAYBE,
}
"""Of one active material of an electrode."""
INITIAL: dict[str, Field] = {
    "Initial state-of-charge": Field(needed=False, ge=0.0, le=1.0),
    "Initial temperature [K]": MAYBE_POSITIVE,
    "Initial electrolyte concentration [mol.m-3]": MAYBE_POSITIVE,
}
ENVIRONMENT: dict[str, Field] = {
    "Ambient temperature [K]": MAYBE_POSITIVE,
    "Heat transfer coefficient [W.m-2.K-1]": Field(needed=False, ge=0.0),
}
_PER_MATERIAL = {
    "Initial conditions": (
        "Initial hysteresis state: Positive electrode",
        "Initial hysteresis state: Negative electrode",
    ),
    "Degradation": ("LLI", "LAM: Positive electrode", "LAM: Negative electrode"),
}
_MODELS = ("SPM", "SPMe", "DFN", "Partial")
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
_SECTIONS = ("Header", "Parameterisation", "State", "Validation")
_PARTS = ("Cell", "Electrolyte", "Negative electrode", "Positive electrode", "Separator", "User-defined")


def major_version(document: Mapping[str, Any]) -> int | None:
    """Give the first number of the version of a BPX file.

    Parameters
    ----------
    document : mapping
        The file; before version 1 the version could be a plain number.

    Returns
    -------
    int or None
        None if there is no such thing as a version.
    """
    header = document.get("Header")
    version = header.get("BPX") if isinstance(header, Mapping) else None
    if isinstance(version, float | int) and not isinstance(version, bool) and 0 <= version < 1000:
        return int(version)
    found = _VERSION.fullmatch(version.strip()) if isinstance(version, str) else None
    return int(found[0].split(".")[0]) if found and len(found[0]) < 40 else None


def is_legacy(document: Mapping[str, Any]) -> bool:
    """Say whether a file is older than version 1.

    Parameters
    ----------
    document : mapping
        The file.

    Returns
    -------
    bool
        True for 0.x.
    """
    return major_version(document) == 0


def check_bpx(document: Mapping[str, Any], file: str = "") -> None:
    """Refuse a file that is no BPX, naming every fault.

    Parameters
    ----------
    document : mapping
        The file.
    file : str
        Its name, for messages.

    Raises
    ------
    InputError
        With all faults, each under its path in the file.
    """
    issues = list(_faults(document))
    if issues:
        raise InputError(issues, file or "BPX")


def _faults(document: Mapping[str, Any]) -> Iterator[Issue]:
    yield from _unknown("", document, _SECTIONS)
    yield from _header_faults(document)
    parts = document.get("Parameterisation")
    if not isinstance(parts, Mapping):
        yield Issue("Parameterisation", parts, "must be a group of the parts of the cell", "Write it as { … }")
        return
    yield from _unknown("Parameterisation", parts, _PARTS)
    legacy = is_legacy(document)
    yield from _group_faults(parts, "Cell", {**CELL, **(LEGACY_CELL if legacy else {})})
    particles_only = "Electrolyte" not in parts and "Separator" not in parts
    if not particles_only:
        yield from _group_faults(parts, "Electrolyte", {**ELECTROLYTE, **(LEGACY_ELECTROLYTE if legacy else {})})
        yield from _group_faults(parts, "Separator", SEPARATOR)
    for side in ("Negative electrode", "Positive electrode"):
        yield from _electrode_faults(parts, side, particles_only)
    yield from _user_faults("Parameterisation.User-defined", parts.get("User-defined", {}))
    yield from _state_faults(document.get("State"))


def _header_faults(document: Mapping[str, Any]) -> Iterator[Issue]:
    header = document.get("Header")
    if not isinstance(header, Mapping):
        yield Issue("Header", header, "must be a group with BPX and Model", "Is this a BPX file?")
        return
    yield from _unknown("Header", header, ("BPX", "Title", "Description", "References", "Model"))
    if major_version(document) not in {0, 1}:
        yield Issue("Header.BPX", header.get("BPX"), "must be a version 0.x or 1.x", 'Write it as "1.1.1"')
    if header.get("Model") not in _MODELS:
        yield Issue("Header.Model", header.get("Model"), f"must be one of {', '.join(_MODELS)}")
    for name in ("Title", "Description", "References"):
        if not isinstance(header.get(name, ""), str | None):
            yield Issue(f"Header.{name}", header[name], "must be text")


def _unknown(path: str, group: Mapping[str, Any], known: Any) -> Iterator[Issue]:
    for name in group:
        if name not in known:
            where = f"{path}.{name}" if path else str(name)
            hint = "" if path in {"", "Header"} else ". Values of one's own stand under User-defined"
            yield Issue(where, None, "is not a name of BPX here", f"Known: {', '.join(known)}{hint}")


def _group_faults(parts: Mapping[str, Any], name: str, fields: Mapping[str, Field]) -> Iterator[Issue]:
    group = parts.get(name)
    path = f"Parameterisation.{name}"
    if not isinstance(group, Mapping):
        yield Issue(path, group, "must be a group of values", "A cell cannot be solved without it")
        return
    yield from _unknown(path, group, tuple(fields))
    yield from _field_faults(path, group, fields)


def _field_faults(path: str, group: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[Issue]:
    for name, field in fields.items():
        value = group.get(name)
        if value is not None:
            yield from _value_faults(f"{path}.{name}", value, field)
        elif field.needed:
            yield Issue(f"{path}.{name}", None, "missing", f"Give {field.rule}")


def _value_faults(path: str, value: Any, field: Field) -> Iterator[Issue]:
    if isinstance(value, str) and field.function:
        try:
            parse_expression(value, ("x",), path)
        except InputError as error:
            yield from error.issues
        return
    if isinstance(value, Mapping) and field.function:
        yield from _table_faults(path, value)
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        yield Issue(path, value, f"must be {field.rule}", "Write a plain number in the unit of the name")
        return
    low = (field.gt is not None and value <= field.gt) or (field.ge is not None and value < field.ge)
    if low or (field.le is not None and value > field.le) or (field.whole and value != int(value)):
        yield Issue(path, value, f"must be {field.rule}")


def _finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number of hundreds of digits
        return False


def _table_faults(path: str, table: Mapping[str, Any]) -> Iterator[Issue]:
    x, y = table.get("x"), table.get("y")
    if set(table) != {"x", "y"} or not isinstance(x, list) or not isinstance(y, list):
        yield Issue(path, None, "must be a table of exactly x and y, both lists of numbers")
        return
    for name, values in (("x", x), ("y", y)):
        bad = [v for v in values if isinstance(v, bool) or not isinstance(v, int | float) or not _finite(v)]
        if bad:
            yield Issue(f"{path}.{name}", bad[0], "must hold finite numbers only")
            return
    if len(x) != len(y) or len(x) < 2:
        yield Issue(path, None, f"has {len(x)} x and {len(y)} y; must have as many, at least 2")
        return
    at: dict[float, float] = {}
    for place, value in zip(x, y, strict=True):
        if at.setdefault(place, value) != value:
            yield Issue(f"{path}.x", place, "stands twice with different y", "Keep one of the rows")
            return


def _electrode_faults(parts: Mapping[str, Any], side: str, particles_only: bool) -> Iterator[Issue]:
    group = parts.get(side)
    path = f"Parameterisation.{side}"
    if not isinstance(group, Mapping):
        yield Issue(path, group, "must be a group of values", "A cell cannot be solved without it")
        return
    coating = {"Thickness [m]": POSITIVE} if particles_only else ELECTRODE
    blend = group.get("Particle")
    if blend is None:
        yield from _unknown(path, group, (*coating, *PARTICLE))
        yield from _field_faults(path, group, {**coating, **PARTICLE})
        yield from _window_faults(path, group)
        return
    yield from _unknown(path, group, (*coating, "Particle"))
    yield from _field_faults(path, group, coating)
    if not isinstance(blend, Mapping) or not 1 <= len(blend) <= 9:
        yield Issue(f"{path}.Particle", None, "must be a group of 1 to 9 active materials, each by its name")
        return
    for name, particle in blend.items():
        inner = f"{path}.Particle.{name}"
        if not isinstance(particle, Mapping):
            yield Issue(inner, particle, "must be a group of values", "Write it as { … }")
            continue
        yield from _unknown(inner, particle, tuple(PARTICLE))
        yield from _field_faults(inner, particle, PARTICLE)
        yield from _window_faults(inner, particle)


def _window_faults(path: str, group: Mapping[str, Any]) -> Iterator[Issue]:
    low, high = group.get("Minimum stoichiometry"), group.get("Maximum stoichiometry")
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (low, high))
    if numbers and not low < high:  # type: ignore[operator]
        yield Issue(f"{path}.Minimum stoichiometry", low, f"must be below Maximum stoichiometry = {high}")


def _user_faults(path: str, group: Any) -> Iterator[Issue]:
    """Numbers, formulas, tables and groups of them; text only as ``description``."""
    if group is None:
        return
    if not isinstance(group, Mapping):
        yield Issue(path, group, "must be a group of values", "Write it as { … }")
        return
    for name, value in group.items():
        if name == "description":
            continue
        inner = f"{path}.{name}"
        if isinstance(value, Mapping) and not ({"x", "y"} <= set(value)):
            yield from _user_faults(inner, value)
        else:
            yield from _value_faults(inner, value, MAYBE_FUNCTION)


def _state_faults(state: Any) -> Iterator[Issue]:
    if state is None:
        return
    if not isinstance(state, Mapping):
        yield Issue("State", state, "must be a group of values", "Write it as { … }")
        return
    yield from _unknown("State", state, ("Initial conditions", "Thermal environment", "Degradation"))
    for name, fields in (("Initial conditions", INITIAL), ("Thermal environment", ENVIRONMENT), ("Degradation", {})):
        group = state.get(name)
        if group is None:
            continue
        path = f"State.{name}"
        if not isinstance(group, Mapping):
            yield Issue(path, group, "must be a group of values", "Write it as { … }")
            continue
        further = _PER_MATERIAL.get(name, ())
        yield from _unknown(path, group, (*fields, *further))
        yield from _field_faults(path, group, fields)
        for key in further:
            inner = group.get(key)
            entries = inner if isinstance(inner, Mapping) else {"": inner}
            for material, value in entries.items():
                if value is not None:
                    yield from _value_faults(f"{path}.{key}{'.' if material else ''}{material}", value, MAYBE)
