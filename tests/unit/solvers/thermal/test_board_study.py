"""The study of a board: packages against a full matrix, errors, results, grids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import holoviews
import numpy as np
import pytest
from scipy import sparse
from scipy.sparse.linalg import spsolve

from joulebook.core.errors import (
    CancelledError,
    DataFormatError,
    InputError,
    OutOfRangeError,
    SingularSystemError,
    StepLimitError,
)
from joulebook.core.progress import NullProgress
from joulebook.core.results import Status
from joulebook.core.warming import DOMAINS
from joulebook.numerics.twins import LOOPS
from joulebook.thermal import Board, BoardResult, solve
from joulebook.thermal.mesh import PLAIN_CELLS, make_mesh
from joulebook.thermal.plot import _evenly
from joulebook.thermal.steady import assemble
from joulebook.thermal.warming import warm

COARSE = {"cell_size": 0.01}
LAYERS = [
    {"thickness": 70e-6, "conductivity": 0.8, "copper_fraction": 0.3},
    {"thickness": 1.5e-3, "conductivity": 0.8, "conductivity_through": 0.3},
]


def part(x: float, y: float, power: float = 1.0, *paths: float, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"x": x, "y": y, "length": 0.01, "width": 0.008, "power": power, **more}
    if paths:
        names = ("junction_to_case", "junction_to_board", "heat_sink")
        made["package"] = {"kind": "two_resistor", **dict(zip(names, paths, strict=False))}
    return made


def board(parts: dict[str, Any], **more: Any) -> Board:
    faces = {"top": {"coefficient": 12.0}, "bottom": {"coefficient": 8.0}}
    return Board(**{"name": "b", "length": 0.06, "width": 0.05, "layers": LAYERS, "components": parts, **faces, **more})


def test_packages_are_those_of_the_matrix_with_a_node_for_each_junction_and_case() -> None:
    """The slow and obvious way: every cell, surface, junction and case is an unknown of one sparse matrix."""
    parts = {
        "U1": part(0.015, 0.012, 2.0, 5.0, 9.0),
        "U2": part(0.04, 0.03, 1.5, 1.0, 3.0, 2.5),
        "R1": part(0.015, 0.035, 0.7),
        "U3": part(0.03, 0.02, 0.8, 4.0, 7.0, side="bottom"),
    }
    whole = board(parts, sides={"coefficient": 5.0})
    run = solve(whole, options={**COARSE, "tolerance": 1e-12})
    state = assemble(whole, make_mesh(whole, 0.01))
    shape, count = state.mesh.shape, int(np.prod(state.mesh.shape))
    number = np.arange(count).reshape(shape)
    entries: list[tuple[int, int, float]] = []
    heat: dict[int, float] = {}
    fresh = count

    def link(a: int, b: int | None, g: float) -> None:
        entries.append((a, a, g))
        if b is not None:
            entries.extend([(b, b, g), (a, b, -g), (b, a, -g)])

    for axis, g in enumerate((state.network.x, state.network.y, state.network.z)):
        near, far = (np.moveaxis(number, axis, 0)[part] for part in (slice(None, -1), slice(1, None)))
        for a, b, value in zip(near.flat, far.flat, np.moveaxis(g, axis, 0)[:-1].flat, strict=True):
            link(int(a), int(b), float(value))
    faces: dict[str, Any] = {}
    for surface in state.surfaces:
        own = np.arange(fresh, fresh + surface.area.size).reshape(surface.area.shape)
        fresh += surface.area.size
        faces[surface.name] = own
        for place in np.ndindex(*surface.area.shape):
            node, area = int(own[place]), float(surface.area[place])
            link(node, int(number[surface.at][place]), area / float(surface.half[place]))
            link(node, None, area * float(surface.law.coefficient or 0.0) * bool(surface.open[place]))
    junctions, cases = {}, {}
    rows: list[tuple[str, Any]] = []
    for item in state.items:
        own, package = faces[item.component.side][item.cells], item.package
        if package is None:
            for node, share in zip(own.flat, item.share.flat, strict=True):
                heat[int(node)] = heat.get(int(node), 0.0) + item.component.power * float(share)
            continue
        junctions[item.name], cases[item.name], fresh = fresh, fresh + 1, fresh + 2
        j, c = junctions[item.name], cases[item.name]
        heat[j] = item.component.power
        link(j, c, 1.0 / package.junction_to_case)
        area = item.component.length * item.component.width
        link(
            c, None, 1.0 / package.heat_sink if package.heat_sink else area * float(item.surface.law.coefficient or 0.0)
        )
        rows.append((item.name, (own.ravel(), item.share.ravel(), 1.0 / package.junction_to_board)))
    for name, (own, share, g) in rows:  # heat g (T_j - mean) enters evenly
        j = junctions[name]
        entries.append((j, j, g))
        for a, weight in zip(own, share, strict=True):
            entries += [(j, int(a), -g * weight), (int(a), j, -g * weight)]
            entries += [(int(a), int(b), g * weight * other) for b, other in zip(own, share, strict=True)]
    i, k, v = zip(*entries, strict=True)
    rhs = np.zeros(fresh)
    for node, value in heat.items():
        rhs[node] = value
    rises = spsolve(sparse.coo_array((v, (i, k)), shape=(fresh, fresh)).tocsc(), rhs)
    assert run["temperature"].ravel() - 298.15 == pytest.approx(rises[:count], rel=1e-8)
    assert run["top_temperature"] - 298.15 == pytest.approx(rises[faces["top"]], rel=1e-8)
    for k, name in enumerate(run["component"]):
        if name in junctions:
            assert run["junction"][k] - 298.15 == pytest.approx(rises[junctions[name]], rel=1e-8)
            assert run["case"][k] - 298.15 == pytest.approx(rises[cases[name]], rel=1e-8)


def test_table_and_facts_say_where_the_heat_goes() -> None:
    run = solve(board({"U1": part(0.02, 0.02, 2.0, 5.0, 9.0), "R1": part(0.04, 0.03)}), options=COARSE)
    table = run.to_dataframe().set_index("component")
    row = table.loc["U1"]
    assert row.junction_K - row.case_K == pytest.approx(5.0 * row.from_case_W)
    assert row.junction_K - row.board_K == pytest.approx(9.0 * row.into_board_W)
    assert row.into_board_W + row.from_case_W == pytest.approx(2.0)
    assert row.board_hottest_K > row.board_K
    assert np.isnan(table.loc["R1"].junction_K) and table.loc["R1"].into_board_W == 1.0
    leaving = run.facts["heat_leaving"]
    assert sum(leaving.values()) == pytest.approx(3.0, rel=1e-9)
    assert leaving["cases"] == pytest.approx(row.from_case_W)
    assert run.hottest == ("U1", pytest.approx(row.junction_K))
    assert run.status is Status.SOLVED and run.stats.iterations > 0 and run.stats.residual < 1e-9
    assert "JESD15-3" in [work.key for work in run.provenance.bibliography()]
    assert "U1" in run._repr_html_() and "balance" in repr(run)


def test_heat_flux_is_what_leaves_the_faces() -> None:
    run = solve(board({"R1": part(0.03, 0.02, 3.0)}), options=COARSE)
    area = np.diff(run["x_line"])[:, None] * np.diff(run["y_line"])[None, :]
    low = run["heat_flux"][:, :, 0, 2]
    out = 8.0 * (run["bottom_temperature"] - 298.15)
    # the middle of the lowest cell sees half of what goes round it sideways: the sums agree
    assert float((low * area).sum()) == pytest.approx(-float((out * area).sum()), rel=1e-9)


def test_results_come_back_from_a_file(tmp_path: Path) -> None:
    run = solve(board({"U1": part(0.02, 0.02, 2.0, 5.0, 9.0)}), options=COARSE)
    again = BoardResult.load(run.save(tmp_path / "x.run.nc"))
    assert np.array_equal(again["temperature"], run["temperature"])
    assert again.facts == run.facts and again.hottest == run.hottest
    data = run.to_xarray()
    assert data.temperature.dims == ("x", "y", "z") and data.temperature.attrs["units"] == "K"
    assert Board.from_document(again.provenance.design).components["U1"].power == 2.0


def test_faces_and_components_are_drawn(tmp_path: Path) -> None:
    run = solve(board({"U1": part(0.02, 0.02, 2.0, 5.0, 9.0), "B1": part(0.02, 0.02, side="bottom")}), options=COARSE)
    both = run.plot()
    assert isinstance(both, holoviews.Layout) and len(both) == 2
    face = run.plot("top_temperature")
    picture, boxes, words = face
    assert list(words.dimension_values("text")) == ["U1"] and len(boxes) == 1
    true = run["top_temperature"] - 273.15
    missed = true.max() - picture.dimension_values(2).max()
    assert 0 <= missed < 1e-3 * np.ptp(true), "between the centres of cells the picture is linear, so no peak is higher"
    holoviews.renderer("bokeh").get_plot(both)
    holoviews.renderer("bokeh").get_plot(run.plot("components"))
    with pytest.raises(InputError, match="top_temperature"):
        run.plot("inside")


def test_a_picture_of_uneven_cells_is_even_and_linear_between_their_centres() -> None:
    lines = [np.array([0.0, 1.0, 1.5, 4.0, 8.0]), np.array([0.0, 3.0, 3.25, 6.0])]
    x, y = ((line[1:] + line[:-1]) / 2 for line in lines)
    across, up, found = _evenly(lines, 2.0 * x[:, None] - 3.0 * y[None, :] + 1.0)
    assert found.shape == (len(up), len(across)) and np.allclose(np.diff(across), across[1] - across[0])
    inside = np.ix_((up >= y[0]) & (up <= y[-1]), (across >= x[0]) & (across <= x[-1]))
    expected = 2.0 * across[None, :] - 3.0 * up[:, None] + 1.0
    assert np.abs(found - expected)[inside].max() < 1e-12
    assert found[0, 0] == 2.0 * x[0] - 3.0 * y[0] + 1.0, "a rim has its cell's temperature"


def test_a_board_without_heat_has_the_ambient_s_temperature() -> None:
    for parts in ({}, {"U1": part(0.02, 0.02, 0.0, 5.0, 9.0)}):
        run = solve(board(parts, top={}), options=COARSE)
        assert np.all(run["temperature"] == 298.15)
        run.plot("top_temperature")


def test_nothing_that_cools_is_an_error() -> None:
    insulated = {"top": {"coefficient": 0.0}, "bottom": {"coefficient": 0.0}}
    with pytest.raises(SingularSystemError, match="nothing takes up 1 W"):
        solve(board({"R1": part(0.02, 0.02)}, **insulated), options=COARSE)
    run = solve(
        board({"R1": part(0.02, 0.02), "U1": part(0.04, 0.03, 2.0, 1.0, 3.0, 4.0)}, **insulated), options=COARSE
    )
    assert run["from_case"][1] == pytest.approx(3.0), "all heat leaves through the only heat sink"
    assert run["case"][1] - 298.15 == pytest.approx(12.0)


def test_too_few_iterations_are_an_error_with_what_there_is() -> None:
    with pytest.raises(StepLimitError, match="max_iterations") as caught:
        solve(board({"R1": part(0.02, 0.02)}), options={**COARSE, "max_iterations": 1})
    assert caught.value.partial.status is Status.FAILED
    assert caught.value.stats.iterations == 1


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"refine": 0}, "refine"),
        ({"refine": 1.5}, "refine"),
        ({"refine": True}, "refine"),
        ({"cell_size": float("nan")}, "cell_size"),
        ({"cell_size": -1.0}, "cell_size"),
        ({"tolerance": "small"}, "tolerance"),
        ({"mesh": 3}, "no such option"),
        (3, "options"),
    ],
)
def test_options_that_are_not_allowed_are_named(options: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        solve(board({"R1": part(0.02, 0.02)}), options=options)


def test_too_many_cells_are_an_error_and_so_is_something_else() -> None:
    with pytest.raises(OutOfRangeError, match="larger cell_size"):
        solve(board({"R1": part(0.02, 0.02)}), options={"cell_size": 1e-4, "refine": 3})
    with pytest.raises(InputError, match="must be a Board"):
        solve({"kind": "board"})  # type: ignore[arg-type]


def test_a_person_can_cancel() -> None:
    stopped = NullProgress()
    stopped.cancelled = True
    with pytest.raises(CancelledError):
        solve(board({"R1": part(0.02, 0.02)}), options=COARSE, progress=stopped)


def test_grids_meet_all_rims_and_stay_small_for_many_parts() -> None:
    parts = {"A": part(0.02, 0.02), "B": part(0.0333, 0.02)}
    mesh = make_mesh(board(parts))
    for component in board(parts).components.values():
        left, low, right, high = component.box
        for lines, places in ((mesh.x, (left, right)), (mesh.y, (low, high))):
            assert all(np.abs(lines - place).min() < 1e-12 for place in places)
    assert np.all(np.diff(mesh.x) > 0) and mesh.x[-1] == 0.06 and mesh.z[-1] == pytest.approx(1.57e-3)
    assert list(np.unique(mesh.layer)) == [0, 1] and mesh.layer[0] == 1
    fine = make_mesh(board(parts), refine=2)
    assert fine.x[::2] == pytest.approx(mesh.x) and fine.shape == tuple(2 * n for n in mesh.shape)
    many = {
        f"C{k}": {
            "x": 0.002 + 0.0037 * (k % 15),
            "y": 0.002 + 0.0037 * (k // 15),
            "length": 0.001,
            "width": 0.0006,
            "power": 0.1,
        }
        for k in range(180)
    }
    crowded = board(many)
    mesh = make_mesh(crowded)
    assert np.prod(mesh.shape) <= PLAIN_CELLS
    state = assemble(crowded, mesh)
    assert sum(float((item.surface.given * item.surface.area).sum()) for item in state.items[:1]) == pytest.approx(18.0)


def test_vtk_needs_a_folder(tmp_path: Path) -> None:
    run = solve(board({"R1": part(0.02, 0.02)}), options=COARSE)
    with pytest.raises(DataFormatError, match="cannot be written"):
        run.to_vtk(tmp_path / "missing" / "x.vtr")
    assert not list(tmp_path.iterdir())


def test_warming_compiles_every_loop_of_the_cells() -> None:
    assert "joulebook.thermal.warming:warm" in DOMAINS
    assert warm() >= 0
    for name, loop in LOOPS.items():
        if name.startswith("numerics.seven_point."):
            assert loop.cpu.signatures, name
