"""Boards that come along: one with an exact solution, one of a standard for measurements, one of usual parts."""

from __future__ import annotations

from typing import Any

__all__ = ["document", "names"]

_FR4 = {"conductivity": 0.81, "conductivity_through": 0.29}
"""Of glass epoxy: values that are widely quoted for FR-4."""
_QUOTED = {
    "ref": "Graebner1997",
    "method": "literature",
    "note": "0.81 and 0.29 W/(m K) are widely quoted for FR-4; measured there: about three times as much in the plane",
}
_OWN = {"method": "assumed", "note": "Of usual size; not of a product"}


def names() -> tuple[str, ...]:
    """List the boards.

    Returns
    -------
    tuple of str
        Their names.
    """
    return tuple(_BOARDS)


def document(name: str) -> dict[str, Any]:
    """Give the document of a board.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    dict
        A new one at each call.
    """
    made: dict[str, Any] = {"kind": "board", "schema_version": 1, "name": name, **_BOARDS[name]()}
    return made


def _layer(thickness: float, copper: float = 0.0, pattern: str = "connected", name: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {"thickness": thickness, **_FR4, "name": name}
    return out | ({"copper_fraction": copper, "copper_pattern": pattern} if copper else {})


def _part(place: tuple[float, float], size: tuple[float, float], power: float, *paths: float) -> dict[str, Any]:
    out: dict[str, Any] = {"x": place[0], "y": place[1], "length": size[0], "width": size[1], "power": power}
    if paths:
        kinds = ("junction_to_case", "junction_to_board", "heat_sink")
        out["package"] = {"kind": "two_resistor", **dict(zip(kinds, paths, strict=False))}
    return out


def _four_layers() -> dict[str, Any]:
    """Case 1 of the exact family in the tests, as a document."""
    plain = {"conductivity": 0.8, "conductivity_through": 0.3, "name": "glass epoxy"}
    outer = {"thickness": 35e-6, "conductivity": 77.0, "conductivity_through": 0.5, "name": "traces"}
    return {
        "description": "Four copper layers with one source, for which the temperature is known as a Fourier series.",
        "length": 0.16,
        "width": 0.1,
        "layers": [
            {**outer, "conductivity": 77.24},
            {"thickness": 0.36e-3, **plain},
            _layer(35e-6, 1.0, name="plane"),
            {"thickness": 0.74e-3, **plain},
            _layer(35e-6, 1.0, name="plane"),
            {"thickness": 0.36e-3, **plain},
            outer,
        ],
        "components": {
            "Q1": _part((0.1343080191, 0.04294086114), (0.01482106581, 0.01294326045), 2.36351667),
        },
        "top": {"coefficient": 10.0},
        "bottom": {"coefficient": 10.0},
        "sources": {
            "layers": _OWN,
            "components": _OWN,
        },
    }


def _array_package() -> dict[str, Any]:
    return {
        "description": (
            "The four-layer board of JESD51-9 for packages with solder balls up to 40 mm, in still air, with a package "
            "of 15 mm. Size of the board and thicknesses of copper are those of the standard; the fills of the trace "
            "layers and the package's resistances are assumed."
        ),
        "length": 0.1145,
        "width": 0.1015,
        "layers": [
            _layer(70e-6, 0.2, "islands", "traces"),
            _layer(0.25e-3, name="glass epoxy"),
            _layer(35e-6, 0.95, name="plane"),
            _layer(0.89e-3, name="glass epoxy"),
            _layer(35e-6, 0.95, name="plane"),
            _layer(0.25e-3, name="glass epoxy"),
            _layer(70e-6, 0.2, "islands", "traces"),
        ],
        "components": {"U1": _part((0.05725, 0.05075), (0.015, 0.015), 2.0, 6.0, 9.0)},
        "top": {"emissivity": 0.85},
        "bottom": {"emissivity": 0.85},
        "sides": {"coefficient": 5.0, "emissivity": 0.85},
        "sources": {
            "length": {"ref": "JESD51-9", "method": "literature"},
            "width": {"ref": "JESD51-9", "method": "literature"},
            "layers.0.thickness": {"ref": "JESD51-9", "method": "literature"},
            "layers.2.thickness": {"ref": "JESD51-9", "method": "literature"},
            "layers.0.copper_fraction": _OWN,
            "layers.1.conductivity": _QUOTED,
            "components.U1": _OWN,
        },
    }


def _controller() -> dict[str, Any]:
    side, middle = (0.005, 0.006), {"U1": ((0.05, 0.04), (0.012, 0.012), 1.8, 8.0, 12.0)}
    parts = {
        **middle,
        "U2": ((0.072, 0.055), (0.007, 0.007), 0.6, 12.0, 15.0),
        "U3": ((0.028, 0.06), (0.009, 0.009), 0.5, 15.0, 20.0),
        **{f"Q{n}": ((0.012 + 0.014 * n, 0.015), side, 0.45, 5.0, 10.0) for n in range(1, 5)},
        **{f"L{n}": ((0.012 + 0.014 * n, 0.0255), (0.008, 0.008), 0.25) for n in range(1, 5)},
        "D1": ((0.088, 0.02), (0.005, 0.004), 0.4, 10.0, 18.0),
        "R1": ((0.088, 0.035), (0.0064, 0.0032), 0.3),
    }
    return {
        "description": "A motor's controller of 13 parts on four layers that stands upright in still air.",
        "length": 0.1,
        "width": 0.08,
        "layers": [
            _layer(35e-6, 0.35, name="traces and areas"),
            _layer(0.2e-3, name="glass epoxy"),
            _layer(35e-6, 0.9, name="plane"),
            _layer(1.0e-3, name="glass epoxy"),
            _layer(35e-6, 0.9, name="plane"),
            _layer(0.2e-3, name="glass epoxy"),
            _layer(35e-6, 0.35, name="traces and areas"),
        ],
        "components": {name: _part(*values) for name, values in parts.items()},
        "orientation": "vertical",
        "top": {"emissivity": 0.9},
        "bottom": {"emissivity": 0.9},
        "sources": {"layers.1.conductivity": _QUOTED, "components": _OWN},
    }


_BOARDS = {
    "Four layers with one source": _four_layers,
    "JESD51-9 with an array package": _array_package,
    "Motor controller": _controller,
}
