"""Designs: frozen, all faults at once, files that survive, versions brought forward."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from joulebook.battery import Cell
from joulebook.core.design import Design, Migration
from joulebook.core.documents import LARGEST_DOCUMENT, parse_document
from joulebook.core.errors import DataFormatError, InputError
from joulebook.core.quantities import MicroLength


@pytest.fixture
def document() -> dict[str, Any]:
    return Cell.named("Chen2020").to_document()


def write(folder: Path, content: Any) -> Path:
    path = folder / "my.cell.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_design_is_frozen() -> None:
    cell = Cell.named("Chen2020")
    with pytest.raises(ValidationError, match="frozen"):
        cell.name = "other"


def test_a_saved_design_comes_back_equal(tmp_path: Path) -> None:
    cell = Cell.named("Chen2020")
    path = cell.save(tmp_path / "cell.cell.json")
    assert Cell.load(path) == cell
    assert Cell.load(path).digest() == cell.digest()


def test_all_faults_are_reported_at_once(document: dict[str, Any], tmp_path: Path) -> None:
    document["negative"]["thickness"] = "85 µm"
    document["positive"]["porosity"] = -0.2
    document["separator"]["material"] = "unobtainium"
    document["positive"]["thickness"] = 75.6
    document["format"]["diameter"] = 21.0
    document["colour"] = "blue"
    del document["nominal_capacity"]
    path = write(tmp_path, document)
    before = path.read_bytes()
    with pytest.raises(InputError) as caught:
        Cell.load(path)
    by_path = {issue.path: issue for issue in caught.value.issues}
    assert set(by_path) == {
        "negative.thickness",
        "positive.porosity",
        "separator.material",
        "positive.thickness",
        "format.diameter",
        "colour",
        "nominal_capacity",
    }
    assert "must be a number, at least 0.001 and at most 2000 µm" in by_path["negative.thickness"].rule
    assert by_path["positive.porosity"].rule == "must be more than 0 and less than 1"
    assert "LGM50 separator" in by_path["separator.material"].hint
    assert by_path["positive.thickness"].hint == "If 75.6 µm was meant, write 7.56e-05"
    assert by_path["format.diameter"].hint == "If 21 mm was meant, write 0.021"
    assert "negative_collector" in by_path["colour"].hint
    assert str(caught.value).startswith("my.cell.json has 7 faults:")
    assert path.read_bytes() == before


def test_porosity_and_active_fraction_share_the_volume(document: dict[str, Any]) -> None:
    document["negative"]["porosity"] = 0.4
    with pytest.raises(InputError, match=r"negative\.porosity = 0\.4: with active_fraction = 0\.75 gives 1\.15"):
        Cell.from_document(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"kind": "joulebook.cell", "name": ', "ends too early"),
        ("", "ends too early"),
        ("[1, 2]", "must be a JSON object"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a": ' + "9" * 6000 + "}", "number that cannot be read"),
        ('{"kind": "joulebook.circuit"}', "expected 'joulebook.cell'"),
        ("{}", "expected 'joulebook.cell'"),
    ],
)
def test_text_that_is_no_cell_is_explained(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataFormatError, match=message):
        Cell.load(path)
    assert path.read_text() == text


def test_truncated_text_names_line_and_column(document: dict[str, Any]) -> None:
    text = json.dumps(document, indent=2)
    cut = text[: text.index("porosity") + 4]
    with pytest.raises(DataFormatError) as caught:
        parse_document(cut, file="x.cell.json")
    line = cut.count("\n") + 1
    assert caught.value.line == line
    assert f"x.cell.json, line {line}, column 5" in str(caught.value)
    assert "cut off" in str(caught.value)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.cell.json"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    with pytest.raises(DataFormatError, match=r"size = 50\.0 MB: at most 5 MB"):
        Cell.load(path)
    assert LARGEST_DOCUMENT < 50_000_000


def test_a_missing_file_and_a_missing_folder_are_explained(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match="cannot be read"):
        Cell.load(tmp_path / "none.cell.json")
    with pytest.raises(DataFormatError, match="cannot be written"):
        Cell.named("Chen2020").save(tmp_path / "no" / "cell.cell.json")


def test_a_binary_file_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "photo.cell.json"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(DataFormatError, match="not UTF-8"):
        Cell.load(path)


@pytest.mark.parametrize("version", [0, 99, "1", None, True, 1.5])
def test_versions_out_of_reach_are_explained(document: dict[str, Any], tmp_path: Path, version: Any) -> None:
    document["schema_version"] = version
    path = write(tmp_path, document)
    before = path.read_bytes()
    with pytest.raises(DataFormatError, match=r"this Joulebook reads 1\."):
        Cell.load(path)
    assert path.read_bytes() == before


class Rod(Design):
    """A document whose third version is current."""

    kind: ClassVar[str] = "joulebook.test-rod"
    version: ClassVar[int] = 3
    suffix: ClassVar[str] = ".rod.json"
    migrations: ClassVar[dict[int, Migration]] = {
        1: lambda data: {"size": data["length_mm"] / 1000},
        2: lambda data: {"length": data["size"]},
    }

    length: MicroLength


def test_old_documents_are_brought_forward_step_by_step() -> None:
    old = {"kind": "joulebook.test-rod", "schema_version": 1, "length_mm": 0.5}
    assert Rod.from_document(old).length == 0.0005
    assert old == {"kind": "joulebook.test-rod", "schema_version": 1, "length_mm": 0.5}
    assert Rod.from_document(old).to_document()["schema_version"] == 3
    with pytest.raises(DataFormatError, match="reads 1 to 3"):
        Rod.from_document({**old, "schema_version": 0})


def test_replace_validates_and_forgets_the_source() -> None:
    cell = Cell.named("Chen2020")
    thicker = cell.replace({"negative.thickness": 100e-6, "negative.diffusivity": 5e-14})
    assert thicker.negative.thickness == 100e-6
    assert thicker.negative.diffusivity == 5e-14
    assert "negative.thickness" in cell.sources
    assert "negative.thickness" not in thicker.sources
    with pytest.raises(InputError, match="Cell has no 'anode'"):
        cell.replace({"anode.thickness": 1e-4})
    with pytest.raises(InputError, match="must be"):
        cell.replace({"negative.thickness": 1.0})


def test_variants_are_what_replace_makes() -> None:
    cell = Cell.named("Chen2020")
    paths = ["negative.thickness", "positive.porosity", "nominal_capacity"]
    variant = cell.variants(paths)
    for values in ([90e-6, 0.30, 4.8], [80e-6, 0.32, 5.1]):
        assert variant(values) == cell.replace(dict(zip(paths, values, strict=True)))
    for values in ([1.0, 0.3, 5.0], [90e-6, 0.9, 5.0]):
        with pytest.raises(InputError) as quick:
            variant(values)
        with pytest.raises(InputError) as slow:
            cell.replace(dict(zip(paths, values, strict=True)))
        assert str(quick.value) == str(slow.value)
    with pytest.raises(InputError, match="has no 'thicknes'"):
        cell.variants(["negative.thicknes"])
    assert cell == Cell.named("Chen2020")


def test_saving_replaces_the_whole_file_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Cell.named("Chen2020").save(tmp_path / "cell.cell.json")
    before = path.read_bytes()

    def full_disk(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        Cell.named("Chen2020").replace({"name": "other"}).save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_units_reach_the_schema() -> None:
    schema = Cell.model_json_schema()["$defs"]["Electrode"]["properties"]["thickness"]
    assert (schema["unit"], schema["displayUnit"], schema["displayFactor"]) == ("m", "µm", 1e6)
    assert schema["maximum"] == 2e-3
    assert schema["description"]


def test_unknown_names_list_the_known_ones() -> None:
    assert "Chen2020" in Cell.names()
    with pytest.raises(InputError, match="Known: Chen2020"):
        Cell.named("Chen 2020")
