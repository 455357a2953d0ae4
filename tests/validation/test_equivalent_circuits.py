"""Spectra of equivalent circuits beside those of impedance.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from joulebook.impedance import Circuit, spectrum
from joulebook.impedance.descriptions import read_code
from joulebook.impedance.exchange import read_impedance_py
from joulebook.impedance.tree import leaves

CASE = Path(__file__).parent / "cases" / "equivalent_circuits" / "impedance_py"
EXPECTED: dict[str, Any] = json.loads((CASE / "expected.json").read_text("utf-8"))
TOLERANCE = 1e-11


@pytest.mark.parametrize("case", EXPECTED["circuits"], ids=lambda case: str(case["code"]))
def test_spectra_are_those_of_impedance_py(case: dict[str, Any]) -> None:
    circuit = Circuit(**read_impedance_py({"Circuit String": case["code"], "Initial Guess": case["values"]}))
    found = spectrum(circuit, EXPECTED["frequencies"]).impedance
    expected = np.array(case["real"]) + 1j * np.array(case["imaginary"])
    assert np.abs(found / expected - 1.0).max() < TOLERANCE


def test_a_model_of_impedance_py_is_read_by_its_content() -> None:
    circuit = Circuit.load(CASE / "model.json")
    assert circuit.name == "constants"
    assert circuit.code == "R0-p(R1,CPE1)-Wo1"
    assert circuit.values.tolist() == [10.0, 100.0, 1e-5, 0.9, 0.2, 3.0, 0.5]
    assert list(leaves(read_code(circuit.code))) == list(circuit.elements)
