"""The sequences of a fault as boxes, joined as the kind of fault asks, with impedances and currents."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    from joulebook.grid.faults.results import ShortCircuitResult

__all__ = ["sequence_drawing"]

INK, WIRE, SOURCE = "#22272e", "#2a85c9", "#d9650f"
WIDTH, BOX, HIGH, GAP, LEFT = 640.0, 300.0, 74.0, 34.0, 40.0
"""Of the drawing, of a box, of its height, of the distance between boxes, of the margin."""
_TITLES = {1: "Positive sequence", 2: "Negative sequence", 0: "Zero sequence"}
_ORDER = {"3ph": (1,), "2ph": (1, 2), "2ph-g": (1, 2, 0), "1ph": (1, 2, 0)}
_NAMES = {
    "3ph": "Three-phase fault",
    "2ph": "Line-to-line fault",
    "2ph-g": "Line-to-line fault with earth",
    "1ph": "Line-to-earth fault",
}


def sequence_drawing(result: ShortCircuitResult, bus: str) -> str:
    """Draw the joined sequences of one fault.

    Parameters
    ----------
    result : ShortCircuitResult
        Of any kind.
    bus : str
        A place of the result.

    Returns
    -------
    str
        SVG.

    Raises
    ------
    InputError
        If the result has no such place.
    """
    table = result.buses
    if bus not in table.index:
        some = ", ".join(str(name) for name in table.index[:8])
        raise InputError(Issue("bus", bus, "not a place of this result", f"Places: {some} …"))
    place = int(table.index.get_loc(bus))
    fault = str(result.facts["fault"])
    order = _ORDER[fault]
    tops = {k: 70.0 + row * (HIGH + GAP) for row, k in enumerate(order)}
    parts = [_title(result, bus, fault)]
    parts += [_box(result, place, k, tops[k]) for k in order]
    impedance = complex(*result.provenance.options["fault_impedance"])
    parts.append(_wires(fault, tops, impedance))
    bottom = max(tops.values()) + HIGH + 44.0
    parts.append(_answer(result, place, fault, bottom))
    height = bottom + 30.0
    alt = f"{_NAMES[fault]} at {escape(bus)}: {len(order)} sequence networks and how they are joined"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}" '
        f'height="{height:g}" role="img" aria-label="{alt}" font-family="sans-serif" font-size="13">'
        + "".join(parts)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start", colour: str = INK, size: int = 13) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}" font-size="{size}">{escape(text)}</text>'


def _line(*points: tuple[float, float]) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{WIRE}" stroke-width="1.8"/>'


def _title(result: ShortCircuitResult, bus: str, fault: str) -> str:
    case = {"max": "largest", "min": "smallest"}[str(result.facts["case"])]
    return _text(LEFT, 28, f"{_NAMES[fault]} at {bus}, {case} currents", size=16)


def _complex(value: complex) -> str:
    if np.isnan(value):
        return "∞"
    if value == 0:
        return "0 Ω"
    sign = "+" if value.imag >= 0 else "−"
    return f"{value.real:.4g} {sign} j {abs(value.imag):.4g} Ω"


def _impedance(result: ShortCircuitResult, place: int, k: int) -> complex:
    names = {1: ("r", "x"), 2: ("r2", "x2") if "r2" in result.variables else ("r", "x"), 0: ("r0", "x0")}[k]
    return complex(*(float(result[name][place]) for name in names))


def _box(result: ShortCircuitResult, place: int, k: int, top: float) -> str:
    current = float(result["sequence_current"][place, k])
    angle = float(result["sequence_angle"][place, k])
    box = (
        f'<rect x="{LEFT:g}" y="{top:g}" width="{BOX:g}" height="{HIGH:g}" rx="6" fill="none" stroke="{INK}" '
        'stroke-width="1.4"/>'
    )
    lines = [
        _text(LEFT + 14, top + 22, _TITLES[k]),
        _text(LEFT + 14, top + 42, f"Z{'₀₁₂'[k]} = {_complex(_impedance(result, place, k))}"),
        _text(LEFT + 14, top + 62, f"I{'₀₁₂'[k]} = {current:.4g} kA ∠ {angle:.1f}°".replace("-", "−")),
    ]
    if k == 1:
        voltage = float(result["c"][place]) * float(result["nominal_voltage"][place]) / np.sqrt(3.0)
        lines.append(_text(LEFT + BOX - 12, top + 22, f"E = {voltage:.4g} kV", "end", SOURCE))
    return box + "".join(lines)


def _joint(x: float, y: float) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="{WIRE}"/>'


def _resistor(x: float, top: float, bottom: float, factor: str, value: complex) -> str:
    """A vertical impedance between two heights."""
    middle, half = (top + bottom) / 2, 15.0
    body = (
        f'<rect x="{x - 7:g}" y="{middle - half:g}" width="14" height="{2 * half:g}" fill="none" stroke="{SOURCE}" '
        'stroke-width="1.6"/>'
    )
    wires = _line((x, top), (x, middle - half)) + _line((x, middle + half), (x, bottom))
    name = f'{factor}Z<tspan font-size="9" dy="3">F</tspan><tspan dy="-3"> = {escape(_complex(value))}</tspan>'
    text = f'<text x="{x + 14:g}" y="{middle + 4:g}" fill="{INK}" font-size="13">{name}</text>'
    return wires + body + text


def _wires(fault: str, tops: dict[int, float], zf: complex) -> str:
    """Terminals of each box at its right side: the upper one is the fault, the lower one the reference."""
    right, rail = LEFT + BOX, LEFT + BOX + 90.0
    upper = {k: top + 18.0 for k, top in tops.items()}
    lower = {k: top + HIGH - 18.0 for k, top in tops.items()}
    parts: list[str] = []

    def to_rail(k: int, heights: dict[int, float]) -> None:
        parts.append(_line((right, heights[k]), (rail, heights[k])))

    if fault == "3ph":
        to_rail(1, upper)
        to_rail(1, lower)
        parts.append(_resistor(rail, upper[1], lower[1], "", zf))
    elif fault == "2ph":
        for k in (1, 2):
            to_rail(k, upper)
            parts.append(_line((right, lower[k]), (right + 36, lower[k])))
        parts.append(_line((right + 36, lower[1]), (right + 36, lower[2])))
        parts.append(_resistor(rail, upper[1], upper[2], "", zf))
    elif fault == "1ph":
        for k, following in ((1, 2), (2, 0)):
            parts.append(
                _line(
                    (right, lower[k]), (right + 36, lower[k]), (right + 36, upper[following]), (right, upper[following])
                )
            )
        to_rail(1, upper)
        to_rail(0, lower)
        parts.append(_resistor(rail, upper[1], lower[0], "3 ", 3 * zf))
    else:
        for k in (1, 2):
            to_rail(k, upper)
            parts.append(_line((right, lower[k]), (right + 36, lower[k])))
        parts.append(_line((right + 36, lower[1]), (right + 36, lower[0]), (right, lower[0])))
        to_rail(0, upper)
        parts.append(_line((rail, upper[1]), (rail, upper[2])))
        parts += [_joint(rail, upper[2]), _joint(right + 36, lower[2])]
        parts.append(_resistor(rail, upper[2], upper[0], "3 ", 3 * zf))
    return "".join(parts)


def _answer(result: ShortCircuitResult, place: int, fault: str, y: float) -> str:
    text = f"Ik'' = {float(result['ikss'][place]):.4g} kA"
    if "earth" in result.variables:
        text += f", to earth {float(result['earth'][place]):.4g} kA"
    return _text(LEFT, y, text, size=15)
