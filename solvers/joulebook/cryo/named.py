"""Cryostats that come along, with the sources of their values."""

from __future__ import annotations

from typing import Any

__all__ = ["document", "names"]

_G10, _STEEL = "G-10 CR, normal", "stainless steel 304L"


def _line(start: str, stop: str, length: float, count: int = 1) -> dict[str, Any]:
    """A drive line UT-085-SS-SS: steel inside and outside, Teflon between."""
    return {
        "kind": "coax",
        "from_stage": start,
        "to_stage": stop,
        "inner_diameter": 0.00051,
        "dielectric_diameter": 0.001676,
        "outer_diameter": 0.002197,
        "inner_material": _STEEL,
        "dielectric_material": "Teflon",
        "outer_material": _STEEL,
        "length": length,
        "count": count,
    }


def _drive_line() -> dict[str, Any]:
    stages = {
        "300K": 300.0,
        "50K": 35.0,
        "4K": 2.85,
        "still": 0.882,
        "cold plate": 0.082,
        "mixing chamber": 0.006,
    }
    keys = list(stages)
    titles = ("300 K to 50 K", "50 K to 4 K", "4 K to still", "still to cold plate", "cold plate to mixing chamber")
    lengths = (0.2, 0.29, 0.25, 0.17, 0.14)
    return {
        "description": "One coaxial drive line UT-085-SS-SS of a dilution refrigerator, all stages at their base "
        "temperatures: the passive heat that a line brings to each stage.",
        "stages": {name: {"temperature": value} for name, value in stages.items()},
        "components": {
            title: _line(start, stop, length)
            for title, start, stop, length in zip(titles, keys[:-1], keys[1:], lengths, strict=True)
        },
        "sources": {
            "stages": {"ref": "Krinner2019", "where": "table 1", "note": "Base temperatures"},
            "components": {"ref": "Krinner2019", "note": "Cable and lengths; diameters are those of UT-085"},
        },
    }


def _pulse_tube() -> dict[str, Any]:
    between = {"from_stage": "vessel", "to_stage": "shield"}
    below = {"from_stage": "shield", "to_stage": "plate"}
    return {
        "description": "A cryostat with a pulse-tube cooler, a shield and a plate: blankets, struts, twisted pairs, "
        "coaxial cables and a pair of current leads. Sizes of a laboratory cryostat of 0.6 m, not of a certain one.",
        "stages": {"vessel": {"temperature": 300.0}, "shield": {"limit": 60.0}, "plate": {"limit": 4.5}},
        "coolers": {
            "pulse tube": {
                "kind": "two_stage",
                "first_stage": "shield",
                "second_stage": "plate",
                "library": "PT415",
            }
        },
        "components": {
            "blanket": {"kind": "blanket", **between, "area": 2.2, "layers": 30, "density": 2000.0},
            "window": {"kind": "radiation", **between, "area": 0.01, "from_emissivity": 0.9, "to_emissivity": 0.5},
            "upper struts": {
                "kind": "tube",
                "material": _G10,
                "diameter": 0.03,
                "wall": 0.002,
                "length": 0.15,
                "count": 4,
                **between,
            },
            "upper pairs": {
                "kind": "wires",
                "material": "copper",
                "rrr": 60.0,
                "diameter": 0.00016,
                "length": 0.8,
                "count": 48,
                **between,
            },
            "upper lines": _line("vessel", "shield", 0.35, 12),
            "upper leads": {
                "kind": "wires",
                "material": "copper",
                "rrr": 60.0,
                "diameter": 0.0024,
                "length": 0.6,
                "count": 2,
                "current": 20.0,
                **between,
            },
            "residual gas": {"kind": "gas", **between, "area": 2.0, "gas": "hydrogen", "pressure": 1e-5},
            "shield to plate": {
                "kind": "radiation",
                **below,
                "area": 1.4,
                "from_emissivity": 0.05,
                "to_emissivity": 0.05,
            },
            "lower struts": {
                "kind": "tube",
                "material": _G10,
                "diameter": 0.02,
                "wall": 0.001,
                "length": 0.15,
                "count": 4,
                **below,
            },
            "lower pairs": {
                "kind": "wires",
                "material": "brass C26000",
                "diameter": 0.00016,
                "length": 0.5,
                "count": 48,
                **below,
            },
            "lower lines": _line("shield", "plate", 0.35, 12),
            "amplifiers": {"kind": "load", "stage": "plate", "power": 0.08},
        },
        "sources": {
            "coolers.pulse tube": {"ref": "Green2015", "note": "Points read off the figures by a third party"},
            "components": {"method": "assumed", "note": "Usual sizes"},
        },
    }


_CRYOSTATS = {"Pulse tube with wiring": _pulse_tube, "Drive line of Krinner et al.": _drive_line}


def names() -> tuple[str, ...]:
    """List the cryostats.

    Returns
    -------
    tuple of str
        Names for :func:`document`.
    """
    return tuple(_CRYOSTATS)


def document(name: str) -> dict[str, Any]:
    """Give the document of a cryostat.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    dict
        For :meth:`joulebook.cryo.Cryostat.from_document`.
    """
    return {"kind": "cryostat", "schema_version": 1, "name": name, **_CRYOSTATS[name]()}
