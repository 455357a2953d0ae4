"""The tutorials on many designs and on fits run, and say what their text promises."""

from __future__ import annotations

import re

import nbformat
import papermill
import pytest

import joulebook as jb
from joulebook.core import places
from joulebook.report.engine import ENGINE, register_engine
from joulebook.report.execution import Limits
from joulebook.report.status import cell_statuses


def executed(folder, name):
    register_engine()
    out = folder / "out.ipynb"
    papermill.execute_notebook(
        str(places.notebooks("tutorials") / f"{name}.ipynb"),
        str(out),
        engine_name=ENGINE,
        progress_bar=False,
        own_interpreter=True,
        cwd=str(folder),
        limits=Limits(cell=300, total=900),
    )
    notebook = nbformat.read(out, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "\n".join(item.get("text", "") or item.get("data", {}).get("text/plain", "") for item in outputs)
    drawn = sum("application/vnd.holoviews_exec.v0+json" in item.get("data", {}) for item in outputs)
    assert set(cell_statuses(notebook)) == {"completed"}
    return text, drawn


@pytest.fixture(scope="module")
def designs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("designs")
    return (folder, *executed(folder, "ten-thousand-cells"))


@pytest.fixture(scope="module")
def fits(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fits")
    return (folder, *executed(folder, "fit-a-curve"))


def test_ten_thousand_cells_are_solved(designs):
    _, text, _ = designs
    solved, lost = re.search(r"(\d+) cells, (\d+) without a result", text).groups()
    assert int(solved) == 10_000 and int(lost) <= 10


def test_what_matters_is_named(designs):
    _, text, drawn = designs
    first = re.search(r"Energy density \[W h/L\] (\S+) (\d\.\d+) \[", text)
    assert first[1] in {"negative.thickness", "positive.particle_radius"} and float(first[2]) > 0.3
    assert drawn >= 4


def test_the_surface_states_an_error_that_holds(designs):
    _, text, _ = designs
    found = re.search(r"surface (\S+), model (\S+) W h/L, stated error (\S+) W h/L", text)
    predicted, solved, error = map(float, found.groups())
    assert abs(predicted - solved) < 4.0 * error < 0.05 * solved


def test_the_optimum_is_kept(designs):
    folder, text, _ = designs
    cell = jb.battery.Cell.load(folder / "Optimum at 10 A.cell.json")
    assert cell.name == "Optimum at 10 A"
    energies = re.findall(r": (\S+) W h at C/10, (\S+) W h at 2C, (\S+) W h at 5C", text)
    assert len(energies) == 2 and all(float(slow) > float(mid) > float(fast) for slow, mid, fast in energies)


def test_the_fits_find_the_truth(fits):
    _, text, _ = fits
    rows = re.findall(r"^(\S+) (\S+) ± (\S+)%, true (\S+), off (\S+) errors$", text, flags=re.MULTILINE)
    assert len(rows) == 8
    assert all(abs(float(off)) < 4.0 for *_, off in rows)
    alone, both = rows[:4], rows[4:]
    assert all(float(after[2]) < float(before[2]) for before, after in zip(alone, both, strict=True))
    assert float(re.search(r"standard error of negative.diffusivity: (\d+) times smaller", text)[1]) >= 5


def test_the_fit_says_what_the_text_promises(fits):
    _, text, drawn = fits
    chi = float(re.search(r"Reduced χ² +(\S+)", text)[1])
    assert 0.7 < chi < 1.4
    assert "negative.particle_radius and negative.diffusivity are told apart hardly" in text
    assert "95 % interval" in text and drawn >= 3


def test_the_fitted_cell_is_kept(fits):
    folder, _, _ = fits
    cell = jb.battery.Cell.load(folder / "LG M50 channel 7.cell.json")
    assert cell.sources["negative.diffusivity"].method == "fitted"
    loaded = jb.battery.FitResult.load(folder / "LG M50 channel 7.run.nc")
    assert loaded.cell.negative.diffusivity == cell.negative.diffusivity
