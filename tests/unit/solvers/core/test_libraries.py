"""Files of shared libraries are found by their name, and nothing else is."""

from __future__ import annotations

import json
import os

import pytest

import joulebook as jb
from joulebook.core.documents import read_document
from joulebook.core.errors import DataFormatError
from joulebook.core.libraries import libraries


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Two libraries, as a hub links them: one that is there, one whose project has none."""
    project = tmp_path / "elsewhere" / "library"
    project.mkdir(parents=True)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "acme.coil").symlink_to(project)
    (shelf / "acme.cell").symlink_to(tmp_path / "nowhere")
    (shelf / ".hidden").mkdir()
    monkeypatch.setenv("JOULEBOOK_LIBRARIES", os.pathsep.join([str(tmp_path / "missing"), str(shelf)]))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return shelf


def put(folder, name, content):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def test_only_what_is_there_is_a_library(shelf):
    assert [library.name for library in libraries()] == ["acme.coil"]


def test_a_material_is_found_by_its_file_name(shelf):
    material = jb.materials.document_of(jb.materials.active("LGM50 NMC811"))
    mine = material.model_copy(update={"name": "our NMC"})
    mine.save(shelf / "acme.coil" / "our NMC.material.json")
    assert jb.materials.load("our NMC.material.json") == mine


def test_the_working_folder_goes_first(shelf, tmp_path):
    put(shelf / "acme.coil", "a.json", {"from": "library"})
    assert read_document("a.json") == {"from": "library"}
    put(tmp_path / "work", "a.json", {"from": "work"})
    assert read_document("a.json") == {"from": "work"}


@pytest.mark.parametrize("path", ["../secret.json", "sub/../../secret.json", "/secret.json"])
def test_no_path_leads_out_of_a_library(shelf, path):
    put(shelf.parent / "elsewhere", "secret.json", {"a": 1})
    with pytest.raises(DataFormatError, match="cannot be read"):
        read_document(path)


def test_two_files_of_one_name_are_told(shelf, tmp_path):
    (shelf / "beta.cells").mkdir()
    for library in ("acme.coil", "beta.cells"):
        put(shelf / library, "a.json", {})
    with pytest.raises(DataFormatError, match=r"several shared libraries \(acme.coil, beta.cells\)"):
        read_document("a.json")


def test_without_the_variable_there_is_none(monkeypatch):
    monkeypatch.delenv("JOULEBOOK_LIBRARIES", raising=False)
    assert libraries() == ()
