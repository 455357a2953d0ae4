"""Response surfaces: known functions, errors at points left out, optima, slices and plots."""

from __future__ import annotations

import numpy as np
import pytest

from joulebook.battery import Cell, ResponseSurface, response_surface
from joulebook.battery.analysis.cases import Cases
from joulebook.battery.analysis.surface import _error_left_out, _study
from joulebook.core.errors import InputError, SolveError

CELL = Cell.named("Chen2020")
LIMITS = {"a": (0.0, 2.0), "b": (10.0, 30.0)}


def surface_of(function, n: int = 64, kind: str = "auto", limits=LIMITS) -> ResponseSurface:
    def solve(columns: dict[str, np.ndarray]) -> Cases:
        values = np.asarray(function(*columns.values()), dtype=float)
        failed = [
            {
                "case": int(case),
                "values": {path: float(column[case]) for path, column in columns.items()},
                "reason": "lost",
            }
            for case in np.flatnonzero(np.isnan(values))
        ]
        return Cases(columns, dict.fromkeys(columns, "1"), {"y": values}, {"y": ("W h", "Y")}, failed, 0.0, ())

    return _study(CELL, limits, solve, n, kind, {"seed": 0})


def paraboloid(a, b):
    return 5.0 - (a - 0.7) ** 2 - 0.01 * (b - 22.0) ** 2 + 0.05 * (a - 0.7) * (b - 22.0)


def test_a_paraboloid_is_found_exactly_with_its_top() -> None:
    surface = surface_of(paraboloid)
    assert surface.kind == "quadratic" and surface.error < 1e-12 and surface.explained == pytest.approx(1.0)
    best = surface.optimum()
    assert best.values["a"] == pytest.approx(0.7, abs=1e-4) and best.values["b"] == pytest.approx(22.0, abs=1e-3)
    assert best.predicted == pytest.approx(5.0) and best.solved == pytest.approx(5.0, abs=1e-6)
    assert best.at_limit == ()
    lowest = surface.optimum(lowest=True, solve=False)
    assert set(lowest.at_limit) == {"a", "b"} and lowest.solved is None
    assert lowest.predicted == pytest.approx(paraboloid(2.0, 10.0), rel=1e-6)


def test_a_kink_is_better_followed_by_a_spline() -> None:
    surface = surface_of(lambda a, b: np.minimum(a, 0.1 * (b - 15.0)), n=128)
    assert surface.kind == "spline"
    assert surface.facts["errors"]["spline"] < surface.facts["errors"]["quadratic"]


def test_the_error_left_out_is_that_of_refits() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (20, 2))
    values = np.sin(2.0 * points[:, 0]) + points[:, 1] ** 3
    from joulebook.battery.analysis.surface import _quadratic

    missed = [
        values[k] - _quadratic(np.delete(points, k, 0), np.delete(values, k))(points[k : k + 1])[0] for k in range(20)
    ]
    assert _error_left_out("quadratic", points, values) == pytest.approx(np.sqrt(np.mean(np.square(missed))), rel=1e-9)


def test_the_stated_error_does_not_flatter() -> None:
    def function(a, b):
        return np.sin(2.0 * a) * np.cos(0.2 * b)

    surface = surface_of(function, n=128)
    rng = np.random.default_rng(1)
    a, b = rng.uniform(0, 2, 500), rng.uniform(10, 30, 500)
    true_error = np.sqrt(np.mean((surface.predict({"a": a, "b": b}) - function(a, b)) ** 2))
    assert 0.05 < true_error / surface.error < 1.2


def test_lost_designs() -> None:
    surface = surface_of(lambda a, b: np.where(a < 0.2, np.nan, a + b))
    assert surface.status.name == "PARTIAL" and surface.failed[0]["reason"] == "lost"
    assert surface.predict({"a": 1.0, "b": 20.0}) == pytest.approx(21.0)
    with pytest.raises(SolveError, match="Narrow the ranges"):
        surface_of(lambda a, b: np.where(a < 1.0, np.nan, a + b))


def test_shapes_and_limits_of_a_prediction() -> None:
    surface = surface_of(paraboloid)
    assert surface.predict({"a": np.zeros((3, 1)), "b": np.full(4, 20.0)}).shape == (3, 4)
    for values, message in (
        ({"a": 1.0}, "must be given"),
        ({"a": 3.0, "b": 20.0}, "must be from 0 to 2"),
        ({"a": 1.0, "b": 20.0, "c": 1.0}, "no factor"),
        ({"a": float("nan"), "b": 20.0}, "must be from"),
    ):
        with pytest.raises(InputError, match=message):
            surface.predict(values)


def test_a_cell_saved_and_drawn(tmp_path) -> None:
    import holoviews

    ranges = {
        "negative.thickness": (70e-6, 100e-6),
        "positive.thickness": (65e-6, 90e-6),
        "negative.particle_radius": (4e-6, 8e-6),
    }
    surface = response_surface(CELL, ranges, "Discharge at 2C until 2.5 V", n=64, model="SPM")
    assert surface.explained > 0.9
    assert surface.variables["output"].unit == "W h"
    best = surface.optimum()
    assert best.solved == pytest.approx(best.predicted, rel=0.05)
    loaded = ResponseSurface.load(surface.save(tmp_path / "surface.run.nc"))
    here = {path: 0.5 * (low + high) for path, (low, high) in ranges.items()}
    assert loaded.predict(here) == pytest.approx(float(surface.predict(here)))
    assert loaded.optimum().solved is None
    drawn = loaded.plot(at={"negative.particle_radius": 5e-6})
    image = drawn.get(0)
    assert "negative.particle_radius = 5 µm" in holoviews.render(drawn).title.text
    assert image.dimension_values(2).shape == (61 * 61,)
    assert 0 < len(drawn.get(2)) < 20
    curve = loaded.plot("negative.thickness")
    assert curve.kdims[0].unit == "µm" and curve.range(0) == pytest.approx((70.0, 100.0))
    for names, at in ((("x",), None), (("negative.thickness",) * 2, None), ((), {"x": 1.0})):
        with pytest.raises(InputError):
            loaded.plot(*names, at=at)


def test_a_surface_without_height_is_drawn_without_contours() -> None:
    surface = surface_of(lambda a, b: np.zeros_like(a))
    assert len(surface.plot()) == 2 and surface.explained == 1.0
    single = surface_of(lambda a: a**2, limits={"a": (0.0, 1.0)})
    assert len(single.plot()) == 2


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"n": 3}, "at least 8"),
        ({"n": 10.5}, "whole number"),
        ({"kind": "cubic"}, "auto, quadratic, spline"),
        ({"output": ["delivered_energy"]}, "one name"),
        ({"output": "voltage"}, "must be among"),
    ],
)
def test_faults_are_named(keywords, message) -> None:
    ranges = {"negative.thickness": (75e-6, 95e-6), "positive.thickness": (65e-6, 85e-6)}
    with pytest.raises(InputError, match=message):
        response_surface(CELL, ranges, "Discharge at 1C until 2.5 V", **{"n": 16, "model": "SPM", **keywords})
