"""Small feeders for tests, and scripts that describe them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from joulebook.grid import Feeder

SOURCE: dict[str, Any] = {
    "bus": "source",
    "nominal_voltage": 12470.0,
    "resistance": 0.02,
    "reactance": 0.1,
    "zero_resistance": 0.03,
    "zero_reactance": 0.15,
}
CODE = {
    "resistance": [[2e-4], [5e-5, 2e-4], [5e-5, 5e-5, 2e-4]],
    "reactance": [[6e-4], [3e-4, 6e-4], [3e-4, 3e-4, 6e-4]],
    "capacitance": [[1e-11], [-2e-12, 1e-11], [-2e-12, -2e-12, 1e-11]],
}


def radial(loads: dict[str, Any] | None = None, **parts: Any) -> Feeder:
    """A source, two lines of 2 km, and one load of three phases unless others are given."""
    load = {
        "bus": "end",
        "voltage": 12470.0,
        "active_power": 900e3,
        "reactive_power": 300e3,
        "lowest_voltage": 0.7,
    }
    return Feeder(
        **{
            "name": "radial",
            "frequency": 60.0,
            "voltage_sources": {"grid": SOURCE},
            "line_codes": {"abc": CODE},
            "lines": {
                "first": {"bus1": "source", "bus2": "middle", "length": 2000.0, "code": "abc"},
                "second": {"bus1": "middle", "bus2": "end", "length": 2000.0, "code": "abc"},
            },
            "loads": {"all": load} if loads is None else loads,
            **parts,
        }
    )


def single_load(phase: int, kw: float, model: str = "constant power", **values: Any) -> dict[str, Any]:
    """A load from one phase to earth at the end of the radial feeder."""
    return {
        "bus": f"end.{phase}",
        "phases": 1,
        "voltage": 12470.0 / math.sqrt(3),
        "model": model,
        "active_power": kw * 1e3,
        "reactive_power": kw * 400.0,
        "lowest_voltage": 0.7,
        **values,
    }


def write_script(folder: Path, text: str, name: str = "main.dss") -> Path:
    """A script in a folder of its own."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


CIRCUIT = """Clear
Set DefaultBaseFrequency=60
New Circuit.test basekv=12.47 pu=1.02 MVAsc3=500 MVAsc1=400   ! a remark
New Linecode.abc nphases=3 units=km r1=0.2 x1=0.4 r0=0.5 x0=1.2 c1=10 c0=4
New Line.one bus1=sourcebus bus2=b linecode=abc length=2 units=km
New Load.l bus1=b kv=12.47 kW=500 kvar=200
Set voltagebases=[12.47]
Calcvoltagebases
Solve
"""
