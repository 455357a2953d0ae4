"""Notebooks of one's own from the shell: parameters, what is kept, what is refused before a kernel starts."""

from __future__ import annotations

import json

import nbformat
import pytest

from joulebook.core.commands import main
from joulebook.core.errors import InputError
from joulebook.report.notebook_command import read_parameters, run_notebook


def outputs(path):
    cells = nbformat.read(path, as_version=4).cells
    return [output.get("text", "") for cell in cells if cell.cell_type == "code" for output in cell.outputs]


def test_a_notebook_runs_with_parameters_and_is_kept(tmp_path, capfd, write_notebook):
    source = write_notebook(tmp_path / "own.ipynb", "print(2 * rate)", parameters="rate = 1")
    assert main(["report", "notebook", str(source), "--parameters", '{"rate": 21}', "--progress", "json"]) == 0
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    kept = tmp_path / "own.run.ipynb"
    assert lines[-1] == {"result": {"notebook": str(kept), "pdf": None}} and outputs(kept) == ["42\n"]
    assert (lines[-2]["done"], lines[-2]["total"]) == (3, 3)


def test_a_failing_notebook_is_kept_and_its_cause_told(tmp_path, capfd, write_notebook):
    source = write_notebook(tmp_path / "own.ipynb", "raise RuntimeError('too coarse')", "print('never')")
    assert main(["report", "notebook", str(source), "-o", str(tmp_path / "o.ipynb"), "--progress", "json"]) == 1
    last = json.loads(capfd.readouterr().out.splitlines()[-1])
    assert "RuntimeError: too coarse" in last["error"]
    cells = nbformat.read(tmp_path / "o.ipynb", as_version=4).cells
    assert [cell.metadata.papermill.status for cell in cells[-2:]] == ["failed", "not run"]


@pytest.mark.parametrize("text", ["[", "[1]", "3", '"x"', "{" * 100_000, '{"a": 1' + " " * 100_000 + "}"])
def test_parameters_that_are_no_object_are_refused(text):
    with pytest.raises(InputError, match="JSON object"):
        read_parameters(text)


def test_what_cannot_run_is_told_at_once(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "own.ipynb", parameters="rate = 1")
    with pytest.raises(InputError, match="takes: rate"):
        run_notebook(source, {"rte": 2}, output=tmp_path / "o.ipynb")
    with pytest.raises(InputError, match="another"):
        run_notebook(source, output=source)
    with pytest.raises(InputError, match="no such notebook"):
        run_notebook(tmp_path / "none.ipynb", output=tmp_path / "o.ipynb")
    plain = tmp_path / "plain.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), plain)
    with pytest.raises(InputError, match="no cell of parameters"):
        run_notebook(plain, {"rate": 2}, output=tmp_path / "o.ipynb")
    foreign = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}})
    nbformat.write(foreign, plain)
    with pytest.raises(InputError, match="written in R"):
        run_notebook(plain, output=tmp_path / "o.ipynb")
