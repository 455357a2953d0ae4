"""Loads and generators of a script."""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_name, as_number, as_numbers
from joulebook.grid.feeder.dss.script import END_OF_EDIT, Item, Script
from joulebook.grid.feeder.dss.settings import (
    bus_one,
    conductors_of,
    connection_of,
    enabled_items,
    last,
    number_of,
    phases_of,
)

__all__ = ["generator_records", "load_records"]

_MODELS = {
    1: "constant power",
    2: "constant impedance",
    3: "motor",
    4: "exponential",
    5: "constant current",
    6: "fixed reactive power",
    7: "fixed reactance",
    8: "zip",
}


def load_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all loads.

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
    for item in enabled_items(script, "load", "loads"):
        tokens = last(item)
        phases, connected = phases_of(tokens), connection_of(tokens)
        model = as_integer(tokens["model"], 1, 8) if "model" in tokens else 1
        active, reactive = _load_power(item, tokens)
        record: dict[str, Any] = {
            "bus": bus_one(item, tokens, phases, conductors_of(phases, connected)),
            "phases": phases,
            "connection": connected,
            "model": _MODELS[model],
            "voltage": number_of(tokens, "kv", 12.47) * 1e3,
            "active_power": active * 1e3,
            "reactive_power": reactive * 1e3,
            "fixed": "status" in tokens and tokens["status"].value[:1].lower() in {"f", "e"},
        }
        for name, field, default in (
            ("vminpu", "lowest_voltage", 0.95),
            ("vmaxpu", "highest_voltage", 1.05),
            ("vlowpu", "impedance_voltage", 0.5),
            ("cvrwatts", "active_exponent", 1.0),
            ("cvrvars", "reactive_exponent", 2.0),
        ):
            value = number_of(tokens, name, default)
            if value != default:
                record[field] = value
        if model == 8:
            if "zipv" not in tokens:
                raise item.place.error(f"load {item.name} of model 8 has no zipv")
            record["shares"] = as_numbers(tokens["zipv"])
        out[item.name] = record | _shapes(tokens)
    return out


def _shapes(tokens: dict[str, Token]) -> dict[str, str]:
    daily = as_name(tokens["daily"].value) if "daily" in tokens else ""
    yearly = as_name(tokens["yearly"].value) if "yearly" in tokens else daily
    return {
        name: value for name, value in (("daily", daily), ("yearly", yearly)) if value and value not in {"none", "nil"}
    }


def _load_power(item: Item, tokens: dict[str, Token]) -> tuple[float, float]:
    """Active and reactive power, kW and kvar, from what was given last of several descriptions."""
    given, kw, kvar, pf = "pf", 10.0, 5.0, 0.88
    for name, token in item.settings:
        if name == "kw":
            kw, given = as_number(token), "pf"
        elif name == "pf":
            pf = as_number(token)
            if not 0 < abs(pf) <= 1:
                raise token.place.error(f"pf = {pf:g}: must be more than 0 and at most 1, or negative")
        elif name == "kvar":
            kvar, given = as_number(token), "kvar"
        elif name == END_OF_EDIT and given == "kvar" and kw * kw + kvar * kvar > 0:
            pf = kw / math.hypot(kw, kvar) * (math.copysign(1.0, kw * kvar) if kvar else 1.0) or pf
        elif name in {"xfkva", "allocationfactor"}:
            given = "xfkva"
        elif name in {"kwh", "kwhdays", "cfactor"}:
            given = "kwh"
        elif name == "kva":
            given = "kva"
    if given == "kvar":
        return kw, kvar
    if given == "xfkva" and number_of(tokens, "xfkva", 0.0) > 0:
        kw = number_of(tokens, "xfkva", 0.0) * number_of(tokens, "allocationfactor", 0.5) * abs(pf)
    elif given == "kwh":
        days = number_of(tokens, "kwhdays", 30.0)
        if not days > 0:
            raise tokens["kwhdays"].place.error(f"kwhdays = {days:g}: must be more than 0")
        kw = number_of(tokens, "kwh", 0.0) / (days * 24) * number_of(tokens, "cfactor", 4.0)
    elif given == "kva":
        kw = number_of(tokens, "kva", 0.0) * abs(pf)
    return kw, math.copysign(kw * math.sqrt(1.0 / (pf * pf) - 1.0), pf * kw) if kw else 0.0


def generator_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all generators.

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
        If a model is asked for that a feeder does not know.
    """
    out = {}
    for item in enabled_items(script, "generator", "generators"):
        tokens = last(item)
        phases, connected = phases_of(tokens), connection_of(tokens)
        model = as_integer(tokens["model"], 1, 20) if "model" in tokens else 1
        if model > 2:
            raise tokens["model"].place.error(
                f"generator {item.name}: model {model} is not known. Take 1, constant power, or 2, an impedance"
            )
        kw, pf = number_of(tokens, "kw", 1000.0), number_of(tokens, "pf", 0.88)
        if not 0 < abs(pf) <= 1:
            raise tokens["pf"].place.error(f"pf = {pf:g}: must be more than 0 and at most 1, or negative")
        kvar = math.copysign(kw * math.sqrt(1 / (pf * pf) - 1), pf)
        order = [name for name, _ in item.settings if name in {"kvar", "pf"}]
        if order and order[-1] == "kvar":
            kvar = as_number(tokens["kvar"])
        out[item.name] = {
            "bus": bus_one(item, tokens, phases, conductors_of(phases, connected)),
            "phases": phases,
            "connection": connected,
            "model": _MODELS[model],
            "voltage": number_of(tokens, "kv", 12.47) * 1e3,
            "active_power": kw * 1e3,
            "reactive_power": kvar * 1e3,
            "lowest_voltage": number_of(tokens, "vminpu", 0.9),
            "highest_voltage": number_of(tokens, "vmaxpu", 1.1),
        } | _shapes(tokens)
    return out
