"""The board as a document: what is allowed, every fault at once, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import joulebook as jb
from joulebook.core.citations import cite
from joulebook.core.errors import DataFormatError, InputError
from joulebook.thermal import Board
from joulebook.thermal.board import Layer
from joulebook.thermal.layers import layer_conductivities, mixture_in_plane

LAYERS = [{"thickness": 1.6e-3, "conductivity": 0.8}]


def part(x: float, y: float, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "length": 0.01, "width": 0.01, "power": 1.0, **more}


def board(**more: Any) -> Board:
    return Board(**{"name": "b", "length": 0.1, "width": 0.08, "layers": LAYERS, **more})


@pytest.mark.parametrize("name", Board.names())
def test_named_boards_have_sources_and_come_back_from_a_file(name: str, tmp_path: Path) -> None:
    known = jb.thermal.Board.named(name)
    assert known.name == name and known.components and known.sources
    for path, source in known.sources.items():
        known.value_at(path)
        if source.ref:
            cite(source.ref)
    path = known.save(tmp_path / f"x{Board.suffix}")
    assert Board.load(path) == known
    assert json.loads(path.read_text("utf-8"))["kind"] == "board"
    assert name in known._repr_html_()


def test_the_jedec_board_has_the_size_of_its_standard() -> None:
    known = Board.named("JESD51-9 with an array package")
    assert (known.length, known.width) == (0.1145, 0.1015)
    assert known.thickness == pytest.approx(1.6e-3)


def test_every_fault_is_told_at_once() -> None:
    parts = {
        "U1": part(0.02, 0.02),
        "U2": part(0.025, 0.02),
        "U3": part(0.098, 0.02),
        "U4": part(0.05, 0.079),
        "U5": part(0.02, 0.02, side="bottom"),
        "a.b": part(0.06, 0.06),
        "W": part(0.05, 0.06, length=0.2),
    }
    layers = [{**LAYERS[0], "contact_resistance_below": 1e-4}]
    with pytest.raises(InputError) as caught:
        board(layers=layers, components=parts)
    said = {issue.path: str(issue) for issue in caught.value.issues}
    assert set(said) == {
        "layers.0.contact_resistance_below",
        "components.U2",
        "components.U3.x",
        "components.U4.y",
        "components.a.b",
        "components.W.x",
        "components.W",
    } - ({"components.W"} if "components.W" not in said else set())
    assert "overlaps U1 on the top" in said["components.U2"]
    assert "its middle may be at 5 to 95 mm" in said["components.U3.x"]
    assert "larger" in said["components.W.x"]


def test_values_out_of_range_are_told_with_unit_and_range() -> None:
    wrong = {"U1": part(0.02, 0.02, power=-1.0, package={"kind": "two_resistor", "junction_to_case": 0.0})}
    with pytest.raises(InputError) as caught:
        board(components=wrong, ambient=20.0, layers=[{"thickness": 1.6, "conductivity": 0.8}])
    text = str(caught.value)
    for word in (
        "components.U1.power",
        "junction_to_case",
        "junction_to_board",
        "ambient = 20.0 K",
        "layers.0.thickness",
    ):
        assert word in text, word
    with pytest.raises(InputError, match="layers"):
        board(layers=[])


def test_parts_may_touch_and_stand_on_the_rim() -> None:
    made = board(components={"A": part(0.005, 0.005), "B": part(0.015, 0.005), "C": part(0.095, 0.075)})
    assert made.power == 3.0
    assert made.replace({"components.A.power": 2.0}).power == 4.0
    assert made.components["A"].box == pytest.approx((0.0, 0.0, 0.01, 0.01))


def test_other_documents_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.pcb.json"
    file.write_text('{"kind": "circuit", "schema_version": 1}')
    with pytest.raises(DataFormatError, match="expected 'board'"):
        Board.load(file)
    file.write_text('{"kind": "board", "schema_version": 2}')
    with pytest.raises(DataFormatError, match="schema_version"):
        Board.load(file)


def test_copper_lies_between_its_bounds() -> None:
    order = ("series", "islands", "connected", "parallel")
    for share in (0.05, 0.3, 0.7, 0.95):
        found = [mixture_in_plane(share, 385.0, 0.8, pattern) for pattern in order]
        assert found == sorted(found) and found[0] > 0.8 and found[-1] < 385.0
    for pattern in order:
        assert mixture_in_plane(0.0, 385.0, 0.8, pattern) == pytest.approx(0.8)
        assert mixture_in_plane(1.0, 385.0, 0.8, pattern) == pytest.approx(385.0)
    # Keller's theorem: the two bounds of Hashin and Shtrikman at f and 1 - f multiply to the product of both
    product = mixture_in_plane(0.3, 385.0, 0.8, "connected") * mixture_in_plane(0.7, 385.0, 0.8, "islands")
    assert product == pytest.approx(385.0 * 0.8)
    layer = Layer(thickness=1e-4, conductivity=0.8, conductivity_through=0.3, copper_fraction=0.5)
    assert layer_conductivities(layer, 400.0)[2] == pytest.approx(200.15)
    assert layer_conductivities(layer, 400.0)[0] == layer_conductivities(layer, 400.0)[1]
