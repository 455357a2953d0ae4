"""Making reports: from templates of our own, with failures told in the words of their cause."""

from __future__ import annotations

import json

import nbformat
import pytest

import joulebook as jb
from joulebook.core.errors import CancelledError, InputError, ReportError

GOOD = (
    "import joulebook as jb\n"
    "made = jb.report.Provenance(created='2026-01-01T00:00:00+00:00')\n"
    "text = f'{title} {values} {cell}'\n"
    "part = jb.report.Section(title='A', blocks=(jb.report.Paragraph(text=jb.report.escape(text)),))\n"
    "report = jb.report.Report(title=title, sections=(part,), provenance=made)\n"
    "jb.report.hand_over(report, report_file)"
)
PARAMETERS = "title = 'none'\nvalues = []\ncell = ''\nreport_file = ''"


@pytest.fixture
def template(tmp_path, write_notebook):
    return write_notebook(tmp_path / "mine.ipynb", "# Words", GOOD, parameters=PARAMETERS)


def test_parameters_go_in_and_files_come_out(tmp_path, template, recording):
    progress = recording()
    design = jb.battery.Cell.named("Chen2020")
    result = jb.report.run(
        template,
        {"title": "Mine", "values": (1, 2.5), "cell": design},
        pdf=tmp_path / "a.pdf",
        html=tmp_path / "a.html",
        progress=progress,
    )
    text = result.report.sections[0].blocks[0].text
    assert text.startswith("Mine \\[1, 2.5\\]")
    assert ".cell.json" in text
    assert result.pdf.read_bytes().startswith(b"%PDF")
    assert "<title>Mine</title>" in result.html.read_text(encoding="utf-8")
    assert set(result.statuses) == {"completed"}
    assert list(result.executed.metadata.joulebook.inputs) == ["cell"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.pdf", "mine.ipynb"]
    total = progress.events[0][1]
    assert sum(event[1] for event in progress.events if event[0] == "advance") == total
    assert progress.events[-1] == ("finish",)


def test_our_own_errors_speak_for_themselves(tmp_path, write_notebook):
    text = "import joulebook as jb\njb.battery.Cell.named('nobody')"
    source = write_notebook(tmp_path / "mine.ipynb", text)
    with pytest.raises(ReportError, match=r"^name = 'nobody': no such Cell") as caught:
        jb.report.run(source, notebook=tmp_path / "kept.ipynb")
    assert caught.value.cell == 2  # after the cell that papermill puts in for report_file
    assert caught.value.notebook == "mine.ipynb"
    assert "nobody" in caught.value.cause
    kept = nbformat.read(tmp_path / "kept.ipynb", as_version=4)
    assert "failed" in [cell.metadata.get("papermill", {}).get("status") for cell in kept.cells]


def test_other_errors_name_their_class_and_cell(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "mine.ipynb", "1 / 0")
    with pytest.raises(ReportError, match=r"mine\.ipynb, cell 3: ZeroDivisionError: division by zero"):
        jb.report.run(source)


def test_template_that_hands_nothing_over(tmp_path, write_notebook):
    with pytest.raises(ReportError, match="handed over no report"):
        jb.report.run(write_notebook(tmp_path / "mine.ipynb", "x = 1"))


def test_cancel_before_writing(tmp_path, template, recording):
    progress = recording(cancel_when=lambda: progress.events.count(("advance", 1, "import joulebook as jb")) > 0)
    with pytest.raises(CancelledError):
        jb.report.run(template, {"title": "Mine"}, pdf=tmp_path / "a.pdf", progress=progress)
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize(
    ("template_name", "parameters", "message"),
    [
        ("nothing", {}, "Known: battery_simulation, cell_design"),
        ("missing.ipynb", {}, "no such notebook"),
        ("cell_design", {"rate": 1}, r"rate = 1: not a parameter of this template.*takes: cell, rates, model$"),
    ],
)
def test_faults_before_anything_runs(template_name, parameters, message):
    with pytest.raises(InputError, match=message):
        jb.report.run(template_name, parameters)


def test_folder_must_exist(tmp_path):
    with pytest.raises(InputError, match="its folder does not exist"):
        jb.report.run("cell_design", pdf=tmp_path / "missing" / "a.pdf")


def test_hand_over_shows_the_report_to_a_person(small_report, tmp_path):
    shown = jb.report.hand_over(small_report)
    assert "sandbox" in shown.data and "srcdoc" in shown.data
    assert jb.report.hand_over(small_report, tmp_path / "r.json") is None
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["kind"] == "joulebook.report"
