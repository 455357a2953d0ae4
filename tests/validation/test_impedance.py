"""Impedance against an independent code, case by case.

A case is a folder: README (source, oracle, why that tolerance), ``case.json`` (input and tolerance) and
``expected.npz``. The errors found are printed by ``pytest -rP`` and stand in the validation page.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.battery import Cell, HalfCell, ImpedanceResult, impedance

CASES = sorted((Path(__file__).parent / "cases" / "impedance").iterdir())


def load(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    case = json.loads((folder / "case.json").read_text())
    with np.load(folder / "expected.npz") as stored:
        return case, dict(stored)


def solve(case: dict[str, Any], frequencies: Any) -> ImpedanceResult:
    kind = HalfCell if case["cell"] in HalfCell.names() else Cell
    return impedance(
        kind.named(case["cell"]),
        frequencies,
        soc=case["soc"],
        initial_state=case["initial_state"],
        model=case["model"],
        temperature=case["temperature"],
        double_layer=case["double_layer"],
    )


def errors(expected: dict[str, Any], found: ImpedanceResult) -> dict[str, float]:
    """Relative to the magnitude: the largest, where, the median, and the largest beyond thrice the oracle's own."""
    truth = expected["real"] + 1j * expected["imaginary"]
    miss = np.abs(found.impedance - truth)
    beyond = (miss - 3 * expected["error"]) / np.abs(truth)
    relative = miss / np.abs(truth)
    return {
        "largest": float(relative.max()),
        "at": float(expected["frequency"][relative.argmax()]),
        "median": float(np.median(relative)),
        "oracle": float(np.max(expected["error"] / np.abs(truth))),
        "beyond": float(beyond.max()),
    }


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_impedance(folder: Path) -> None:
    case, expected = load(folder)
    found = errors(expected, solve(case, expected["frequency"]))
    print(f"{folder.name}: {found}")
    assert found["beyond"] <= case["tolerance"]
