"""The validation pages: errors measured when the pages are built, by the code of the tests, and each case's README."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

from reference_text import table

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "validation" / "cases"


def measured_battery() -> str:
    """Errors of the battery engine against its oracle."""
    from joulebook.battery import Cell, simulate

    tests = _tests("battery")
    rows = []
    for folder in tests.CASES:
        if "profiles" in folder.name:
            continue
        case, expected = tests.load(folder)
        for accuracy in ("standard", "reference"):
            options = {"accuracy": accuracy}
            run = simulate(Cell.named(case["cell"]), case["protocol"], model=case["model"], options=options)
            found = tests.voltage_errors(case, expected, run)
            allowed = case["tolerances"][accuracy]
            rows.append(
                (
                    f"`{folder.name}`",
                    accuracy,
                    f"{1e3 * found['rms']:.3f}",
                    f"{1e3 * allowed['rms']:.3g}",
                    f"{1e3 * found['rms_of_oracle'] / 3:.3f}",
                    f"{found['end_time']:.3f}",
                    str(run.stats.steps),
                    str(run.stats.iterations),
                )
            )
    head = ("Case", "Accuracy", "rms (mV)", "allowed (mV)", "oracle's own (mV)", "End time (s)", "Steps", "Iterations")
    return table(head, rows)


def measured_studies(kind: str) -> str:
    """Errors of studies of a kind against their oracles, at the accuracy that people get without asking."""
    tests = _tests("protocols")
    rows = []
    for folder in tests.cases(kind):
        case, expected = tests.load(folder)
        run = tests.solve(case, expected, "standard")
        found = tests.errors(case, expected, run)
        rows.append(
            (
                f"`{folder.name}`",
                f"{1e3 * found['voltage_rms']:.3f}",
                f"{1e3 * found['voltage']:.3f}",
                f"{1e3 * run.error['voltage']:.3f}",
                f"{1e3 * run.error['largest_voltage']:.3f}",
                f"{1e3 * case['error']['voltage']:.3f}",
                f"{found['duration']:.3g}",
                _further(found),
            )
        )
    head = (
        "Case",
        "rms (mV)",
        "largest (mV)",
        "our estimate, rms (mV)",
        "largest (mV)",
        "oracle's own (mV)",
        "duration of a step (s)",
        "further",
    )
    return table(head, rows)


_FURTHER = {
    "temperature": ("temperature", 1e3, "mK"),
    "heat_ohmic": ("ohmic heat", 1e3, "mW"),
    "heat_reaction": ("heat of reaction", 1e3, "mW"),
    "heat_entropic": ("entropic heat", 1e3, "mW"),
    "heat_mixing": ("heat of mixing", 1e3, "mW"),
    "sei_thickness": ("film", 1e12, "pm"),
    "sei_thickness_on_cracks": ("film on cracks", 1e12, "pm"),
    "crack_length": ("cracks", 1e12, "pm"),
    "lithium_lost": ("lithium lost", 1e2, "%"),
}


def _further(found: dict[str, float]) -> str:
    words = []
    for name, (label, factor, unit) in _FURTHER.items():
        if found.get(name):
            words.append(f"{label} {factor * found[name]:.2g} {unit}")
    return "; ".join(words) or "–"


def measured_impedance() -> str:
    """Errors of the impedance against its oracle."""
    tests = _tests("impedance")
    rows = []
    for folder in tests.CASES:
        case, expected = tests.load(folder)
        found = tests.errors(expected, tests.solve(case, expected["frequency"]))
        rows.append(
            (
                f"`{folder.name}`",
                f"{100 * found['largest']:.4f}",
                f"{found['at']:.2g}",
                f"{100 * found['median']:.4f}",
                f"{100 * case['tolerance']:g}",
                f"{100 * found['oracle']:.4f}",
            )
        )
    head = ("Case", "Largest (%)", "at (Hz)", "Median (%)", "allowed (%)", "oracle's own (%)")
    return table(head, rows)


def measured_short_circuits() -> str:
    """Errors of short-circuit currents against their oracle."""
    tests = _tests("grid_short_circuit")
    quantities = {"ikss_ka": "Ik''", "ip_ka": "ip", "ith_ka": "Ith", "rk_ohm": "R", "xk_ohm": "X", "xk0_ohm": "X0"}
    rows = []
    for folder in tests.FOLDERS:
        found = tests.errors(folder)
        rows.append((f"`{folder.name}`", *(f"{found[name]:.1e}" if name in found else "–" for name in quantities)))
    return table(("Case", *quantities.values()), rows)


def measured_feeders() -> str:
    """Errors of unbalanced power flows against OpenDSS."""
    from joulebook.grid import unbalanced_power_flow

    tests = _tests("feeders")
    rows = []
    for folder in tests.SNAPSHOTS:
        case, expected = tests.load(folder)
        if not case["feeder"]:
            continue
        flow = unbalanced_power_flow(tests.feeder_of(case, None), controls=not case["taps"])
        found = tests.errors(expected, flow)
        same = "all the same" if flow.taps == case["positions"] else "differ"
        rows.append(
            (
                f"`{folder.name}`",
                str(len(expected["node"])),
                f"{found['voltage']:.1e}",
                f"{found['angle']:.1e}",
                f"{found['loss']:.1e}",
                same if flow.taps else "–",
            )
        )
    head = ("Case", "Nodes", "Voltage (per unit)", "Angle (°)", "Losses (relative)", "Taps")
    return table(head, rows)


def measured_power_flows() -> str:
    """Errors of power flows against their oracle."""
    tests = _tests("grid_power_flow")
    rows = []
    for folder in tests.FOLDERS:
        found = tests.errors(folder)
        rows.append((f"`{folder.name}`", *(f"{found[name]:.1e}" for name in ("voltage", "angle", "flow", "losses"))))
    return table(("Case", "Voltage (pu)", "Angle (°)", "Flows (MW, Mvar)", "Losses (MW)"), rows)


def measured_boards() -> str:
    """Errors of boards against their Fourier series, on the plain grid."""
    tests = _tests("boards")
    rows = []
    for case in tests.EXACT:
        found = tests.errors(case, 1)
        run = found["run"]
        rows.append(
            (
                f"{case['number']}",
                f"{len(case['layers_top_to_bottom'])}",
                f"{len(case['sources_on_top'])}",
                f"{run['temperature'].size}",
                f"{1e2 * found['sources'].max():.3f}",
                f"{1e2 * found['bottom']:.3f}",
                f"{found['means']:.1e}",
                f"{run.stats.iterations}",
                f"{run.facts['imbalance']:.1e}",
            )
        )
    head = (
        "Case",
        "Layers",
        "Sources",
        "Cells",
        "Mean over a source (%)",
        "Bottom (%)",
        "Means of faces",
        "Iterations",
        "Balance of heat",
    )
    return table(head, rows)


def cases(domain: str) -> str:
    """The README of each case of a domain; ``grid/pf_*`` picks some."""
    folder, _, pattern = domain.partition("/")
    domain = folder
    blocks = []
    for readme in sorted((CASES / folder).glob(f"{pattern or '*'}/README.md")):
        text = re.sub(r"^#+\s*(.+)$", r"**\1**", readme.read_text(encoding="utf-8"), flags=re.MULTILINE)
        blocks.append(f"`tests/validation/cases/{domain}/{readme.parent.name}`\n\n{text.strip()}")
    return "\n\n---\n\n".join(blocks)


def _tests(domain: str) -> ModuleType:
    """The module of a domain's validation tests, which holds how errors are measured."""
    name = f"joulebook_validation_{domain}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "validation" / f"test_{domain}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


PAGES = {
    "validation-boards": measured_boards,
    "validation-battery": measured_battery,
    "validation-studies": measured_studies,
    "validation-feeders": measured_feeders,
    "validation-impedance": measured_impedance,
    "validation-power-flow": measured_power_flows,
    "validation-short-circuit": measured_short_circuits,
    "validation-cases": cases,
}
