"""Studies of networks for a designer: what the solvers say about a document, by keys of its diagram.

The notebook widget calls :func:`study`; the document editor in the Lab sends a request to its kernel, which runs
:func:`answer` and prints the JSON. Keys are those of ``diagram.placements``: table and identifier, ``"buses/1"``.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Mapping
from typing import Any

from joulebook_lab.preview import MARK

__all__ = ["answer", "power_flow", "short_circuit", "study"]

_BRANCHES = ("lines", "transformers")
_SOURCES = ("generators", "external_grids", "converters")
_MOST_MARKS = 60
_MOST_WEAK = 5
_DIGITS = 7


def power_flow(document: Mapping[str, Any]) -> dict[str, Any]:
    """Solve the power flow of a network.

    Parameters
    ----------
    document : mapping
        A network document, as the designer holds it.

    Returns
    -------
    dict
        ``message``, empty where it was solved; ``buses``: by key, voltage per unit and angle in degrees; ``branches``:
        by key, ``p`` (MW) and ``q`` (Mvar) into the branch at each end and ``loading`` in per cent or None;
        ``injections``: by key, MW and Mvar that sources give; ``marks``: ``key``, ``level`` and ``text`` of what is
        wrong; ``facts``: losses and iterations; ``seconds``.

    Examples
    --------
    >>> import joulebook as jb
    >>> found = power_flow(jb.grid.Network.named("case9").to_document())
    >>> round(found["buses"]["buses/5"][0], 4), found["marks"]
    (1.0127, [])
    """
    from joulebook.core.errors import DivergedError, InputError, JoulebookError
    from joulebook.grid import Network
    from joulebook.grid import power_flow as solve

    started = time.perf_counter()
    try:
        run = solve(Network.from_document(document))
    except InputError as error:
        return _unsolved(started, "The network cannot be solved as it is", _issue_marks(error))
    except DivergedError as error:
        return _unsolved(started, *_diagnosis(error))
    except JoulebookError as error:
        return _unsolved(started, str(error), [])
    return {
        "message": "",
        "buses": _buses(run),
        "branches": _branches(run),
        "injections": _injections(run),
        "marks": _limit_marks(run),
        "facts": {
            "losses_MW": _rounded(run.losses_MW),
            "losses_Mvar": _rounded(run.facts["losses_Mvar"]),
            "iterations": int(run.stats.iterations),
        },
        "seconds": run.stats.seconds,
    }


def short_circuit(
    document: Mapping[str, Any],
    bus: str = "",
    fault: str = "3ph",
    extreme: str = "max",
    *,
    typical: bool = False,
) -> dict[str, Any]:
    """Compute a fault at a bus, or at every bus.

    Parameters
    ----------
    document : mapping
        A network document.
    bus : str
        Identifier of the bus; every bus where empty.
    fault : str
        ``"3ph"``, ``"2ph"``, ``"2ph-g"`` or ``"1ph"``.
    extreme : str
        ``"max"`` or ``"min"``.
    typical : bool
        Whether gaps in the data are filled by rules of the trade.

    Returns
    -------
    dict
        ``message``, empty where it was computed; ``missing``: whether values are not known; ``notes``: by key, the
        initial current as text; ``lines``: names and texts of what is known of a fault at one bus.
    """
    from joulebook.core.errors import JoulebookError, MissingInputError
    from joulebook.grid import Network
    from joulebook.grid import short_circuit as solve

    options: dict[str, Any] = {"fault": fault, "case": extreme, "defaults": "typical" if typical else "none"}
    if bus:
        options["buses"] = [bus]
    try:
        run = solve(Network.from_document(document), **options)
    except MissingInputError as error:
        first = error.issues[0]
        count = len(error.issues)
        more = "" if count == 1 else f", and {count - 1} more"
        message = f"{first.path} is not known{more}. Give them, or take typical values"
        return {"message": message, "missing": True, "notes": {}, "lines": []}
    except JoulebookError as error:
        return {"message": str(error), "missing": False, "notes": {}, "lines": []}
    table = run.buses
    notes = {
        f"buses/{name}": f"{value:.3g} kA" for name, value in table["ikss_kA"].items() if math.isfinite(float(value))
    }
    lines: list[list[str]] = []
    if bus:
        row = table.iloc[0]
        for name in table.columns:
            words, _, unit = str(name).partition("_")
            if words in _FAULT_WORDS and math.isfinite(value := float(row[name])):
                lines.append([_FAULT_WORDS[words], f"{value:.4g} {_UNITS.get(unit, unit)}".strip()])
    return {"message": "", "missing": False, "notes": notes, "lines": lines}


_FAULT_WORDS = {
    "ikss": "Initial current Ik″",
    "ip": "Peak current ip",
    "ib": "Breaking current Ib",
    "ik": "Steady-state current Ik",
    "ith": "Thermal current Ith",
    "skss": "Fault power Sk″",
    "r": "Resistance at the fault",
    "x": "Reactance at the fault",
    "kappa": "Peak factor κ",
}
_UNITS = {"ohm": "Ω"}


def study(request: Mapping[str, Any]) -> dict[str, Any]:
    """Make the study that a designer asks for.

    Parameters
    ----------
    request : mapping
        ``study`` and what it needs.

    Returns
    -------
    dict
        Of :func:`power_flow` or :func:`short_circuit`.
    """
    if request.get("study") == "short_circuit":
        names = ("bus", "fault", "extreme")
        asked = {name: str(request[name]) for name in names if name in request}
        return short_circuit(request["document"], **asked, typical=request.get("typical") is True)
    return power_flow(request["document"])


def answer(request: str) -> None:
    """Answer the document editor in one marked line of JSON.

    Parameters
    ----------
    request : str
        JSON of what :func:`study` takes.
    """
    print(MARK + json.dumps({"answer": study(json.loads(request))}, allow_nan=False), flush=True)


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _buses(run: Any) -> dict[str, list[float]]:
    table = run.buses
    found = zip(table.index, table["voltage_pu"].to_numpy(), table["angle_deg"].to_numpy(), strict=True)
    return {f"buses/{bus}": [_rounded(v), _rounded(a)] for bus, v, a in found if math.isfinite(v)}


def _branches(run: Any) -> dict[str, dict[str, Any]]:
    """By key; the windings of a three-winding transformer are its ends."""
    network = run.solution.network
    names = ("p_from", "q_from", "p_to", "q_to", "loading")
    columns = [run[name].tolist() for name in names]
    rows = list(zip(*columns, strict=True))
    out: dict[str, dict[str, Any]] = {}
    at = 0
    for table in _BRANCHES:
        for name in getattr(network, table).ids:
            p_from, q_from, p_to, q_to, loading = rows[at]
            out[f"{table}/{name}"] = _ends([p_from, p_to], [q_from, q_to], [loading])
            at += 1
    three = network.three_winding_transformers.ids
    for i, name in enumerate(three):
        windings = [rows[at + i + winding * len(three)] for winding in range(3)]
        out[f"three_winding_transformers/{name}"] = _ends(
            [row[0] for row in windings], [row[1] for row in windings], [row[4] for row in windings]
        )
    return {key: ends for key, ends in out.items() if all(map(math.isfinite, ends["p"]))}


def _ends(p: list[float], q: list[float], loading: list[float]) -> dict[str, Any]:
    known = [value for value in loading if math.isfinite(value)]
    worst = _rounded(max(known)) if known else None
    return {"p": [_rounded(v) for v in p], "q": [_rounded(v) for v in q], "loading": worst}


def _injections(run: Any) -> dict[str, list[float]]:
    from joulebook.grid.power_flow_tables import source_powers

    solution = run.solution
    arrays = solution.setup.compiled.arrays
    mega = arrays.base_power / 1e6
    active, reactive = source_powers(solution)
    out: dict[str, list[float]] = {}
    for kind, table in enumerate(_SOURCES):
        rows = arrays.sources.kind == kind
        powers = zip(active[rows] * mega, reactive[rows] * mega, strict=True)
        for name, (p, q) in zip(getattr(solution.network, table).ids, powers, strict=True):
            if math.isfinite(p) and math.isfinite(q):
                out[f"{table}/{name}"] = [_rounded(p), _rounded(q)]
    return out


def _limit_marks(run: Any) -> list[dict[str, Any]]:
    """Say where a bus is outside of its own limits, and which branch is overloaded."""
    network = run.solution.network
    marks: list[dict[str, Any]] = []
    buses = network.buses
    voltages = run["voltage"].tolist()
    limits = (buses.column("minimum_voltage").tolist(), buses.column("maximum_voltage").tolist())
    for name, voltage, low, high in zip(buses.ids, voltages, *limits, strict=True):
        if voltage < low:
            marks.append(_mark(f"buses/{name}", f"{voltage:.4f} pu is below its limit of {low:g} pu"))
        elif voltage > high:
            marks.append(_mark(f"buses/{name}", f"{voltage:.4f} pu is above its limit of {high:g} pu"))
        elif not math.isfinite(voltage) and buses[name].in_service:
            marks.append(_mark(f"buses/{name}", "has no supply"))
    for key, ends in _branches(run).items():
        if ends["loading"] is not None and ends["loading"] > 100:
            marks.append(_mark(key, f"is loaded to {ends['loading']:.0f} %"))
    return marks[:_MOST_MARKS]


def _mark(key: str | None, text: str, level: str = "warning") -> dict[str, Any]:
    return {"key": key, "level": level, "text": text}


def _issue_marks(error: Any) -> list[dict[str, Any]]:
    """Faults of a network at the elements that their paths name."""
    marks = []
    for issue in error.issues[:_MOST_MARKS]:
        table, _, rest = str(issue.path).partition(".")
        name = rest.partition(".")[0]
        text = f"{issue.rule}. {issue.hint}" if issue.hint else str(issue.rule)
        marks.append(_mark(f"{table}/{name}" if name else None, text, "error"))
    return marks


def _unsolved(started: float, message: str, marks: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "message": message,
        "buses": {},
        "branches": {},
        "injections": {},
        "marks": list(marks),
        "facts": {},
        "seconds": time.perf_counter() - started,
    }


def _diagnosis(error: Any) -> tuple[str, list[dict[str, Any]]]:
    """Say in a line why there is no solution, and where to look: suspects, the weak area, what is missing most."""
    if error.partial is None:
        return str(error), []
    found = error.partial.diagnose()
    marks: dict[str | None, dict[str, Any]] = {}
    for suspect in found.suspects:
        table, _, rest = str(suspect.path).partition(".")
        name = rest.partition(".")[0]
        key = f"{table}/{name}" if name else None
        own = f"{table.removesuffix('s')} {name} "  # the list names the element already
        parts = [suspect.text.removeprefix(own).rstrip(".")]
        parts += [f"usual: {suspect.remedy}"] if suspect.remedy else []
        parts += ["this mends it"] if suspect.mends else []
        marks.setdefault(key, _mark(key, "; ".join(parts), "error"))
    for bus, row in found.weak_area.head(_MOST_WEAK).iterrows():
        text = f"belongs to the weak area; its voltage came to {row['voltage_pu']:.2f} pu"
        marks.setdefault(f"buses/{bus}", _mark(f"buses/{bus}", text))
    for bus, row in found.worst.head(_MOST_WEAK).iterrows():
        text = f"is out of balance by {row['p_missing_MW']:.4g} MW and {row['q_missing_Mvar']:.4g} Mvar"
        marks.setdefault(f"buses/{bus}", _mark(f"buses/{bus}", text))
    return str(found.summary[0]) if found.summary else str(error), list(marks.values())[:_MOST_MARKS]
