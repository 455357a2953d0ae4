"""Circuits as documents, their laws, and what is said of faulty ones."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import joulebook as jb
from joulebook.core.errors import DataFormatError, InputError, TopologyError
from joulebook.impedance import Circuit, SpectrumResult, spectrum

RANDLES = Circuit.named("Randles with CPE")
FREQUENCIES = np.logspace(5, -2, 61)


def test_series_and_parallel_laws() -> None:
    values = {"R1": 10.0, "C1": 1e-5, "R2": 20.0, "L1": 1e-3}
    parts = {code: Circuit.from_code(code, {name: values[name] for name in code.split("-")}) for code in values}
    z = {code: spectrum(part, FREQUENCIES).impedance for code, part in parts.items()}
    whole = spectrum(Circuit.from_code("R1-p(C1,R2-L1)", values), FREQUENCIES).impedance
    assert np.allclose(whole, z["R1"] + 1.0 / (1.0 / z["C1"] + 1.0 / (z["R2"] + z["L1"])), rtol=1e-14)


def test_derivatives_of_a_nested_circuit() -> None:
    circuit = Circuit.named("Coated metal")
    values = circuit.values
    whole, slopes = circuit.evaluator.derivatives(FREQUENCIES, values)
    assert np.array_equal(whole, circuit.evaluator.impedance(FREQUENCIES, values))
    for k in range(len(values)):
        step = np.zeros_like(values)
        step[k] = 1e-6 * values[k]
        rise = circuit.evaluator.impedance(FREQUENCIES, values + step) - circuit.evaluator.impedance(
            FREQUENCIES, values - step
        )
        assert np.allclose(slopes[k] * values[k], rise / 2e-6, rtol=0, atol=1e-7 * np.abs(whole).max())


def test_many_sets_of_values_at_once() -> None:
    values = RANDLES.values * np.array([[1.0], [0.7], [1.1]])
    together, slopes = RANDLES.evaluator.derivatives(FREQUENCIES, values)
    assert together.shape == (3, 61)
    assert slopes.shape == (3, len(RANDLES.parameters), 61)
    for row, one in zip(together, values, strict=True):
        assert np.array_equal(row, RANDLES.evaluator.impedance(FREQUENCIES, one))


def test_a_spectrum_takes_far_less_than_a_millisecond() -> None:
    evaluator, values = Circuit.named("Lithium-ion cell").evaluator, Circuit.named("Lithium-ion cell").values
    evaluator.impedance(FREQUENCIES, values)
    began = time.process_time()
    for _ in range(100):
        evaluator.impedance(FREQUENCIES, values)
    assert (time.process_time() - began) / 100 < 1e-3


@pytest.mark.parametrize("name", Circuit.names())
def test_named_circuits_go_to_files_and_back(name: str, tmp_path: Path) -> None:
    circuit = Circuit.named(name)
    file = circuit.save(tmp_path / "mine.circuit.json")
    again = Circuit.load(file)
    assert again == circuit
    assert again.digest() == circuit.digest()
    assert np.isfinite(spectrum(again).impedance).all()


def test_files_are_told_apart_by_content(tmp_path: Path) -> None:
    file = RANDLES.save(tmp_path / "a.circuit.json")
    with pytest.raises(DataFormatError, match=r"equivalent_circuit.*right file for a Network"):
        jb.grid.Network.load(file)
    other = jb.grid.Network.named("case9").save(tmp_path / "b.circuit.json")
    with pytest.raises(DataFormatError, match="right file for a Circuit"):
        Circuit.load(other)


def test_what_a_spectrum_gives(tmp_path: Path) -> None:
    run = jb.impedance.spectrum(RANDLES, sensitivities=True)
    assert run.frequency.size == 141
    table = run.to_dataframe()
    assert list(table.columns) == ["frequency_Hz", "real_ohm", "imaginary_ohm", "magnitude_ohm", "phase_rad"]
    data = run.to_xarray()
    assert data["real"].attrs["units"] == "ohm"
    total = data["sensitivity_real"].sel(
        parameter=[
            f"elements.{name}.{field}"
            for name, field in (("R_s", "resistance"), ("R_ct", "resistance"), ("W1", "coefficient"))
        ]
    )
    assert total.shape == (3, 141)
    again = SpectrumResult.load(run.save(tmp_path / "a.run.nc"))
    assert np.array_equal(again.impedance, run.impedance)
    assert "R_s-p(R_ct-W1,CPE_dl)" in repr(run)
    assert run.provenance.citations == ("Brug1984",)


def test_impedances_scale_with_all_values_of_their_unit() -> None:
    # what is in ohm doubles, what is in siemens halves: sensitivities to the logarithms sum to the impedance
    run = spectrum(RANDLES, sensitivities=True)
    ohms = ("elements.R_s.resistance", "elements.R_ct.resistance", "elements.W1.coefficient")
    weights = np.array([1.0 if name in ohms else 0.0 for name in RANDLES.parameters])
    weights[RANDLES.parameters.index("elements.CPE_dl.coefficient")] = -1.0
    slopes = run["sensitivity_real"] + 1j * run["sensitivity_imaginary"]
    assert np.allclose(weights @ slopes, run.impedance, rtol=1e-13)


def test_pictures() -> None:
    holoviews = pytest.importorskip("holoviews")
    drawn = spectrum(RANDLES).plot()
    assert isinstance(drawn, holoviews.Layout)
    first = spectrum(RANDLES).plot("nyquist")
    figure = holoviews.render(first)
    assert figure.xaxis[0].axis_label == "Re Z (Ω)"
    assert figure.yaxis[0].axis_label == "−Im Z (Ω)"
    with pytest.raises(InputError, match="not in this result"):
        spectrum(RANDLES).plot("colour")


@pytest.mark.parametrize(
    ("frequencies", "message"),
    [
        ([], "one or more"),
        ([[1.0]], "one or more"),
        ([1.0, 0.0], r"frequencies\[1\].*Leave out frequency 0"),
        ([-1.0], "at least 1e-12"),
        ([float("nan")], "at least 1e-12"),
        ("fast", "must be numbers"),
    ],
)
def test_frequencies_that_are_not_taken(frequencies: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        spectrum(RANDLES, frequencies)


def test_an_empty_circuit_can_be_kept_but_has_no_spectrum() -> None:
    empty = Circuit(name="New", code="", elements={})
    with pytest.raises(TopologyError, match="no elements"):
        spectrum(empty)


def test_all_faults_of_a_document_at_once() -> None:
    document = RANDLES.to_document()
    document["elements"]["W1"]["sigma"] = 3.0
    document["elements"]["R_s"]["resistance"] = -1.0
    document["elements"]["CPE_dl"]["exponent"] = 1.5
    with pytest.raises(InputError) as caught:
        Circuit.from_document(document)
    assert [issue.path for issue in caught.value.issues] == [
        "elements.R_s.resistance",
        "elements.W1.sigma",
        "elements.CPE_dl.exponent",
    ]
    assert "more than 0 and at most 1e+15 Ω" in str(caught.value)
    assert "Known: kind, coefficient" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "elements", "message"),
    [
        ("R1-C1", {"R1": 1.0}, "elements.C1: missing"),
        ("R1", {"R1": 1.0, "C7": 1.0}, "elements.C7.*not connected"),
        ("R1-R1", {"R1": 1.0}, "column 4: R1 a second time"),
        ("R1-p(C1)", {"R1": 1.0}, "column 4: a parallel group of one branch"),
    ],
)
def test_faults_of_connections(code: str, elements: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Circuit.from_code(code, elements)


def test_a_name_fits_its_kind() -> None:
    with pytest.raises(InputError, match="does not fit the kind"):
        Circuit(name="A", code="R1", elements={"R1": {"kind": "C", "capacitance": 1.0}})


def test_values_by_code() -> None:
    circuit = Circuit.from_code("R(Q[RW])", {"R1": 1, "CPE1": {"coefficient": 1e-4, "exponent": 1}, "R2": 5, "W1": 3})
    assert circuit.name == circuit.code == "R1-p(CPE1,R2-W1)"
    assert circuit.boukamp == "R(Q[RW])"
    assert circuit.replace({"elements.R1.resistance": 2.0}).values[0] == 2.0
    with pytest.raises(InputError, match="Boukamp"):
        _ = Circuit.named("Porous electrode").boukamp


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Circuit String": 7}, "must be text"),
        ({"Initial Guess": "10"}, "list of numbers"),
        ({"Initial Guess": [10, 100]}, "no value is left"),
        ({"Initial Guess": [10, 100, 1e-5, 4]}, "1 values more"),
        ({"Initial Guess": [10, "a", 1e-5]}, "is no number"),
        ({"Circuit String": "R0-K1"}, "column 4: K1 is not a known element"),
    ],
)
def test_faulty_models_of_impedance_py(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    model = {"Circuit String": "R0-p(R1,C1)", "Initial Guess": [10, 100, 1e-5], "Constants": {}} | change
    file = tmp_path / "model.json"
    file.write_text(json.dumps(model), "utf-8")
    with pytest.raises((InputError, DataFormatError), match=message):
        Circuit.load(file)


def test_fitted_values_come_before_the_guess(tmp_path: Path) -> None:
    model = {"Circuit String": "R0", "Initial Guess": [10], "Fit": True, "Parameters": [12.5], "Constants": {}}
    file = tmp_path / "model.json"
    file.write_text(json.dumps(model), "utf-8")
    assert Circuit.load(file).values.tolist() == [12.5]
