"""Transformers of pandapower documents: nameplates to per unit, the T equivalent to the pi equivalent.

With ``z = vk / 100``, ``r = vkr / 100``, ``x = sign(z) sqrt(z^2 - r^2)`` per unit of the ratings, and the shunt branch
``g = pfe / sn``, ``b = -sqrt((i0 / 100)^2 - g^2)``, the T equivalent has ``z_a = a_r r + j a_x x`` on the high
voltage side (shares of 0.5 unless the document gives others), ``z_b`` for the rest, ``1 / (g + jb)`` between them.
Star to delta gives the series impedance ``s (g + jb)`` with ``s = z_a z_b + (z_a + z_b) / (g + jb)``, and the shunts
``z_b / s`` at the high and ``z_a / s`` at the low voltage side: this is exact.

The tapped side is the ``from`` side, so that steps keep their meaning.

References
----------
Thurner et al. 2018, doi:10.1109/TPWRS.2018.2829021, sections III-B and III-C; pandapower documentation, "Transformer"
and "Three Winding Transformer".
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from typing import Any

from joulebook.grid.elements import TapChanger
from joulebook.grid.formats.pandapower_json.frames import Frame, Row
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["add_three_windings", "add_transformers", "t_to_pi"]


def t_to_pi(za: complex, zb: complex, ym: complex) -> tuple[complex, complex, complex]:
    """Turn a T equivalent into a pi equivalent.

    Parameters
    ----------
    za, zb : complex
        Series impedances of the sides.
    ym : complex
        Admittance between them, to earth.

    Returns
    -------
    z, ya, yb : complex
        Series impedance, and the admittances at either side.

    Examples
    --------
    >>> t_to_pi(0.05j, 0.05j, 0j)
    (0.1j, 0j, 0j)
    """
    if ym == 0:
        return za + zb, 0j, 0j
    z = za + zb + za * zb * ym
    return z, zb * ym / z, za * ym / z


def add_transformers(
    frame: Frame, rows: NetworkRows, volts: Mapping[str, float], characteristics: Frame, model: str
) -> None:
    """Add transformers of two windings.

    Parameters
    ----------
    frame : Frame
        The table.
    rows : NetworkRows
        Takes them.
    volts : mapping of str to float, V
        Nominal voltages by bus.
    characteristics : Frame
        Tables of ratios, angles and impedances by step.
    model : str
        ``"t"`` or ``"pi"``: how the document's own studies place the magnetising branch.
    """
    tables = _tables(characteristics)
    for row in frame:
        hv, lv = (_bus(row, name, volts) for name in ("hv_bus", "lv_bus"))
        parallel = row.number("parallel", 1.0)
        power = row.number("sn_mva") * 1e6
        if not power > 0 or not parallel >= 1:
            raise row.fault(f"sn_mva = {power / 1e6:g}, parallel = {parallel:g}: must be more than 0 and at least 1")
        step = _table_step(row, tables, rows)
        z, r = (row.number(name) / 100 for name in ("vk_percent", "vkr_percent"))
        if step and "vk_percent" in step:
            z, r = step.number("vk_percent") / 100, step.number("vkr_percent") / 100
        impedance = _series(row, z, r)
        ym = _magnetising(row, row.number("i0_percent", 0.0), row.number("pfe_kw", 0.0) * 1e3, power)
        share = complex(row.number("leakage_resistance_ratio_hv", 0.5), row.number("leakage_reactance_ratio_hv", 0.5))
        if model == "pi":
            series, y_hv, y_lv = impedance, ym / 2, ym / 2
        else:
            za = complex(impedance.real * share.real, impedance.imag * share.imag)
            series, y_hv, y_lv = t_to_pi(za, impedance - za, ym)
        side, ratio, angle, changer = _tap(row, step, rows)
        shift = math.radians(row.number("shift_degree", 0.0))
        values: dict[str, Any] = {
            "name": tidy_text(row.text("name")),
            "rated_power": power * parallel,
            "resistance": series.real,
            "reactance": series.imag,
            "tap_ratio": ratio,
            "tap_changer": changer,
            "rating": power * parallel * row.number("df", 1.0),
            "vector_group": row.text("vector_group")[:12],
            "in_service": row.flag("in_service", True),
            **_zero_sequence(row, impedance),
        }
        ends = [(hv, row.number("vn_hv_kv") * 1e3, y_hv), (lv, row.number("vn_lv_kv") * 1e3, y_lv)]
        if side == "lv":
            ends.reverse()
            shift = -shift
        values["phase_shift"] = shift + angle
        for name, (bus, rated, shunt) in zip(("from", "to"), ends, strict=True):
            values |= {f"{name}_bus": bus, f"{name}_rated_voltage": rated}
            values |= {f"{name}_conductance": shunt.real, f"{name}_susceptance": shunt.imag}
        rows.add("transformers", row.index, values)


def _bus(row: Row, name: str, volts: Mapping[str, float]) -> str:
    bus = row.key(name)
    if bus not in volts:
        raise row.fault(f"{name} = {bus} is not in the table of buses")
    return bus


def _series(row: Row, z: float, r: float) -> complex:
    if abs(z) < abs(r):
        raise row.fault(f"vkr_percent = {r * 100:g} is more than vk_percent = {z * 100:g}: resistance above impedance")
    if z == 0:
        raise row.fault("vk_percent = 0: an ideal transformer cannot be computed with")
    return complex(r, math.copysign(math.sqrt(z * z - r * r), z))


def _magnetising(row: Row, percent: float, loss: float, power: float) -> complex:
    g = loss / power
    return complex(g, -math.sqrt(max((percent / 100) ** 2 - g * g, 0.0)))


def _zero_sequence(row: Row, impedance: complex) -> dict[str, float]:
    if "vk0_percent" not in row or "vkr0_percent" not in row:
        return {}
    z, r = row.number("vk0_percent") / 100, row.number("vkr0_percent") / 100
    out = {"zero_resistance": r, "zero_reactance": math.sqrt(max(z * z - r * r, 0.0))}
    ratio = row.number("mag0_percent", 0.0)
    if ratio > 0:
        out["zero_magnetising_reactance"] = ratio * abs(z)
    return out


def _tables(frame: Frame) -> dict[tuple[str, int], Row]:
    return {
        (row.key("id_characteristic"), round(row.number("step"))): row
        for row in frame
        if "id_characteristic" in row and "step" in row
    }


def _table_step(row: Row, tables: Mapping[tuple[str, int], Row], rows: NetworkRows) -> Row | None:
    """The present step in the table of characteristics, for transformers that follow one."""
    if not row.flag("tap_dependency_table", False):
        return None
    found = tables.get((row.key("id_characteristic_table"), round(row.number("tap_pos", 0.0))))
    if found is None:
        rows.note(f"{row.table} {row.index}: its step is not in its table of characteristics; the nameplate is taken")
    else:
        rows.note("tables of characteristics by step: the present step is kept, the others are left out")
    return found


def _tap(row: Row, step: Row | None, rows: NetworkRows) -> tuple[str, float, float, TapChanger | None]:
    """Side of the tap, and its ratio, angle and steps there; angle by which the terminal leads the inside."""
    side = row.text("tap_side")
    if step is not None and "voltage_ratio" in step:
        return side, step.number("voltage_ratio"), math.radians(step.number("angle_deg", 0.0)), None
    if side not in {"hv", "lv", "mv"} or "tap_pos" not in row:
        return "hv", 1.0, 0.0, None
    off = row.number("tap_pos") - row.number("tap_neutral", 0.0)
    percent, degrees = row.number("tap_step_percent", 0.0), row.number("tap_step_degree", 0.0)
    kind = row.text("tap_changer_type", "Ratio")
    if row.flag("tap_phase_shifter", False):
        kind = "Ideal"
    if kind == "Ideal":
        angle = math.radians(off * degrees) if degrees else 2 * math.asin(max(-1.0, min(1.0, off * percent / 200)))
        steps = {"voltage_step": 0.0, "angle_step": math.radians(degrees)} if degrees else None
        ratio = 1.0
    elif kind in {"Ratio", "Symmetrical"}:
        turned = 1 + off * percent / 100 * cmath.exp(1j * math.radians(degrees))
        ratio, angle = abs(turned), cmath.phase(turned)
        steps = {"voltage_step": percent / 100} if not degrees and percent else None
    else:
        rows.note(f"{row.table}: tap changers of type {kind!r} without a table stay at their neutral step")
        return side, 1.0, 0.0, None
    if not ratio > 0:
        raise row.fault(f"the tap makes the ratio {ratio:g}")
    changer = _changer(row, steps) if steps else None
    second = row.number("tap2_pos", 0.0) - row.number("tap2_neutral", 0.0)
    if second and row.text("tap2_side"):
        rows.note("second tap changers are left out")
    return (side, 1.0, 0.0, changer) if changer else (side, ratio, angle, None)


def _changer(row: Row, steps: dict[str, float]) -> TapChanger | None:
    position, neutral = row.number("tap_pos"), row.number("tap_neutral", 0.0)
    low, high = row.number("tap_min", position), row.number("tap_max", position)
    values = (position, neutral, low, high)
    if any(value != round(value) for value in values) or abs(steps.get("voltage_step", 0.0)) > 0.5:
        return None
    return TapChanger(
        position=round(position),
        neutral=round(neutral),
        minimum=min(round(low), round(position)),
        maximum=max(round(high), round(position)),
        **steps,
    )


def add_three_windings(frame: Frame, rows: NetworkRows, volts: Mapping[str, float]) -> None:
    """Add transformers of three windings.

    Parameters
    ----------
    frame : Frame
        The table.
    rows : NetworkRows
        Takes them.
    volts : mapping of str to float, V
        Nominal voltages by bus.
    """
    sides = ("hv", "mv", "lv")
    for row in frame:
        power = {side: row.number(f"sn_{side}_mva") * 1e6 for side in sides}
        if min(power.values()) <= 0:
            raise row.fault("sn_hv_mva, sn_mv_mva and sn_lv_mva must be more than 0")
        pairs = (("hv", "mv"), ("mv", "lv"), ("hv", "lv"))
        parts = []
        for (first, second), name in zip(pairs, sides, strict=True):
            impedance = _series(row, row.number(f"vk_{name}_percent") / 100, row.number(f"vkr_{name}_percent") / 100)
            parts.append(impedance * power["hv"] / min(power[first], power[second]))
        a, b, c = parts
        legs = ((a + c - b) / 2, (b + a - c) / 2, (c + b - a) / 2)
        side, ratio, angle, changer = _tap(row, None, rows)
        if row.flag("tap_at_star_point", False) and (ratio != 1 or changer):
            rows.note("taps at the star point of three-winding transformers are taken as taps at the terminal")
        ym = _magnetising(row, row.number("i0_percent", 0.0), row.number("pfe_kw", 0.0) * 1e3, power["hv"])
        if ym:
            rows.note("magnetising branches of three-winding transformers stand at the high voltage terminal")
        values: dict[str, Any] = {
            "name": tidy_text(row.text("name")),
            "conductance": ym.real,
            "susceptance": ym.imag,
            "vector_group": row.text("vector_group")[:20],
            "in_service": row.flag("in_service", True),
        }
        for number, (name, leg) in enumerate(zip(sides, legs, strict=True), start=1):
            shift = -math.radians(row.number(f"shift_{name}_degree", 0.0)) if number > 1 else 0.0
            values |= {
                f"bus_{number}": _bus(row, f"{name}_bus", volts),
                f"rated_power_{number}": power[name],
                f"rated_voltage_{number}": row.number(f"vn_{name}_kv") * 1e3,
                f"resistance_{number}": leg.real,
                f"reactance_{number}": leg.imag,
                f"phase_shift_{number}": shift,
            }
            if name != side:
                continue
            if changer and number == 1:
                values["tap_changer"] = changer
            elif changer:
                rows.note("steps of tap changers at the second and third winding are left out; their ratio is kept")
                off = changer.position - changer.neutral
                values[f"tap_ratio_{number}"] = 1 + off * changer.voltage_step
                values[f"phase_shift_{number}"] += off * changer.angle_step
            else:
                values[f"tap_ratio_{number}"] = ratio
                values[f"phase_shift_{number}"] += angle
        rows.add("three_winding_transformers", row.index, values)
