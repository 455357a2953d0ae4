"""Networks out of pandapower JSON documents.

Powers are MW and Mvar, loads and shunts count what they draw; indices become identifiers. The magnetising branch is
placed as the document's own power flow options say (T equivalent unless they say pi).

References
----------
Thurner et al. 2018, doi:10.1109/TPWRS.2018.2829021; pandapower documentation, "Datastructure and Elements".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.core.errors import DataFormatError
from joulebook.grid.elements import Cost
from joulebook.grid.formats.imported import FileState, ImportedNetwork
from joulebook.grid.formats.pandapower_json.frames import Frame, Row, read_frames
from joulebook.grid.formats.pandapower_json.injections import INJECTIONS, bus_of
from joulebook.grid.formats.pandapower_json.transformers import add_three_windings, add_transformers
from joulebook.grid.formats.rows import NetworkRows, tidy_text

__all__ = ["read_pandapower"]

_LEFT_OUT = {
    "svc": "thyristor-controlled var compensators",
    "ssc": "static synchronous compensators",
    "tcsc": "series compensators by thyristors",
    "vsc": "voltage source converters",
    "b2b_vsc": "back-to-back converters",
    "line_dc": "direct-current lines with buses of their own",
    "bus_dc": "direct-current buses",
    "measurement": "measurements",
    "controller": "controllers",
    "group": "groups",
}
_READ = {
    "bus",
    "res_bus",
    "line",
    "trafo",
    "trafo3w",
    "switch",
    "impedance",
    "dcline",
    "poly_cost",
    "pwl_cost",
    *INJECTIONS,
}
_SWITCHES = {"CB": "breaker", "LBS": "load_break", "DS": "disconnector", "LS": "load_break"}
_AT_BRANCH = {"l": "lines", "t": "transformers", "t3": "three_winding_transformers"}
_RX = 2.0
"""R/X of switches that have an impedance, as pandapower's power flow takes it."""
_KELVIN = 273.15
_HIGHEST = 3.0
"""Per unit: more than this is no voltage of a solved network."""


def read_pandapower(source: str | Path | bytes) -> ImportedNetwork:
    """Read a network.

    Parameters
    ----------
    source : str, Path or bytes
        The file that ``pandapower.to_json`` has written, or what stands in it.

    Returns
    -------
    ImportedNetwork
        The network with its notes.

    Raises
    ------
    DataFormatError
        If a part of the document is damaged.
    InputError
        With every value that cannot be.
    """
    frames, settings, file = read_frames(source)
    rows = NetworkRows(file)
    frequency = _setting(settings, "f_hz", 50.0, file)
    volts = _add_buses(frames["bus"], rows)
    state = _results(frames.get("res_bus", []), rows)
    options = settings.get("user_pf_options")
    model = "pi" if isinstance(options, dict) and options.get("trafo_model") == "pi" else "t"
    for row in frames.get("line", ()):
        _add_line(row, rows, volts, frequency)
    characteristics = frames.get("trafo_characteristic_table", [])
    add_transformers(frames.get("trafo", []), rows, volts, characteristics, model)
    add_three_windings(frames.get("trafo3w", []), rows, volts)
    costs = _costs(frames, rows)
    others: dict[str, Callable[[Row], None]] = {
        "impedance": lambda row: _add_impedance(row, rows, volts),
        "switch": lambda row: _add_switch(row, rows, volts),
        "dcline": lambda row: _add_link(row, rows, volts),
    }
    for table, add in others.items():
        for row in frames.get(table, ()):
            add(row)
    for table, add_injection in INJECTIONS.items():
        for row in frames.get(table, ()):
            add_injection(row, rows, volts, costs.get((table, row.index)))
    for table, frame in frames.items():
        if frame and table not in _READ and table in _LEFT_OUT:
            rows.note(f"{_LEFT_OUT[table]} are left out ({len(frame)} {table})")
    base = _setting(settings, "sn_mva", 1.0, file) * 1e6
    name = settings.get("name")
    network = rows.network(
        name if isinstance(name, str) and name.strip() else Path(file).stem or "pandapower network",
        base_power=base,
        frequency=frequency,
    )
    return ImportedNetwork(network, rows.note_lines(), state, "pandapower JSON")


def _setting(settings: Mapping[str, Any], name: str, default: float, file: str) -> float:
    value = settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
        raise DataFormatError(f"{name} = {str(value)[:40]!r}: must be a number above 0", file=file)
    return float(value)


def _add_buses(frame: Frame, rows: NetworkRows) -> dict[str, float]:
    volts: dict[str, float] = {}
    for row in frame:
        nominal = row.number("vn_kv") * 1e3
        values = {
            "name": tidy_text(row.text("name")),
            "nominal_voltage": nominal,
            "minimum_voltage": row.positive("min_vm_pu"),
            "maximum_voltage": row.positive("max_vm_pu"),
            "zone": tidy_text(row.text("zone")),
            "in_service": row.flag("in_service", True),
        }
        volts[rows.add("buses", row.index, values, suffix=False)] = nominal
    return volts


def _results(frame: Frame, rows: NetworkRows) -> FileState | None:
    """Voltages that pandapower had found: the start of a study here, and what it can be compared with."""
    found: dict[str, tuple[float, float]] = {}
    buses = rows.rows["buses"]
    for row in frame:
        if row.index in buses and "vm_pu" in row and 0 < row.number("vm_pu") <= _HIGHEST:
            found[row.index] = row.number("vm_pu"), math.radians(row.number("va_degree", 0.0))
    for bus, (magnitude, angle) in found.items():
        buses[bus] |= {"start_voltage": magnitude, "start_angle": angle}
    if not found:
        return None
    return FileState(tuple(found), *np.array(list(found.values())).T)


def _add_line(row: Row, rows: NetworkRows, volts: Mapping[str, float], frequency: float) -> None:
    length, parallel = row.number("length_km"), row.number("parallel", 1.0)
    if not length > 0 or not parallel >= 1:
        raise row.fault(f"length_km = {length:g}, parallel = {parallel:g}: must be more than 0 and at least 1")
    farad = 2 * math.pi * frequency * 1e-9 * length * parallel
    series = length / parallel
    rated = row.positive("max_i_ka", 1e3 * row.number("df", 1.0) * parallel)
    end = row.known("endtemp_degree")
    zero_c = row.known("c0_nf_per_km")
    values = {
        "name": tidy_text(row.text("name")),
        "from_bus": bus_of(row, "from_bus", volts),
        "to_bus": bus_of(row, "to_bus", volts),
        "resistance": row.number("r_ohm_per_km") * series,
        "reactance": row.number("x_ohm_per_km") * series,
        "susceptance": row.number("c_nf_per_km", 0.0) * farad,
        "conductance": row.number("g_us_per_km", 0.0) * 1e-6 * length * parallel,
        "zero_resistance": row.known("r0_ohm_per_km", series),
        "zero_reactance": row.known("x0_ohm_per_km", series),
        "zero_susceptance": None if zero_c is None else zero_c * farad,
        "length": length * 1e3,
        "current_rating": None if rated is None or rated > 1e7 else rated,
        "end_temperature": None if end is None else end + _KELVIN,
        "in_service": row.flag("in_service", True),
    }
    if values["resistance"] == 0 and values["reactance"] == 0:
        rows.note("lines without impedance are taken as switches")
        ends = {"bus": values["from_bus"], "other_bus": values["to_bus"], "closed": values["in_service"]}
        rows.add("switches", f"line {row.index}", ends)
        return
    rows.add("lines", row.index, values)


def _add_impedance(row: Row, rows: NetworkRows, volts: Mapping[str, float]) -> None:
    """Per unit of its own power and the buses' voltages: a transformer of ratio one."""
    there, back = (complex(row.number(f"r{way}_pu"), row.number(f"x{way}_pu")) for way in ("ft", "tf"))
    if there != back:
        rows.note(f"impedance {row.index}: differs by direction; that from the first to the second bus is taken")
    values = {
        "name": tidy_text(row.text("name")),
        "from_bus": bus_of(row, "from_bus", volts),
        "to_bus": bus_of(row, "to_bus", volts),
        "rated_power": row.number("sn_mva") * 1e6,
        "resistance": there.real,
        "reactance": there.imag,
        "in_service": row.flag("in_service", True),
    }
    for side, letter in (("from", "f"), ("to", "t")):
        values[f"{side}_conductance"] = row.number(f"g{letter}_pu", 0.0)
        values[f"{side}_susceptance"] = row.number(f"b{letter}_pu", 0.0)
    zero = [row.known(f"{letter}ft0_pu") for letter in "rx"]
    values["zero_resistance"], values["zero_reactance"] = zero
    rows.add("transformers", f"impedance {row.index}", values)


def _add_switch(row: Row, rows: NetworkRows, volts: Mapping[str, float]) -> None:
    bus, what = bus_of(row, "bus", volts), row.text("et")
    closed = row.flag("closed", True)
    values: dict[str, Any] = {
        "name": tidy_text(row.text("name")),
        "bus": bus,
        "kind": _SWITCHES.get(row.text("type"), "breaker"),
        "closed": closed,
        "rated_current": row.positive("in_ka", 1e3),
    }
    if what == "b":
        other = bus_of(row, "element", volts)
        ohm = row.number("z_ohm", 0.0)
        if ohm > 0 and closed:
            x = ohm / math.sqrt(1 + _RX**2)
            line = {"from_bus": bus, "to_bus": other, "resistance": _RX * x, "reactance": x, "name": values["name"]}
            rows.add("lines", f"switch {row.index}", line)
            rows.note("closed switches with an impedance are taken as lines")
            return
        rows.add("switches", row.index, values | {"other_bus": other})
        return
    table = _AT_BRANCH.get(what)
    if table is None:
        raise row.fault(f"et = {what[:20]!r}: 'b', 'l', 't' or 't3'")
    branch = row.key("element")
    if branch not in rows.rows[table]:
        rows.note(f"switch {row.index} sits at {table} {branch}, which is not there: left out")
        return
    rows.add("switches", row.index, values | {"branch_kind": table, "branch": branch})


def _add_link(row: Row, rows: NetworkRows, volts: Mapping[str, float]) -> None:
    values: dict[str, Any] = {
        "name": tidy_text(row.text("name")),
        "active_power": row.number("p_mw") * 1e6,
        "constant_loss": row.number("loss_mw", 0.0) * 1e6,
        "loss_share": row.number("loss_percent", 0.0) / 100,
        "maximum_power": row.known("max_p_mw", 1e6),
        "in_service": row.flag("in_service", True),
    }
    for side in ("from", "to"):
        values |= {
            f"{side}_bus": bus_of(row, f"{side}_bus", volts),
            f"{side}_voltage": row.number(f"vm_{side}_pu"),
            f"{side}_minimum_reactive": row.known(f"min_q_{side}_mvar", 1e6),
            f"{side}_maximum_reactive": row.known(f"max_q_{side}_mvar", 1e6),
        }
    rows.add("hvdc_lines", row.index, values)


def _costs(frames: Mapping[str, Frame], rows: NetworkRows) -> dict[tuple[str, str], Cost]:
    out: dict[tuple[str, str], Cost] = {}
    for row in frames.get("poly_cost", ()):
        coefficients = tuple(row.number(f"cp{name}", 0.0) for name in ("0_eur", "1_eur_per_mw", "2_eur_per_mw2"))
        out[row.text("et"), row.key("element")] = Cost(coefficients=coefficients)
        if any(row.number(f"cq{name}", 0.0) for name in ("0_eur", "1_eur_per_mvar", "2_eur_per_mvar2")):
            rows.note("costs of reactive power are left out")
    if frames.get("pwl_cost"):
        rows.note("piecewise linear costs are left out")
    return out
