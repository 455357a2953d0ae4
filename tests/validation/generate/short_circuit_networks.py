"""More networks for the short-circuit study, solved by pandapower: vector groups, low voltage, motors, methods A to C.

Runs in an environment with pandapower 3.5.6 alone and writes the oracle's results, and the same numbers as a document,
``python short_circuit_networks.py FOLDER``.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import pandapower as pp
import pandapower.shortcircuit as sc

STUDIES = [
    *(("3ph", case, {"low_voltage_tolerance": tolerance}) for case in ("max", "min") for tolerance in (6, 10)),
    *(("2ph", case, {}) for case in ("max", "min")),
    *(("1ph", case, {}) for case in ("max", "min")),
    ("3ph", "max", {"fault_impedance": [0.5, 0.2]}),
    ("1ph", "max", {"fault_impedance": [2.0, 0.0]}),
]
LINES = {
    "r_ohm_per_km": 0.206,
    "x_ohm_per_km": 0.36,
    "r0_ohm_per_km": 0.5,
    "x0_ohm_per_km": 1.3,
    "endtemp_degree": 80.0,
}


def industrial(motors: bool) -> pp.pandapowerNet:
    """110 kV grid, two transformers in parallel, ring of 20 kV, low voltage with a Dyn and a YNyn transformer."""
    net = pp.create_empty_network(sn_mva=10.0)
    high, a, b, c = (pp.create_bus(net, vn_kv=volts) for volts in (110.0, 20.0, 20.0, 20.0))
    low, small = pp.create_bus(net, vn_kv=0.4), pp.create_bus(net, vn_kv=6.0)
    pp.create_ext_grid(
        net,
        high,
        s_sc_max_mva=3000.0,
        s_sc_min_mva=2200.0,
        rx_max=0.1,
        rx_min=0.12,
        x0x_max=2.5,
        r0x0_max=0.2,
        x0x_min=2.5,
        r0x0_min=0.2,
    )
    groups = [
        (high, a, 40.0, 110.0, 21.0, 12.0, 0.4, "YNd"),
        (high, b, 25.0, 115.0, 20.5, 11.0, 0.45, "YNyn"),
        (c, low, 1.6, 20.0, 0.4, 6.0, 0.9, "Dyn"),
        (b, small, 10.0, 20.0, 6.3, 8.0, 0.6, "YNyn"),
    ]
    for hv, lv, power, up, down, vk, vkr, group in groups:
        pp.create_transformer_from_parameters(
            net,
            hv,
            lv,
            power,
            up,
            down,
            vkr,
            vk,
            0.0,
            0.0,
            vector_group=group,
            vk0_percent=0.9 * vk,
            vkr0_percent=vkr,
            mag0_percent=100.0,
            mag0_rx=0.0,
            si0_hv_partial=0.5,
        )
    for first, second, length in ((a, b, 4.0), (b, c, 6.5), (c, a, 3.0)):
        pp.create_line_from_parameters(
            net, first, second, length, max_i_ka=0.4, c_nf_per_km=0.0, c0_nf_per_km=0.0, **LINES
        )
    if motors:
        for bus, power, volts, efficiency, cosine in ((small, 1.2, 6.0, 96.0, 0.88), (low, 0.16, 0.4, 95.0, 0.86)):
            pp.create_motor(
                net,
                bus,
                pn_mech_mw=power,
                cos_phi=cosine,
                cos_phi_n=cosine,
                efficiency_percent=efficiency,
                efficiency_n_percent=efficiency,
                lrc_pu=5.5,
                vn_kv=volts,
                rx=0.2,
            )
    return net


def run(net: pp.pandapowerNet, fault: str, case: str, options: dict[str, Any]) -> dict[str, Any]:
    zf = options.get("fault_impedance", (0.0, 0.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sc.calc_sc(
            net,
            fault=fault,
            case=case,
            lv_tol_percent=options.get("low_voltage_tolerance", 10),
            ip=fault != "1ph",
            ith=fault != "1ph",
            kappa_method="C",
            r_fault_ohm=zf[0],
            x_fault_ohm=zf[1],
            branch_results=False,
        )
    result = net.res_bus_sc
    kept = [name for name in ("ikss_ka", "ip_ka", "ith_ka", "rk_ohm", "xk_ohm", "rk0_ohm", "xk0_ohm") if name in result]
    if any(zf):
        kept = ["ikss_ka"]
    values = {name: result[name].tolist() for name in kept}
    return {"fault": fault, "case": case, "options": options, "bus": result.index.tolist(), **values}


def main(folder: Path) -> None:
    for name, motors in (("industrial", False), ("industrial_motors", True)):
        net = industrial(motors)
        studies = [study for study in STUDIES if not motors or study[:2] != ("1ph", "min")]
        entries = [run(net, *study) for study in studies]
        tables = {
            table: json.loads(net[table].to_json(orient="records"))
            for table in ("bus", "line", "trafo", "ext_grid", "motor")
        }
        (folder / f"{name}.json").write_text(json.dumps({"tables": tables, "expected": entries}, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
