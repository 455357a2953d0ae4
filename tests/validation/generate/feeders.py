"""Write the feeders that come with Joulebook from the OpenDSS test cases.

``python tests/validation/generate/feeders.py FOLDER``, where FOLDER holds the folders of the OpenDSS distribution's
``IEEETestCases`` (BSD 3-Clause, Electric Power Research Institute) and the ``IEEELineCodes.DSS`` that they share.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from joulebook.grid import Feeder

NAMED = Path(__file__).resolve().parents[3] / "solvers" / "joulebook" / "grid" / "feeder" / "named"
SOURCE = "From the OpenDSS distribution, IEEETestCases/{file}, which models the published feeder (Schneider2018)."
CASES = {
    "IEEE4": (
        "4Bus-YY-Bal/4Bus-YY-Bal.DSS",
        "IEEE 4 node test feeder, grounded wye to grounded wye, step-down, balanced.",
    ),
    "IEEE13": ("13Bus/IEEE13Nodeckt.dss", "IEEE 13 node test feeder, 4.16 kV: short, loaded heavily and unevenly."),
    "IEEE34": (
        "34Bus/ieee34Mod1.dss",
        "IEEE 34 node test feeder, 24.9 kV: long and lightly loaded, with two regulators.",
    ),
    "IEEE37": (
        "37Bus/ieee37.dss",
        "IEEE 37 node test feeder, 4.8 kV: three wires, underground, an open-delta regulator.",
    ),
    "IEEE123": ("123Bus/IEEE123Master.dss", "IEEE 123 node test feeder, 4.16 kV: regulators, capacitors and switches."),
}


def compact(document: dict[str, Any]) -> str:
    """Write a document with one element a line, so that differences can be read."""
    parts = []
    for key, value in document.items():
        if isinstance(value, dict) and value and all(isinstance(item, dict) for item in value.values()):
            rows = ",\n    ".join(f"{json.dumps(name)}: {json.dumps(item)}" for name, item in value.items())
            parts.append(f"  {json.dumps(key)}: {{\n    {rows}\n  }}")
        else:
            parts.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(folder: Path) -> None:
    for name, (file, description) in CASES.items():
        feeder = Feeder.load(folder / file, folder=folder)
        document = feeder.to_document() | {
            "name": name,
            "description": f"{description} {SOURCE.format(file=file)}",
        }
        document.pop("notes", None)
        (NAMED / f"{name}{Feeder.suffix}").write_text(compact(document), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
