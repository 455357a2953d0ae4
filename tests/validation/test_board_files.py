"""Files of VTK beside what VTK itself read from one, and taken apart byte by byte."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from joulebook.thermal import Board, BoardResult, solve

CASE = Path(__file__).parent / "cases" / "boards" / "vtk_read_back"


def small_run() -> BoardResult:
    """The board whose file VTK read: no two axes alike, sources on both faces, fixed coefficients."""
    parts = {
        "U1": {"x": 0.012, "y": 0.01, "length": 0.008, "width": 0.006, "power": 1.5},
        "R1": {"x": 0.03, "y": 0.02, "length": 0.004, "width": 0.006, "power": 0.5, "side": "bottom"},
    }
    layers = [
        {"thickness": 70e-6, "conductivity": 60.0, "conductivity_along_y": 25.0, "conductivity_through": 0.4},
        {"thickness": 1.5e-3, "conductivity": 0.8, "conductivity_through": 0.3},
    ]
    faces = {"top": {"coefficient": 12.0}, "bottom": {"coefficient": 8.0}}
    board = Board(name="file", length=0.04, width=0.03, layers=layers, components=parts, **faces)
    return solve(board, options={"cell_size": 0.01, "tolerance": 1e-12})


def taken_apart(path: Path) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """Arrays by name, and the head's attributes, read by the rules of the format."""
    raw = path.read_bytes()
    mark = b'<AppendedData encoding="raw">\n_'
    start = raw.index(mark) + len(mark)
    end = raw.rindex(b"\n</AppendedData>\n</VTKFile>\n")
    tree = ElementTree.fromstring(raw[: start - 1] + b"</AppendedData></VTKFile>")
    assert tree.attrib["byte_order"] == "LittleEndian" and tree.attrib["header_type"] == "UInt64"
    body, out, filled = raw[start:end], {}, 0
    for item in tree.iter("DataArray"):
        assert item.attrib["format"] == "appended" and item.attrib["type"] == "Float64"
        offset = int(item.attrib["offset"])
        assert offset == filled, "arrays follow each other without gaps"
        (size,) = np.frombuffer(body, "<u8", 1, offset)
        filled = offset + 8 + int(size)
        values = np.frombuffer(body, "<f8", int(size) // 8, offset + 8)
        out[item.attrib["Name"]] = values.reshape(-1, 3) if item.get("NumberOfComponents") == "3" else values
    assert filled == len(body)
    grid = tree.find("RectilinearGrid")
    assert grid is not None
    return out, dict(grid.attrib)


@pytest.fixture(scope="module")
def run() -> BoardResult:
    return small_run()


def test_bytes_are_those_of_the_field(run: BoardResult, tmp_path: Path) -> None:
    data, head = taken_apart(run.to_vtk(tmp_path / "x.vtr"))
    shape = run["temperature"].shape
    assert [int(n) for n in re.findall(r"\d+", head["WholeExtent"])] == [0, shape[0], 0, shape[1], 0, shape[2]]
    for axis in "xyz":
        assert np.array_equal(data[f"{axis}_m"], run[f"{axis}_line"])
    backwards = data["temperature_K"].reshape(shape[::-1]).T
    assert np.array_equal(backwards, run["temperature"])
    flux = data["heat_flux_W_m2"].reshape(*shape[::-1], 3).transpose(2, 1, 0, 3)
    assert np.array_equal(flux, run["heat_flux"])
    along = data["conductivity_W_mK"].reshape(*shape[::-1], 3)
    assert along[-1, 0, 0].tolist() == [60.0, 25.0, 0.4] and along[0, 3, 2].tolist() == [0.8, 0.8, 0.3]
    volume = np.multiply.outer(np.multiply.outer(*(np.diff(run[f"{n}_line"]) for n in "zy")), np.diff(run["x_line"]))
    assert float((data["heat_source_W_m3"] * volume.ravel()).sum()) == pytest.approx(2.0, rel=1e-12)
    assert [path.name for path in tmp_path.iterdir()] == ["x.vtr"]


def test_vtk_reads_the_same(run: BoardResult, tmp_path: Path) -> None:
    expected: dict[str, Any] = json.loads((CASE / "expected.json").read_text("utf-8"))
    data, _ = taken_apart(run.to_vtk(tmp_path / "x.vtr"))
    shape = run["temperature"].shape
    assert expected["class"] == "RectilinearGrid" and expected["n_cells"] == run["temperature"].size
    assert expected["dimensions"] == [n + 1 for n in shape]
    assert expected["scalars"] == "temperature_K" and expected["vectors"] == "heat_flux_W_m2"
    assert expected["heat_W"] == pytest.approx(2.0, rel=1e-6)
    for name, values in expected["values"].items():
        found = data[name][expected["cells"]]
        scale = np.abs(data[name]).max()
        assert found == pytest.approx(np.array(values), rel=1e-7, abs=1e-9 * scale), name
        assert data[name].sum(axis=0) == pytest.approx(np.array(expected["sums"][name]), rel=1e-7, abs=1e-7 * scale)
    for cell, place in zip(expected["cells"], expected["centres"], strict=True):
        k, j, i = np.unravel_index(cell, shape[::-1])
        assert [run["x"][i], run["y"][j], run["z"][k]] == pytest.approx(place, abs=1e-8)
