"""Boards against exact solutions, closed forms and a direct solver."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import RectBivariateSpline
from scipy.optimize import brentq

from joulebook.numerics import multigrid
from joulebook.thermal import Board, solve
from joulebook.thermal.air import air_at
from joulebook.thermal.conductances import half_cells, network_of
from joulebook.thermal.convection import film
from joulebook.thermal.surfaces import STEFAN_BOLTZMANN, Law, surfaces_of

CASES = Path(__file__).parent / "cases" / "boards"
EXACT: list[dict[str, Any]] = json.loads((CASES / "layered_exact" / "expected.json").read_text("utf-8"))["cases"]
FINS: list[dict[str, Any]] = json.loads((CASES / "fins" / "expected.json").read_text("utf-8"))["cases"]
CONVECTION: dict[str, Any] = json.loads((CASES / "natural_convection" / "expected.json").read_text("utf-8"))
SPREADING: list[dict[str, float]] = json.loads((CASES / "spreading" / "expected.json").read_text("utf-8"))["cases"]
KINDS = {"vplate_all": "vertical", "hplate_up": "up", "hplate_down": "down"}


def exact_board(case: dict[str, Any]) -> Board:
    layers = [
        {
            "thickness": layer["t"],
            "conductivity": layer["kx"],
            "conductivity_along_y": layer["ky"],
            "conductivity_through": layer["kz"],
            "contact_resistance_below": layer["contact_resistance_below_m2K_W"],
        }
        for layer in case["layers_top_to_bottom"]
    ]
    parts = {
        f"S{k}": {"x": item["x"], "y": item["y"], "length": item["w"], "width": item["d"], "power": item["P"]}
        for k, item in enumerate(case["sources_on_top"])
    }
    faces = {"top": {"coefficient": case["h_top"]}, "bottom": {"coefficient": case["h_bottom"]}}
    return Board(name="exact", length=case["a"], width=case["b"], layers=layers, components=parts, **faces)


def errors(case: dict[str, Any], refine: int) -> dict[str, Any]:
    """Relative errors of means over sources, of the bottom and of the faces' means."""
    board = exact_board(case)
    run = solve(board, options={"refine": refine})
    found = run["board"] - board.ambient
    under = RectBivariateSpline(run["x"], run["y"], run["bottom_temperature"] - board.ambient)
    places = np.array(case["probes_bottom_xy"]).T
    probes = np.array(case["rise_bottom_probes"])
    area = np.diff(run["x_line"])[:, None] * np.diff(run["y_line"])[None, :]
    means = [
        float(((run[f"{side}_temperature"] - board.ambient) * area).sum() / area.sum()) / case[f"rise_{side}_mean"] - 1
        for side in ("top", "bottom")
    ]
    return {
        "sources": np.abs(found / case["rise_source_mean"] - 1.0),
        "bottom": float(np.abs(under(*places, grid=False) - probes).max() / probes.max()),
        "means": max(map(abs, means)),
        "run": run,
    }


def test_layered_boards_agree_with_their_fourier_series() -> None:
    sources = np.zeros(2)
    for case in EXACT:
        both = [errors(case, refine) for refine in ((1, 2) if case["number"] < 5 else (1,))]
        for found, allowed in zip(both, (5e-3, 1.5e-3), strict=False):
            assert found["sources"].max() < allowed, (case["number"], found["sources"])
            assert found["bottom"] < allowed, (case["number"], found["bottom"])
            assert found["means"] < 1e-7, (case["number"], found["means"])
            assert found["run"].facts["imbalance"] < 1e-9
            assert found["run"].stats.iterations <= 30, "layers without breaks need few iterations on every mesh"
        if len(both) == 1:
            continue
        assert math.log2(both[0]["bottom"] / both[1]["bottom"]) > 1.9, case["number"]
        sources += [found["sources"].sum() for found in both]
    assert math.log2(sources[0] / sources[1]) > 1.85


def test_a_network_of_many_cells_agrees_with_a_direct_solver() -> None:
    with np.load(CASES / "discrete_network" / "expected.npz") as stored:
        data = {name: stored[name] for name in stored.files}
    sizes = (data["dx"], data["dy"], data["dz"])
    network = network_of(sizes, (data["kx"], data["kx"], data["kz"]))
    halves = [
        half_cells(size.reshape([-1 if axis == other else 1 for other in range(3)]), data["kz" if axis == 2 else "kx"])
        for axis, size in enumerate(sizes)
    ]
    laws = {name: Law(298.15, 0.0, h) for name, h in (("top", 10.0), ("bottom", 10.0), ("sides", 5.0))}
    volume = sizes[0][:, None, None] * sizes[1][:, None] * sizes[2]
    source = data["q"] * volume
    for surface in surfaces_of(sizes, tuple(halves), laws):
        sink, heat = surface.linearised()
        network.sink[surface.at] += sink
        source[surface.at] += heat
    rises = np.zeros(volume.shape)
    found = multigrid.solve(network, source, rises, multigrid.Hierarchy(network))
    assert found.status == multigrid.SOLVED
    assert np.abs(rises + 25.0 - data["T"]).max() < 1e-5
    assert found.iterations <= 30
    assert abs(found.imbalance) < 1e-9 * source.sum()


@pytest.mark.parametrize("case", SPREADING, ids=lambda case: f"h{case['h']:.0f}")
def test_spreading_from_a_square_is_that_from_a_disk_of_its_area(case: dict[str, float]) -> None:
    whole, part = (math.sqrt(math.pi) * case[name] for name in "ba")
    source = {"x": whole / 2, "y": whole / 2, "length": part, "width": part, "power": 1.0}
    layers = [{"thickness": case["t"], "conductivity": case["k"]}]
    faces = {"top": {"coefficient": 0.0}, "bottom": {"coefficient": float(case["h"])}}
    run = solve(Board(name="disk", length=whole, width=whole, layers=layers, components={"Q": source}, **faces))
    assert run["board"][0] - 298.15 - case["R_1D"] == pytest.approx(case["R_spread_avg"], rel=5e-3)


@pytest.mark.parametrize("case", CONVECTION["air"], ids=lambda case: f"{case['T_K']:.0f} K")
def test_air_is_that_of_coolprop(case: dict[str, float]) -> None:
    air = air_at(case["T_K"])
    assert air.conductivity == pytest.approx(case["k"], rel=1e-2)
    assert air.viscosity == pytest.approx(case["nu"], rel=1e-2)
    assert air.diffusivity == pytest.approx(case["alpha"], rel=1e-2)
    assert air.prandtl == pytest.approx(case["Pr"], rel=1e-2)


@pytest.mark.parametrize("case", CONVECTION["plates"], ids=lambda case: f"{case['kind']}-{case['L']}-{case['Ts']}")
def test_natural_convection_is_that_of_the_correlations(case: dict[str, Any]) -> None:
    if case["kind"] == "vplate_laminar":
        from joulebook.thermal.convection import vertical_laminar

        assert vertical_laminar(case["Ra"], case["Pr"]) == pytest.approx(case["Nu"], rel=1e-9)
        return
    found = film(KINDS[case["kind"]], case["L"], case["Ts"] - case["Tinf"], case["Tinf"])
    assert found.coefficient == pytest.approx(case["h"], rel=1e-2)
    assert found.rayleigh == pytest.approx(case["Ra"], rel=1e-2)


@pytest.mark.parametrize("case", [case for case in FINS if case["h"] * case["t"] / (2 * case["k"]) < 0.01])
def test_fins_agree_with_the_closed_form(case: dict[str, Any]) -> None:
    sizes = (np.full(80, case["L"] / 80), np.full(6, case["w"] / 6), np.full(6, case["t"] / 6))
    network = network_of(sizes, (case["k"],) * 3)
    halves = tuple(half_cells(size.reshape(-1, *[1] * (2 - axis)), case["k"]) for axis, size in enumerate(sizes))
    around, none = Law(case["Ta"], 0.0, case["h"]), Law(case["Ta"], 0.0, 0.0)
    laws = {"top": around, "bottom": around, "sides": around, "left": none}
    laws["right"] = around if case["tip"] == "convective" else none
    source, surfaces = np.zeros((80, 6, 6)), surfaces_of(sizes, halves, laws)
    for surface in surfaces:
        if surface.name == "left":
            surface.given[:] = case["q_base"] / (case["w"] * case["t"])
        sink, heat = surface.linearised()
        network.sink[surface.at] += sink
        source[surface.at] += heat
    rises = np.zeros(source.shape)
    assert multigrid.solve(network, source, rises, multigrid.Hierarchy(network)).status == multigrid.SOLVED
    middle = (np.arange(80) + 0.5) * case["L"] / 80
    expected = np.array(case["T"])[1:-1]
    found = np.interp(case["x"][1:-1], middle, rises.mean(axis=(1, 2))) + case["Ta"]
    assert np.abs(found - expected).max() < 0.01 * (case["Tb"] - case["Ta"])


def test_a_stack_of_layers_with_even_heat_is_a_chain_of_resistances() -> None:
    layers = [
        {"thickness": 1e-3, "conductivity": 0.8, "conductivity_through": 0.3, "contact_resistance_below": 2e-4},
        {"thickness": 35e-6, "conductivity": 385.0, "contact_resistance_below": 1e-5},
        {"thickness": 2e-3, "conductivity": 160.0},
    ]
    whole = {"x": 0.03, "y": 0.02, "length": 0.06, "width": 0.04, "power": 12.0}
    faces = {"top": {"coefficient": 7.0}, "bottom": {"coefficient": 40.0}}
    run = solve(Board(name="stack", length=0.06, width=0.04, layers=layers, components={"H": whole}, **faces))
    flux = 12.0 / (0.06 * 0.04)
    way = 1e-3 / 0.3 + 2e-4 + 35e-6 / 385.0 + 1e-5 + 2e-3 / 160.0
    rise = flux / (7.0 + 1.0 / (way + 1.0 / 40.0))
    assert run["top_temperature"] - 298.15 == pytest.approx(np.full(run["top_temperature"].shape, rise), rel=1e-9)
    down = flux - 7.0 * rise
    assert run["bottom_temperature"] - 298.15 == pytest.approx(
        np.full(run["top_temperature"].shape, down / 40.0), rel=1e-9
    )
    assert run["heat_flux"][:, :, 2:-2, 2] == pytest.approx(
        np.full_like(run["heat_flux"][:, :, 2:-2, 2], -down), rel=1e-8
    )


@pytest.mark.parametrize("orientation", ["horizontal", "vertical"])
def test_an_even_plate_in_still_air_balances_convection_and_radiation(orientation: str) -> None:
    layers = [{"thickness": 1e-3, "conductivity": 400.0}]
    whole = {"x": 0.05, "y": 0.04, "length": 0.1, "width": 0.08, "power": 6.0}
    faces = {"top": {"emissivity": 0.9}, "bottom": {"emissivity": 0.4}}
    parts = {"H": whole}
    board = Board(
        name="plate", length=0.1, width=0.08, layers=layers, components=parts, orientation=orientation, **faces
    )
    run = solve(board)
    area, ambient = 0.1 * 0.08, 298.15
    kinds, length = (("up", "down"), area / 0.36) if orientation == "horizontal" else (("vertical",) * 2, 0.08)

    def missing(rise: float) -> float:
        by_air = sum(film(kind, length, rise, ambient).coefficient for kind in kinds) * rise
        return area * (by_air + 1.3 * STEFAN_BOLTZMANN * ((ambient + rise) ** 4 - ambient**4)) - 6.0

    # faces differ by what flows through 1 mm of copper, below 1e-3 K
    assert run["board"][0] - ambient == pytest.approx(float(brentq(missing, 1.0, 200.0)), abs=2e-3)
    assert run.facts["imbalance"] < 1e-9
