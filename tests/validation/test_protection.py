"""Protection against published tables, published optima and a chain calculated by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.grid.protection import (
    InverseStage,
    Pair,
    Relay,
    Scheme,
    check_coordination,
    inverse_curve,
    inverse_time,
    optimal_settings,
)

CASES = Path(__file__).parent / "cases" / "protection"


def expected(name: str) -> dict[str, Any]:
    return json.loads((CASES / name / "expected.json").read_text(encoding="utf-8"))


def measured() -> list[tuple[str, str, float, float, float]]:
    """Case, what is compared, found, published, allowed difference; the documentation prints it."""
    case = expected("curves_of_a_maker")
    rows = []
    for name in ("IEEE VI", "IEEE MI"):
        curve = inverse_curve(name)
        constants = {"k": curve.k, "alpha": curve.alpha, "c": curve.c}
        found = {dial: inverse_time(case["multiples"], float(dial), **constants) for dial in case[name]}
        worst = max(float(np.max(np.abs(found[dial] - printed))) for dial, printed in case[name].items())
        rows.append(("curves_of_a_maker", f"largest difference of 70 times, {name} (s)", worst, 0.0, 6e-4))
    for name in ("docr_3_bus", "docr_8_bus"):
        case = expected(name)
        objective = optimal_settings(Scheme.named(case["scheme"])).objective
        rows.append((name, "sum of times (s)", objective, case["objective"], case["tolerance"]))
    case = expected("radial_chain")
    settings = optimal_settings(chain())
    for name, value in zip(settings["relay"], settings["multiplier"], strict=True):
        rows.append(("radial_chain", f"multiplier of {name}", float(value), case["multipliers"][name], 2e-6))
    return rows


def test_what_the_documentation_prints_is_within_what_is_allowed():
    for name, what, found, published, allowed in measured():
        assert abs(found - published) <= allowed, (name, what)


def test_times_are_those_that_a_maker_prints():
    case = expected("curves_of_a_maker")
    for name in ("IEEE VI", "IEEE MI"):
        curve = inverse_curve(name)
        for dial, printed in case[name].items():
            found = inverse_time(case["multiples"], float(dial), k=curve.k, alpha=curve.alpha, c=curve.c)
            np.testing.assert_allclose(found, printed, atol=6e-4, rtol=0)


@pytest.mark.parametrize("name", ["docr_3_bus", "docr_8_bus"])
def test_published_optimum(name):
    case = expected(name)
    found = optimal_settings(Scheme.named(case["scheme"]))
    print(f"{name}: {found.objective:.6f} s, published {case['objective']} s")
    assert abs(found.objective - case["objective"]) <= case["tolerance"]
    assert found.facts["gap"] <= 1e-6
    scheme = found.scheme()
    plugs = [device.stages[0].pickup for device in scheme.devices]
    np.testing.assert_allclose(plugs, case["plug_settings"], rtol=1e-12)
    check = check_coordination(scheme, times="nominal")
    assert check.selective, check.reasons
    assert np.min(check["worst_margin"]) >= -1e-7


def chain() -> Scheme:
    def relay(name: str, pickup: float, lowest: float) -> Relay:
        stage = InverseStage(pickup=pickup, multiplier_range=(lowest, 1.1))
        return Relay(
            name=name, voltage=11e3, ct={"primary": pickup}, stages=(stage,), breaker_time=0.08, overshoot_time=0.04
        )

    pairs = (
        Pair(primary="C", backup="B", primary_current=(3000.0,), backup_current=(3000.0,)),
        Pair(primary="B", backup="A", primary_current=(4500.0,), backup_current=(4500.0,)),
    )
    devices = (relay("A", 400.0, 0.05), relay("B", 200.0, 0.05), relay("C", 100.0, 0.05))
    return Scheme(name="chain", devices=devices, pairs=pairs, safety_margin=0.18)


def test_chain_by_hand():
    case = expected("radial_chain")
    found = optimal_settings(chain())
    got = dict(zip(found["relay"].tolist(), found["multiplier"].tolist(), strict=True))
    for name, value in case["multipliers"].items():
        assert got[name] == pytest.approx(value, abs=case["tolerance"])
    np.testing.assert_allclose(found["worst_margin"], 0.0, atol=1e-9)


def test_every_case_has_its_readme():
    for folder in CASES.iterdir():
        assert "Oracle." in (folder / "README.md").read_text(encoding="utf-8")
