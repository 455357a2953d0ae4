"""The tutorial on a feeder with one-phase loads runs, and says what its text promises."""

from __future__ import annotations

import re

import nbformat
import papermill
import pytest

from joulebook.core import places
from joulebook.report.engine import ENGINE, register_engine
from joulebook.report.execution import Limits
from joulebook.report.status import cell_statuses


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("feeder")
    register_engine()
    out = folder / "out.ipynb"
    papermill.execute_notebook(
        str(places.notebooks("tutorials") / "one-phase-loads.ipynb"),
        str(out),
        engine_name=ENGINE,
        progress_bar=False,
        own_interpreter=True,
        cwd=str(folder),
        limits=Limits(cell=300, total=600),
    )
    notebook = nbformat.read(out, as_version=4)
    assert set(cell_statuses(notebook)) == {"completed"}
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    text = "\n".join(item.get("text", "") or item.get("data", {}).get("text/plain", "") for item in outputs)
    return text, sum("application/vnd.holoviews_exec.v0+json" in item.get("data", {}) for item in outputs)


def test_the_feeder_is_the_published_one(tutorial):
    text, drawn = tutorial
    assert "3567 kW from the grid, 112.4 kW lost" in text
    assert "taps {'reg1': 9, 'reg2': 6, 'reg3': 9}" in text
    assert drawn >= 2


def test_cars_cost_the_least_on_the_phase_with_room(tutorial):
    text, _ = tutorial
    found = {
        phases: (float(lowest), float(losses))
        for phases, lowest, losses in re.findall(r"phases \((.*?)\): lowest (\S+), losses (\S+) kW", text)
    }
    assert found["2,"][1] < found["1, 2, 3"][1] < found["3,"][1]
    assert found["3,"][0] < 0.95 < 0.96 < found["2,"][0]


def test_the_regulators_follow_the_evening(tutorial):
    text, _ = tutorial
    steps = re.search(r"\{'reg1': (\d+), 'reg2': (\d+), 'reg3': (\d+)\} steps", text)
    assert all(int(count) > 0 for count in steps.groups())
