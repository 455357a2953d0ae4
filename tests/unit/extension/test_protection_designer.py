"""The protection designer without a front end: traits, drags, undo, findings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import joulebook as jb
from joulebook.core.errors import InputError
from joulebook_lab import protection_designer
from joulebook_lab.protection_designer import ProtectionDesigner

Scheme = jb.grid.protection.Scheme


@pytest.fixture
def designer() -> ProtectionDesigner:
    return ProtectionDesigner("radial feeder 11 kV")


@pytest.fixture
def sent(designer: ProtectionDesigner, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(designer, "send", lambda content, buffers=None: found.append(content))
    return found


def multiplier(designer: ProtectionDesigner) -> float:
    return designer.scheme.device("R1").stages[0].multiplier


def drag(designer: ProtectionDesigner, factor: float, **changes: Any) -> None:
    """Send what the view sends while R1's multiplier is dragged."""
    handle = next(h for h in designer.drawing["handles"] if (h["device"], h["axis"]) == ("R1", "time"))
    message = {"kind": "drag", "id": "a-1", **handle, "time": handle["time"] * factor}
    designer._handle_custom_msg({**message, **changes}, [])


def tell(designer: ProtectionDesigner, kind: str) -> None:
    designer._handle_custom_msg({"kind": kind}, [])


def test_facade_leads_here() -> None:
    assert jb.designers.ProtectionDesigner is ProtectionDesigner


def test_starts_from_a_scheme_a_name_or_a_file(designer: ProtectionDesigner, tmp_path: Path) -> None:
    assert designer.scheme == Scheme.named("radial feeder 11 kV")
    file = designer.scheme.save(tmp_path / "x.protection.json")
    assert ProtectionDesigner.from_file(file).doc == designer.doc
    with pytest.raises(InputError, match="radial feeder"):
        ProtectionDesigner("nothing")
    with pytest.raises(InputError, match="must be a Scheme"):
        ProtectionDesigner({"kind": "joulebook.protection"})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="voltage"):
        ProtectionDesigner(designer.scheme, voltage=-1.0)


def test_everything_that_is_sent_is_plain(designer: ProtectionDesigner) -> None:
    sent = designer.get_state(["doc", "drawing", "findings", "steps"])
    assert set(json.loads(json.dumps(sent, allow_nan=False))) == {"doc", "drawing", "findings", "steps"}


def test_drags_move_the_relay_in_python(designer: ProtectionDesigner, sent: list[dict[str, Any]]) -> None:
    drag(designer, 1.25)
    assert multiplier(designer) == pytest.approx(0.5, rel=1e-3)
    assert sent == [{"kind": "drag-answer", "id": "a-1", "error": ""}]
    moved = next(h for h in designer.drawing["handles"] if (h["device"], h["axis"]) == ("R1", "time"))
    assert moved["time"] == pytest.approx(0.5 * 13.5 / 9, rel=1e-3)


def test_python_moves_the_drawing(designer: ProtectionDesigner) -> None:
    told: list[str] = []
    designer.observe(lambda change: told.append(change["name"]), ["doc", "drawing"])
    relay = designer.scheme.device("R1")
    designer.scheme = designer.scheme.with_device(relay.dragged("stages.0.pickup", 500.0, 1.0))
    grips = {(h["device"], h["path"]): h["current"] for h in designer.drawing["handles"]}
    assert grips["R1", "stages.0.pickup"] == 500.0
    assert set(told) == {"doc", "drawing"}


def test_findings_follow(designer: ProtectionDesigner, sent: list[dict[str, Any]]) -> None:
    assert all(item["ok"] for item in designer.findings)
    drag(designer, 0.3)
    bad = next(item for item in designer.findings if not item["ok"])
    assert bad["title"] == "R2 – R1"
    assert "too early" in bad["text"]


def test_a_gesture_is_one_step_of_undo(designer: ProtectionDesigner, sent: list[dict[str, Any]]) -> None:
    for _ in range(3):
        drag(designer, 1.1)
    tell(designer, "release")
    tell(designer, "release")
    assert designer.steps == [True, False]
    moved = multiplier(designer)
    tell(designer, "undo")
    assert multiplier(designer) == 0.4
    assert designer.steps == [False, True]
    tell(designer, "undo")
    tell(designer, "redo")
    assert multiplier(designer) == moved
    drag(designer, 0.9)
    tell(designer, "undo")
    assert multiplier(designer) == moved


def test_what_cannot_be_is_answered_and_changes_nothing(
    designer: ProtectionDesigner, sent: list[dict[str, Any]]
) -> None:
    before = designer.doc
    for changes in ({"device": "R9"}, {"path": "stages.9.pickup"}, {"time": -1.0}, {"time": "x"}, {"current": None}):
        drag(designer, 1.1, **changes)
        assert sent[-1]["error"], changes
    designer._handle_custom_msg({"kind": "drag"}, [])
    assert sent[-1]["error"]
    designer._handle_custom_msg("noise", [])
    designer._handle_custom_msg({"kind": "other"}, [])
    assert designer.doc == before


def test_faulty_documents_are_refused(designer: ProtectionDesigner) -> None:
    before = designer.doc
    with pytest.raises(InputError, match="safety_margin"):
        designer.doc = {**designer.doc, "safety_margin": -1.0}
    assert designer.doc == before


def test_read_only_lets_nothing_move(sent: list[dict[str, Any]]) -> None:
    closed = ProtectionDesigner(read_only=True)
    drag(closed, 2.0)
    assert multiplier(closed) == 0.4


def test_currents_are_referred(designer: ProtectionDesigner, sent: list[dict[str, Any]]) -> None:
    designer.voltage = 400.0
    assert designer.drawing["voltage"] == 400.0
    assert designer.drawing["marks"][0]["current"] == pytest.approx(1800.0 * 27.5)
    drag(designer, 1.25)
    assert multiplier(designer) == pytest.approx(0.5, rel=1e-3)
    with pytest.raises(InputError, match="voltage"):
        designer.voltage = 0.0


def test_says_so_where_the_view_is_not_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protection_designer, "STATIC", tmp_path)
    text = protection_designer._asset("protection_designer.js", protection_designer._NOT_BUILT)
    assert "jlpm build:widget" in str(text)
