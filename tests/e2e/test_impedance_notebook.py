"""The tutorial on impedance runs, and says what its text promises."""

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


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("impedance")
    register_engine()
    out = folder / "out.ipynb"
    papermill.execute_notebook(
        str(places.notebooks("tutorials") / "impedance.ipynb"),
        str(out),
        engine_name=ENGINE,
        progress_bar=False,
        own_interpreter=True,
        cwd=str(folder),
        limits=Limits(cell=300, total=600),
    )
    notebook = nbformat.read(out, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "\n".join(item.get("text", "") or item.get("data", {}).get("text/plain", "") for item in outputs)
    return folder, notebook, text


def test_runs_to_its_end(tutorial):
    _, notebook, _ = tutorial
    assert set(cell_statuses(notebook)) == {"completed"}


def test_says_what_the_text_promises(tutorial):
    _, _, text = tutorial
    radii = [float(found) for found in re.findall(r"negative electrode (\d+\.\d+) mΩ", text)]
    assert radii == sorted(radii) and len(radii) == 3
    gap = float(re.search(r"largest gap between the parts and the whole: (\S+) Ω", text)[1])
    assert gap < 1e-15
    plain, salted = (float(found) for found in re.findall(r"off by (\S+)% below 1 Hz", text))
    assert salted < 1.0 < 10.0 < plain


def test_fit_finds_the_true_values(tutorial):
    _, _, text = tutorial
    rows = re.findall(r"^(\S+) +(\S+) ± (\S+)%, true (\S+)$", text, flags=re.MULTILINE)
    assert len(rows) == 3
    for name, value, error, truth in rows:
        off = abs(float(value) / float(truth) - 1)
        assert off < 3.5 * float(error) / 100 + 0.01, name
        assert float(error) < 5.0, name


def test_draws_and_keeps(tutorial):
    folder, notebook, _ = tutorial
    drawn = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "application/vnd.holoviews_exec.v0+json" in output.get("data", {})
    ]
    assert len(drawn) >= 5
    loaded = jb.battery.ImpedanceResult.load(folder / "LG M50 impedance.run.nc")
    assert loaded.impedance.shape == (5, 141)
