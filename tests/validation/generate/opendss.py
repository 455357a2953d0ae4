"""Solve OpenDSS's own test feeders with DSS C-API, and write the cases of ``tests/validation/cases/grid``.

``python tests/validation/generate/opendss.py FOLDER``, in an environment with dss-python 0.15.7 (this project does not
need it), where FOLDER holds the folders of ``IEEETestCases`` and the ``IEEELineCodes.DSS`` that they share.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

CASES = Path(__file__).resolve().parents[1] / "cases" / "grid"
FIXED = [
    "Transformer.Reg1.Taps=[1.0 1.0625]",
    "Transformer.Reg2.Taps=[1.0 1.05]",
    "Transformer.Reg3.Taps=[1.0 1.06875]",
]
RAMP = [round(0.4 + 0.6 * float(np.sin(k / 480 * np.pi)) ** 2 + 0.02 * float(np.sin(0.7 * k)), 4) for k in range(480)]
SNAPSHOTS: dict[str, dict[str, Any]] = {
    "opendss_ieee4": {"file": "4Bus-YY-Bal/4Bus-YY-Bal.DSS", "named": "IEEE4"},
    "opendss_ieee13": {"file": "13Bus/IEEE13Nodeckt.dss", "named": "IEEE13"},
    "opendss_ieee13_fixed_taps": {
        "file": "13Bus/IEEE13Nodeckt.dss",
        "named": "IEEE13",
        "commands": [*FIXED, "Set Controlmode=OFF"],
        "taps": {"reg1": 1.0625, "reg2": 1.05, "reg3": 1.06875},
    },
    "opendss_ieee34": {"file": "34Bus/ieee34Mod1.dss", "named": "IEEE34"},
    "opendss_ieee37": {"file": "37Bus/ieee37.dss", "named": "IEEE37"},
    "opendss_ieee123": {"file": "123Bus/IEEE123Master.dss", "named": "IEEE123"},
    "opendss_ieee8500": {"file": "8500-Node/Master.dss", "every": 20},
    "opendss_ieee8500_unbalanced": {"file": "8500-Node/Master-unbal.dss", "every": 20},
    "opendss_european_lv": {"file": "LVTestCase/Master.dss", "every": 10},
}
SERIES: dict[str, dict[str, Any]] = {
    "opendss_ieee123_static": {"file": "123Bus/IEEE123Master.dss", "named": "IEEE123", "delays": False},
    "opendss_ieee123_delays": {"file": "123Bus/IEEE123Master.dss", "named": "IEEE123", "delays": True},
}
README = """# {title}

{what}

**Source.** OpenDSS distribution, `IEEETestCases/{file}` (BSD 3-Clause), commit 3b20839 of
dss-extensions/electricdss-tst.

**Oracle.** DSS C-API 0.14 through dss-python 0.15.7, tolerance 1e-10 per unit, at most 100 rounds of control. Written
by `tests/validation/generate/opendss.py`.

**Compared.** {compared}

**Tolerance: 1e-6 per unit**, a hundredth of the last digit that published tables of these feeders have; both codes stop
at 1e-8 or below, and agree to about 1e-8.
"""


def main(folder: Path) -> None:
    import dss

    engine = dss.DSS
    engine.AllowForms = False
    for name, case in SNAPSHOTS.items():
        start(engine, folder / case["file"], case.get("commands", []))
        engine.Text.Command = "solve"
        write_snapshot(engine, name, case)
    for name, case in SERIES.items():
        write_series(engine, folder, name, case)
    write_elements(engine)
    write_line_constants(engine)


def start(engine: Any, file: Path, extra: list[str]) -> None:
    settings = ["set maxcontroliter=100", "set maxiterations=500", "set tolerance=1e-10"]
    for command in ("clear", f'compile "{file}"', *extra, *settings):
        engine.Text.Command = command


def taps(circuit: Any) -> dict[str, int]:
    out = {}
    for name in circuit.RegControls.AllNames if circuit.RegControls.Count else []:
        circuit.RegControls.Name = name
        out[name] = int(circuit.RegControls.TapNumber)
    return out


def write_snapshot(engine: Any, name: str, case: dict[str, Any]) -> None:
    circuit = engine.ActiveCircuit
    chosen = slice(None, None, case.get("every", 1))
    volts = np.asarray(circuit.AllBusVolts).view(complex).ravel()[chosen]
    put(
        name,
        {"feeder": case.get("named", ""), "file": case["file"], "taps": case.get("taps", {})},
        {
            "node": np.array([node.lower() for node in circuit.AllNodeNames])[chosen],
            "voltage_pu": np.asarray(circuit.AllBusVmagPu).ravel()[chosen],
            "angle": np.degrees(np.angle(volts)),
            "loss": np.array(circuit.Losses),
            "source": np.array(circuit.TotalPower) * -1e3,
        },
        taps(circuit),
    )
    count = len(volts)
    compared = f"Magnitude and angle at {count} nodes" + (" (a sample)" if case.get("every") else "")
    compared += ", losses to 1e-6 of them, power of the source, and every tap."
    what = (
        "Taps held as published (10, 8, 11)."
        if case.get("taps")
        else "Snapshot with the controls of the feeder at work."
    )
    readme(name, case["file"], what, compared)


def write_series(engine: Any, folder: Path, name: str, case: dict[str, Any]) -> None:
    shape = " ".join(str(value) for value in RAMP)
    extra = [f"new loadshape.ramp npts=480 sinterval=30 mult=({shape})", "batchedit load..* daily=ramp"]
    if case["delays"]:
        extra.append("set controlmode=time")
    start(engine, folder / case["file"], extra)
    engine.Text.Command = "set mode=daily number=1 stepsize=30s hour=0 sec=0"
    circuit = engine.ActiveCircuit
    found, volts, power = [], [], []
    for _ in RAMP:
        circuit.Solution.Solve()
        found.append(list(taps(circuit).values()))
        volts.append(np.asarray(circuit.AllBusVmagPu).ravel()[::10].copy())
        power.append(np.array(circuit.TotalPower) * -1e3)
    put(
        name,
        {"feeder": case["named"], "delays": case["delays"], "interval": 30.0, "shape": RAMP},
        {
            "node": np.array([node.lower() for node in circuit.AllNodeNames])[::10],
            "voltage_pu": np.array(volts)[::20],
            "every": np.array(20),
            "taps": np.array(found, np.int16),
            "source": np.array(power),
        },
        dict.fromkeys(taps(circuit), 0),
    )
    how = "Controls keep their delays (`controlmode=time`)" if case["delays"] else "Controls settle in every step"
    what = f"All loads follow a hump with a ripple over 480 steps of 30 s. {how}."
    readme(name, case["file"], what, "Every tap at every step, the source's power, and voltages of a sample.")


def write_elements(engine: Any) -> None:
    """Voltages of ``elements.dss``, which is our own: V, for bases are not the matter there."""
    folder = CASES / "opendss_elements"
    start(engine, folder / "elements.dss", [])
    engine.Text.Command = "solve"
    circuit = engine.ActiveCircuit
    volts = np.asarray(circuit.AllBusVolts).view(complex).ravel()
    nodes = np.array([node.lower() for node in circuit.AllNodeNames])
    loss, source = np.array(circuit.Losses), np.array(circuit.TotalPower) * -1e3
    states = {}
    for name in circuit.Capacitors.AllNames:
        circuit.Capacitors.Name = name
        states[name] = float(circuit.Capacitors.States[0])
    np.savez_compressed(folder / "expected.npz", node=nodes, voltage=volts, loss=loss, source=source)
    facts = {"taps": taps(circuit), "capacitors": states}
    (folder / "controls.json").write_text(json.dumps(facts, indent=1) + "\n")
    (folder / "README.md").write_text(ELEMENTS_README)
    print("elements", len(nodes), facts)


ELEMENTS_README = """# Every element and connection

A feeder of our own (`elements.dss`) with each kind of element that a script can describe: lines of one to four wires,
line codes by matrices and by sequences, delta and wye transformers in both directions, a centre-tapped one, an open
bank, regulators with line drop compensation and different delays, a controlled capacitor, delta and single-phase
capacitors, reactors, all eight load models inside and outside of their voltages, a generator.

**Oracle.** DSS C-API 0.14 through dss-python 0.15.7, tolerance 1e-10. Written by
`tests/validation/generate/opendss.py`.

**Compared.** Complex voltage of every node, losses, power of the source, taps, capacitor states.

**Tolerance: 1e-6 relative to the voltage of the node**: both codes stop at 1e-8 or below.
"""


def write_line_constants(engine: Any) -> None:
    """Matrices of ``lines.dss``, which is our own, for every model of the earth: ohm/km and nF/km."""
    folder = CASES / "opendss_line_constants"
    lines = (folder / "lines.dss").read_text().splitlines()
    arrays = {}
    for model in ("Deri", "Carson", "FullCarson"):
        engine.Text.Command = "clear"
        for line in lines:
            engine.Text.Command = line
            if line.startswith("New Circuit"):
                engine.Text.Command = f"set earthmodel={model}"
        circuit = engine.ActiveCircuit
        circuit.Solution.Solve()
        for name in ("overhead", "fourwire", "cable", "shielded"):
            circuit.Lines.Name = name
            z = np.array(circuit.Lines.Rmatrix) + 1j * np.array(circuit.Lines.Xmatrix)
            n = round(len(z.ravel()) ** 0.5)
            arrays[f"{model} {name} z"] = z.reshape(n, n)
            arrays[f"{model} {name} c"] = np.array(circuit.Lines.Cmatrix).reshape(n, n)
    np.savez_compressed(folder / "expected.npz", **arrays)
    (folder / "README.md").write_text(LINE_README)


LINE_README = """# Line constants

Four makes of line, defined in `lines.dss` (our own): overhead with its neutral reduced out, four wires, cables with
concentric neutrals, a tape-shielded cable with a bare neutral. Each with three models of the earth.

**Oracle.** DSS C-API 0.14 through dss-python 0.15.7. Written by `tests/validation/generate/opendss.py`.

**Compared.** Series impedance, ohm/km, and capacitance, nF/km, of every pair of conductors.

**Tolerance: 1e-6 relative to the largest element**: both evaluate the same closed expressions; OpenDSS carries some
constants with eight digits.
"""


def put(name: str, case: dict[str, Any], arrays: dict[str, Any], positions: dict[str, int]) -> None:
    folder = CASES / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.json").write_text(json.dumps({**case, "positions": positions}, indent=1) + "\n")
    np.savez_compressed(folder / "expected.npz", **arrays)
    print(name, len(arrays["node"]), positions)


def readme(name: str, file: str, what: str, compared: str) -> None:
    title = name.removeprefix("opendss_").replace("_", " ").replace("ieee", "IEEE ").replace("lv", "LV")
    text = README.format(title=title[0].upper() + title[1:], file=file, what=what, compared=compared)
    (CASES / name / "README.md").write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
