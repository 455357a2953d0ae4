"""What hangs at one bus in a pandapower document: loads, generation, shunts, wards, storage, motors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from joulebook.grid.elements import Cost
from joulebook.grid.formats.pandapower_json.frames import Row
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["INJECTIONS", "bus_of"]

Volts = Mapping[str, float]
_KINDS = {"PV": "photovoltaic", "WP": "wind", "WIND": "wind", "SOLAR": "photovoltaic"}
_SMALLEST = 1e-12


def bus_of(row: Row, name: str, volts: Volts) -> str:
    """Give a bus of a row.

    Parameters
    ----------
    row : Row
        Of a table.
    name : str
        Of the column.
    volts : mapping of str to float, V
        Nominal voltages by bus.

    Returns
    -------
    str
        Identifier of the bus.

    Raises
    ------
    CorruptRecordError
        If there is no such bus.
    """
    bus = row.key(name)
    if bus not in volts:
        raise row.fault(f"{name} = {bus} is not in the table of buses")
    return bus


def _common(row: Row, volts: Volts) -> dict[str, Any]:
    return {
        "name": tidy_text(row.text("name")),
        "bus": bus_of(row, "bus", volts),
        "in_service": row.flag("in_service", True),
    }


def _load(row: Row, rows: NetworkRows, volts: Volts, _: Cost | None) -> None:
    """One load, or two where active and reactive power depend differently on the voltage."""
    scale = row.number("scaling", 1.0) * 1e6
    p, q = row.number("p_mw") * scale, row.number("q_mvar", 0.0) * scale
    shares = [
        tuple(
            row.number(f"const_{kind}_{letter}_percent", row.number(f"const_{kind}_percent", 0.0)) / 100
            for kind in "iz"
        )
        for letter in "pq"
    ]
    parts = [(p, q, shares[0])] if shares[0] == shares[1] else [(p, 0.0, shares[0]), (0.0, q, shares[1])]
    for active, reactive, (current, impedance) in parts:
        values = {"active_power": active, "reactive_power": reactive, "current_share": current}
        rows.add("loads", row.index, values | {"impedance_share": impedance} | _common(row, volts))


def _asymmetric(row: Row, rows: NetworkRows, volts: Volts, _: Cost | None) -> None:
    sign = -1.0 if row.table.endswith("sgen") else 1.0
    scale = row.number("scaling", 1.0) * 1e6 * sign
    power = [sum(row.number(f"{kind}_{phase}_{unit}", 0.0) for phase in "abc") * scale
             for kind, unit in (("p", "mw"), ("q", "mvar"))]  # fmt: skip
    values = {"active_power": power[0], "reactive_power": power[1]} | _common(row, volts)
    rows.add("loads", f"{row.table} {row.index}", values)
    rows.note("loads and generation of single phases are added up")


def _static(row: Row, rows: NetworkRows, volts: Volts, cost: Cost | None) -> None:
    scale = row.number("scaling", 1.0) * 1e6
    ratio = row.positive("k")
    values = _common(row, volts) | {
        "kind": _KINDS.get(row.text("type").upper(), "other"),
        "active_power": row.number("p_mw") * scale,
        "reactive_power": row.number("q_mvar", 0.0) * scale,
        "minimum_reactive": row.known("min_q_mvar", 1e6),
        "maximum_reactive": row.known("max_q_mvar", 1e6),
        "rated_power": row.positive("sn_mva", 1e6),
        "fault_current_ratio": ratio if ratio and ratio <= 10 else None,
    }
    if cost:
        rows.note("costs of static generators are left out")
    rows.add("converters", row.index, values)


def _storage(row: Row, rows: NetworkRows, volts: Volts, _: Cost | None) -> None:
    scale = -row.number("scaling", 1.0) * 1e6
    values = _common(row, volts) | {
        "kind": "battery",
        "active_power": row.number("p_mw") * scale,
        "reactive_power": row.number("q_mvar", 0.0) * scale,
        "rated_power": row.positive("sn_mva", 1e6),
    }
    rows.add("converters", f"storage {row.index}", values)


def _generator(row: Row, rows: NetworkRows, volts: Volts, cost: Cost | None) -> None:
    power = row.positive("sn_mva", 1e6)
    factor = row.positive("cos_phi")
    if row.number("xdss_pu", 0.0) < 0:
        raise row.fault(f"xdss_pu = {row.number('xdss_pu'):g}: must not be negative")
    values = _common(row, volts) | {
        "active_power": row.number("p_mw") * row.number("scaling", 1.0) * 1e6,
        "voltage": row.number("vm_pu", 1.0),
        "reference": row.flag("slack", False),
        "minimum_power": row.known("min_p_mw", 1e6),
        "maximum_power": row.known("max_p_mw", 1e6),
        "minimum_reactive": row.known("min_q_mvar", 1e6),
        "maximum_reactive": row.known("max_q_mvar", 1e6),
        "rated_power": power,
        "rated_voltage": row.positive("vn_kv", 1e3),
        "rated_power_factor": factor if factor and factor <= 1 else None,
        "subtransient_reactance": row.positive("xdss_pu"),
        "cost": cost,
    }
    ohm = row.positive("rdss_ohm")
    if ohm and power and values["rated_voltage"]:
        values["resistance"] = ohm * power / values["rated_voltage"] ** 2
    if row.flag("reactive_capability_curve", False):
        rows.note("capability curves of generators are left out")
    rows.add("generators", row.index, values)


def _grid(row: Row, rows: NetworkRows, volts: Volts, cost: Cost | None) -> None:
    values = _common(row, volts) | {
        "voltage": row.number("vm_pu", 1.0),
        "angle": math.radians(row.number("va_degree", 0.0)),
        "maximum_fault_power": row.positive("s_sc_max_mva", 1e6),
        "minimum_fault_power": row.positive("s_sc_min_mva", 1e6),
        "maximum_rx": row.known("rx_max"),
        "minimum_rx": row.known("rx_min"),
        "zero_over_positive": row.positive("x0x_max"),
        "zero_rx": row.known("r0x0_max"),
    }
    if cost:
        rows.note("costs of external grids are left out")
    rows.add("external_grids", row.index, values)


def _shunt(row: Row, rows: NetworkRows, volts: Volts, _: Cost | None) -> None:
    common = _common(row, volts)
    rated = row.number("vn_kv", volts[common["bus"]] / 1e3) * 1e3
    if not rated > 0:
        raise row.fault(f"vn_kv = {rated / 1e3:g}: must be more than 0")
    steps = row.number("step", 1.0)
    whole = steps == round(steps) and 0 <= steps <= 1000
    scale = 1e6 / rated**2 * (1.0 if whole else steps)
    values = common | {
        "conductance": row.number("p_mw", 0.0) * scale,
        "susceptance": -row.number("q_mvar") * scale,
        "steps": round(steps) if whole else 1,
        "maximum_steps": max(round(steps) if whole else 1, min(1000, round(row.number("max_step", 1.0)))),
    }
    if row.flag("step_dependency_table", False):
        rows.note("tables of unequal steps of shunts are left out")
    rows.add("shunts", row.index, values)


def _ward(row: Row, rows: NetworkRows, volts: Volts, _: Cost | None) -> None:
    common = _common(row, volts)
    for kind, share in (("s", 0.0), ("z", 1.0)):
        p, q = row.number(f"p{kind}_mw", 0.0) * 1e6, row.number(f"q{kind}_mvar", 0.0) * 1e6
        if p or q:
            values = {"active_power": p, "reactive_power": q, "impedance_share": share}
            rows.add("loads", f"{row.table} {row.index}", values | common)


def _extended_ward(row: Row, rows: NetworkRows, volts: Volts, cost: Cost | None) -> None:
    """A ward with a voltage source behind an impedance: a bus of its own, a line, a generator without active power."""
    _ward(row, rows, volts, cost)
    common = _common(row, volts)
    r, x = row.number("r_ohm", 0.0), row.number("x_ohm", 0.0)
    if abs(r) + abs(x) < _SMALLEST:
        raise row.fault("r_ohm and x_ohm are both 0: a voltage source needs an impedance before it")
    inner = rows.add("buses", f"xward {row.index}", {"nominal_voltage": volts[common["bus"]], "name": "inner bus"})
    ends = {"from_bus": common["bus"], "to_bus": inner, "resistance": r, "reactance": x}
    rows.add("lines", f"xward {row.index}", ends | {"in_service": common["in_service"]})
    source = {"bus": inner, "active_power": 0.0, "voltage": row.number("vm_pu"), "in_service": common["in_service"]}
    rows.add("generators", f"xward {row.index}", source)
    rows.note("extended wards have a bus, a line and a generator of their own")


def _motor(row: Row, rows: NetworkRows, volts: Volts, _: Cost | None) -> None:
    ratio, rx = row.positive("lrc_pu"), row.known("rx")
    values = _common(row, volts) | {
        "rated_power": row.number("pn_mech_mw") * 1e6,
        "rated_voltage": row.positive("vn_kv", 1e3),
        "efficiency": row.number("efficiency_percent", 100.0) / 100,
        "power_factor": row.number("cos_phi"),
        "loading": row.number("loading_percent", 100.0) / 100 * row.number("scaling", 1.0),
        "locked_rotor_ratio": ratio if ratio and ratio <= 20 else None,
        "rx": rx if rx is not None and 0 <= rx <= 10 else None,
    }
    rows.add("motors", row.index, values)


INJECTIONS: dict[str, Callable[[Row, NetworkRows, Volts, Cost | None], None]] = {
    "load": _load,
    "asymmetric_load": _asymmetric,
    "asymmetric_sgen": _asymmetric,
    "sgen": _static,
    "storage": _storage,
    "gen": _generator,
    "ext_grid": _grid,
    "shunt": _shunt,
    "ward": _ward,
    "xward": _extended_ward,
    "motor": _motor,
}
"""Tables of what hangs at one bus, and what reads a row of each."""
