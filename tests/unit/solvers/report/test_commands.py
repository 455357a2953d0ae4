"""The shell command: JSON lines for programs, clear words for people, nothing left after an interrupt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

import joulebook as jb
from joulebook.core.commands import main


@pytest.fixture
def cell_file(tmp_path):
    return jb.battery.Cell.named("Chen2020").save(tmp_path / "my.cell.json")


def lines_of(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_report_with_json_lines(cell_file, tmp_path, capfd):
    code = main(["report", "cell", str(cell_file), "--html", str(tmp_path / "r.html"), "--progress", "json"])
    out, err = capfd.readouterr()
    assert (code, err) == (0, "")
    lines = lines_of(out)
    pdf = tmp_path / "my.report.pdf"
    assert lines[-1] == {"result": {"pdf": str(pdf), "html": str(tmp_path / "r.html")}}
    assert [line["done"] for line in lines[:-1]] == sorted(line["done"] for line in lines[:-1])
    assert lines[-2]["done"] == lines[-2]["total"]
    assert "Solving the discharges" in {line["label"] for line in lines[:-1]}
    text = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(pdf).pages)
    known = jb.battery.figures(jb.battery.Cell.named("Chen2020"))
    for words in (f"{known.capacity:.4g}", f"{known.specific_energy:.3g}", f"{known.n_p_ratio:.3f}", "85.2 µm"):
        assert words in text
    run = jb.battery.simulate(jb.battery.Cell.named("Chen2020"), "Discharge at 1C until cut-off", initial_soc=1.0)
    assert f"{run.discharge_capacity[-1]:.3f}" in text
    assert "10.1149/1945-7111/ab9050" in text
    assert jb.battery.Cell.load(cell_file).digest() in text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"kind": "joulebook.cell", "schema_ver', "line 1, column"),
        ('{"kind": "other"}', "expected 'joulebook.cell'"),
        (None, "cannot be read"),
    ],
)
def test_bad_file_is_told_at_once(tmp_path, capsys, content, message):
    file = tmp_path / "bad.cell.json"
    if content is not None:
        file.write_text(content)
    assert main(["report", "cell", str(file), "--progress", "json"]) == 1
    out, err = capsys.readouterr()
    assert message in err
    assert "Traceback" not in err
    assert message in lines_of(out)[-1]["error"]


def test_faulty_values_are_all_told(cell_file, capsys):
    document = json.loads(cell_file.read_text(encoding="utf-8"))
    document["negative"]["thickness"] = "thick"
    document["positive"]["porosity"] = -0.1
    cell_file.write_text(json.dumps(document))
    assert main(["report", "cell", str(cell_file)]) == 1
    error = capsys.readouterr().err
    assert "negative.thickness = 'thick'" in error
    assert "positive.porosity = -0.1" in error


@pytest.mark.parametrize("rates", ["", "a,b", "0", "1,2,3,4,5,6,7,8,9", "-1"])
def test_bad_rates(cell_file, capsys, rates):
    assert main(["report", "cell", str(cell_file), f"--rates={rates}"]) == 1
    assert "one to eight numbers" in capsys.readouterr().err


def kernels_below(process: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            status = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(status[1]) == process and status[0] != "Z":
                found.append(int(folder.name))
        except (OSError, IndexError):
            continue
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the process table from /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_ends_the_kernel_too(cell_file, tmp_path, sign, wait_until):
    command = [sys.executable, "-m", "joulebook", "report", "cell", str(cell_file), "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if json.loads(line).get("label") == "Opening the cell":
                break
        kernels = kernels_below(process.pid)
        os.kill(process.pid, sign)
        out, _err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "cancelled" in lines_of(out)[-1]["error"]
    assert kernels
    wait_until(lambda: not any(alive(kernel) for kernel in kernels))
    assert not (tmp_path / "my.report.pdf").exists()
