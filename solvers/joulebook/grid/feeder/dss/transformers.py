"""Transformers of a script and the controls of their taps."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from joulebook.grid.feeder.dss.scanning import Token, as_integer, as_name, as_number, as_numbers, as_words
from joulebook.grid.feeder.dss.script import Item, Script, is_enabled
from joulebook.grid.feeder.dss.units import terminal

__all__ = ["regulator_records", "transformer_records"]

MOST_WINDINGS = 12
_EACH = {"buses": "bus", "conns": "conn", "kvs": "kv", "kvas": "kva", "taps": "tap", "%rs": "%r"}
"""Arrays over all windings, and the property that each value stands for."""
_OF_WINDING = ("bus", "conn", "kv", "kva", "tap", "%r", "rneut", "xneut", "maxtap", "mintap", "numtaps")
_PAIRS = {"xhl": 0, "x12": 0, "xht": 1, "x13": 1, "xlt": 2, "x23": 2}


@dataclass
class _Winding:
    values: dict[str, float] = field(
        default_factory=lambda: {
            "kv": 12.47,
            "kva": 1000.0,
            "tap": 1.0,
            "%r": 0.2,
            "rneut": -1.0,
            "xneut": 0.0,
            "maxtap": 1.1,
            "mintap": 0.9,
            "numtaps": 32.0,
        }
    )
    connection: str = "wye"
    bus: Token | None = None


@dataclass
class _State:
    phases: int = 3
    active: int = 0
    windings: list[_Winding] = field(default_factory=lambda: [_Winding(), _Winding()])
    reactances: list[float] = field(default_factory=lambda: [7.0, 35.0, 30.0])
    percent: dict[str, float] = field(default_factory=lambda: {"%noloadloss": 0.0, "%imag": 0.0, "ppm_antifloat": 1.0})
    leads: bool = False
    bank: str = ""


def transformer_records(script: Script) -> dict[str, dict[str, Any]]:
    """Convert all transformers of a script.

    Parameters
    ----------
    script : Script
        What the script says.

    Returns
    -------
    dict of str to dict
        Records by identifier.
    """
    codes: dict[str, _State] = {}
    out = {}
    for item in script.items["transformer"].values():
        if not is_enabled(item):
            script.leave_out("transformers that are not enabled", item.place)
            continue
        state = _State()
        for name, token in item.settings:
            if name == "xfmrcode":
                _take_code(script, state, codes, token)
            else:
                _take(state, name, token)
        out[item.name] = _record(item, state)
    return out


def _take_code(script: Script, state: _State, codes: dict[str, _State], token: Token) -> None:
    name = as_name(token.value)
    if name not in codes:
        item = script.items["xfmrcode"].get(name)
        if item is None:
            raise token.place.error(f"there is no xfmrcode {name!r}", found=name)
        codes[name] = _State()
        for prop, value in item.settings:
            _take(codes[name], prop, value)
    code = codes[name]
    buses = [winding.bus for winding in state.windings]
    state.phases = code.phases
    state.windings = copy.deepcopy(code.windings)
    for winding, bus in zip(state.windings, buses, strict=False):
        winding.bus = bus
    state.reactances, state.percent = list(code.reactances), dict(code.percent)


def _take(state: _State, name: str, token: Token) -> None:
    windings = state.windings
    if name == "phases":
        state.phases = as_integer(token, 1, MOST_WINDINGS)
    elif name == "windings":
        n = as_integer(token, 2, MOST_WINDINGS)
        state.windings = [_Winding() for _ in range(n)]
        pairs = n * (n - 1) // 2
        state.reactances = [*state.reactances, *([30.0] * (pairs - len(state.reactances)))]
        state.active = min(state.active, n - 1)
    elif name == "wdg":
        state.active = as_integer(token, 1, len(windings)) - 1
    elif name in _OF_WINDING:
        _winding(state, name, token)
    elif name in _EACH:
        for k, word in enumerate(as_words(token)[: len(windings)]):
            _value(windings[k], _EACH[name], Token(name, word, False, token.place))
    elif name in _PAIRS:
        state.reactances[_PAIRS[name]] = as_number(token)
    elif name == "xscarray":
        values = as_numbers(token)
        state.reactances[: len(values)] = values
    elif name == "%loadloss":
        windings[0].values["%r"] = windings[1].values["%r"] = as_number(token) / 2.0
    elif name in state.percent:
        state.percent[name] = as_number(token)
    elif name == "leadlag":
        state.leads = token.value[:2].lower() in {"le", "eu"}
    elif name == "bank":
        state.bank = token.value.lower()[:100]


def _winding(state: _State, name: str, token: Token) -> None:
    windings = state.windings
    _value(windings[state.active], name, token)
    if name == "kva":
        value = windings[state.active].values["kva"]
        if state.active == 0:
            for other in windings[1:]:
                other.values["kva"] = value
        elif len(windings) == 2:
            windings[0].values["kva"] = value


def _value(winding: _Winding, name: str, token: Token) -> None:
    if name == "bus":
        winding.bus = token
    elif name == "conn":
        winding.connection = connection(token)
    elif name == "numtaps":
        winding.values[name] = as_integer(token, 0, 1000)
    else:
        winding.values[name] = as_number(token)


def connection(token: Token) -> str:
    """Read wye or delta.

    Parameters
    ----------
    token : Token
        The parameter.

    Returns
    -------
    str
        The word of the document.

    Raises
    ------
    DataFormatError
        If it is neither.
    """
    word = token.value.lower()
    if word[:1] in {"w", "y"} or word == "ln":
        return "wye"
    if word[:1] == "d" or word == "ll":
        return "delta"
    raise token.place.error(
        f"{word[:20]!r} is no connection: write wye or delta", found=word[:20], expected="wye or delta"
    )


def _record(item: Item, state: _State) -> dict[str, Any]:
    windings = []
    conductors = state.phases + 1
    for k, winding in enumerate(state.windings):
        if winding.bus is None:
            raise item.place.error(f"transformer {item.name}: winding {k + 1} has no bus")
        values = winding.values
        record: dict[str, Any] = {
            "bus": terminal(winding.bus, state.phases, conductors),
            "voltage": values["kv"] * 1e3,
            "resistance": values["%r"] / 100,
        }
        if winding.connection == "delta":
            record["connection"] = "delta"
        for key, field_name, default in (
            ("tap", "tap", 1.0),
            ("mintap", "lowest_tap", 0.9),
            ("maxtap", "highest_tap", 1.1),
        ):
            if values[key] != default:
                record[field_name] = values[key]
        if values["numtaps"] != 32:
            record["taps"] = int(values["numtaps"])
        if values["rneut"] >= 0:
            record["neutral_resistance"] = values["rneut"]
            if values["xneut"]:
                record["neutral_reactance"] = values["xneut"]
        windings.append(record)
    n = len(windings)
    out: dict[str, Any] = {
        "phases": state.phases,
        "windings": windings,
        "rating": state.windings[0].values["kva"] * 1e3,
        "reactances": [value / 100 for value in state.reactances[: n * (n - 1) // 2]],
        "no_load_loss": state.percent["%noloadloss"] / 100,
        "magnetising_current": state.percent["%imag"] / 100,
        "low_voltage_leads": state.leads,
        "bank": state.bank,
    }
    if state.percent["ppm_antifloat"] != 1.0:
        out["floating_susceptance"] = state.percent["ppm_antifloat"] / 1e6
    return out


_NUMBERS = {
    "vreg": "voltage",
    "band": "bandwidth",
    "ptratio": "voltage_ratio",
    "ctprim": "current_rating",
    "r": "drop_resistance",
    "x": "drop_reactance",
    "delay": "delay",
    "tapdelay": "step_delay",
    "vlimit": "voltage_limit",
}
_NOT_TAKEN = frozenset({"reversible", "cogen", "revneutral", "inversetime", "ldc_z", "rev_z"})


def regulator_records(script: Script, transformers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Convert all controls of taps.

    Parameters
    ----------
    script : Script
        What the script says.
    transformers : dict of str to dict
        Records of the transformers; a control that sets a tap changes them.

    Returns
    -------
    dict of str to dict
        Records by identifier.

    Raises
    ------
    DataFormatError
        If a control has no transformer.
    """
    out = {}
    for item in script.items["regcontrol"].values():
        if not is_enabled(item):
            script.leave_out("regulator controls that are not enabled", item.place)
            continue
        record: dict[str, Any] = {}
        remote, tap_number = None, None
        for name, token in item.settings:
            if name in _NUMBERS:
                record[_NUMBERS[name]] = as_number(token)
            elif name == "transformer":
                record["transformer"] = as_name(token.value.lower().removeprefix("transformer."))
            elif name == "winding":
                record["winding"] = record["tap_winding"] = as_integer(token, 1, MOST_WINDINGS)
            elif name == "tapwinding":
                record["tap_winding"] = as_integer(token, 1, MOST_WINDINGS)
            elif name == "maxtapchange":
                record["steps_at_once"] = as_integer(token, 0, 1000)
            elif name == "ptphase":
                words = {"ma": -1, "mi": -2}
                record["phase"] = words.get(token.value[:2].lower()) or as_integer(token, 1, MOST_WINDINGS)
            elif name == "bus" and token.value:
                record["bus"] = terminal(token, 1, 1)
            elif name == "remoteptratio":
                remote = as_number(token)
            elif name == "tapnum":
                tap_number = token
            elif name in _NOT_TAKEN and token.value[:1].lower() not in {"n", "f", "0"}:
                script.note(token.place, f"regcontrol {item.name}: {name} is left out")
        if record.get("transformer") not in transformers:
            raise item.place.error(
                f"regcontrol {item.name}: its transformer {record.get('transformer')!r} is not there"
            )
        record.setdefault("winding", 1)
        if record.get("tap_winding") == record["winding"]:
            del record["tap_winding"]
        if record.get("bus") and remote is not None:
            record["voltage_ratio"] = remote
        if tap_number is not None:
            _set_tap(transformers[record["transformer"]], record, tap_number)
        out[item.name] = record
    return out


def _set_tap(transformer: dict[str, Any], record: dict[str, Any], token: Token) -> None:
    k = record.get("tap_winding", record["winding"]) - 1
    if k >= len(transformer["windings"]):
        raise token.place.error("the transformer has no such winding", found=token.value[:20])
    winding = transformer["windings"][k]
    low, high = winding.get("lowest_tap", 0.9), winding.get("highest_tap", 1.1)
    step = (high - low) / max(1, winding.get("taps", 32))
    winding["tap"] = (high + low) / 2 + as_number(token) * step
