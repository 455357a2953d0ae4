"""Every notebook that comes with Joulebook runs, says what the text promises, and is kept without outputs."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import papermill
import pypdf
import pytest

import joulebook as jb
from joulebook.core import places
from joulebook.report.engine import ENGINE, register_engine
from joulebook.report.execution import Limits
from joulebook.report.status import cell_statuses

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def printed(notebook: nbformat.NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(item.get("text", "") or item.get("data", {}).get("text/plain", "") for item in outputs)


def kinds(notebook: nbformat.NotebookNode) -> set[str]:
    return {kind for cell in notebook.cells for output in cell.get("outputs", []) for kind in output.get("data", {})}


@pytest.fixture(scope="module")
def tutorial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tutorial")
    register_engine()
    out = folder / "out.ipynb"
    papermill.execute_notebook(
        str(places.notebooks("tutorials") / "first-cell.ipynb"),
        str(out),
        engine_name=ENGINE,
        progress_bar=False,
        own_interpreter=True,
        cwd=str(folder),
        limits=Limits(cell=300, total=600),
    )
    return folder, nbformat.read(out, as_version=4)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_kept_without_outputs(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell["id"]
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    nbformat.validate(nbformat.reads(json.dumps(notebook), as_version=4))


def test_tutorial_runs_to_its_end(tutorial):
    _, notebook = tutorial
    assert set(cell_statuses(notebook)) == {"completed"}


def test_tutorial_says_what_the_text_promises(tutorial):
    _, notebook = tutorial
    text = printed(notebook)
    figures = jb.battery.figures(jb.battery.Cell.named("Chen2020"))
    assert f"{figures.capacity:.2f} A h, {figures.specific_energy:.0f} Wh/kg" in text
    assert "voltage fell to 2.5 V" in text
    assert "negative.porosity = -0.2" in text and "positive.thickness = 75.6" in text
    assert "battery.simulate" in text
    dfn, spm = (float(line.split()[1]) for line in text.splitlines() if line.startswith(("DFN ", "SPM ")))
    assert dfn < spm
    shares = [float(line.rsplit("(", 1)[1].rstrip("%)")) for line in text.splitlines() if " at 10 A (" in line]
    assert shares[0] > shares[1]


def test_tutorial_draws_and_shows_the_designer(tutorial):
    _, notebook = tutorial
    assert "application/vnd.jupyter.widget-view+json" in kinds(notebook)
    assert "application/vnd.holoviews_exec.v0+json" in kinds(notebook)
    scripts = [
        output["data"]["application/javascript"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "application/javascript" in output.get("data", {})
    ]
    assert max(len("".join(script)) for script in scripts) > 1_000_000, "the plotting script is not in the notebook"


def test_tutorial_leaves_a_run_and_a_report(tutorial):
    folder, _ = tutorial
    loaded = jb.battery.BatteryResult.load(folder / "LG M50 at 1C.run.nc")
    assert loaded.end_reason == "voltage fell to 2.5 V"
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "LG M50 thick.report.pdf").pages)
    assert "LG M50, thicker coatings" in words
    assert "94.667 µm" in words


@pytest.mark.parametrize(
    ("name", "promised"),
    [
        ("rate-capability", ("A h at C/5", "thinner")),
        ("fast-charge", ("anode at least", "40 °C: 80 % after")),
        ("ageing", ("all lithium changes by", "everything", "keeps")),
        ("ieee-14", ("13.39 MW lost", "4.06 times the load", "Very likely: load 9")),
        ("outages-of-9241-buses", ("9241 buses", "outages overload a branch", "the largest changes of voltage")),
        ("import-cgmes", ("CGMES 2.4.15", "steady state hypothesis", "13.393 MW are lost")),
        ("feeder-protection", ("all breakers hold: True", "R2 is", "selective: True", "Short-circuit report")),
    ],
)
def test_tutorials_run_and_print_what_they_promise(name, promised, tmp_path):
    register_engine()
    papermill.execute_notebook(
        str(places.notebooks("tutorials") / f"{name}.ipynb"),
        str(tmp_path / "out.ipynb"),
        engine_name=ENGINE,
        progress_bar=False,
        own_interpreter=True,
        cwd=str(tmp_path),
        limits=Limits(cell=300, total=600),
    )
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert set(cell_statuses(notebook)) == {"completed"}
    text = printed(notebook)
    assert all(words in text for words in promised)


@pytest.mark.parametrize("template", jb.report.templates())
def test_templates_run_with_their_defaults(template, tmp_path):
    made = jb.report.run(template, pdf=tmp_path / "r.pdf", html=tmp_path / "r.html", progress=False)
    assert set(made.statuses) == {"completed"}
    assert len(pypdf.PdfReader(made.pdf).pages) >= 5


def test_example_is_the_named_cell():
    example = jb.battery.Cell.load(places.examples() / "LG M50.cell.json")
    assert example == jb.battery.Cell.named("Chen2020"), "stale: run python tools/generate.py"
