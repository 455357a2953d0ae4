"""The engine tells the truth about every cell, can be cancelled, keeps its limits and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import papermill
import pytest

from joulebook.core.errors import CancelledError, ReportError
from joulebook.report.engine import ENGINE, register_engine
from joulebook.report.execution import Limits
from joulebook.report.status import cell_statuses

MARK = "import os, pathlib; pathlib.Path({path!r}).write_text(str(os.getpid()))"
FOREVER = "import time\nwhile True: time.sleep(0.05)"
STUBBORN = "import time\nwhile True:\n    try: time.sleep(0.05)\n    except KeyboardInterrupt: pass"


def execute(source: Path, **options):
    register_engine()
    out = source.with_name("out.ipynb")
    papermill.execute_notebook(
        str(source), str(out), engine_name=ENGINE, progress_bar=False, own_interpreter=True, **options
    )
    return out


def statuses(out: Path) -> list[str]:
    return cell_statuses(nbformat.read(out, as_version=4))


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"


def test_all_cells_completed_and_progress_told(tmp_path, write_notebook, recording):
    source = write_notebook(tmp_path / "a.ipynb", "# Words", "x = 1", "print(x + 1)")
    progress = recording()
    out = execute(source, progress=progress, inputs={"cell": "ab"})
    notebook = nbformat.read(out, as_version=4)
    assert cell_statuses(notebook) == ["completed"] * 4
    assert notebook.cells[3].outputs[0].text == "2\n"
    assert notebook.metadata.papermill.status == "completed"
    assert notebook.metadata.joulebook.inputs == {"cell": "ab"}
    assert ("advance", 1, "x = 1") in progress.events


def test_failed_cell_and_those_after_it(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "a.ipynb", "1 / 0", "# Words", "y = 2")
    with pytest.raises(papermill.PapermillExecutionError):
        execute(source)
    notebook = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    kept = [cell for cell in notebook.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    found = [cell.metadata.papermill.status for cell in kept]
    assert found == ["completed", "failed", "not run", "not run"]
    assert kept[1].metadata.papermill.reason == "ZeroDivisionError: division by zero"
    assert kept[1].metadata.papermill.exception is True
    assert kept[3].metadata.papermill.exception is not True


def test_cancelled_cell_is_interrupted_and_the_rest_not_run(tmp_path, write_notebook, recording):
    mark = tmp_path / "pid"
    source = write_notebook(tmp_path / "a.ipynb", MARK.format(path=str(mark)), FOREVER, "z = 3")
    progress = recording(cancel_when=lambda: ("advance", 0, "import time") in progress.events)
    with pytest.raises(CancelledError, match="cell 3: cancelled"):
        execute(source, progress=progress)
    assert statuses(tmp_path / "out.ipynb") == ["completed", "completed", "interrupted", "not run"]
    assert gone(int(mark.read_text()))


def test_stubborn_cell_and_its_children_are_killed(tmp_path, write_notebook, recording, wait_until):
    mark = tmp_path / "pid"
    child = "import subprocess, pathlib; p = subprocess.Popen(['sleep', '600'])\n" + (
        f"pathlib.Path({str(mark)!r}).write_text(str(p.pid))"
    )
    source = write_notebook(tmp_path / "a.ipynb", child, STUBBORN, "z = 3")
    progress = recording(cancel_when=lambda: ("advance", 0, "import time") in progress.events)
    with pytest.raises(CancelledError):
        execute(source, progress=progress, limits=Limits(grace=0.3))
    assert statuses(tmp_path / "out.ipynb") == ["completed", "completed", "interrupted", "not run"]
    pid = int(mark.read_text())
    wait_until(lambda: gone(pid))


def test_child_left_by_a_good_notebook_is_ended(tmp_path, write_notebook, wait_until):
    mark = tmp_path / "pid"
    child = "import subprocess, pathlib; p = subprocess.Popen(['sleep', '600'])\n" + (
        f"pathlib.Path({str(mark)!r}).write_text(str(p.pid))"
    )
    execute(write_notebook(tmp_path / "a.ipynb", child))
    pid = int(mark.read_text())
    wait_until(lambda: gone(pid))


def test_time_limit_of_a_cell(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "a.ipynb", FOREVER, "z = 3")
    start = time.monotonic()
    with pytest.raises(ReportError, match=r"cell 2: stopped after 3 s, the time limit of one cell") as caught:
        execute(source, limits=Limits(cell=3))
    assert caught.value.cell == 1
    assert time.monotonic() - start < 60
    assert statuses(tmp_path / "out.ipynb") == ["completed", "interrupted", "not run"]


def test_time_limit_of_the_notebook(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "a.ipynb", FOREVER, "z = 3")
    with pytest.raises(ReportError, match="time limit of the whole notebook"):
        execute(source, limits=Limits(total=4))
    assert statuses(tmp_path / "out.ipynb")[-1] == "not run"


def test_papermills_own_time_limit_is_kept(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "a.ipynb", FOREVER)
    with pytest.raises(ReportError, match="stopped after 1 s"):
        execute(source, execution_timeout=1)


def test_dead_kernel_is_a_failed_cell(tmp_path, write_notebook):
    source = write_notebook(tmp_path / "a.ipynb", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "z = 3")
    with pytest.raises(ReportError, match="cell 2: the kernel died"):
        execute(source)
    assert statuses(tmp_path / "out.ipynb") == ["completed", "failed", "not run"]


def test_control_c_cancels(tmp_path, write_notebook, recording, wait_until):
    source = write_notebook(tmp_path / "a.ipynb", FOREVER, "z = 3")
    progress = recording()

    def press() -> None:
        wait_until(lambda: ("advance", 0, "import time") in progress.events)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(CancelledError):
        execute(source, progress=progress)
    presser.join()
    assert statuses(tmp_path / "out.ipynb") == ["completed", "interrupted", "not run"]


def test_runs_inside_a_running_event_loop(tmp_path, write_notebook):
    import asyncio

    source = write_notebook(tmp_path / "a.ipynb", "x = 1")

    async def caller() -> Path:
        return execute(source)

    assert statuses(asyncio.run(caller())) == ["completed", "completed"]


@pytest.mark.parametrize("first", ["papermill", "joulebook.report.engine", "joulebook.report.status"])
def test_either_may_be_imported_first(first):
    code = f"import {first}; from papermill.engines import papermill_engines as p; p.get_engine('joulebook')"
    subprocess.run([sys.executable, "-c", code], check=True)
