"""Servers of projects: whether they may run, who reaches them with which scopes, and who is out at once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyterhub import orm, roles, scopes
from jupyterhub.auth import DummyAuthenticator

from joulebook_hub import spawners
from joulebook_hub.draining import drain
from joulebook_hub.errors import HubError
from joulebook_hub.names import is_good_username
from joulebook_hub.organisations import doors as doors_module
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.doors import PROJECT_SCOPES, Doors, role_of, without_project_names
from joulebook_hub.organisations.folders import Folders
from joulebook_hub.organisations.projects import Projects, keep_size
from joulebook_hub.organisations.reading import Given
from joulebook_hub.organisations.rooms import Rooms
from joulebook_hub.organisations.together import Together, is_project, server_of
from joulebook_hub.plans import Plans
from joulebook_hub.quota.gates import Gates, StartRefusedError
from joulebook_hub.service.features import load_tables
from joulebook_hub.spawners import WorkspaceSpawner
from joulebook_hub.store import Store


def made(store):
    """Acme and Beta, both of Team, each with a project; olga owns Acme, bea owns Beta."""
    load_tables()
    book = Book(store, Plans.read(default="explorer"))
    for title, owner in (("Acme", "olga"), ("Beta", "bea")):
        name = book.found(title, owner).name
        book.give_plan(name, Given("", "team", None, None), source="administrator", actor="root", reason="a test")
        Projects(book).make(name, owner, f"{title} coil")
    book.adopt("acme", ["ada", "bob"])
    return book


@pytest.fixture
def book(store_url):
    """The two organisations, on both databases."""
    store = Store(store_url)
    yield made(store)
    store.close()


def refused(status, function, *arguments):
    with pytest.raises(HubError) as caught:
        function(*arguments)
    assert caught.value.status == status, caught.value.user_message
    return caught.value.user_message


def admit(together, name):
    with together.book.store.read() as transaction:
        return together.admit(transaction, name)


def test_members_enter_and_nobody_else(book):
    together = Together(book)
    name, place = together.enter("acme", "ada", "acme-coil")
    assert name == "project--1" and place.members == {"olga", "ada", "bob"}
    refused(404, together.enter, "acme", "bea", "acme-coil")
    refused(404, together.enter, "acme", "carl", "acme-coil")
    refused(404, together.enter, "acme", "ada", "beta-coil")
    refused(404, together.enter, "acme", "ada", "no-such")


@pytest.mark.parametrize("name", ["project--3", "project--01", "project--", "project--1 ", "project--x", "ada", ""])
def test_only_servers_of_projects_are_let_run(book, name):
    refused(404, admit, Together(book), name)
    refused(404, admit, Together(book, offered=False), "project--1")


def test_the_plan_decides_and_the_answer_says_what_to_do(book):
    together = Together(book)
    book.give_plan("acme", None, source="administrator", actor="root", reason="a test")
    message = refused(402, admit, together, "project--1")
    assert "not part of what Acme has" in message and "administrator" in message
    assert admit(together, "project--2").entitlement.amount("memory") == 32.0


def test_a_closed_project_and_full_storage_have_no_server(book):
    together, projects = Together(book), Projects(book)
    projects.change("acme", "olga", "acme-coil", closed=True)
    refused(409, admit, together, "project--1")
    projects.change("acme", "olga", "acme-coil", closed=False)
    with book.store.begin() as transaction:
        keep_size(transaction, 1, 2e12)
    assert "make room" in refused(402, admit, together, "project--1")
    assert together.places(["project--1", "project--2"])["project--1"] is None


def test_nothing_starts_while_the_hub_drains(book):
    drain(book.store, on=True, actor="root", reason="a test")
    refused(503, Together(book).start, "project--1")


# -- JupyterHub's side -------------------------------------------------------------------------------------------------


class Users:
    """JupyterHub's table of users, as far as doors need it."""

    def __init__(self, db):
        self.db, self.spawners, self.stopped = db, {}, []

    def __getitem__(self, user):
        spawner = self.spawners.setdefault(user.name, SimpleNamespace(active=False, ready=False, pending=None))

        async def stop():
            self.stopped.append(user.name)
            spawner.active = spawner.ready = False

        return SimpleNamespace(name=user.name, active=spawner.active, spawner=spawner, stop=stop)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """JupyterHub's database with everybody in it, and our rooms."""
    book = made(Store(f"sqlite:///{tmp_path}/store.sqlite"))
    db = orm.new_session_factory("sqlite:///:memory:")()
    for role in roles.get_default_roles():
        roles.create_role(db, role)
    for name in ("olga", "ada", "bob", "bea", "carl", "project--1", "project--2"):
        user = orm.User(name=name)
        db.add(user)
        db.commit()
        roles.assign_default_roles(db, entity=user)

    async def deleted(user):
        cut.append(user.name)

    cut: list[str] = []
    settings = {"oauth_no_confirm_list": set(), "users": True}
    app = SimpleNamespace(db=db, users=Users(db), tornado_settings=settings, proxy=SimpleNamespace(delete_user=deleted))
    monkeypatch.setattr(doors_module, "running_hub", lambda: app)
    doors = Doors(Together(book), Folders(tmp_path))
    rooms = Rooms(Projects(book), tmp_path, doors)
    asyncio.run(rooms.follow(db, app))
    yield SimpleNamespace(app=app, db=db, rooms=rooms, doors=doors, cut=cut, book=book)
    db.close()
    book.store.close()


def may(hub, person, scope):
    user = orm.User.find(hub.db, person)
    held = scopes.parse_scopes(roles.roles_to_expanded_scopes(roles.get_roles_for(user), owner=user))
    return scopes.has_scope(scope, held, db=hub.db)


def start(hub, name, server=""):
    user = SimpleNamespace(name=name)
    spawner = SimpleNamespace(user=user, name=server, environment={}, mem_limit=None, cpu_limit=None, db=hub.db)
    asyncio.run(hub.doors.before_start(spawner, Gates(hub.book.store, hub.book.plans)))
    entry = hub.app.users.spawners.setdefault(name, SimpleNamespace(active=False, ready=False, pending=None))
    entry.active = entry.ready = True
    return spawner


def follow(hub):
    async def twice():
        await hub.rooms.follow(hub.db, hub.app)
        await asyncio.gather(*hub.doors._stopping.values())

    asyncio.run(twice())
    return hub.app.users.stopped


def test_the_role_reaches_one_server_and_no_other(hub):
    assert role_of("project--1")["scopes"] == ["access:servers!user=project--1", "servers!user=project--1"]
    for person in ("olga", "ada", "bob"):
        assert may(hub, person, "access:servers!user=project--1") and may(hub, person, "servers!user=project--1")
        assert not may(hub, person, "access:servers!user=project--2"), "another organisation's"
        assert not may(hub, person, "access:servers!user=bea") and not may(hub, person, "servers!user=carl")
        for power in ("tokens", "users", "admin:servers", "delete:users", "read:users:groups"):
            assert not may(hub, person, f"{power}!user=project--1"), power
    for person in ("bea", "carl"):
        assert not may(hub, person, "access:servers!user=project--1") and not may(
            hub, person, "servers!user=project--1"
        )
    assert hub.app.tornado_settings["oauth_no_confirm_list"] >= {"jupyterhub-user-project--1"}


def test_its_own_token_reaches_nothing_of_anybody():
    assert set(PROJECT_SCOPES) == {"users:activity!user", "access:servers!server"}
    assert not any("service" in scope for scope in PROJECT_SCOPES)


def test_who_is_removed_is_out_and_the_server_stops(hub):
    start(hub, "project--1")
    start(hub, "project--2")
    assert follow(hub) == []
    with hub.book.event("acme") as organisation:
        organisation.remove("olga", "bob")
    assert follow(hub) == ["project--1"] == hub.cut, "and the proxy's route is gone before"
    assert not may(hub, "bob", "access:servers!user=project--1") and may(hub, "ada", "access:servers!user=project--1")
    start(hub, "project--1")
    assert follow(hub) == ["project--1"], "the others go on without bob"


def test_who_joined_after_the_start_and_leaves_is_out_as_well(hub):
    start(hub, "project--1")
    hub.book.adopt("acme", ["carl"])
    assert follow(hub) == []
    assert may(hub, "carl", "access:servers!user=project--1")
    with hub.book.event("acme") as organisation:
        organisation.leave("carl")
    assert follow(hub) == ["project--1"]
    assert not may(hub, "carl", "access:servers!user=project--1")


def test_closing_handing_over_and_the_end_of_the_plan_stop_it(hub):
    projects = hub.rooms.projects
    start(hub, "project--1")
    projects.change("acme", "olga", "acme-coil", closed=True)
    assert follow(hub) == ["project--1"]
    assert orm.Role.find(hub.db, "project--1") is None and not may(hub, "olga", "servers!user=project--1")

    projects.change("acme", "olga", "acme-coil", closed=False)
    start(hub, "project--1")
    hub.book.adopt("beta", ["olga"])
    hub.book.appoint("beta", "root", "olga", "a test")
    projects.move("acme", "olga", "acme-coil", "beta")
    assert follow(hub) == ["project--1"] * 2
    assert may(hub, "bea", "access:servers!user=project--1") and not may(hub, "ada", "access:servers!user=project--1")

    start(hub, "project--2")
    hub.book.give_plan("beta", None, source="administrator", actor="root", reason="a test")
    assert follow(hub)[2:] == ["project--2"]


def test_a_server_of_before_the_hubs_start_and_of_a_suspended_person_stops(hub):
    start(hub, "project--1")
    hub.doors.shut_out("carl")
    assert follow(hub) == []
    hub.doors.shut_out("bob")
    assert follow(hub) == ["project--1"]


def test_what_is_starting_is_stopped_with_a_later_look(hub):
    start(hub, "project--1")
    hub.app.users.spawners["project--1"].pending = "spawn"
    with hub.book.event("acme") as organisation:
        organisation.remove("olga", "bob")
    assert follow(hub) == []
    hub.app.users.spawners["project--1"].pending = None
    assert follow(hub) == ["project--1"]


def test_a_start_is_refused_like_any_other(hub):
    with pytest.raises(StartRefusedError) as refusal:
        start(hub, "project--1", server="second")
    assert refusal.value.status_code == 403
    hub.book.give_plan("acme", None, source="administrator", actor="root", reason="a test")
    with pytest.raises(StartRefusedError) as refusal:
        start(hub, "project--1")
    assert refusal.value.status_code == 402 and "not part of" in refusal.value.jupyterhub_message


def test_it_has_the_size_of_the_plan_and_sees_its_project_only(hub, tmp_path):
    made = start(hub, "project--1")
    assert (made.mem_limit, made.cpu_limit) == (32_000_000_000, 16)
    assert made.project == tmp_path / "projects" / "1"
    assert made.libraries == {"acme.acme-coil": tmp_path / "projects" / "1" / "library"}


def test_its_process_gets_the_folder_and_no_way_to_the_service(tmp_path, monkeypatch):
    user = SimpleNamespace(name="project--1", settings={}, url="/user/project--1/", escaped_name="project--1")
    variables = {"JOULEBOOK_SERVICE": "http://x/", "JOULEBOOK_LEASES": "/leases", "JOULEBOOK_HUB": "mark"}
    spawner = WorkspaceSpawner(workspaces=str(tmp_path), hub_variables=variables, user=user)
    environment = spawner.user_env({})
    assert environment["JUPYTER_CONFIG_PATH"] == str(spawners.LEAN_SETTINGS) and "JOULEBOOK_SERVICE" in environment
    spawner.project = tmp_path / "projects" / "1"
    environment = spawner.user_env({})
    assert environment["JUPYTER_CONFIG_PATH"] == str(spawners.TOGETHER_SETTINGS)
    assert environment["HOME"] == str(tmp_path / "users" / "project-1--e542a929")
    assert not {"JOULEBOOK_SERVICE", "JOULEBOOK_LEASES"} & set(environment) and environment["JOULEBOOK_HUB"] == "mark"
    assert environment["CUDA_VISIBLE_DEVICES"] == ""


def settings_of(folder: Path) -> tuple[dict[str, bool], dict[str, bool]]:
    (server,) = (folder / "jupyter_server_config.d").glob("*.json")
    page = json.loads((folder / "labconfig" / "page_config.json").read_text(encoding="utf-8"))
    extensions = json.loads(server.read_text(encoding="utf-8"))["ServerApp"]["jpserver_extensions"]
    return extensions, page["disabledExtensions"]


def test_ordinary_servers_load_nothing_of_it():
    lean, hidden = settings_of(spawners.LEAN_SETTINGS)
    assert lean["jupyter_server_ydoc"] is False and lean["jupyter_server_fileid"] is False
    assert hidden["@jupyter/docprovider-extension"] and hidden["@jupyter/collaboration-extension"]
    together, hidden = settings_of(spawners.TOGETHER_SETTINGS)
    assert together["jupyter_server_ydoc"] is True and "@jupyter/collaboration-extension" not in hidden


def test_nobody_signs_up_or_in_with_a_name_of_a_project():
    assert not is_good_username(server_of(7)) and is_project("Project--7x") and not is_project("project-7")
    authenticator = without_project_names(DummyAuthenticator)(allow_all=True)
    assert authenticator.check_blocked_users("ada") and not authenticator.check_blocked_users("project--1")
    assert asyncio.run(authenticator.refresh_user(SimpleNamespace(name="project--1"))) is True


def test_what_it_remembers_goes_with_the_project(hub, tmp_path):
    home = tmp_path / "users" / "project-1--e542a929"
    home.mkdir(parents=True)
    (home / "documents.sqlite").write_bytes(b"")
    hub.rooms.folders.prepare(hub.doors.together.places(["project--1"])["project--1"].project)
    hub.rooms.projects.change("acme", "olga", "acme-coil", closed=True)
    hub.rooms.delete_project("acme", "olga", "acme-coil")
    assert not home.exists() and not (tmp_path / "projects" / "1").exists()
