"""Fits: known values come back, what the data do not fix is said, faults are named."""

from __future__ import annotations

import math

import lmfit
import numpy as np
import pandas
import pytest

from joulebook.battery import Cell, FitResult, HalfCell, fit, impedance, simulate
from joulebook.battery.analysis.fit_parameters import read_parameters
from joulebook.battery.analysis.fit_warnings import correlation_of_neighbours
from joulebook.core.errors import CancelledError, InputError

CELL = Cell.named("Chen2020")
TRUE = {"negative.particle_radius": 7e-6, "positive.diffusivity": 2.5e-15, "contact_resistance": 0.012}
LIMITS = {
    "negative.particle_radius": (2e-6, 15e-6),
    "positive.diffusivity": (5e-16, 5e-14),
    "contact_resistance": (0.0, 0.05),
}
NOISE = 2e-3
FINE = {"voltage_tolerance": 5e-6, "salt_tolerance": 0.05}


def curve(
    values=TRUE, *, noise: float = NOISE, model: str = "SPM", seconds: int = 3200, seed: int = 0
) -> pandas.DataFrame:
    run = simulate(CELL.replace(values), f"Discharge at 1C for {seconds} s", model=model, options=FINE).even(301)
    table = run.to_dataframe()
    table["voltage_V"] += np.random.default_rng(seed).normal(0.0, noise, 301)
    table.attrs["name"] = "bench 3, cell 7"
    return table


@pytest.fixture(scope="module")
def found() -> FitResult:
    return fit(CELL, curve(), LIMITS, model="SPM", noise={"voltage": NOISE})


def test_known_values_come_back_within_three_standard_errors(found: FitResult) -> None:
    for path, value in TRUE.items():
        assert abs(found.values[path] - value) < 3.0 * found.standard_errors[path], path
        assert found.standard_errors[path] < 0.05 * value
    assert found.rms == pytest.approx(NOISE, rel=0.15)
    assert found.reduced_chi_square == pytest.approx(1.0, abs=0.3)
    assert found.status.name == "SOLVED" and found.warnings == () and found.unidentified == ()


def test_standard_errors_are_the_spread_of_repeated_fits() -> None:
    pulls = []
    for seed in range(1, 13):
        again = fit(CELL, curve(seed=seed), LIMITS, model="SPM", noise={"voltage": NOISE})
        pulls += [(again.values[path] - value) / again.standard_errors[path] for path, value in TRUE.items()]
    assert 0.6 < float(np.sqrt(np.mean(np.square(pulls)))) < 1.5


def test_the_full_model_too() -> None:
    again = fit(CELL, curve(model="DFN"), LIMITS, noise={"voltage": NOISE})
    for path, value in TRUE.items():
        assert abs(again.values[path] - value) < 3.0 * again.standard_errors[path], path
    assert "Doyle1993" in again.provenance.citations and "Newville2014" in again.provenance.citations


def test_the_fitted_cell_says_where_its_values_are_from(found: FitResult) -> None:
    for path in TRUE:
        assert found.cell.value_at(path) == pytest.approx(found.values[path])
        source = found.cell.sources[path]
        assert source.method == "fitted" and source.where == "bench 3, cell 7" and "standard error" in source.note
    run = simulate(found.cell, "Discharge at 1C for 3200 s", model="SPM", options=FINE)
    np.testing.assert_allclose(run.at(found["time"]).voltage, found["voltage_fitted"], atol=1e-6)
    assert CELL.sources["negative.thickness"] == found.cell.sources["negative.thickness"]


def test_noise_that_is_not_stated_follows_from_the_residuals(found: FitResult) -> None:
    again = fit(CELL, curve(), LIMITS, model="SPM")
    for path in TRUE:
        assert again.values[path] == pytest.approx(found.values[path], rel=1e-3)
        assert again.standard_errors[path] == pytest.approx(found.standard_errors[path], rel=0.2)


def test_a_model_that_is_not_the_cell_is_said() -> None:
    again = fit(
        CELL, curve(noise=2e-4, model="DFN"), {"contact_resistance": (0.0, 0.1)}, model="SPM", noise={"voltage": 2e-4}
    )
    said = " ".join(again.warnings)
    assert "times the stated noise" in said and "Neighbouring residuals go together" in said


def test_saved_and_reported(found: FitResult, tmp_path) -> None:
    loaded = FitResult.load(found.save(tmp_path / "fit.run.nc"))
    assert loaded.values == found.values and loaded.cell == found.cell
    text = str(loaded.report())
    for words in (
        "Fit of LG M50",
        "positive.diffusivity",
        "bench 3, cell 7",
        "Correlation",
        "mV rms",
        "What the data fix",
    ):
        assert words in text
    page = loaded.report()._repr_html_()
    assert "<table>" in page and "<script" not in page
    assert list(loaded.correlation.columns) == list(TRUE)
    assert np.all(np.diag(loaded.correlation) == pytest.approx(1.0))
    with pytest.raises(InputError, match="read from a file"):
        loaded.profile("contact_resistance")
    layout = loaded.plot()
    assert len(layout) == 2
    assert loaded.plot("residual").get(0).vdims[0].unit == "mV"
    with pytest.raises(InputError, match="voltage, residual"):
        loaded.plot("impedance")


def test_the_report_escapes_names() -> None:
    table = curve()
    table.attrs["name"] = "<script>alert(1)</script>"
    report = fit(CELL, table, {"contact_resistance": (0.0, 0.05)}, model="SPM").report()
    assert "<script>" not in report.html


def test_profile_likelihood_agrees_with_the_standard_error(found: FitResult) -> None:
    profile = found.profile("contact_resistance", points=9)
    low, high = profile.interval
    best, error = found.values["contact_resistance"], found.standard_errors["contact_resistance"]
    assert low == pytest.approx(best - 1.96 * error, abs=0.25 * error)
    assert high == pytest.approx(best + 1.96 * error, abs=0.25 * error)
    assert profile.increase.min() == 0.0 and profile.values.size == 9
    assert "95 % interval" in str(profile) and len(profile.plot()) == 4
    for name, points in (("x", 9), ("contact_resistance", 2), ("contact_resistance", 3.5)):
        with pytest.raises(InputError):
            found.profile(name, points=points)


def test_what_moves_together_is_named() -> None:
    """Radius squared over diffusivity, and rate constant over radius, are all that a single-particle model knows."""
    limits = {
        "negative.particle_radius": {"min": 2e-6, "max": 3e-5, "scale": "log"},
        "negative.diffusivity": (1e-15, 1e-12),
        "negative.rate_constant": (1e-8, 1e-5),
    }
    again = fit(CELL, curve({"negative.particle_radius": 8e-6}, noise=1e-3), limits, model="SPM", most_solves=300)
    worst = again.facts["directions"][-1]
    halves = {item.path: item.half_range for item in read_parameters(CELL, limits)}
    moves = {path: part * halves[path] for path, part in worst["parts"].items()}
    radius = moves["negative.particle_radius"]
    assert moves["negative.diffusivity"] / radius == pytest.approx(2.0, rel=0.1)
    assert moves["negative.rate_constant"] / radius == pytest.approx(1.0, rel=0.1)
    assert not worst["fixed"] and again.unidentified == (worst["text"],)
    assert any("do not fix" in text for text in again.warnings)


def test_data_that_fix_nothing_are_said_to() -> None:
    limits = {"negative.rate_constant": (1e-8, 1e-4), "contact_resistance": (0, 0.1)}
    table = curve({"contact_resistance": 0.02}, noise=0.05, seconds=60)
    again = fit(CELL, table, limits, model="SPM", noise={"voltage": 0.05}, most_solves=100)
    assert again.unidentified and "rate_constant" in again.unidentified[0]
    assert any("do not fix" in text for text in again.warnings)


def test_a_value_at_its_limit_is_said() -> None:
    again = fit(CELL, curve(), {"contact_resistance": (0.0, 0.005)}, model="SPM")
    assert any("contact_resistance is at its upper limit" in text for text in again.warnings)


def test_several_starts() -> None:
    again = fit(CELL, curve(), LIMITS, model="SPM", noise={"voltage": NOISE}, starts=3)
    assert len(again.facts["searches"]) == 3 and "Searches" in str(again.report())
    costs = [item["chi_square"] for item in again.facts["searches"]]
    assert min(costs) == pytest.approx(again.reduced_chi_square * (301 - 3), rel=1e-6)


def test_the_state_of_charge_can_be_fitted() -> None:
    run = simulate(CELL, "Discharge at 1C for 1500 s", model="SPM", initial_soc=0.83, options=FINE)
    limits = {"initial_soc": (0.6, 1.0), "contact_resistance": (0.0, 0.05)}
    again = fit(CELL, run.even(101).to_dataframe(), limits, model="SPM")
    assert again.initial_soc == pytest.approx(0.83, abs=1e-3)
    assert again.values["contact_resistance"] == pytest.approx(0.0, abs=1e-3)
    assert "state of charge" in again.cell.sources["initial_state.negative_concentration"].note
    held = fit(CELL, run.even(101).to_dataframe(), {"contact_resistance": (0.0, 0.05)}, model="SPM", initial_soc=0.83)
    assert held.initial_soc == 0.83 and held.rms < 1e-3


def test_a_half_cell_and_several_active_materials() -> None:
    half = HalfCell.named("Xu2019")
    run = simulate(
        half.replace({"contact_resistance": 20.0}), "Discharge at 1C for 1200 s", initial_soc=0.9, options=FINE
    )
    again = fit(half, run.even(101).to_dataframe(), {"contact_resistance": (0.0, 100.0), "initial_soc": (0.6, 1.0)})
    assert again.values["contact_resistance"] == pytest.approx(20.0, rel=0.02)
    assert again.initial_soc == pytest.approx(0.9, abs=1e-3) and isinstance(again.cell, HalfCell)
    path = "negative.additional_phases.0.particle_radius"
    silicon = Cell.named("Chen2020_composite")
    run = simulate(silicon.replace({path: 2e-6}), "Discharge at 1C for 1500 s", initial_soc=0.9, options=FINE)
    again = fit(silicon, run.even(101).to_dataframe(), {path: (5e-7, 4e-6)}, initial_soc=0.9)
    assert again.values[path] == pytest.approx(2e-6, rel=0.02)


def test_charge_and_other_signs() -> None:
    run = simulate(CELL, "Charge at C/2 for 3600 s", model="SPM", initial_soc=0.2, options=FINE)
    table = run.even(101).to_dataframe()
    again = fit(CELL, table, {"contact_resistance": (0.0, 0.05)}, model="SPM", initial_soc=0.2)
    assert again.rms < 1e-3
    table["current_A"] *= -1.0
    with pytest.raises(InputError, match="charge_positive=True"):
        fit(CELL, table, {"contact_resistance": (0.0, 0.05)}, model="SPM", initial_soc=0.2)
    turned = fit(CELL, table, {"contact_resistance": (0.0, 0.05)}, model="SPM", initial_soc=0.2, charge_positive=True)
    assert turned.values == pytest.approx(again.values)


def test_a_protocol_that_is_given_needs_no_current() -> None:
    table = curve(noise=0.0)[["time_s", "voltage_V"]]
    again = fit(CELL, table, LIMITS, model="SPM", protocol="Discharge at 1C until 2 V")
    assert again.values["contact_resistance"] == pytest.approx(0.012, rel=0.02)


def test_impedance_alone_and_together_with_a_curve() -> None:
    true = {**TRUE, "positive.rate_constant": 1.5e-6}
    limits = {**LIMITS, "positive.rate_constant": (2e-7, 2e-5)}
    frequency = np.geomspace(1e-3, 1e3, 25)
    rng = np.random.default_rng(0)
    spectra = {}
    for soc in (0.3, 0.7):
        z = impedance(CELL.replace(true), frequency, soc=soc, model="SPM").impedance
        z = z + 0.005 * np.abs(z) * (rng.normal(size=25) + 1j * rng.normal(size=25))
        spectra[soc] = {"frequency_Hz": frequency, "real_ohm": z.real, "imaginary_ohm": z.imag}
    noise = {"voltage": NOISE, "impedance": 0.005}
    alone = fit(CELL, None, limits, impedance=spectra, model="SPM", noise=noise)
    both = fit(CELL, curve(true), limits, impedance=spectra, model="SPM", noise=noise)
    for again in (alone, both):
        for path, value in true.items():
            assert abs(again.values[path] - value) < 3.5 * again.standard_errors[path], path
    assert all(both.standard_errors[path] <= 1.05 * alone.standard_errors[path] for path in true)
    assert both["frequency"].size == 50 and both["time"].size == 301
    assert len(both.plot()) == 3 and len(alone.plot()) == 4
    assert "2 frequencies" not in str(alone.report()) and "50 frequencies" in str(alone.report())
    assert math.isnan(alone.rms) and "Song2013" in alone.provenance.citations


def test_settings_of_lmfit_and_mappings() -> None:
    parameter = lmfit.Parameter("r", value=0.01, min=0.0, max=0.1)
    held = lmfit.Parameter("h", value=6e-6, vary=False)
    read = read_parameters(
        CELL,
        {
            "contact_resistance": parameter,
            "negative.particle_radius": held,
            "positive.diffusivity": {"min": 1e-16, "max": 1e-14, "value": 2e-15},
            "negative.diffusivity": (1e-15, 1e-13),
            "negative.porosity": (0.2, 0.4),
        },
    )
    assert [item.log for item in read] == [False, False, True, True, False]
    assert [item.vary for item in read] == [True, False, True, True, True]
    assert read[0].start == 0.01 and read[1].start == 6e-6 and read[2].start == 2e-15
    assert read[3].start == pytest.approx(3.3e-14), "the material's own"
    assert read[4].start == CELL.negative.porosity
    again = fit(CELL, curve(), {"contact_resistance": parameter, "negative.particle_radius": held}, model="SPM")
    assert again.parameters == ("contact_resistance",) and again.cell.negative.particle_radius == 6e-6


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "at least one value"),
        (None, "at least one value"),
        ({"x": (0, 1)}, "no 'x'"),
        ({"negative": (0, 1)}, "not a number"),
        ({"contact_resistance": 3}, "lower, upper"),
        ({"contact_resistance": (1, 0)}, "finite limits"),
        ({"contact_resistance": (0, math.inf)}, "finite limits"),
        ({"contact_resistance": (0, "x")}, "must be numbers"),
        ({"contact_resistance": {"min": 0, "max": 1, "expr": "2"}}, "settings among"),
        ({"contact_resistance": {"min": 0, "max": 1, "scale": "log"}}, "more than 0"),
        ({"contact_resistance": {"min": 0, "max": 1, "scale": "x"}}, "auto, linear, log"),
        ({"contact_resistance": {"min": 0, "max": 1, "value": 2}}, "from 0 to 1"),
        ({"contact_resistance": {"value": 0.1, "vary": False}}, "at least one must vary"),
        ({"contact_resistance": lmfit.Parameter("a", expr="2 * 3")}, "expression"),
        ({"initial_soc": (0, 2)}, "within 0 and 1"),
        ({"initial_soc": {"vary": False}}, "has no value"),
    ],
)
def test_faults_of_parameters(parameters, message) -> None:
    with pytest.raises(InputError, match=message):
        fit(CELL, curve(), parameters, model="SPM")


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"data": None}, "a measured curve, impedance spectra, or both"),
        ({"noise": {"volts": 1.0}}, "voltage, impedance"),
        ({"noise": {"voltage": 0.0}}, "from 1e-9"),
        ({"weights": {"volts": 1.0}}, "voltage, impedance"),
        ({"weights": {"voltage": [1.0, 2.0]}}, "one for each of the 301 rows"),
        ({"weights": {"impedance": [1.0, 2.0]}}, "must be a number"),
        ({"weights": {"voltage": -1.0}}, "none below 0"),
        ({"starts": 0}, "from 1 to"),
        ({"most_solves": 2.5}, "whole number"),
        ({"impedance": []}, "states of charge"),
        ({"impedance": {"x": {}}}, "0 to 1"),
        ({"initial_soc": 0.5, "parameters": {"initial_soc": (0, 1)}}, "both given and fitted"),
        ({"initial_soc": 1.4}, "at least 0 and at most 1|from 0 to 1"),
        ({"parameters": {"negative.density": (1e3, 2e3)}}, "negative.density: changes nothing in these data"),
    ],
)
def test_faults_of_the_rest(keywords, message) -> None:
    given = {"data": curve(), "parameters": {"contact_resistance": (0.0, 0.05)}, "model": "SPM", **keywords}
    with pytest.raises(InputError, match=message):
        fit(CELL, given.pop("data"), given.pop("parameters"), **given)


def test_fewer_points_than_parameters() -> None:
    with pytest.raises(InputError, match="data = 3: is fewer points"):
        fit(CELL, curve().iloc[[0, 100, 200]], LIMITS, model="SPM")


def test_weights_can_take_rows_out() -> None:
    table = curve()
    table.loc[200:, "voltage_V"] += 0.5
    weights = np.where(np.arange(301) < 200, 1.0, 0.0)
    again = fit(CELL, table, {"contact_resistance": (0.0, 0.05)}, model="SPM", weights={"voltage": weights})
    clean = fit(CELL, curve().iloc[:200], {"contact_resistance": (0.0, 0.05)}, model="SPM")
    assert again.values["contact_resistance"] == pytest.approx(clean.values["contact_resistance"], rel=1e-3)


def test_a_start_without_a_result_is_an_error_of_its_own() -> None:
    limits = {"negative.maximum_concentration": {"min": 2e4, "max": 4e4, "value": 2.5e4}}
    with pytest.raises(InputError, match="maximum concentration"):
        fit(CELL, curve(), limits, model="SPM")


class Impatient:
    cancelled = True

    def start(self, total: float, label: str) -> None: ...
    def advance(self, amount: float = 1, **facts: object) -> None: ...
    def finish(self) -> None: ...


def test_it_can_be_cancelled() -> None:
    with pytest.raises(CancelledError):
        fit(CELL, curve(), LIMITS, model="SPM", progress=Impatient())


def test_correlation_of_neighbours() -> None:
    rng = np.random.default_rng(0)
    assert abs(correlation_of_neighbours(rng.normal(size=2000))) < 0.1
    assert correlation_of_neighbours(np.sin(np.linspace(0, 6, 500))) > 0.98
    assert correlation_of_neighbours(np.zeros(50)) == correlation_of_neighbours(np.ones(3)) == 0.0
