"""Cryostats beside integrals by quadrature, closed forms and a published capacity map."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from joulebook.core.errors import InfeasibleError
from joulebook.cryo import Cryostat, solve
from joulebook.cryo.coolers import TwoStageCooler
from joulebook.cryo.network import Network, solve_network
from joulebook.cryo.potentials import Potentials
from joulebook.materials import conductivity, specific_heat
from joulebook.materials.copper import LORENZ
from joulebook.materials.cryogenic import _log_polynomial
from joulebook.materials.integrals import integral_table

CASES = Path(__file__).parent / "cases" / "cryo"
KRINNER = json.loads((CASES / "krinner2019" / "expected.json").read_text("utf-8"))
BY_HAND = json.loads((CASES / "plan_benchmarks" / "expected.json").read_text("utf-8"))
NONE = np.zeros(0, np.int64)


def between(hot: float, cold: float, **component: Any) -> float:
    """Heat that one component brings from a hot to a cold stage, W."""
    stages = {"hot": {"temperature": hot}, "cold": {"temperature": cold}}
    part = {"from_stage": "hot", "to_stage": "cold", **component}
    return solve(Cryostat(name="pair", stages=stages, components={"part": part})).heat_of("part", "cold")


def errors_of_the_drive_line() -> list[float]:
    """Relative errors of the five pieces with the oracle's continuation of steel."""
    run = solve(Cryostat.named("Drive line of Krinner et al."))
    steel = conductivity("stainless steel 304L")
    polynomial = _log_polynomial([-1.4087, 1.3982, 0.2543, -0.626, 0.2334, 0.4256, -0.4658, 0.165, -0.0199])
    low = KRINNER["steel_below_K"]
    value = float(polynomial(np.array(low)))

    def law(t: Any) -> Any:
        return np.where(t < low, value * t / low, polynomial(np.maximum(t, low)))

    tables = Potentials([integral_table(law, (low,)), integral_table(steel.function, (4.0,))])
    stages = np.array(KRINNER["stages_K"], float)
    part = Cryostat.named("Drive line of Krinner et al.").components["300 K to 50 K"]
    area = math.pi / 4.0 * (part.inner_diameter**2 + part.outer_diameter**2 - part.dielectric_diameter**2)
    pieces = np.arange(5)
    network = [
        solve_network(
            Network(
                stages, np.ones(6, bool), pieces, pieces + 1, np.full(5, which), area / np.array(KRINNER["lengths_m"]),
                tables, np.zeros(6), NONE, NONE, np.zeros(0), Potentials([]),
            )
        ).flow
        for which in (0, 1)
    ]  # fmt: skip
    whole = [float(run["heat"][k, k + 1]) for k in range(5)]
    return [(whole[k] - network[1][k] + network[0][k]) / KRINNER["heat_W"][k] - 1.0 for k in range(5)]


def test_drive_line() -> None:
    for error, tolerance in zip(errors_of_the_drive_line(), KRINNER["tolerances"], strict=True):
        assert abs(error) < tolerance


def test_the_base_temperatures_are_those_of_the_table() -> None:
    lines = [x for x in (CASES / "krinner2019" / "table1.csv").read_text("utf-8").splitlines() if x[0] not in '"#']
    table = {row["stage"]: float(row["T_base_K"]) for row in csv.DictReader(lines)}
    found = solve(Cryostat.named("Drive line of Krinner et al.")).temperatures
    assert (found["50K"], found["still"], found["mixing chamber"]) == (table["50K"], table["Still"], table["MXC"])


@pytest.mark.parametrize("purity", BY_HAND["B1_copper_rod_300_77K"]["right_W"])
def test_copper_rod(purity: str) -> None:
    expected = BY_HAND["B1_copper_rod_300_77K"]["right_W"][purity]
    rod = {"kind": "rod", "diameter": 0.01, "length": 0.1}
    rrr = float(purity.removeprefix("RRR"))
    assert between(300.0, 77.0, material=f"copper OFHC, RRR {rrr:g}", **rod) == pytest.approx(expected, rel=1e-3)
    assert between(300.0, 77.0, material="copper", rrr=rrr, **rod) == pytest.approx(expected, rel=0.03)


def test_blanket_by_its_effective_emissivity() -> None:
    found = between(300.0, 4.0, kind="radiation", area=0.1, from_emissivity=1.0, to_emissivity=0.002)
    assert found == pytest.approx(BY_HAND["B2_MLI"]["right_W"], rel=1e-3)
    assert found == pytest.approx(5.670374419e-8 * 0.1 * 0.002 * (300.0**4 - 4.0**4), rel=1e-9)


def test_cooldown_of_a_kilogram() -> None:
    heat = specific_heat("aluminium alloy").integral(77.0, 300.0)
    expected = BY_HAND["B3_Al_cooldown_1kg_300_77K_10W"]
    assert heat == pytest.approx(expected["dH_J_kg"], rel=1e-8)
    assert heat / 10.0 / 60.0 == pytest.approx(expected["right_min"], rel=1e-3)


def test_floating_shields() -> None:
    """Research figure: thirty shields of 0.03 between surfaces of 0.03 have an emissivity of 5.0e-4."""
    parts = {"from_emissivity": 0.03, "to_emissivity": 0.03, "shields": 30, "shield_emissivity": 0.03}
    black = between(300.0, 77.0, kind="radiation", area=1.0, from_emissivity=1.0, to_emissivity=1.0)
    series = 1.0 / ((30 + 1) * (2.0 / 0.03 - 1.0))
    found = between(300.0, 77.0, kind="radiation", area=1.0, **parts) / black
    assert found == pytest.approx(series, rel=1e-12) and found == pytest.approx(4.9e-4, rel=0.01)


def test_gas_in_free_molecular_flow() -> None:
    """Helium at room temperature carries 2.1 W/(m² Pa K) (Corruccini 1959)."""
    found = between(300.0, 4.0, kind="gas", area=1.0, gas="helium", pressure=1e-3)
    assert found / 296.0 / 1e-3 == pytest.approx(2.1, rel=0.01)


def test_blanket_formula_by_hand() -> None:
    found = between(300.0, 77.0, kind="blanket", area=1.0, layers=30, density=3000.0, pressure=133.322368e-6)
    solid = 8.95e-8 * 30.0**2.56 * 188.5 * 223.0
    radiation = 5.39e-10 * 0.031 * (300.0**4.67 - 77.0**4.67)
    gas = 1.46e4 * 1e-6 * (300.0**0.52 - 77.0**0.52)
    assert found == pytest.approx((solid + radiation + gas) / 30.0, rel=1e-6)


def pt415() -> TwoStageCooler:
    return TwoStageCooler(first_stage="a", second_stage="b", library="PT415")


def test_the_map_goes_through_its_points() -> None:
    made = pt415().capacity_map((0, 1))
    lines = [x for x in (CASES / "pt415" / "points.csv").read_text("utf-8").splitlines() if x[0] not in '"#']
    rows = list(csv.DictReader(lines))
    assert len(rows) == 17
    for row in rows:
        found, _ = made.evaluate(np.array([float(row["Q1_W"]), float(row["Q2_W"])]))
        assert found == pytest.approx([float(row["T1_K"]), float(row["T2_K"])], rel=0.03)
    assert made.evaluate(np.array([40.0, 1.5]))[0] == pytest.approx([45.0, 4.2])


def test_the_map_rises() -> None:
    made = pt415().capacity_map((0, 1))
    for other in (0.0, 10.0, 40.0, 75.0):
        first = [made.evaluate(np.array([q, other]))[0][0] for q in np.linspace(0.0, 200.0, 81)]
        second = [made.evaluate(np.array([other, q]))[0][1] for q in np.linspace(0.0, 90.0, 81)]
        assert np.all(np.diff(first) > 0.0) and np.all(np.diff(second) > 0.0)


def test_the_best_lead_is_that_of_mcfee() -> None:
    """Where Wiedemann and Franz hold, the least heat of a lead is I √(L0 (Th² − Tc²)), McFee 1959: 47 mW/A to 4.2 K."""

    def heat(logarithm: float) -> float:
        wire = {"kind": "wires", "diameter": 0.003, "current": 100.0, "material": "stainless steel 304L"}
        try:
            return between(300.0, 4.2, length=math.exp(logarithm), **wire)
        except InfeasibleError:  # too long: the wire burns through
            return 1e3

    best = minimize_scalar(heat, bounds=(math.log(1e-3), math.log(0.05)), method="bounded", options={"xatol": 1e-4})
    assert best.fun / 100.0 == pytest.approx(math.sqrt(LORENZ * (300.0**2 - 4.2**2)), rel=2e-3)
    assert best.fun / 100.0 == pytest.approx(0.047, rel=0.01)


def test_the_error_along_a_wire_falls_with_the_square_of_the_cells() -> None:
    stages = {"hot": {"temperature": 300.0}, "cold": {"temperature": 4.2}}
    wire = {"kind": "wires", "from_stage": "hot", "to_stage": "cold", "material": "copper", "rrr": 60.0}
    wire |= {"diameter": 0.002, "length": 0.4, "current": 50.0}
    leads = Cryostat(name="lead", stages=stages, components={"lead": wire})
    found = [solve(leads, cells=cells).heat_of("lead", "cold") for cells in (20, 40, 80, 160)]
    gaps = np.abs(np.diff(found))
    orders = np.log2(gaps[:-1] / gaps[1:])
    assert np.all(orders > 1.7) and np.all(orders < 2.4), orders
