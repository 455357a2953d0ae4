"""Sources, loads, generators, capacitors, reactors and load shapes of a script."""

from __future__ import annotations

import math
from typing import Any

from joulebook.grid.feeder.dss.files import Library
from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_name, as_number, as_numbers, as_words, as_yes
from joulebook.grid.feeder.dss.script import Item, Script, is_enabled, numbers_in_file
from joulebook.grid.feeder.dss.transformers import connection
from joulebook.grid.feeder.dss.units import terminal

__all__ = [
    "capacitor_records",
    "control_records",
    "generator_records",
    "load_records",
    "reactor_records",
    "shape_records",
    "source_records",
]

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
MOST_PHASES = 12
_DEFAULT_SHAPE = (
    ".677 .6256 .6087 .5833 .58028 .6025 .657 .7477 .832 .88 .94 .989 .985 .98 .9898 .999 1 .958 .936 .913 .876 .876 "
    ".828 .756"
)
"""The load shape named ``default`` that every OpenDSS circuit has (Executive.pas of OpenDSS)."""


def _last(item: Item) -> dict[str, Token]:
    return dict(item.settings)


def _enabled(script: Script, kind: str, plural: str) -> list[Item]:
    out = []
    for item in script.items[kind].values():
        if is_enabled(item):
            out.append(item)
        else:
            script.leave_out(f"{plural} that are not enabled", item.place)
    return out


def _bus(item: Item, tokens: dict[str, Token], phases: int, conductors: int) -> str:
    if "bus1" not in tokens:
        raise item.place.error(f"{item.kind} {item.name} has no bus1")
    return terminal(tokens["bus1"], phases, conductors)


def _phases(tokens: dict[str, Token]) -> int:
    return as_integer(tokens["phases"], 1, MOST_PHASES) if "phases" in tokens else 3


def _connection(tokens: dict[str, Token]) -> str:
    return connection(tokens["conn"]) if "conn" in tokens else "wye"


def _conductors(phases: int, connected: str) -> int:
    """Conductors of a load: a neutral for a wye; a delta of one or two phases has one more."""
    return phases if connected == "delta" and phases > 2 else phases + 1


def _number(tokens: dict[str, Token], name: str, default: float) -> float:
    return as_number(tokens[name]) if name in tokens else default


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
    for item in _enabled(script, "vsource", "sources"):
        tokens = _last(item)
        phases = _phases(tokens)
        kv = _number(tokens, "basekv", 115.0)
        z1, z0 = _source_impedance(item, tokens, phases, kv)
        bus = terminal(tokens["bus1"], phases, phases) if "bus1" in tokens else _plain_bus("sourcebus", phases)
        out[item.name] = {
            "bus": bus,
            "phases": phases,
            "nominal_voltage": kv * 1e3,
            "voltage": _number(tokens, "pu", 1.0),
            "angle": math.radians(_number(tokens, "angle", 0.0)),
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
    base = kv * kv / _number(tokens, "basemva", 100.0)
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
            power = _number(tokens, "mvasc3", 2000.0)
            current = _number(tokens, "mvasc1", 2100.0) * 1e3 / (factor * kv) if kv else 0.0
        else:
            power = math.sqrt(3.0) * kv * _number(tokens, "isc3", 10000.0) / 1e3
            current = _number(tokens, "isc1", 10540.0)
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
    ratio1, ratio0 = _number(tokens, "x1r1", 4.0), _number(tokens, "x0r0", 3.0)
    x1 = kv**2 / power / math.sqrt(1.0 + 1.0 / ratio1**2)
    r1 = x1 / ratio1
    a, b = 1.0 + ratio0**2, 4.0 * (r1 + x1 * ratio0)
    c = 4.0 * (r1 * r1 + x1 * x1) - (3.0 * kv * 1e3 / factor / current) ** 2
    root = b * b - 4.0 * a * c
    if root < 0:
        raise item.place.error(f"source {item.name}: no zero-sequence impedance gives these short-circuit powers")
    r0 = max((-b + math.sqrt(root)) / (2.0 * a), (-b - math.sqrt(root)) / (2.0 * a))
    return complex(r1, x1), complex(r0, r0 * ratio0)


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
    for item in _enabled(script, "load", "loads"):
        tokens = _last(item)
        phases, connected = _phases(tokens), _connection(tokens)
        model = as_integer(tokens["model"], 1, 8) if "model" in tokens else 1
        active, reactive = _load_power(item, tokens)
        record: dict[str, Any] = {
            "bus": _bus(item, tokens, phases, _conductors(phases, connected)),
            "phases": phases,
            "connection": connected,
            "model": _MODELS[model],
            "voltage": _number(tokens, "kv", 12.47) * 1e3,
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
            value = _number(tokens, name, default)
            if value != default:
                record[field] = value
        if model == 8:
            if "zipv" not in tokens:
                raise item.place.error(f"load {item.name} of model 8 has no zipv")
            record["shares"] = as_numbers(tokens["zipv"])
        out[item.name] = record | _shapes(tokens)
        for name in ("rneut", "cvrcurve", "growth"):
            if name in tokens:
                script.leave_out(f"{name} of loads", tokens[name].place)
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
            if kw * kw + kvar * kvar > 0:
                pf = kw / math.hypot(kw, kvar) * (math.copysign(1.0, kw * kvar) if kvar else 1.0) or pf
        elif name in {"xfkva", "allocationfactor"}:
            given = "xfkva"
        elif name in {"kwh", "kwhdays", "cfactor"}:
            given = "kwh"
        elif name == "kva":
            given = "kva"
    if given == "kvar":
        return kw, kvar
    if given == "xfkva" and _number(tokens, "xfkva", 0.0) > 0:
        kw = _number(tokens, "xfkva", 0.0) * _number(tokens, "allocationfactor", 0.5) * abs(pf)
    elif given == "kwh":
        days = _number(tokens, "kwhdays", 30.0)
        if not days > 0:
            raise tokens["kwhdays"].place.error(f"kwhdays = {days:g}: must be more than 0")
        kw = _number(tokens, "kwh", 0.0) / (days * 24) * _number(tokens, "cfactor", 4.0)
    elif given == "kva":
        kw = _number(tokens, "kva", 0.0) * abs(pf)
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
    for item in _enabled(script, "generator", "generators"):
        tokens = _last(item)
        phases, connected = _phases(tokens), _connection(tokens)
        model = as_integer(tokens["model"], 1, 20) if "model" in tokens else 1
        if model > 2:
            raise tokens["model"].place.error(
                f"generator {item.name}: model {model} is not known. Take 1, constant power, or 2, an impedance"
            )
        kw, pf = _number(tokens, "kw", 1000.0), _number(tokens, "pf", 0.88)
        if not 0 < abs(pf) <= 1:
            raise tokens["pf"].place.error(f"pf = {pf:g}: must be more than 0 and at most 1, or negative")
        kvar = math.copysign(kw * math.sqrt(1 / (pf * pf) - 1), pf)
        order = [name for name, _ in item.settings if name in {"kvar", "pf"}]
        if order and order[-1] == "kvar":
            kvar = as_number(tokens["kvar"])
        out[item.name] = {
            "bus": _bus(item, tokens, phases, _conductors(phases, connected)),
            "phases": phases,
            "connection": connected,
            "model": _MODELS[model],
            "voltage": _number(tokens, "kv", 12.47) * 1e3,
            "active_power": kw * 1e3,
            "reactive_power": kvar * 1e3,
            "lowest_voltage": _number(tokens, "vminpu", 0.9),
            "highest_voltage": _number(tokens, "vmaxpu", 1.1),
        } | _shapes(tokens)
    return out


def _two_ends(item: Item, tokens: dict[str, Token], phases: int, connected: str) -> dict[str, str]:
    if connected == "delta":
        return {"bus1": _bus(item, tokens, phases, _conductors(phases, connected) if phases < 3 else phases)}
    out = {"bus1": _bus(item, tokens, phases, phases)}
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
    for item in _enabled(script, "capacitor", "capacitors"):
        tokens = _last(item)
        for name in ("cmatrix", "cuf", "xl", "harm"):
            if name in tokens:
                raise tokens[name].place.error(
                    f"capacitors with {name} are not read: give kvar and kv", found=name, expected="kvar"
                )
        phases, connected = _phases(tokens), _connection(tokens)
        steps = as_integer(tokens["numsteps"], 1, 100) if "numsteps" in tokens else 1
        ratings = as_numbers(tokens["kvar"]) if "kvar" in tokens else [1200.0]
        states = [word not in {"0", "0.0"} for word in as_words(tokens["states"])] if "states" in tokens else []
        record: dict[str, Any] = _two_ends(item, tokens, phases, connected) | {
            "phases": phases,
            "connection": connected,
            "voltage": _number(tokens, "kv", 12.47) * 1e3,
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
    for item in _enabled(script, "reactor", "reactors"):
        tokens = _last(item)
        for name in ("rmatrix", "xmatrix", "parallel", "rp", "z1", "z2", "z0"):
            if name in tokens:
                raise tokens[name].place.error(f"reactors with {name} are not read: give r and x, or kvar and kv")
        phases, connected = _phases(tokens), _connection(tokens)
        resistance, reactance = _number(tokens, "r", 0.0), None
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
            voltage = _number(tokens, "kv", 12.47) / (math.sqrt(3) if connected == "wye" and phases in {2, 3} else 1)
            power = _number(tokens, "kvar", 100.0) / phases
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
    for item in _enabled(script, "capcontrol", "capacitor controls"):
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


def shape_records(script: Script, library: Library, used: set[str]) -> dict[str, dict[str, Any]]:
    """Convert the load shapes that are used.

    Parameters
    ----------
    script : Script
        What the script says.
    library : Library
        For shapes in files.
    used : set of str
        Their names.

    Returns
    -------
    dict of str to dict
        Records by identifier.
    """
    out: dict[str, dict[str, Any]] = {}
    if "default" in used and "default" not in script.items["loadshape"]:
        out["default"] = {"interval": 3600.0, "active": [float(word) for word in _DEFAULT_SHAPE.split()]}
    for item in script.items["loadshape"].values():
        if item.name in used:
            out[item.name] = _shape(item, library)
    return out


def _shape(item: Item, library: Library) -> dict[str, Any]:
    tokens = _last(item)
    points = as_integer(tokens["npts"], 0, 1_000_000) if "npts" in tokens else 0
    active = next((tokens[name] for name in ("mult", "pmult", "csvfile") if name in tokens), None)
    if active is None or any(name in tokens for name in ("hour", "sngfile", "dblfile", "pqcsvfile")):
        raise item.place.error(f"loadshape {item.name}: give npts, an interval, and mult as numbers or as a text file")
    interval = 3600.0
    for name, token in item.settings:
        if name in {"interval", "minterval", "sinterval"}:
            interval = as_number(token) * {"i": 3600.0, "m": 60.0, "s": 1.0}[name[0]]
    out: dict[str, Any] = {
        "interval": interval,
        "active": _values(active, library, points),
        "actual": "useactual" in tokens and as_yes(tokens["useactual"]),
    }
    if "qmult" in tokens:
        out["reactive"] = _values(tokens["qmult"], library, points)
    return out


def _values(token: Token, library: Library, points: int) -> list[float]:
    word = token.value.strip()
    key, _, rest = word.partition("=")
    if token.name == "csvfile":
        key, rest = "file", word
    if key.strip().lower() not in {"file", "csvfile"} or not rest:
        values = as_numbers(token)
        return values[:points] if points else values
    options = dict(pair.split("=", 1) for pair in rest.replace(",", " ").split()[1:] if "=" in pair)
    name = rest.replace(",", " ").split()[0]
    folder = (library.folder / token.place.file).parent
    try:
        path = library.find(name, folder)
    except OSError:
        path = None
    if path is None:
        raise token.place.error(f"there is no file {name[:80]!r} in the folder that may be read", found=name[:80])
    column = options.get("column", "1")
    skip = int(options.get("header", "n")[:1].lower() in {"y", "t"})
    if not column.isdecimal() or not 1 <= int(column) <= 1000:
        raise token.place.error(f"column = {column[:20]}: must be from 1 to 1000")
    values = numbers_in_file(library.text(path, token.place), int(column), skip, token.place)
    return values[:points] if points else values
