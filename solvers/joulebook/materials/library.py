"""Find materials by name, those of plugins included."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

from joulebook.core.errors import InputError, Issue
from joulebook.core.plugins import load_plugins
from joulebook.materials import (
    ai2019,
    ai2022,
    chayambuka2022,
    chen2020,
    ecker2015,
    electrolytes,
    kim2011,
    landesfeind2019,
    marquis2019,
    metals,
    mohtat2020,
    okane2022,
    oregan2022,
    prada2013,
    xu2019,
)
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Metal

__all__ = ["active", "electrolyte", "film", "metal", "names"]

_CLASSES: Mapping[str, Any] = {
    "active": ActiveMaterial,
    "electrolyte": ElectrolyteMaterial,
    "film": FilmMaterial,
    "metal": Metal,
}
_OWN = (
    chen2020.GRAPHITE_SIOX,
    chen2020.NMC811,
    okane2022.GRAPHITE_SIOX,
    okane2022.NMC811,
    oregan2022.GRAPHITE_SIOX,
    oregan2022.NMC811,
    ai2022.GRAPHITE,
    ai2022.SILICON,
    ai2022.NMC811,
    marquis2019.GRAPHITE,
    marquis2019.LCO,
    ai2019.GRAPHITE,
    ai2019.LCO,
    ecker2015.GRAPHITE,
    ecker2015.NCO,
    mohtat2020.GRAPHITE,
    mohtat2020.NMC532,
    xu2019.NMC,
    prada2013.GRAPHITE,
    prada2013.LFP,
    kim2011.GRAPHITE,
    kim2011.NCA,
    chayambuka2022.HARD_CARBON,
    chayambuka2022.NVPF,
    electrolytes.NYMAN_2008,
    electrolytes.NYMAN_2008_WARM,
    landesfeind2019.EC_EMC,
    landesfeind2019.EC_DMC,
    electrolytes.VALOEN_2005,
    marquis2019.ELECTROLYTE,
    ai2019.ELECTROLYTE,
    ecker2015.ELECTROLYTE,
    mohtat2020.ELECTROLYTE,
    prada2013.ELECTROLYTE,
    kim2011.ELECTROLYTE,
    chayambuka2022.ELECTROLYTE,
    chen2020.SEPARATOR,
    oregan2022.SEPARATOR,
    xu2019.CELGARD_2325,
    marquis2019.SEPARATOR,
    ai2019.SEPARATOR,
    ecker2015.SEPARATOR,
    mohtat2020.SEPARATOR,
    prada2013.SEPARATOR,
    kim2011.SEPARATOR,
    chayambuka2022.SEPARATOR,
    metals.COPPER,
    metals.ALUMINIUM,
)
_Record = TypeVar("_Record")


@functools.cache
def _records() -> Mapping[str, Mapping[str, Any]]:
    everything: list[Any] = [*_OWN]
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
    found: _Record = known[name]
    return found


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
