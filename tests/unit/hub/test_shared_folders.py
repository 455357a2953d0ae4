"""Folders of shared projects and their links: rights, hostile names, links that lead out, races."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from joulebook_hub import acl, links, places
from joulebook_hub.errors import HubError
from joulebook_hub.housing.dwellings import LIBRARY
from joulebook_hub.organisations.folders import Folders, measure_projects
from joulebook_hub.organisations.projects import Project, Reach
from joulebook_hub.organisations.records import slug
from joulebook_hub.workspaces import LIBRARIES, Workspaces


def project(number=7, link="acme.coil", folder=""):
    return Project(number, 1, "coil", "Coil", link, folder or f"projects/{number}", 0.0, None)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "tutorials_folder", lambda: None)
    monkeypatch.setattr(places, "examples_folder", lambda: None)
    return tmp_path / "workspaces"


def prepare(root, user, *projects, library=False):
    folders = Folders(root)
    targets = folders.targets(Reach(each, library) for each in projects)
    return Workspaces(root).prepare(user, [], *targets)


def test_two_members_see_the_same_folder(root):
    ada, bob = (prepare(root, user, project()) for user in ("ada", "bob"))
    (ada / "projects" / "acme.coil" / "turns.txt").write_text("12", encoding="utf-8")
    assert (bob / "projects" / "acme.coil" / "turns.txt").read_text(encoding="utf-8") == "12"


def test_links_come_and_go_while_a_server_runs(root):
    ada = prepare(root, "ada", project())
    workspaces, folders = Workspaces(root), Folders(root)
    workspaces.link("ada", ["magnets"], *folders.targets([Reach(project(8, "acme.cell"), False)]))
    assert sorted(path.name for path in (ada / "projects").iterdir()) == ["acme.cell", "magnets"]
    workspaces.link("ada", [], {}, {})
    assert list((ada / "projects").iterdir()) == []
    assert (root / "projects" / "7").is_dir(), "files stay"


def test_libraries_are_linked_where_the_plan_has_them(root):
    ada = prepare(root, "ada", project(), library=True)
    (ada / "projects" / "acme.coil" / LIBRARY).mkdir()
    (ada / "projects" / "acme.coil" / LIBRARY / "my graphite.material.json").write_text("{}", encoding="utf-8")
    assert (ada / LIBRARIES / "acme.coil" / "my graphite.material.json").is_file()
    Workspaces(root).link("ada", [], *Folders(root).targets([Reach(project(), False)]))
    assert list((ada / LIBRARIES).iterdir()) == []


def test_rights_of_a_project_folder(root):
    folder = Folders(root).prepare(project())
    found = folder.stat()
    assert stat.S_IMODE(found.st_mode) == 0o2770 and found.st_gid == os.getegid()
    try:
        kept = os.getxattr(folder, "system.posix_acl_default")
    except OSError:
        pytest.skip("this file system keeps no access lists")
    assert kept == acl.entries(owner=7, group=7, other=0)
    before = os.umask(0o077)
    try:
        (folder / "made.txt").write_text("x", encoding="utf-8")
        (folder / "inside").mkdir()
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "made.txt").stat().st_mode) == 0o660, "the group writes, whatever the umask"
    inside = (folder / "inside").stat()
    assert stat.S_IMODE(inside.st_mode) == 0o2770 and inside.st_gid == os.getegid()


def test_access_lists_are_written_as_the_kernel_wants_them():
    assert acl.entries(owner=7, group=5, other=0).hex() == (
        "0200000001000700ffffffff04000500ffffffff10000700ffffffff20000000ffffffff"
    )


def test_a_projects_folder_that_is_a_link_is_refused(root, tmp_path):
    (tmp_path / "secret").mkdir()
    (root / "projects").mkdir(parents=True)
    (root / "projects" / "7").symlink_to(tmp_path / "secret")
    with pytest.raises(HubError) as caught:
        Folders(root).prepare(project())
    assert caught.value.reason == "project_folder"


def test_a_workspaces_projects_folder_that_is_a_link_leads_nowhere(root, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    workspace = Workspaces(root).of_user("ada")
    workspace.mkdir(parents=True)
    (workspace / "projects").symlink_to(outside)
    prepare(root, "ada", project())
    assert list(outside.iterdir()) == [], "nothing was made behind the link"
    assert (workspace / "projects" / "acme.coil").resolve() == (root / "projects" / "7").resolve()
    assert (workspace / "projects (your own)").readlink() == outside, "the link is kept under another name"


def test_a_workspace_that_is_a_link_is_not_entered(root, tmp_path):
    (tmp_path / "outside").mkdir()
    (root / "users").mkdir(parents=True)
    (root / "users" / "ada").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="ada"):
        Workspaces(root).link("ada", [], {"acme.coil": root / "projects" / "7"}, {})
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_people_made_themselves_stays(root, tmp_path):
    ada = prepare(root, "ada", project())
    shelf = ada / "projects"
    (shelf / "mine").symlink_to(tmp_path)
    (shelf / "notes.txt").write_text("x", encoding="utf-8")
    Workspaces(root).link("ada", [], {"notes.txt": root / "projects" / "9"}, {})
    assert sorted(path.name for path in shelf.iterdir()) == ["mine", "notes.txt"]
    assert (shelf / "notes.txt").read_text(encoding="utf-8") == "x"


def test_a_link_turned_elsewhere_is_put_right(root, tmp_path):
    ada = prepare(root, "ada", project())
    link = ada / "projects" / "acme.coil"
    link.unlink()
    link.symlink_to("/etc")
    prepare(root, "ada", project())
    assert link.readlink() == root / "projects" / "7"


def test_deleting_a_project_follows_no_link(root, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("x", encoding="utf-8")
    folder = Folders(root).prepare(project())
    (folder / "out").symlink_to(precious)
    (folder / "deep").mkdir()
    (folder / "deep" / "file").write_text("y", encoding="utf-8")
    Folders(root).delete(project())
    assert not folder.exists() and (precious / "file").exists()
    (root / "projects" / "8").symlink_to(precious)
    with pytest.raises(OSError, match=r"symbolic link|Not a directory"):
        Folders(root).delete(project(8))
    assert (precious / "file").exists()


def test_swapping_folder_and_link_while_the_hub_links_never_leads_out(root, tmp_path):
    """A person exchanges ``projects`` for a link to another folder again and again; nothing is ever made there."""
    victim = tmp_path / "victim"
    victim.mkdir()
    workspace = Workspaces(root).of_user("ada")
    workspace.mkdir(parents=True)
    done = threading.Event()

    def swap():
        name, trap = workspace / "projects", workspace / "trap"
        while not done.is_set():
            try:
                trap.symlink_to(victim)
                trap.replace(name)
                name.unlink()
            except OSError:
                trap.unlink(missing_ok=True)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(150):
            try:
                Workspaces(root).link("ada", [], {"acme.coil": root / "projects" / "7"}, {})
            except OSError as error:
                assert error.errno in {40, 2, 17, 20}, error  # swapped at that moment: refused, and tried again later
    finally:
        done.set()
        swapping.join()
    assert list(victim.iterdir()) == []


@given(st.text(min_size=1, max_size=60))
def test_no_title_leads_out_of_the_folder(title):
    path = Path("/srv/workspaces/projects") / f"acme.{slug(title)}"
    assert path.parent == Path("/srv/workspaces/projects") and path.name not in {".", ".."}


def test_measuring_counts_projects_for_their_organisation(root, store_url):
    from joulebook_hub.organisations.book import Book
    from joulebook_hub.organisations.projects import Projects, room_of
    from joulebook_hub.plans import Plans
    from joulebook_hub.store import Store

    store = Store(store_url)
    book = Book(store, Plans.read(default="explorer"))
    book.found("Acme", "olga")
    made = Projects(book).make("acme", "olga", "Coil")
    folder = Folders(root).prepare(made)
    (folder / "data.bin").write_bytes(b"\1" * 300_000)
    (folder / "out").symlink_to("/usr")
    measure_projects(book, root)
    with store.read() as transaction:
        assert 0.0003 <= room_of(transaction, 1) < 0.001
    store.close()


def test_where_storage_is_full_only_who_can_make_room_reaches_the_projects(root, tmp_path):
    from joulebook_hub.organisations import reading
    from joulebook_hub.organisations.book import Book
    from joulebook_hub.organisations.projects import Projects, keep_size, reach_of
    from joulebook_hub.organisations.reading import Given
    from joulebook_hub.organisations.roles import Role
    from joulebook_hub.plans import Plans
    from joulebook_hub.store import Store

    store = Store(f"sqlite:///{tmp_path}/store.sqlite")
    book = Book(store, Plans.read(default="explorer"))
    book.found("Acme", "olga")
    book.give_plan("acme", Given("", "team", None, None), source="administrator", actor="root", reason="test")
    token = book.invite("acme", "olga", "mike", Role.MEMBER)
    with store.read() as transaction:
        _, asked = reading.find_invitation(transaction, "mike", token)
    book.answer("acme", "mike", asked.number, "", accept=True)
    made = Projects(book).make("acme", "olga", "Coil")

    def reached():
        measure_projects(book, root)  # its folder is not there: only the organisation's state is looked at
        with store.read() as transaction:
            return [len(reach_of(transaction, book, user)) for user in ("olga", "mike")]

    assert reached() == [1, 1]
    with store.begin() as transaction:
        keep_size(transaction, made.number, 1001e9)
    assert reached() == [1, 0]
    with pytest.raises(HubError) as caught:
        Projects(book).make("acme", "olga", "Another")
    assert caught.value.status == 402
    with store.begin() as transaction:
        keep_size(transaction, made.number, 999e9)
    assert reached() == [1, 1]
    with store.read() as transaction:
        assert [line.action for line in reading.lines(transaction, 1, most=2)] == [
            "storage has room again", "storage is full: members lost the shared folders",
        ]  # fmt: skip
    store.close()


def test_links_module_moves_aside_what_is_in_the_way(tmp_path):
    (tmp_path / "projects").write_text("a file", encoding="utf-8")
    with links.opened(tmp_path) as parent, links.subfolder(parent, "projects"):
        pass
    assert (tmp_path / "projects").is_dir()
    assert (tmp_path / "projects (your own)").read_text(encoding="utf-8") == "a file"
