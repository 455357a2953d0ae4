"""Shorthand for entering a published cell: sources for all its values, and heat from its layers.

The values are those of the sets that PyBaMM 26.10 distributes (BSD-3-Clause). Unless a note says more, how a value
was obtained stands in the publication and was not checked against it, and the label says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["DOUBLE_LAYER", "EXAMPLE_SEI", "SourceDocument", "film", "pouch", "source", "sourced", "thermal"]

SourceDocument = dict[str, str]
_UNSOURCED = {"kind", "schema_version", "name", "description", "sources", "material", "shape"}
DOUBLE_LAYER = 0.2
"""F/m²; every set gives the same value."""

EXAMPLE_SEI: dict[str, Any] = {
    "molar_volume": 9.585e-5,
    "lithium_per_molecule": 2.0,
    "resistivity": 2e5,
    "initial_thickness": 5e-9,
    "open_circuit_potential": 0.4,
    "exchange_current_density": 1.5e-7,
    "solvent_diffusivity": 2.5e-22,
    "solvent_concentration": 2636.0,
    "interstitial_diffusivity": 1e-20,
    "interstitial_concentration": 15.0,
    "ec_concentration": 4541.0,
    "ec_diffusivity": 2e-18,
    "ec_rate_constant": 1e-12,
}
"""Film growth: the example values that PyBaMM adds to most of its sets."""


def source(ref: str, method: str = "literature", note: str = "From PyBaMM's set; method not checked") -> SourceDocument:
    """Say where a value comes from.

    Parameters
    ----------
    ref : str
        Key of the bibliography; empty where there is none.
    method : str
        How it was obtained.
    note : str
        What a reader should know.

    Returns
    -------
    dict
        As it stands in a document.
    """
    return {**({"ref": ref} if ref else {}), "method": method, **({"note": note} if note else {})}


def film(ref: str) -> SourceDocument:
    """Source of the example values for film growth.

    Parameters
    ----------
    ref : str
        Key of the set.

    Returns
    -------
    dict
        As it stands in a document.
    """
    return source(
        ref,
        note="Example of PyBaMM's set, after Ramadass 2004, Ploehn 2004, Single 2018, Safari 2008 and Yang 2017; "
        "PyBaMM does not claim that it represents this cell",
    )


def sourced(
    document: Mapping[str, Any], usual: SourceDocument, special: Mapping[str, SourceDocument] | None = None
) -> dict[str, Any]:
    """Add a source for every number of a cell document.

    Parameters
    ----------
    document : mapping
        Without ``sources``.
    usual : dict
        Source of every value that ``special`` does not name.
    special : mapping of str to dict, optional
        Dotted path of a value, or of a group of values, to its source; the longest path counts.

    Returns
    -------
    dict
        The document with ``sources``.
    """
    chosen = special or {}
    sources = {}
    for path in _paths(document):
        covering = [key for key in chosen if path == key or path.startswith(f"{key}.")]
        sources[path] = chosen[max(covering, key=len)] if covering else usual
    return {**document, "sources": sources}


def _paths(group: Mapping[str, Any] | list[Any], prefix: str = "") -> Iterator[str]:
    """Dotted paths of all numbers, but for counts and switches."""
    items = group.items() if isinstance(group, Mapping) else enumerate(group)
    for name, value in items:
        if name in _UNSOURCED:
            continue
        path = f"{prefix}{name}"
        if isinstance(value, dict | list):
            yield from _paths(value, f"{path}.")
        elif isinstance(value, float):
            yield path


def pouch(width: float, height: float, volume: float) -> dict[str, Any]:
    """Housing that has the outline of the electrodes and the volume of the set.

    Parameters
    ----------
    width, height : float, m
        Of the electrodes.
    volume : float, m³
        Of the cell.

    Returns
    -------
    dict
        As it stands in a document.
    """
    return {"shape": "pouch", "width": width, "height": height, "depth": volume / (width * height)}


def thermal(
    layers: tuple[tuple[float, float, float], ...], volume: float, exchange: float, area: float, ambient: float
) -> dict[str, float]:
    """Heat of a cell as PyBaMM's lumped model has it.

    Parameters
    ----------
    layers : tuple of tuple of float
        Thickness (m), density (kg/m³) and specific heat capacity (J/(kg K)) of foils, coatings and separator.
    volume : float, m³
        Of the cell.
    exchange : float, W/(m² K)
        Total heat transfer coefficient.
    area : float, m²
        Cooling surface.
    ambient : float, K
        Temperature of the surroundings.

    Returns
    -------
    dict
        As it stands in a document: the heat capacity is the mean of ``ρ c_p`` over the layers times the volume of
        the cell, the conductance is heat transfer coefficient times surface.
    """
    stack = sum(thickness for thickness, _, _ in layers)
    mean = sum(thickness * density * heat for thickness, density, heat in layers) / stack
    return {
        "heat_capacity": mean * volume,
        "cooling_conductance": exchange * area,
        "ambient_temperature": ambient,
    }
