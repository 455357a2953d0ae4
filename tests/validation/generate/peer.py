"""Runs of PyBaMM on several meshes, extrapolated to zero mesh width, step by step of a protocol.

The peer is first order across the stack and second order in even shells. For each of two families of meshes (finer in
x, finer in r) the values are extrapolated by Romberg's scheme; the changes of both families are added to the base
mesh. The error estimate is the size of the last change in both. Steps of a protocol end at slightly different times
on different meshes, so everything is stored over the *share* of each step's duration.

Run with an interpreter that has PyBaMM: ``python tests/validation/generate/ageing.py NAME``.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pybamm

CASES = Path(__file__).parents[1] / "cases"
SHARES = np.concatenate([[0.0, 0.002, 0.005, 0.01, 0.02], np.linspace(0.05, 1.0, 20)])
TOLERANCE = 1e-8
pybamm.set_logging_level("ERROR")

Mesh = dict[str, int]


def mesh(x: int, r: int, separator: int | None = None) -> Mesh:
    """Nodes per electrode, shells per particle."""
    return {
        "x_n": x,
        "x_s": separator or max(x // 2, 5),
        "x_p": x,
        **dict.fromkeys(("r_n", "r_p", "r_n_prim", "r_n_sec", "r_p_prim", "r_p_sec"), r),
    }


def solve(
    model: Callable[[], Any],
    parameters: Any,
    steps: Sequence[Any],
    nodes: Mesh,
    tolerance: float = TOLERANCE,
    **options: Any,
) -> list[Any]:
    """Run a protocol; the solutions of its steps."""
    experiment = pybamm.Experiment(list(steps))
    solver = pybamm.IDAKLUSolver(rtol=tolerance, atol=tolerance)
    simulation = pybamm.Simulation(
        model(), parameter_values=parameters, experiment=experiment, solver=solver, var_pts=nodes
    )
    solution = simulation.solve(**options)
    return [step for cycle in solution.cycles for step in cycle.steps]


def table(steps: list[Any], names: dict[str, str], shares: np.ndarray = SHARES) -> dict[str, np.ndarray]:
    """Durations and values over the share of each step: arrays (n_steps,) and (n_steps, n_shares)."""
    out = {"duration": np.array([float(step.t[-1] - step.t[0]) for step in steps])}
    for short, name in names.items():
        rows = []
        for step in steps:
            when = np.clip(step.t[0] + shares * (step.t[-1] - step.t[0]), step.t[0], step.t[-1])
            rows.append(np.asarray(step[name](when), dtype=float).reshape(len(shares), -1)[:, 0])
        out[short] = np.array(rows)
    return out


def romberg(values: Sequence[np.ndarray], orders: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Limit of a sequence on meshes halved each time, and the size of the last change."""
    rows = list(values)
    best = rows[-1]
    before = rows[-1]
    for order in orders[: len(values) - 1]:
        rows = [fine + (fine - coarse) / (2.0**order - 1.0) for coarse, fine in itertools.pairwise(rows)]
        before, best = best, rows[-1]
    return best, np.abs(best - before)


def extrapolate(
    run: Callable[[Mesh], dict[str, np.ndarray]],
    base: tuple[int, int],
    *,
    in_x: int = 2,
    in_r: int = 2,
    x_for_r: int | None = None,
    r_orders: tuple[int, ...] = (2, 4, 6),
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, Any]]:
    """Values and error estimates from a base mesh, ``in_x`` halvings across the stack and ``in_r`` in the shells.

    The shells are refined on ``x_for_r`` nodes per electrode (the base's unless given).
    """
    started = time.process_time()
    x, r = base
    in_stack = [run(mesh(x * 2**k, r)) for k in range(in_x + 1)]
    start_r = in_stack[0] if x_for_r in (None, x) else run(mesh(x_for_r or x, r))
    in_shells = [start_r, *(run(mesh(x_for_r or x, r * 2**k)) for k in range(1, in_r + 1))]
    value, error = {}, {}
    for name, first in start_r.items():
        by_x, error_x = romberg([item[name] for item in in_stack], (1, 2, 3))
        by_r, error_r = romberg([item[name] for item in in_shells], r_orders)
        value[name] = by_x + by_r - first
        error[name] = (error_x if in_x else 0.0) + (error_r if in_r else 0.0) + np.zeros_like(first)
    facts = {
        "oracle": f"PyBaMM {pybamm.__version__}",
        "tolerance": TOLERANCE,
        "nodes_per_electrode": [x * 2**k for k in range(in_x + 1)],
        "shells": [r * 2**k for k in range(in_r + 1)],
        "cpu_seconds": round(time.process_time() - started, 1),
    }
    return value, error, facts


METHOD = """**Oracle.** {oracle} (IDAKLU, rtol = atol = {tolerance:g}), extrapolated to zero mesh width: nodes per
electrode {nodes_per_electrode} (order 1 and up), shells {shells} (orders {r_orders}); the size of the last change in
both is the error estimate. {cpu_seconds} s of CPU. Written by `tests/validation/generate/{script}`.
Largest estimate in the voltage, from 1 % of each step on: {voltage:.3g} mV; in a duration: {duration:.3g} s."""


@dataclass(frozen=True)
class Case:
    """What is asked of the peer and of the engine."""

    domain: str
    name: str
    title: str
    notes: str
    units: str
    values: Any
    model: Callable[[], Any]
    document: dict[str, Any]
    protocol: list[Any]
    names: dict[str, str]
    concentrations: dict[str, float]
    further: dict[str, Any] = field(default_factory=dict)


def make(
    case: Case,
    script: str,
    base: tuple[int, int] = (20, 20),
    *,
    tolerance: float = TOLERANCE,
    shares: np.ndarray = SHARES,
    run: Callable[[Mesh], dict[str, np.ndarray]] | None = None,
    initial_soc: float | None = None,
    **meshes: Any,
) -> None:
    """Compute a case on its meshes; store ``expected.npz``, ``case.json`` and ``README.md``."""

    def follow(nodes: Mesh) -> dict[str, np.ndarray]:
        options = {} if initial_soc is None else {"initial_soc": initial_soc}
        return table(solve(case.model, case.values, case.protocol, nodes, tolerance, **options), case.names, shares)

    value, error, facts = extrapolate(run or follow, base, **meshes)
    facts |= {"tolerance": tolerance, "r_orders": str(meshes.get("r_orders", (2, 4, 6))[: meshes.get("in_r", 2)])}
    facts |= {"script": script, "voltage": 1e3 * float(np.max(error["voltage"][..., 3:]))}
    facts |= {"duration": float(np.max(error["duration"]))}
    sentences = [step for cycle in case.protocol for step in (cycle if isinstance(cycle, tuple) else (cycle,))]
    document = {
        "kind": "protocol",
        "cell": case.document["cell"],
        "model": case.document["model"],
        "protocol": sentences,
        "steps_per_cycle": len(case.protocol[0]) if isinstance(case.protocol[0], tuple) else 1,
        "initial_soc": initial_soc,
        "initial_concentrations": case.concentrations,
        "temperature": float(case.values["Ambient temperature [K]"]),
        **case.further,
        "error": {"voltage": facts["voltage"] / 1e3, "duration": facts["duration"]},
    }
    folder = CASES / case.domain / case.name
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {"share": shares, **value}
    arrays |= {f"{key}_error": np.asarray(item, dtype=np.float32) for key, item in error.items()}
    np.savez_compressed(folder / "expected.npz", **arrays)
    (folder / "case.json").write_text(json.dumps(document, indent=2, default=str) + "\n")
    text = [f"# {case.title}", "", case.notes.strip(), "", METHOD.format(**facts), "", case.units, ""]
    (folder / "README.md").write_text("\n".join(text))
    report(case, facts, value, error, (folder / "expected.npz").stat().st_size)


def report(case: Case, facts: dict[str, Any], value: dict[str, Any], error: dict[str, Any], size: int) -> None:
    """Print what was found."""
    print(f"{case.domain}/{case.name}: {size / 1024:.0f} kB, {facts['cpu_seconds']} s", flush=True)
    for key, item in error.items():
        print(f"  {key}: error at most {np.max(item):.3g} of {np.max(np.abs(value[key])):.6g}", flush=True)


def count_cracks_in_the_main_reaction() -> None:
    """Mend the peer's SPM and SPMe: the current of film growth on cracks is part of the total current.

    ``CurrentForInverseKinetics`` takes growth on the particles and plating off the total, not growth on cracks; the
    salt in the electrolyte then falls by what the cracks bind.
    """
    plain = pybamm.kinetics.CurrentForInverseKinetics

    def get_coupled_variables(self: Any, variables: dict[str, Any]) -> dict[str, Any]:
        domain, side = self.domain_Domain
        total = variables[f"X-averaged {domain} electrode total interfacial current density [A.m-2]"]
        growth = variables[f"{side} electrode SEI interfacial current density [A.m-2]"]
        plating = variables[f"{side} electrode lithium plating interfacial current density [A.m-2]"]
        cracks = variables[f"{side} electrode SEI on cracks interfacial current density [A.m-2]"]
        rough = variables[f"{side} electrode roughness ratio"]
        current = total - growth - plating - (rough - 1) * cracks
        variables.update(self._get_standard_interfacial_current_variables(current))
        variables.update(self._get_standard_volumetric_current_density_variables(variables))
        return variables

    plain.get_coupled_variables = get_coupled_variables
