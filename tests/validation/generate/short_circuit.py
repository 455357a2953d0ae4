"""IEC 60909 reference networks as documents of our own, out of the stored inputs and results of pandapower.

``python tests/validation/generate/short_circuit.py FOLDER`` reads ``iec60909_*.json`` there, and what
``short_circuit_networks.py`` wrote there, and writes the cases.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from joulebook.grid import Network

CASES = Path(__file__).parents[1] / "cases" / "grid"
NAMES = {"4_full": "iec60909_4_full", "4_small": "iec60909_4_small", "4_t1_1ph": "iec60909_4_unit"}


def rows(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [{name: values[k] for name, values in table.items()} for k in range(len(table["index"]))]


def split(total: float, real: float) -> tuple[float, float]:
    """Resistance and reactance, per unit, out of per cents of impedance and resistance."""
    return real / 100, math.copysign(math.sqrt(total**2 - real**2), total) / 100


def given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def line(row: dict[str, Any]) -> dict[str, Any]:
    length = row["length_km"]
    return {
        "from_bus": str(row["from_bus"]),
        "to_bus": str(row["to_bus"]),
        "resistance": row["r_ohm_per_km"] * length / row["parallel"],
        "reactance": row["x_ohm_per_km"] * length / row["parallel"],
        "zero_resistance": row["r0_ohm_per_km"] * length / row["parallel"],
        "zero_reactance": row["x0_ohm_per_km"] * length / row["parallel"],
        "length": 1e3 * length,
        **({"end_temperature": row["endtemp_degree"] + 273.15} if "endtemp_degree" in row else {}),
    }


def transformer(row: dict[str, Any]) -> dict[str, Any]:
    r, x = split(row["vk_percent"], row["vkr_percent"])
    r0, x0 = split(row["vk0_percent"], row["vkr0_percent"])
    made = {
        "from_bus": str(row["hv_bus"]),
        "to_bus": str(row["lv_bus"]),
        "rated_power": 1e6 * row["sn_mva"],
        "from_rated_voltage": 1e3 * row["vn_hv_kv"],
        "to_rated_voltage": 1e3 * row["vn_lv_kv"],
        "resistance": r,
        "reactance": x,
        "zero_resistance": r0,
        "zero_reactance": x0,
        "vector_group": row["vector_group"],
        "from_neutral_reactance": row.get("xn_ohm"),
        "power_station_unit": bool(row.get("power_station_unit")),
    }
    if row.get("si0_hv_partial") and row["vector_group"] == "YNyn":
        made["zero_magnetising_reactance"] = row["mag0_percent"] * row["vk0_percent"] * 1e-4
    if row.get("oltc"):
        made["tap_changer"] = {"controls": "voltage"}
    return given(made)


def legs(row: dict[str, Any], mark: str) -> dict[str, float]:
    """Legs per unit of the first winding, out of pairs per unit of their smaller one."""
    powers = [row["sn_hv_mva"], row["sn_mv_mva"], row["sn_lv_mva"]]
    pairs = {}
    for name, (one, other) in (("hv", (0, 1)), ("mv", (1, 2)), ("lv", (0, 2))):
        scale = powers[0] / min(powers[one], powers[other])
        r, x = split(row[f"vk{mark}_{name}_percent"], row[f"vkr{mark}_{name}_percent"])
        pairs[one, other] = complex(r, x) * scale
    ab, bc, ac = pairs[0, 1], pairs[1, 2], pairs[0, 2]
    found = ((ab + ac - bc) / 2, (ab + bc - ac) / 2, (ac + bc - ab) / 2)
    prefix = "zero_" if mark else ""
    made = {}
    for k, leg in enumerate(found, start=1):
        made[f"{prefix}resistance_{k}"], made[f"{prefix}reactance_{k}"] = leg.real, leg.imag
    return made


def three_winding(row: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"vector_group": row.get("vector_group") or ""}
    for k, side in enumerate(("hv", "mv", "lv"), start=1):
        made[f"bus_{k}"] = str(row[f"{side}_bus"])
        made[f"rated_power_{k}"] = 1e6 * row[f"sn_{side}_mva"]
        made[f"rated_voltage_{k}"] = 1e3 * row[f"vn_{side}_kv"]
    made |= legs(row, "")
    if "vk0_hv_percent" in row:
        made |= legs(row, "0")
    return made


def generator(row: dict[str, Any]) -> dict[str, Any]:
    base = row["vn_kv"] ** 2 / row["sn_mva"]
    return {
        "bus": str(row["bus"]),
        "active_power": 1e6 * row["p_mw"],
        "rated_power": 1e6 * row["sn_mva"],
        "rated_voltage": 1e3 * row["vn_kv"],
        "rated_power_factor": row["cos_phi"],
        "resistance": row["rdss_ohm"] / base,
        "subtransient_reactance": row["xdss_pu"],
        "voltage_rise": row["pg_percent"] / 100,
        "reference": bool(row["slack"]),
    }


def external(row: dict[str, Any]) -> dict[str, Any]:
    smallest = (
        {"minimum_fault_power": 1e6 * row["s_sc_min_mva"], "minimum_rx": row["rx_min"]} if "rx_min" in row else {}
    )
    return {
        "bus": str(row["bus"]),
        "maximum_fault_power": 1e6 * row["s_sc_max_mva"],
        "maximum_rx": row["rx_max"],
        **smallest,
        "zero_over_positive": row["x0x_max"],
        "zero_rx": row["r0x0_max"],
    }


def motor(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "bus": str(row["bus"]),
        "rated_power": 1e6 * row["pn_mech_mw"],
        "rated_voltage": 1e3 * row["vn_kv"],
        "efficiency": row["efficiency_n_percent"] / 100,
        "power_factor": row["cos_phi_n"],
        "locked_rotor_ratio": row["lrc_pu"],
        "rx": row["rx"],
    }


def network(data: dict[str, Any]) -> Network:
    kinds = {
        "lines": ("line", line, "L"),
        "transformers": ("trafo", transformer, "T"),
        "three_winding_transformers": ("trafo3w", three_winding, "W"),
        "generators": ("gen", generator, "G"),
        "external_grids": ("ext_grid", external, "Q"),
        "motors": ("motor", motor, "M"),
    }
    inputs = data["inputs"]
    made = {
        table: {f"{letter}{row['index']}": make(row) for row in rows(inputs[name])}
        for table, (name, make, letter) in kinds.items()
        if inputs.get(name)
    }
    buses = {str(row["index"]): {"nominal_voltage": 1e3 * row["vn_kv"]} for row in rows(inputs["bus"])}
    return Network(name=data["network"], frequency=data["f_hz"], buses=buses, **made)


def columns(records: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Columns, as the stored inputs have them, out of records."""
    names = records[0] if records else {}
    return {"index": list(range(len(records))), **{name: [record[name] for record in records] for name in names}}


def own(folder: Path, name: str) -> None:
    """A network of our own that the oracle solved."""
    data = json.loads((folder / f"{name}.json").read_text())
    inputs = {table: columns(records) for table, records in data["tables"].items() if records}
    target = CASES / f"iec60909_{name}"
    target.mkdir(parents=True, exist_ok=True)
    network({"network": name, "f_hz": 50.0, "inputs": inputs}).save(target / "network.circuit.json")
    (target / "expected.json").write_text(json.dumps(data["expected"], indent=1) + "\n")


def main(folder: Path) -> None:
    for name in ("industrial", "industrial_motors"):
        if (folder / f"{name}.json").exists():
            own(folder, name)
    for name, case in NAMES.items():
        if not (folder / f"iec60909_iec60909_{name}.json").exists():
            continue
        data = json.loads((folder / f"iec60909_iec60909_{name}.json").read_text())
        target = CASES / case
        target.mkdir(parents=True, exist_ok=True)
        network(data).save(target / "network.circuit.json")
        kept = []
        for entry in data["cases"]:
            if "result" in entry:
                result = {key: value for key, value in entry["result"].items() if any(v is not None for v in value)}
                kept.append({"fault": entry["fault"], "case": entry["case"], "bus": entry["bus"], **result})
        (target / "expected.json").write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
