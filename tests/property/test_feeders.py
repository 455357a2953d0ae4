"""Feeders: laws that need no oracle, random networks, and files that no one meant to be read."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_feeders import CIRCUIT, SOURCE, radial, single_load

from joulebook.core.errors import DivergedError, JoulebookError
from joulebook.grid import Feeder, unbalanced_power_flow

POWER = st.floats(0.0, 600.0)
MODELS = st.sampled_from(
    ["constant power", "constant impedance", "motor", "exponential", "constant current", "fixed reactive power"]
)
EXACT = 1e-12
"""Tolerance of the voltages, where laws are asked to nine digits."""


def solve(feeder, **options):
    return unbalanced_power_flow(feeder, tolerance=EXACT, **options)


@st.composite
def loads(draw):
    """One to six loads at two buses, of any phase, connection and model."""
    out = {}
    for k in range(draw(st.integers(1, 6))):
        bus = draw(st.sampled_from(["middle", "end"]))
        phases, connection = draw(st.sampled_from([(1, "wye"), (1, "delta"), (3, "wye"), (3, "delta")]))
        first = draw(st.integers(1, 3))
        nodes = {1: f".{first}" + (f".{first % 3 + 1}" if connection == "delta" else ""), 3: ""}[phases]
        line_to_line = phases == 3 or connection == "delta"
        out[f"l{k}"] = {
            "bus": bus + nodes,
            "phases": phases,
            "connection": connection,
            "model": draw(MODELS),
            "voltage": 12470.0 / (1.0 if line_to_line else math.sqrt(3)),
            "active_power": draw(POWER) * 1e3,
            "reactive_power": draw(st.floats(-200.0, 300.0)) * 1e3,
        }
    return out


@given(loads())
@settings(max_examples=60, deadline=None)
def test_power_is_conserved(given_loads):
    flow = solve(radial(given_loads))
    drawn = complex(flow.loads.p_kW.sum(), flow.loads.q_kvar.sum()) * 1e3
    lost = complex(flow.losses, flow.reactive_losses)
    scale = max(abs(flow.source_power), 1e3)
    assert abs(flow.source_power - drawn - lost) < 1e-9 * scale


@given(loads())
@settings(max_examples=40, deadline=None)
def test_currents_sum_to_zero_at_every_node(given_loads):
    feeder = radial(given_loads)
    flow = solve(feeder)
    branches = flow.branches
    current = branches.current_A * np.exp(1j * np.radians(branches.current_angle_deg))
    sums = dict.fromkeys(flow.voltages.index, 0j)
    for node, value in zip(branches.node, current, strict=True):
        sums[node] += value
    for name, load in given_loads.items():
        ends = feeder.loads[name].bus.split(".")
        nodes = [f"{ends[0]}.{node}" for node in (ends[1:] or ["1", "2", "3"])]
        for phase in range(load["phases"]):
            power = complex(*(flow.loads.loc[f"load.{name}/{phase + 1}"][["p_kW", "q_kvar"]])) * 1e3
            one = nodes[phase]
            other = nodes[(phase + 1) % len(nodes)] if load["connection"] == "delta" else None
            across = flow.voltages[one] - (flow.voltages[other] if other else 0)
            drawn = np.conj(power / across)
            sums[one] += drawn
            if other:
                sums[other] -= drawn
    assert max(abs(value) for node, value in sums.items() if not node.startswith("source")) < 1e-6


@given(loads(), st.integers(1, 2))
@settings(max_examples=30, deadline=None)
def test_turning_the_phases_turns_the_answer(given_loads, by):
    """Lines here are alike in all phases; renumbering the phases of all loads renumbers the voltages."""
    code = {
        "resistance": [[2e-4], [5e-5, 2e-4], [5e-5, 5e-5, 2e-4]],
        "reactance": [[6e-4], [3e-4, 6e-4], [3e-4] * 2 + [6e-4]],
    }
    turned = {}
    for name, load in given_loads.items():
        bus, *nodes = load["bus"].split(".")
        nodes = nodes or ["1", "2", "3"]
        turned[name] = {**load, "bus": ".".join([bus, *(str((int(node) - 1 + by) % 3 + 1) for node in nodes)])}
    one, other = (solve(radial(part, line_codes={"abc": code})) for part in (given_loads, turned))
    for phase in (1, 2, 3):
        target = (phase - 1 + by) % 3 + 1
        rotation = np.exp(-2j * np.pi / 3 * by)
        assert other.voltages[f"end.{target}"] == pytest.approx(one.voltages[f"end.{phase}"] * rotation, rel=1e-9)


@given(st.floats(100.0, 6000.0), st.floats(-0.5, 0.8), st.floats(100.0, 9000.0))
@settings(max_examples=30, deadline=None)
def test_a_balanced_feeder_is_its_single_phase_equivalent(kw, tangent, metres):
    """Two nodes in closed form: the quadratic of the receiving voltage."""
    p, q = kw * 1e3 / 3, kw * 1e3 / 3 * tangent
    code = {
        "resistance": [[2e-4], [5e-5, 2e-4], [5e-5, 5e-5, 2e-4]],
        "reactance": [[6e-4], [3e-4, 6e-4], [3e-4] * 2 + [6e-4]],
    }
    line = {"only": {"bus1": "source", "bus2": "end", "length": metres, "code": "abc"}}
    load = {"z": {"bus": "end", "voltage": 12470.0, "active_power": 3 * p, "reactive_power": 3 * q,
                  "lowest_voltage": 0.3, "highest_voltage": 2.0}}  # fmt: skip
    z = complex(SOURCE["resistance"], SOURCE["reactance"]) + complex(1.5e-4, 3e-4) * metres
    e = 12470 / math.sqrt(3)
    b = 2 * (p * z.real + q * z.imag) - e * e
    c = abs(z) ** 2 * (p * p + q * q)
    squared = (-b + math.sqrt(b * b - 4 * c)) / 2
    flow = solve(radial(load, lines=line, line_codes={"abc": code}))
    for node in ("end.1", "end.2", "end.3"):
        assert abs(flow.voltages[node]) == pytest.approx(math.sqrt(squared), rel=1e-9)
    assert flow.losses + 3 * SOURCE["resistance"] * abs(complex(p, q)) ** 2 / squared == pytest.approx(
        3 * z.real * abs(complex(p, q)) ** 2 / squared, rel=1e-6
    )


@given(st.floats(0.1, 10.0))
@settings(max_examples=15, deadline=None)
def test_scaling_voltages_and_powers_leaves_the_per_unit_answer(factor):
    base = radial({"a": single_load(1, 400), "b": single_load(3, 200, "constant current")})
    document = base.to_document()
    document["voltage_sources"]["grid"]["nominal_voltage"] *= factor
    for load in document["loads"].values():
        load["voltage"] *= factor
        load["active_power"] *= factor**2
        load["reactive_power"] *= factor**2
    flow, scaled = solve(base), solve(Feeder.from_document(document))
    assert scaled.voltage_pu.to_numpy() == pytest.approx(flow.voltage_pu.to_numpy(), rel=1e-9)
    assert scaled.losses == pytest.approx(flow.losses * factor**2, rel=1e-8)


@given(loads(), st.floats(0.5, 40.0))
@settings(max_examples=40, deadline=None)
def test_newton_and_fixed_point_agree_or_say_that_there_is_no_solution(given_loads, factor):
    feeder = radial(given_loads)
    try:
        fixed = unbalanced_power_flow(feeder, load_multiplier=factor, method="fixed point", tolerance=1e-10)
    except DivergedError:
        return
    newton = unbalanced_power_flow(feeder, load_multiplier=factor, method="newton", tolerance=1e-10)
    assert newton.voltages.to_numpy() == pytest.approx(fixed.voltages.to_numpy(), rel=1e-6)


@given(st.integers(0, 10_000), st.integers(3, 30))
@settings(max_examples=25, deadline=None)
def test_random_trees_of_any_phases_solve(seed, buses):
    rng = np.random.default_rng(seed)
    lines, loads_of, phases_of = {}, {}, {0: [1, 2, 3]}
    for k in range(1, buses):
        parent = int(rng.integers(k))
        phases = sorted(rng.choice(phases_of[parent], rng.integers(1, len(phases_of[parent]) + 1), replace=False))
        phases_of[k] = [int(phase) for phase in phases]
        nodes = "." + ".".join(str(phase) for phase in phases_of[k])
        name = "source" if parent == 0 else f"b{parent}"
        lines[f"l{k}"] = {
            "bus1": name + nodes,
            "bus2": f"b{k}{nodes}",
            "phases": len(phases),
            "code": f"c{len(phases)}",
            "length": float(rng.uniform(50, 900)),
        }
        loads_of[f"z{k}"] = {
            **single_load(phases_of[k][0], float(rng.uniform(1, 40))),
            "bus": f"b{k}.{phases_of[k][0]}",
        }
    codes = {
        f"c{n}": {
            "resistance": [[1e-4] * k + [4e-4] for k in range(n)],
            "reactance": [[3e-4] * k + [8e-4] for k in range(n)],
        }
        for n in (1, 2, 3)
    }
    flow = solve(radial(loads_of, lines=lines, line_codes=codes))
    total = flow.loads.p_kW.sum() * 1e3
    assert flow.source_power.real == pytest.approx(total + flow.losses, rel=1e-9)
    assert 0 <= flow.losses < 0.2 * total


VOCABULARY = """
new edit ~ more line.one load.l transformer.t linecode.abc capacitor.c regcontrol.r circuit.c vsource.source bus1=b
bus2=c.1.2 kw=5 kv=12.47 phases=1 phases=3 linecode=abc length=1 units=km like=l r1=1 x1=2 wdg=2 buses=(a b) kvs=(1 2)
xhl=1 xhl=0 %r=0 conn=delta conn=wye redirect main.dss set clear solve open close voltagebases=[1] geometry=g
rmatrix=(1|2 3) model=8 zipv=(1 2 3 4 5 6 7) enabled=no ! // ( ) [ ] { } " ' = , | . 0 -1 1e400 nan 2 3 + * / batchedit
load..* tap=0 loadshape.s npts=3 mult=(1 2 3) mult=(file=x) daily=s switch=y r=0 x=0 reactor.q kvar=0 generator.g
xfmrcode.z mvasc3=0 transformer=t capacitor=c element=line.one vreg=1 ptratio=1
"""
WORDS = st.sampled_from(VOCABULARY.split())
LINE = st.lists(WORDS, max_size=9).map(" ".join)
TEXT = st.lists(st.one_of(LINE, st.text(max_size=40)), max_size=14).map("\n".join)


def solves_or_explains(study) -> None:
    try:
        found = study()
    except JoulebookError as error:
        assert len(str(error)) > 10
    else:
        assert np.isfinite(found["voltage_pu"]).all()


def read_and_solve(text: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.dss"
        path.write_text(text, encoding="utf-8", errors="replace")
        feeder = Feeder.load(path)
    assert Feeder.from_document(feeder.to_document()) == feeder
    return unbalanced_power_flow(feeder, most_iterations=20, most_control_rounds=5)


@given(TEXT, st.booleans())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_a_feeder_or_a_named_fault(text, real_start):
    solves_or_explains(lambda: read_and_solve((CIRCUIT if real_start else "") + text))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_script_is_a_feeder_or_a_named_fault(data):
    text = CIRCUIT
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + data.draw(st.text(max_size=6)) + text[stop:]
    solves_or_explains(lambda: read_and_solve(text))


PATHS = (
    "loads.all.active_power",
    "loads.all.bus",
    "loads.all.model",
    "lines.first.length",
    "line_codes.abc.reactance",
    "voltage_sources.grid.reactance",
    "voltage_bases",
    "frequency",
)
ANYTHING = st.one_of(
    st.floats(), st.text(max_size=5), st.integers(-5, 10**6), st.lists(st.floats(), max_size=3), st.none()
)


@given(st.dictionaries(st.sampled_from(PATHS), ANYTHING, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_any_change_is_a_feeder_or_a_named_fault(changes):
    solves_or_explains(lambda: unbalanced_power_flow(radial().replace(changes), most_iterations=30))
