"""Find materials by name, those of plugins included."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from joulebook.core.errors import InputError, Issue
from joulebook.core.plugins import load_plugins
from joulebook.materials import electrolytes, lgm50, metals
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Metal

__all__ = ["active", "electrolyte", "film", "metal", "names"]

_CLASSES: Mapping[str, type] = {
    "active": ActiveMaterial,
    "electrolyte": ElectrolyteMaterial,
    "film": FilmMaterial,
    "metal": Metal,
}
_OWN = (
    lgm50.GRAPHITE_SIOX,
    lgm50.NMC811,
    electrolytes.NYMAN_2008,
    lgm50.SEPARATOR,
    metals.COPPER,
    metals.ALUMINIUM,
)
_Record = TypeVar("_Record")


@functools.cache
def _records() -> Mapping[str, Mapping[str, Any]]:
    everything = [*_OWN]
    for make in load_plugins("materials").values():
        everything.extend(make())
    by_kind: dict[str, dict[str, Any]] = {kind: {} for kind in _CLASSES}
    for record in everything:
        for kind, owner in _CLASSES.items():
            if isinstance(record, owner):
                by_kind[kind][record.name] = record
    return MappingProxyType(by_kind)


def names(kind: str) -> tuple[str, ...]:
    """List the materials of one kind.

    Parameters
    ----------
    kind : str
        ``"active"``, ``"electrolyte"``, ``"film"`` or ``"metal"``.

    Returns
    -------
    tuple of str
        Names, in the order of the library.

    Raises
    ------
    InputError
        If there is no such kind.

    Examples
    --------
    >>> names("metal")
    ('copper', 'aluminium')
    """
    if kind not in _CLASSES:
        raise InputError(Issue("kind", kind, "no such kind of material", f"Known: {', '.join(_CLASSES)}"))
    return tuple(_records()[kind])


def _find(kind: str, name: str, _owner: type[_Record]) -> _Record:
    known = _records()[kind]
    if name not in known:
        raise InputError(
            Issue("material", name, f"not in the library of {kind} materials", f"Known: {', '.join(known)}")
        )
    return known[name]


def active(name: str) -> ActiveMaterial:
    """Find an active material.

    Parameters
    ----------
    name : str
        One of ``names("active")``.

    Returns
    -------
    ActiveMaterial
        Its record.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _find("active", name, ActiveMaterial)


def electrolyte(name: str) -> ElectrolyteMaterial:
    """Find an electrolyte.

    Parameters
    ----------
    name : str
        One of ``names("electrolyte")``.

    Returns
    -------
    ElectrolyteMaterial
        Its record.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _find("electrolyte", name, ElectrolyteMaterial)


def film(name: str) -> FilmMaterial:
    """Find a separator film.

    Parameters
    ----------
    name : str
        One of ``names("film")``.

    Returns
    -------
    FilmMaterial
        Its record.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _find("film", name, FilmMaterial)


def metal(name: str) -> Metal:
    """Find a collector metal.

    Parameters
    ----------
    name : str
        One of ``names("metal")``.

    Returns
    -------
    Metal
        Its record.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    return _find("metal", name, Metal)
