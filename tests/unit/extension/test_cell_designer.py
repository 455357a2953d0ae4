"""The notebook widget without a front end: traits, files, messages."""

import json
from pathlib import Path
from typing import Any

import pytest

import joulebook as jb
from joulebook.core.errors import DataFormatError, InputError
from joulebook_lab import widgets
from joulebook_lab.cell_designer import CellDesigner

Cell = jb.battery.Cell


@pytest.fixture
def designer() -> CellDesigner:
    return CellDesigner(Cell.named("Chen2020"))


@pytest.fixture
def sent(designer: CellDesigner, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(designer, "send", lambda content, buffers=None: found.append(content))
    return found


def ask(designer: CellDesigner, **changes: Any) -> None:
    """Send what the view sends when it wants curves."""
    request = {"kind": "preview", "id": "a-1", "document": designer.doc, "rates": [1.0, 2.0], "model": "SPM"}
    designer._handle_custom_msg({**request, **changes}, [])


def test_facade_leads_here() -> None:
    assert jb.designers.CellDesigner is CellDesigner


def test_starts_from_a_cell_or_a_name(designer: CellDesigner) -> None:
    assert designer.cell == Cell.named("Chen2020")
    assert CellDesigner("Chen2020").doc == designer.doc
    with pytest.raises(InputError, match="Known: Chen2020"):
        CellDesigner("Chen2019")
    with pytest.raises(InputError, match="must be a Cell"):
        CellDesigner({"kind": "joulebook.cell"})  # type: ignore[arg-type]


def test_edits_of_the_view_are_the_cell(designer: CellDesigner) -> None:
    told: list[float] = []
    designer.observe(lambda change: told.append(change["new"]["negative"]["thickness"]), "doc")
    designer.set_state({"doc": Cell.named("Chen2020").replace({"negative.thickness": 9e-5}).to_document()})
    assert designer.cell.negative.thickness == 9e-5
    assert told == [9e-5]


def test_python_changes_the_view(designer: CellDesigner) -> None:
    designer.cell = designer.cell.replace({"separator.thickness": 20e-6})
    assert designer.get_state()["doc"]["separator"]["thickness"] == 20e-6
    document = designer.document
    document["temperature"] = -5
    with pytest.raises(InputError, match="temperature"):
        designer.document = document
    assert designer.cell.temperature == 298.15


def test_faulty_document_names_its_faults(designer: CellDesigner) -> None:
    designer.doc = {**designer.doc, "temperature": -5, "lower_cutoff": 9.0}
    with pytest.raises(InputError) as caught:
        _ = designer.cell
    assert {"temperature"} <= {issue.path for issue in caught.value.issues}


class TestFiles:
    def test_opens_and_saves(self, tmp_path: Path) -> None:
        file = Cell.named("Chen2020").save(tmp_path / "mine.cell.json")
        designer = CellDesigner.open(file)
        designer.cell = designer.cell.replace({"negative.thickness": 9e-5})
        assert designer.save() == file
        assert Cell.load(file).negative.thickness == 9e-5
        other = designer.save(tmp_path / "other.cell.json")
        assert designer.save() == other

    def test_needs_a_name_once(self, designer: CellDesigner) -> None:
        with pytest.raises(InputError, match="this cell has no file yet"):
            designer.save()

    def test_faulty_cell_leaves_the_file_as_it_was(self, tmp_path: Path) -> None:
        file = Cell.named("Chen2020").save(tmp_path / "mine.cell.json")
        before = file.read_bytes()
        designer = CellDesigner.open(file)
        designer.doc = {**designer.doc, "temperature": -5}
        with pytest.raises(InputError, match="temperature"):
            designer.save()
        assert file.read_bytes() == before

    def test_broken_file_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "broken.cell.json"
        file.write_text('{"kind": ', "utf-8")
        with pytest.raises(DataFormatError, match=r"broken\.cell\.json"):
            CellDesigner.open(file)


class TestPreview:
    def test_answers_with_curves(self, designer: CellDesigner, sent: list[dict[str, Any]]) -> None:
        ask(designer)
        progress, answer = sent[:-1], sent[-1]
        assert [(item["done"], item["total"]) for item in progress] == [(1, 2), (2, 2)]
        assert answer["id"] == "a-1"
        assert [curve["rate"] for curve in answer["answer"]["curves"]] == [1.0, 2.0]
        assert answer["answer"]["errors"] == []
        assert designer.result["curves"] == answer["answer"]["curves"]
        assert designer.result["rates"] == [1.0, 2.0]
        json.dumps(sent, allow_nan=False)

    def test_a_trial_leaves_no_record(self, designer: CellDesigner, sent: list[dict[str, Any]]) -> None:
        ask(designer)
        before = designer.result
        ask(designer, rates=[1.0], trial=True)
        assert [curve["rate"] for curve in sent[-1]["answer"]["curves"]] == [1.0]
        assert designer.result == before

    def test_puts_faults_into_words(self, designer: CellDesigner, sent: list[dict[str, Any]]) -> None:
        ask(designer, document={**designer.doc, "temperature": -5})
        (error,) = sent[-1]["answer"]["errors"]
        assert error["rate"] is None
        assert "temperature" in error["message"]

    @pytest.mark.parametrize("changes", [{"rates": None}, {"rates": ["fast"]}, {"document": []}, {"model": 7}])
    def test_never_raises(self, designer: CellDesigner, sent: list[dict[str, Any]], changes: dict[str, Any]) -> None:
        ask(designer, **changes)
        assert sent[-1]["kind"] == "preview-answer"
        assert sent[-1]["answer"]["errors"]

    def test_other_messages_are_left_alone(self, designer: CellDesigner, sent: list[dict[str, Any]]) -> None:
        designer._handle_custom_msg({"kind": "other"}, [])
        designer._handle_custom_msg("text", [])
        assert sent == []


def test_says_what_to_do_where_it_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widgets, "STATIC", tmp_path)
    text = widgets.asset("cell_designer.js", widgets.not_built("cell", "cell"))
    assert isinstance(text, str)
    assert "jlpm build:widget" in text
    (tmp_path / "cell_designer.js").write_text("export default {}", "utf-8")
    assert widgets.asset("cell_designer.js", "") == tmp_path / "cell_designer.js"
