"""Write the files that follow from the Python library: schema, types, materials and the shared test corpus.

Run ``python tools/generate.py`` after a change of the designs, the materials or the figures;
``--check`` writes nothing and fails when a file is stale. Output is the same on every run.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from impedance_corpus import impedance_corpus

import joulebook as jb
from joulebook.battery.designs import Cell
from joulebook.core.errors import InputError
from joulebook.grid.equipment.library import rows as equipment_rows
from joulebook.grid.equipment.rules import COLUMNS, RULES
from joulebook.grid.network import Network
from joulebook.impedance.circuit import Circuit
from joulebook.impedance.elements import KINDS
from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.records import Law
from joulebook.thermal.board import Board

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ROOT / "extension" / "src" / "generated"
CORPUS = ROOT / "tests" / "corpus"
STANDARD_PARTS = ROOT / "solvers" / "joulebook" / "grid" / "equipment" / "data" / "standard_parts"
OCP_ERROR = 1.9e-4
"""V; linear interpolation between the kept points stays within this of the law."""
LAW_POINTS = 41


def main(arguments: list[str] | None = None) -> int:
    """Write or check the generated files.

    Parameters
    ----------
    arguments : list of str, optional
        Of the command line.

    Returns
    -------
    int
        0 when all is well, 1 when a file is stale.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = parser.parse_args(arguments).check
    stale = [path for path, text in standard_parts().items() if not settle(path, text, check)]
    stale += [path for path, text in outputs().items() if not settle(path, text, check)]
    for path in stale:
        print(f"stale: {path.relative_to(ROOT)}")
    if not types(check):
        stale.append(GENERATED / "the types")
    if stale:
        print("Run: python tools/generate.py")
        return 1
    print(f"{len(outputs()) + len(RULES) + 1} generated files are up to date" if check else "generated files written")
    return 0


def outputs() -> dict[Path, str]:
    """Text of every generated file that Python writes.

    Returns
    -------
    dict of Path to str
        By file.
    """
    return {
        GENERATED / "cell.schema.json": text_of(schema()),
        GENERATED / "circuit.schema.json": text_of(circuit_schema()),
        GENERATED / "impedance.schema.json": text_of(impedance_schema()),
        GENERATED / "palette.json": text_of(palette()),
        GENERATED / "materials.json": text_of(materials()),
        GENERATED / "named.json": text_of({name: Cell.named(name).to_document() for name in Cell.names()}),
        GENERATED / "equipment.json": text_of(jb.grid.equipment.index()),
        ROOT / "docs" / "_static" / "board.schema.json": text_of(board_schema()),
        CORPUS / "figures.json": text_of(figures_corpus()),
        CORPUS / "faults.json": text_of(faults_corpus()),
        CORPUS / "impedance.json": text_of(impedance_corpus()),
    }


def standard_parts() -> dict[Path, str]:
    """Text of the tables of standard parts, which the index of the equipment library is then read from.

    Returns
    -------
    dict of Path to str
        By file.
    """
    out = {}
    for name, rule in RULES.items():
        rows = list(rule())
        columns = [*COLUMNS, *dict.fromkeys(key for row in rows for key in row if key not in COLUMNS)]
        stream = io.StringIO()
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        out[STANDARD_PARTS / f"{name}.csv"] = stream.getvalue()
    return out


def schema() -> dict[str, Any]:
    """Schema of a cell for the browser: materials that travel with a document are for Python alone to check.

    Returns
    -------
    dict
        JSON Schema without the definitions that nothing leads to.
    """
    out = Cell.model_json_schema()
    out["properties"]["materials"]["additionalProperties"] = {"type": "object", "additionalProperties": True}
    _shorten(out)
    definitions = out.pop("$defs")
    wanted = _references(out)
    while True:
        reached = wanted | {name for known in wanted for name in _references(definitions[known])}
        if reached == wanted:
            return {"$defs": {name: definitions[name] for name in definitions if name in wanted}, **out}
        wanted = reached


def circuit_schema() -> dict[str, Any]:
    """Schema of a network for the browser, the records of its tables among the definitions.

    Returns
    -------
    dict
        JSON Schema; ``document`` holds kind and version of the documents.
    """
    out = Network.model_json_schema()
    _shorten(out)
    for table in out["properties"].values():
        row = table.get("additionalProperties")
        if "table" in table:
            row["description"] = row["description"].partition("\n")[0]
            out["$defs"][table["table"]] = row
            table["additionalProperties"] = {"$ref": f"#/$defs/{table['table']}"}
    return {"document": {"kind": Network.kind, "version": Network.version}, **out}


def impedance_schema() -> dict[str, Any]:
    """Schema of an equivalent circuit for the browser.

    Returns
    -------
    dict
        JSON Schema; ``document`` holds kind and version of the documents, ``kinds`` the elements' titles and letters.
    """
    out = Circuit.model_json_schema()
    _shorten(out)
    kinds = {kind: {"title": record.title, "boukamp": record.boukamp} for kind, record in KINDS.items()}
    return {"document": {"kind": Circuit.kind, "version": Circuit.version}, "kinds": kinds, **out}


def board_schema() -> dict[str, Any]:
    """Schema of a board, for editors that complete and check documents.

    Returns
    -------
    dict
        JSON Schema of the whole document, kind and version with it.
    """
    out = Board.model_json_schema()
    _shorten(out)
    head = {"kind": {"const": Board.kind}, "schema_version": {"const": Board.version}}
    out["properties"] = {**head, **out["properties"]}
    out["required"] = [*head, *out["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **out}


def palette() -> dict[str, Any]:
    """Reduce the equipment library to what the circuit designer can put on its sheet.

    Returns
    -------
    dict
        ``sources``: titles by key; ``entries``: ``id``, ``name``, ``keywords``, ``origin``, ``source``, the ``table``
        of the network and the values of a ``row``; of lines and cables they are those of one metre.
    """
    out = []
    for row in equipment_rows():
        made = _network_row(row.kind, row.values)
        if made is not None:
            table, values = made
            out.append(
                {
                    "id": row.id,
                    "name": row.name,
                    "keywords": f"{row.kind} {row.values.get('keywords', '')}".strip(),
                    "origin": row.origin,
                    "source": row.values["source"],
                    "table": table,
                    "row": {name: _plain(value) for name, value in values.items() if value is not None},
                }
            )
    titles = {key: source.title for key, source in jb.grid.equipment.sources().items()}
    used = {entry["source"] for entry in out}
    return {"sources": {key: title for key, title in titles.items() if key in used}, "entries": out}


def _plain(value: Any) -> Any:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _network_row(kind: str, entry: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Values of an element of a network; None where the entry does not say enough."""
    get = entry.get
    if kind == "transformer" and "middle_voltage" not in entry and {"rated_power", "impedance"} <= set(entry):
        return "transformers", _transformer_row(entry)
    if kind in {"line", "cable"} and {"resistance", "reactance"} <= set(entry):
        capacitance = get("capacitance")
        omega = 2 * np.pi * get("frequency", 50.0)
        susceptance = None if capacitance is None else omega * capacitance
        values = {"resistance": get("resistance"), "reactance": get("reactance"), "susceptance": susceptance}
        return "lines", {**values, "current_rating": get("rated_current")}
    if kind == "generator" and {"rated_power", "rated_voltage"} <= set(entry):
        power = entry["rated_power"] * get("power_factor", 1.0)
        same = ("rated_power", "rated_voltage", "subtransient_reactance", "synchronous_reactance")
        values = {name: get(name) for name in same}
        values |= {"rated_power_factor": get("power_factor"), "resistance": get("armature_resistance")}
        return "generators", {"active_power": power, **values}
    if kind == "breaker":
        values = {name: get(name) for name in ("rated_current", "breaking_current", "making_current")}
        values |= {"withstand_current": get("short_time_current"), "withstand_time": get("short_time")}
        return "switches", {"kind": "breaker", **values}
    if kind == "fuse":
        return "switches", {"kind": "fuse", "rated_current": get("rated_current")}
    return None


def _transformer_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a two-winding transformer; one whose losses are not known has none."""
    get = entry.get
    rated = entry["rated_power"]
    resistance = get("resistance", get("load_loss", 0.0) / rated)
    values = {
        "rated_power": rated,
        "from_rated_voltage": get("high_voltage"),
        "to_rated_voltage": get("low_voltage"),
        "resistance": resistance,
        "reactance": float(np.sqrt(entry["impedance"] ** 2 - resistance**2)),
        "vector_group": get("vector_group"),
    }
    if "no_load_loss" in entry and "no_load_current" in entry:
        conductance = entry["no_load_loss"] / rated
        values["from_conductance"] = conductance
        values["from_susceptance"] = -float(np.sqrt(max(entry["no_load_current"] ** 2 - conductance**2, 0.0)))
    if get("tap_side") == "hv" and "tap_step" in entry:
        limits = {"minimum": get("tap_lowest"), "maximum": get("tap_highest")}
        values["tap_changer"] = {**limits, "voltage_step": get("tap_step")}
    return values


def _shorten(whole: dict[str, Any]) -> None:
    """Keep of every class what it is in one sentence; the rest is for readers of the code."""
    for part in (whole, *whole["$defs"].values()):
        part["description"] = part["description"].partition("\n")[0]


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"].rpartition("/")[2]} if isinstance(node.get("$ref"), str) else set()
        own |= {target.rpartition("/")[2] for target in node.get("discriminator", {}).get("mapping", {}).values()}
        return own.union(*(_references(value) for value in node.values()))
    return set().union(*(_references(item) for item in node)) if isinstance(node, list) else set()


def text_of(data: Any) -> str:
    """Format data as JSON: short lists and objects on one line.

    Parameters
    ----------
    data : object
        JSON-able.

    Returns
    -------
    str
        With a line end.
    """
    return _pretty(data, "") + "\n"


def _pretty(data: Any, indent: str) -> str:
    flat = json.dumps(data, ensure_ascii=False)
    if len(flat) + len(indent) <= 110 or not isinstance(data, dict | list) or not data:
        return flat
    inner = indent + " "
    if isinstance(data, dict):
        rows = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {_pretty(value, inner)}" for key, value in data.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if all(isinstance(item, int | float) for item in data):
        return flat
    return "[\n" + ",\n".join(inner + _pretty(item, inner) for item in data) + f"\n{indent}]"


def settle(path: Path, text: str, check: bool) -> bool:
    """Write a file, or compare it.

    Parameters
    ----------
    path : Path
        The file.
    text : str
        What it should hold.
    check : bool
        Compare only.

    Returns
    -------
    bool
        Whether the file now holds the text.
    """
    if check:
        return path.is_file() and path.read_text(encoding="utf-8") == text
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def types(check: bool) -> bool:
    """Write or check the TypeScript types.

    Parameters
    ----------
    check : bool
        Compare only.

    Returns
    -------
    bool
        Whether the types are those of the schema. Without node and its packages nothing is compared, and it says so.
    """
    node = shutil.which("node")
    if node is None or not (ROOT / "extension" / "node_modules" / "json-schema-to-typescript").is_dir():
        print("types not made: node and `jlpm install` in extension/ are needed")
        return check
    command = [node, "generate-types.mjs", *(["--check"] if check else [])]
    return subprocess.run(command, cwd=ROOT / "extension", check=False).returncode == 0


_SHOWN = {"active": ("ocp",), "electrolyte": ("conductivity", "diffusivity")}
"""Laws that the designer shows, by kind of material."""


def materials() -> dict[str, Any]:
    """Reduce the catalogue for the browser: the laws that it shows, few points where a curve is straight, rounded.

    Returns
    -------
    dict
        As :func:`joulebook.materials.catalogue`, laws as ``x`` and ``y``.
    """
    whole = jb.materials.catalogue()
    finders: dict[str, Callable[[str], Any]] = {
        "active": jb.materials.active,
        "electrolyte": jb.materials.electrolyte,
    }
    out = json.loads(json.dumps(whole))
    curves: dict[str, dict[str, list[float]]] = {}
    for kind, find in finders.items():
        for name, record in out[kind].items():
            source = find(name)
            for key in [key for key in record if isinstance(getattr(source, key, None), Law)]:
                if key in _SHOWN[kind]:
                    law = getattr(source, key)
                    record[key] = {**_without_samples(record[key]), "curve": law.name}
                    curves[law.name] = _sampled(law)
                else:
                    del record[key]
            record.pop("exchange_exponents", None)
    cited = _cited(out) | {ref for name in Cell.names() for ref in _cited(Cell.named(name).to_document())}
    out["bibliography"] = {key: item for key, item in out["bibliography"].items() if key in cited}
    return {**out, "curves": curves}


def _cited(node: Any) -> set[str]:
    """Keys of the bibliography that sources name."""
    if isinstance(node, dict):
        own = {node["ref"]} if isinstance(node.get("ref"), str) else set()
        return own.union(*(_cited(value) for value in node.values()))
    return set().union(*(_cited(item) for item in node)) if isinstance(node, list) else set()


def _without_samples(law: dict[str, Any]) -> dict[str, Any]:
    dropped = {"x", "y", "stoichiometry", "voltage", "activation_energy"}
    return {key: value for key, value in law.items() if key not in dropped}


def _sampled(law: Law) -> dict[str, list[float]]:
    if law.variable == "stoichiometry":
        x = np.linspace(0.0, 1.0, 4001)
        if isinstance(law.function, PublishedTable) and law.function.kind == "linear":
            x = np.union1d(x, np.clip(law.function.points[0], 0.0, 1.0))
        kept = thin(x, np.asarray(law.function(np, x)), OCP_ERROR)
        y = np.asarray(law.function(np, x[kept]))
        return {"x": [round(float(v), 9) for v in x[kept]], "y": [round(float(v), 4) for v in y]}
    x = np.linspace(*law.domain, LAW_POINTS)
    y = np.asarray(law.function(np, x))
    return {"x": [float(f"{v:.5g}") for v in x], "y": [float(f"{v:.4g}") for v in y]}


def thin(x: np.ndarray, y: np.ndarray, tolerance: float) -> np.ndarray:
    """Choose points between which linear interpolation stays within a tolerance.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        A densely sampled curve, x ascending.
    tolerance : float
        Largest error, in the unit of y.

    Returns
    -------
    ndarray of int, shape (m,)
        Indices of the points kept, the ends among them.
    """
    kept = [0, len(x) - 1]
    while True:
        error = np.abs(np.interp(x, x[kept], y[kept]) - y)
        if error.max() <= tolerance:
            return np.array(kept)
        for low, high in list(itertools.pairwise(kept)):
            inside = error[low : high + 1]
            if inside.max() > tolerance:
                kept.append(low + int(inside.argmax()))
        kept.sort()


CHANGES: list[dict[str, Any]] = [
    {},
    {"negative.thickness": 100e-6},
    {"positive.thickness": 90e-6},
    {"negative.thickness": 60e-6, "positive.thickness": 60e-6},
    {"separator.thickness": 25e-6, "separator.porosity": 0.4},
    {"positive.porosity": 0.25, "positive.active_fraction": 0.7},
    {"negative.maximum_concentration": 31000.0},
    {"electrode_width": 0.8, "electrodes_in_parallel": 2, "contact_resistance": 0.01},
    {"format": {"shape": "pouch", "width": 0.07, "height": 0.1, "depth": 0.005, "case_mass": 0.004}},
    {"format.case_mass": 0.0131, "negative_collector.thickness": 8e-6, "positive_collector.thickness": 12e-6},
    {"lower_cutoff": 3.0, "upper_cutoff": 4.1},
    {"initial_state.negative_concentration": 28000.0},
    {"negative.thickness": 20e-6},
    {"negative.thickness": 160e-6},
    {"negative.layers": [{"share": 0.25, "porosity": 0.4, "active_fraction": 0.6}, {"share": 0.75}]},
    {
        "negative.material": "graphite (Ai 2022)",
        "negative.active_fraction": 0.735,
        "negative.additional_phases": [
            {"material": "silicon (Ai 2022)", "active_fraction": 0.015, "particle_radius": 1.5e-6}
        ],
        "initial_state.negative_concentration": 27700.0,
        "initial_state.negative_additional": [270000.0],
    },
    {"electrolyte.material": "LiPF6 EC:DMC 1:1 (Landesfeind 2019)"},
]

FAULTS: list[dict[str, Any]] = [
    {"negative.thickness": -1e-6},
    {"negative.thickness": 85.2},
    {"negative.thickness": "85 µm"},
    {"negative.thickness": True},
    {"negative.thickness": None},
    {"negative.porosity": 0.0},
    {"positive.porosity": 1.0},
    {"positive.porosity": 0.4},
    {"separator.density": 1e6},
    {"electrolyte.concentration": -1000},
    {"contact_resistance": -0.001},
    {"temperature": 0},
    {"electrodes_in_parallel": 0},
    {"electrodes_in_parallel": 1.5},
    {"name": ""},
    {"format": {"shape": "sphere", "diameter": 0.02}},
    {"format": {"shape": "pouch", "width": 0.05}},
    {"format.diameter": 21},
    {"lower_cutoff": 4.5},
    {"negative.material": "unobtainium"},
    {"separator": "film"},
    {"colour": "red"},
    {"negative.colour": "red"},
    {"negative.thickness": 1, "positive.thickness": -1, "temperature": -5},
    {"negative.layers": [{"share": 0.5, "porosity": 0.4}, {"share": 0.4}]},
    {"negative.layers": [{"share": 0.5, "porosity": -1}, {"share": 0.5}]},
    {"negative.layers": "two"},
    {
        "negative.active_fraction": 0.6,
        "negative.additional_phases": [{"material": "unobtainium", "active_fraction": 0.1, "particle_radius": 1e-6}],
        "initial_state.negative_additional": [1000.0],
    },
    {"initial_state.negative_additional": [1000.0]},
    {"negative.sei.resistivity": -1},
    {"thermal.heat_capacity": 0},
]


def figures_corpus() -> list[dict[str, Any]]:
    """Figures of varied cells; a cell whose cut-offs cannot be reached has an error instead.

    Returns
    -------
    list of dict
        ``changes`` to the first named cell, the ``document`` that :meth:`Cell.replace` makes of them, and
        ``figures`` or ``error`` with paths and rules.
    """
    cell = Cell.named("Chen2020")
    out: list[dict[str, Any]] = []
    for changes in CHANGES:
        changed = cell.replace(changes)
        case: dict[str, Any] = {"changes": changes, "document": changed.to_document()}
        try:
            case["figures"] = jb.battery.figures(changed).to_dict()
        except InputError as error:
            case["error"] = [{"path": issue.path, "rule": issue.rule} for issue in error.issues]
        out.append(case)
    return out


def faults_corpus() -> list[dict[str, Any]]:
    """Faults that Python finds in faulty documents.

    Returns
    -------
    list of dict
        ``changes`` that make the first named cell faulty, and ``faults`` with path and rule.
    """
    out: list[dict[str, Any]] = []
    for changes in FAULTS:
        document = Cell.named("Chen2020").to_document()
        for path, value in changes.items():
            *folders, last = path.split(".")
            here = document
            for name in folders:
                here = here[name]
            here[last] = value
        try:
            Cell.from_document(document)
            issues: list[dict[str, str]] = []
        except InputError as error:
            issues = [{"path": issue.path, "rule": issue.rule, "hint": issue.hint} for issue in error.issues]
        out.append({"changes": changes, "faults": issues})
    return out


if __name__ == "__main__":
    sys.exit(main())
