"""Sobol' indices: a function with known ones, SciPy's own, failed designs, plots and files."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from joulebook.battery import Cell, SobolResult, sobol_indices
from joulebook.battery.analysis.cases import Cases, checked_ranges, enough
from joulebook.battery.analysis.sobol import _study, estimate_indices, saltelli_points
from joulebook.core.errors import InputError, SolveError

CELL = Cell.named("Chen2020")
PROTOCOL = "Discharge at 1C until 2.5 V"
LIMITS = {"a": (-np.pi, np.pi), "b": (-np.pi, np.pi), "c": (-np.pi, np.pi)}


def ishigami(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return np.sin(x) + 7.0 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


def exact_ishigami() -> tuple[np.ndarray, np.ndarray]:
    """From the decomposition of the variance, by hand, for the constants 7 and 0.1."""
    a, b = 7.0, 0.1
    first = 0.5 * (1.0 + b * np.pi**4 / 5.0) ** 2
    second = a**2 / 8.0
    both = b**2 * np.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    whole = first + second + both
    return np.array([first, second, 0.0]) / whole, np.array([first + both, second, both]) / whole


def solved_as_cases(columns: dict[str, np.ndarray], *, lost: int = 0) -> Cases:
    values = ishigami(*columns.values())
    values[:lost] = np.nan
    failed = [
        {"case": case, "values": {path: float(column[case]) for path, column in columns.items()}, "reason": "no result"}
        for case in range(lost)
    ]
    units = dict.fromkeys(columns, "1")
    return Cases(columns, units, {"y": values}, {"y": ("1", "Ishigami")}, failed, 0.0, ())


def test_indices_of_a_known_function() -> None:
    found = _study(CELL, LIMITS, solved_as_cases, 4096, 0, {})
    first, total = exact_ishigami()
    np.testing.assert_allclose(found["first_order"][0], first, atol=0.02)
    np.testing.assert_allclose(found["total_order"][0], total, atol=0.02)
    assert np.all(found["first_order_low"][0] <= first + 0.005)
    assert np.all(found["first_order_high"][0] >= first - 0.005)
    assert found.index("y", "b") == (found["first_order"][0, 1], found["total_order"][0, 1])


def test_estimators_are_those_of_scipy() -> None:
    from scipy.stats import sobol_indices as scipy_indices

    points = saltelli_points(LIMITS, 256, 3)
    values = ishigami(*np.moveaxis(points, -1, 0))[None]
    ours = estimate_indices(values)
    theirs = scipy_indices(
        func={"f_A": values[:, 0], "f_B": values[:, 1], "f_AB": np.moveaxis(values[:, 2:], 0, 1)}, n=256
    )
    np.testing.assert_allclose(ours["first_order"][0], theirs.first_order, rtol=1e-12)
    np.testing.assert_allclose(ours["total_order"][0], theirs.total_order, rtol=1e-12)


def test_points_lie_within_limits_and_mix_columns() -> None:
    limits = {"a": (1.0, 2.0), "b": (-5.0, -3.0)}
    points = saltelli_points(limits, 32, 0)
    assert points.shape == (4, 32, 2)
    assert points[..., 0].min() >= 1.0 and points[..., 0].max() <= 2.0
    np.testing.assert_array_equal(points[2, :, 0], points[1, :, 0])
    np.testing.assert_array_equal(points[2, :, 1], points[0, :, 1])
    np.testing.assert_array_equal(points, saltelli_points(limits, 32, 0))


def test_lost_points_are_left_out_and_said() -> None:
    found = _study(CELL, LIMITS, functools.partial(solved_as_cases, lost=10), 1024, 0, {})
    assert found.facts["used"] == 1014
    assert found.status.name == "PARTIAL"
    assert len(found.failed) == 10
    assert "no result" in found.summary()["Failed"]
    np.testing.assert_allclose(found["total_order"][0], exact_ishigami()[1], atol=0.06)


def test_too_many_lost_points_are_an_error_that_names_the_reason() -> None:
    with pytest.raises(
        SolveError, match=r"300 of 1024 points have no result.*Most frequent reason: no result"
    ) as caught:
        _study(CELL, LIMITS, functools.partial(solved_as_cases, lost=300), 1024, 0, {})
    assert isinstance(caught.value.partial, Cases)
    enough(80, 100, [], None)
    with pytest.raises(SolveError):
        enough(79, 100, [], None)


def test_an_output_that_does_not_vary_has_no_indices() -> None:
    found = estimate_indices(np.full((1, 4, 64), 3.7))
    assert np.isnan(found["first_order"]).all() and np.isnan(found["total_order"]).all()


@pytest.fixture(scope="module")
def study() -> SobolResult:
    ranges = {
        "negative.thickness": (75e-6, 95e-6),
        "separator.thickness": (10e-6, 20e-6),
        "negative.density": (1e3, 2e3),
    }
    outputs = ("delivered_capacity", "delivered_specific_energy", "delivered_energy_density")
    return sobol_indices(CELL, ranges, PROTOCOL, n=64, outputs=outputs)


def test_a_cell(study: SobolResult) -> None:
    assert study.facts["cases"] == 64 * 5
    assert study.index("delivered_capacity", "negative.thickness")[1] > 0.9
    assert study.index("delivered_capacity", "negative.density") == (0.0, 0.0)
    assert study.index("delivered_specific_energy", "negative.density")[1] > 0.1
    assert {"Saltelli2010", "Marquis2019"} <= set(study.provenance.citations)
    table = study.to_dataframe()
    assert len(table) == 9 and {"output", "parameter", "total_order_high"} <= set(table.columns)
    with pytest.raises(InputError, match="must be one of"):
        study.index("delivered_capacity", "nothing")


def test_same_seed_same_numbers(study: SobolResult) -> None:
    values = np.random.default_rng(0).normal(size=(2, 5, 32))
    again = [estimate_indices(values, seed=5)["total_order_high"] for _ in range(2)]
    np.testing.assert_array_equal(*again)


def test_saved_and_drawn(study: SobolResult, tmp_path) -> None:
    import holoviews

    loaded = SobolResult.load(study.save(tmp_path / "indices.run.nc"))
    assert loaded.parameters == study.parameters and loaded.outputs == study.outputs
    drawn = loaded.plot()
    assert len(drawn) == 3
    one = loaded.plot("delivered_capacity")
    boxes = one.get(0)
    assert boxes["value"][0] == pytest.approx(study["first_order"][0].max())
    assert holoviews.render(one).yaxis[0].major_label_overrides[2.0] == "negative.thickness"
    with pytest.raises(InputError, match="must be one of"):
        loaded.plot("x")


def test_functions_of_the_sweep_are_outputs() -> None:
    outputs = {"mean power": lambda sweep: 3600.0 * sweep["delivered_energy"] / sweep["duration"]}
    found = sobol_indices(CELL, {"contact_resistance": (0.0, 0.05)}, PROTOCOL, n=16, outputs=outputs)
    assert found.outputs == ("mean power",)
    assert found.index("mean power", "contact_resistance")[1] == pytest.approx(1.0, abs=0.4)
    with pytest.raises(InputError, match="one number per case"):
        sobol_indices(
            CELL, {"contact_resistance": (0, 0.05)}, PROTOCOL, n=16, outputs={"x": lambda sweep: sweep["voltage"]}
        )


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"ranges": {}}, "at least one path"),
        ({"ranges": {"negative.thickness": 3}}, "two numbers"),
        ({"ranges": {"negative.thickness": (2e-4, 1e-4)}}, "the first below the second"),
        ({"ranges": {"negative": (1, 2)}}, "not a number"),
        ({"ranges": {"negative.thicknes": (1, 2)}}, "no 'thicknes'"),
        ({"n": 100}, "power of two"),
        ({"n": 8}, "power of two"),
        ({"seed": -1}, "whole number"),
        ({"outputs": ["x"]}, "must be among delivered_capacity"),
        ({"outputs": []}, "must be among"),
    ],
)
def test_faults_are_named(keywords, message) -> None:
    given = {"ranges": {"negative.thickness": (75e-6, 95e-6)}, "n": 16, **keywords}
    with pytest.raises(InputError, match=message):
        sobol_indices(CELL, given.pop("ranges"), PROTOCOL, **given)


def test_every_fault_of_the_ranges_at_once() -> None:
    with pytest.raises(InputError) as caught:
        checked_ranges(CELL, {"negative.porosity": (0.3, 0.2), "x": (0, 1), "separator": (0, 1)})
    assert len(caught.value.issues) == 3


def test_a_mass_that_is_not_known_is_said_before_anything_is_solved() -> None:
    unweighed = CELL.replace({"negative.density": None})
    with pytest.raises(InputError, match="negative coating"):
        sobol_indices(
            unweighed, {"separator.thickness": (1e-5, 2e-5)}, PROTOCOL, outputs=["delivered_specific_energy"], n=16
        )
