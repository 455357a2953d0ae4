"""Folders of users and groups."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook_hub import places, workspaces
from joulebook_hub.names import folder_name, is_good_username
from joulebook_hub.workspaces import Workspaces


@given(st.text(min_size=1, max_size=60))
def test_no_name_leaves_its_folder(name):
    root = Path("/srv/workspaces")
    for path in (Workspaces(root).of_user(name), Workspaces(root).of_group(name)):
        assert path.parent.parent == root
        assert path.name not in {"", ".", ".."} and "/" not in path.name and "\x00" not in path.name
        assert len(path.name) <= 42 and not path.name.startswith((".", "-"))


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
def test_different_names_have_different_folders(one, other):
    assert (folder_name(one) == folder_name(other)) == (one == other)


@given(st.text(max_size=40))
def test_names_that_people_choose_are_their_folders_and_no_made_up_folder_is_one(name):
    if is_good_username(name):
        assert folder_name(name) == name
    elif name and "--" in folder_name(name):
        assert not is_good_username(folder_name(name))


@pytest.fixture
def contents(tmp_path, monkeypatch):
    """Tutorials and examples as an installation has them."""
    tutorials, examples = tmp_path / "share" / "tutorials", tmp_path / "share" / "examples"
    tutorials.mkdir(parents=True)
    examples.mkdir()
    (tutorials / "first_cell.ipynb").write_text("{}", encoding="utf-8")
    (examples / "LG M50.cell.json").write_text('{"kind": "joulebook.cell"}', encoding="utf-8")
    monkeypatch.setattr(places, "tutorials_folder", lambda: tutorials)
    monkeypatch.setattr(places, "examples_folder", lambda: examples)
    return tutorials


@pytest.fixture
def all_workspaces(tmp_path, contents):
    return Workspaces(tmp_path / "workspaces")


def test_first_contents_come_once(all_workspaces, contents):
    workspace = all_workspaces.prepare("ada", [])
    design, notebook = workspace / "LG M50.cell.json", workspace / "tutorials" / "first_cell.ipynb"
    assert json.loads(design.read_text()) == {"kind": "joulebook.cell"}
    design.write_text("mine", encoding="utf-8")
    notebook.unlink()
    (contents / "second.ipynb").write_text("{}", encoding="utf-8")
    all_workspaces.prepare("ada", [])
    assert design.read_text() == "mine", "never overwritten"
    assert not notebook.exists(), "what was deleted does not come back"
    assert (workspace / "tutorials" / "second.ipynb").exists(), "what is new in a later version comes"


def test_an_own_file_of_the_same_name_stays(all_workspaces):
    workspace = all_workspaces.of_user("ada")
    workspace.mkdir(parents=True)
    (workspace / "LG M50.cell.json").write_text("older", encoding="utf-8")
    all_workspaces.prepare("ada", [])
    assert (workspace / "LG M50.cell.json").read_text() == "older"


def test_groups_share_a_folder(all_workspaces):
    ada = all_workspaces.prepare("ada", ["Team Zn/air", "magnets"])
    bob = all_workspaces.prepare("bob", ["magnets"])
    (ada / "projects" / "magnets" / "coil.txt").write_text("12 turns", encoding="utf-8")
    assert (bob / "projects" / "magnets" / "coil.txt").read_text() == "12 turns"
    assert len(list((ada / "projects").iterdir())) == 2


def test_leaving_a_group_takes_the_link_only(all_workspaces):
    ada = all_workspaces.prepare("ada", ["magnets"])
    (ada / "projects" / "magnets" / "coil.txt").write_text("12 turns", encoding="utf-8")
    (ada / "projects" / "own folder").mkdir()
    all_workspaces.prepare("ada", [])
    assert [entry.name for entry in (ada / "projects").iterdir()] == ["own folder"]
    assert (all_workspaces.of_group("magnets") / "coil.txt").exists()


def test_a_link_that_points_elsewhere_is_put_right(all_workspaces, tmp_path):
    ada = all_workspaces.prepare("ada", ["magnets"])
    link = ada / "projects" / "magnets"
    link.unlink()
    link.symlink_to(tmp_path)
    all_workspaces.prepare("ada", ["magnets"])
    assert link.resolve() == all_workspaces.of_group("magnets").resolve()


def test_workspaces_are_private(all_workspaces):
    assert all_workspaces.prepare("ada", []).stat().st_mode & 0o077 == 0


def test_installed_places_have_the_prototype_layout():
    assert workspaces.PROJECTS == "projects"
    assert places.config_file().name == "jupyterhub_config.py"
    assert (places.proxy_folder() / "package-lock.json").is_file()
