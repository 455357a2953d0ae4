"""Sources, capacitors with their controls, and reactors of a script."""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_name, as_number, as_numbers, as_words, as_yes
from joulebook.grid.feeder.dss.script import Item, Script
from joulebook.grid.feeder.dss.settings import (
    MOST_PHASES,
    bus_one,
    conductors_of,
    connection_of,
    enabled_items,
    last,
    number_of,
    phases_of,
)
from joulebook.grid.feeder.dss.units import terminal

__all__ = ["capacitor_records", "control_records", "reactor_records", "source_records"]


def source_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all sources.

    Parameters
    ----------
    script : Script
        What the script says.

    Returns
    -------
    dict of str to dict
        Records by identifier.
    """
    out = {}
    for item in enabled_items(script, "vsource", "sources"):
        tokens = last(item)
        phases = phases_of(tokens)
        kv = number_of(tokens, "basekv", 115.0)
        z1, z0 = _source_impedance(item, tokens, phases, kv)
        bus = terminal(tokens["bus1"], phases, phases) if "bus1" in tokens else _plain_bus("sourcebus", phases)
        out[item.name] = {
            "bus": bus,
            "phases": phases,
            "nominal_voltage": kv * 1e3,
            "voltage": number_of(tokens, "pu", 1.0),
            "angle": math.radians(number_of(tokens, "angle", 0.0)),
            "resistance": z1.real,
            "reactance": z1.imag,
            "zero_resistance": z0.real,
            "zero_reactance": z0.imag,
        }
    return out


def _plain_bus(name: str, phases: int) -> str:
    return ".".join([name, *(str(k + 1) for k in range(phases))])


_OHMS = ("r1", "x1", "r0", "x0")
_PAIRS = {"z1": "1", "z0": "0", "puz1": "1", "puz0": "0"}


def _source_impedance(item: Item, tokens: dict[str, Token], phases: int, kv: float) -> tuple[complex, complex]:
    """Positive- and zero-sequence impedance, ohm, from what was given last of several descriptions."""
    given, held = "mva", {"r1": 1.65, "x1": 6.6, "r0": 1.9, "x0": 5.7}
    zero_given = False
    base = kv * kv / number_of(tokens, "basemva", 100.0)
    for name, token in item.settings:
        if name in {"mvasc3", "mvasc1"}:
            given = "mva"
        elif name in {"isc3", "isc1"}:
            given = "isc"
        elif name in _OHMS:
            given, held[name] = "ohm", as_number(token)
        elif name in _PAIRS:
            values = as_numbers(token)
            if len(values) != 2:
                raise token.place.error(f"{name} must be two numbers", found=token.value[:40])
            given, scale = "ohm", base if name.startswith("pu") else 1.0
            zero_given = zero_given or name.endswith("0")
            for end in ("1",) if zero_given and name.endswith("1") else (_PAIRS[name], "0"):
                held["r" + end], held["x" + end] = values[0] * scale, values[1] * scale
    if given == "ohm":
        z1, z0 = complex(held["r1"], held["x1"]), complex(held["r0"], held["x0"])
        z0 = z1 if phases == 1 else z0
    else:
        factor = 1.0 if phases == 1 else math.sqrt(3.0)
        if given == "mva":
            power = number_of(tokens, "mvasc3", 2000.0)
            current = number_of(tokens, "mvasc1", 2100.0) * 1e3 / (factor * kv) if kv else 0.0
        else:
            power = math.sqrt(3.0) * kv * number_of(tokens, "isc3", 10000.0) / 1e3
            current = number_of(tokens, "isc1", 10540.0)
        if not (power > 0 and current > 0 and kv > 0):
            raise item.place.error(f"source {item.name}: voltage and short-circuit power must be more than 0")
        z1, z0 = _from_short_circuit(item, tokens, (kv, power, current, factor))
    if z1 == 0:
        raise item.place.error(f"source {item.name}: its positive-sequence impedance must not be 0")
    return z1, z0


def _from_short_circuit(
    item: Item, tokens: dict[str, Token], given: tuple[float, float, float, float]
) -> tuple[complex, complex]:
    """Impedances from short-circuit powers of three phases and of one, and their ratios of X to R."""
    kv, power, current, factor = given
    ratio1, ratio0 = number_of(tokens, "x1r1", 4.0), number_of(tokens, "x0r0", 3.0)
    x1 = kv**2 / power / math.sqrt(1.0 + 1.0 / ratio1**2)
    r1 = x1 / ratio1
    a, b = 1.0 + ratio0**2, 4.0 * (r1 + x1 * ratio0)
    c = 4.0 * (r1 * r1 + x1 * x1) - (3.0 * kv * 1e3 / factor / current) ** 2
    root = b * b - 4.0 * a * c
    if root < 0:
        raise item.place.error(f"source {item.name}: no zero-sequence impedance gives these short-circuit powers")
    r0 = max((-b + math.sqrt(root)) / (2.0 * a), (-b - math.sqrt(root)) / (2.0 * a))
    return complex(r1, x1), complex(r0, r0 * ratio0)


def _two_ends(item: Item, tokens: dict[str, Token], phases: int, connected: str) -> dict[str, str]:
    if connected == "delta":
        return {"bus1": bus_one(item, tokens, phases, conductors_of(phases, connected) if phases < 3 else phases)}
    out = {"bus1": bus_one(item, tokens, phases, phases)}
    if "bus2" in tokens:
        out["bus2"] = terminal(tokens["bus2"], phases, phases)
    return out


def capacitor_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all capacitors.

    Parameters
    ----------
    script : Script
        What the script says.

    Returns
    -------
    dict of str to dict
        Records by identifier.

    Raises
    ------
    DataFormatError
        If a capacitor is described in a way that a feeder does not know.
    """
    out = {}
    for item in enabled_items(script, "capacitor", "capacitors"):
        tokens = last(item)
        for name in ("cmatrix", "cuf", "xl", "harm"):
            if name in tokens:
                raise tokens[name].place.error(
                    f"capacitors with {name} are not read: give kvar and kv", found=name, expected="kvar"
                )
        phases, connected = phases_of(tokens), connection_of(tokens)
        steps = as_integer(tokens["numsteps"], 1, 100) if "numsteps" in tokens else 1
        ratings = as_numbers(tokens["kvar"]) if "kvar" in tokens else [1200.0]
        states = [word not in {"0", "0.0"} for word in as_words(tokens["states"])] if "states" in tokens else []
        record: dict[str, Any] = _two_ends(item, tokens, phases, connected) | {
            "phases": phases,
            "connection": connected,
            "voltage": number_of(tokens, "kv", 12.47) * 1e3,
            "reactive_power": 1e3 * (ratings[0] if len(ratings) == 1 else sum(ratings[:steps])),
        }
        if steps > 1 or states:
            record |= {"steps": steps, "steps_on": sum(states[:steps]) if states else steps}
        if item.opened:
            record["steps_on"] = 0
        out[item.name] = record
    return out


def reactor_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all reactors.

    Parameters
    ----------
    script : Script
        What the script says.

    Returns
    -------
    dict of str to dict
        Records by identifier.

    Raises
    ------
    DataFormatError
        If a reactor is described in a way that a feeder does not know.
    """
    out = {}
    for item in enabled_items(script, "reactor", "reactors"):
        tokens = last(item)
        for name in ("rmatrix", "xmatrix", "parallel", "rp", "z1", "z2", "z0"):
            if name in tokens:
                raise tokens[name].place.error(f"reactors with {name} are not read: give r and x, or kvar and kv")
        phases, connected = phases_of(tokens), connection_of(tokens)
        resistance, reactance = number_of(tokens, "r", 0.0), None
        for name, token in item.settings:
            if name == "x":
                reactance = as_number(token)
            elif name == "lmh":
                reactance = as_number(token) * 1e-3 * 2 * math.pi * script.frequency
            elif name == "z" and len(as_numbers(token)) == 2:
                resistance, reactance = as_numbers(token)
            elif name == "kvar":
                reactance = None
        if reactance is None:
            voltage = number_of(tokens, "kv", 12.47) / (math.sqrt(3) if connected == "wye" and phases in {2, 3} else 1)
            power = number_of(tokens, "kvar", 100.0) / phases
            if not power > 0:
                raise item.place.error(f"reactor {item.name}: kvar must be more than 0")
            reactance = voltage**2 * 1e3 / power
        out[item.name] = _two_ends(item, tokens, phases, connected) | {
            "phases": phases,
            "connection": connected,
            "resistance": resistance,
            "reactance": reactance,
        }
    return out


_QUANTITIES = {"c": "current", "v": "voltage", "k": "reactive power", "t": "time", "p": "power factor"}
_CONTROL_NUMBERS = {
    "ptratio": "voltage_ratio",
    "ctratio": "current_ratio",
    "onsetting": "on",
    "offsetting": "off",
    "delay": "delay",
    "delayoff": "delay_off",
    "deadtime": "dead_time",
    "vmax": "highest_voltage",
    "vmin": "lowest_voltage",
}


def control_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all controls of capacitors.

    Parameters
    ----------
    script : Script
        What the script says.

    Returns
    -------
    dict of str to dict
        Records by identifier.

    Raises
    ------
    DataFormatError
        If a control acts on something that a feeder does not know.
    """
    out = {}
    for item in enabled_items(script, "capcontrol", "capacitor controls"):
        record: dict[str, Any] = {}
        for name, token in item.settings:
            if name in _CONTROL_NUMBERS:
                record[_CONTROL_NUMBERS[name]] = as_number(token)
            elif name == "element":
                kind, _, which = token.value.lower().partition(".")
                record["element"] = f"{kind}.{as_name(which)}"
            elif name == "capacitor":
                record["capacitor"] = as_name(token.value.lower().removeprefix("capacitor."))
            elif name == "terminal":
                record["terminal"] = as_integer(token, 1, MOST_PHASES)
            elif name == "type":
                record["quantity"] = _QUANTITIES.get(token.value[:1].lower(), "")
                if not record["quantity"]:
                    raise token.place.error(f"controls of type {token.value[:20]!r} are not read")
            elif name == "voltoverride":
                record["voltage_override"] = as_yes(token)
            elif name in {"ptphase", "ctphase"}:
                words = {"ma": -1, "mi": -2, "av": -3}
                record["phase"] = words.get(token.value[:2].lower()) or as_integer(token, 1, MOST_PHASES)
            elif name in {"vbus", "controlsignal", "usermodel"} and token.value:
                raise token.place.error(f"controls with {name} are not read", found=name)
        for needed in ("element", "capacitor"):
            if needed not in record:
                raise item.place.error(f"capcontrol {item.name} has no {needed}")
        out[item.name] = record
    return out
