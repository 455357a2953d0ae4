"""Dwellings: who sees which folder as whom, on the disk and in the real spawners' containers and pods."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from docker.types import Mount as DockerMount
from dockerspawner import DockerSpawner
from hypothesis import given
from hypothesis import strategies as st
from traitlets.config import Config

from joulebook_hub import housing, places
from joulebook_hub.errors import HubError
from joulebook_hub.housing import docker, kubernetes
from joulebook_hub.housing.configuration import configure
from joulebook_hub.housing.dwellings import Dwelling, Inside, Shared, dwelling
from joulebook_hub.housing.houses import Houses
from joulebook_hub.housing.leaving import Leaving
from joulebook_hub.housing.numbers import PERSON, PROJECT, numbers
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.book import Book
from joulebook_hub.organisations.doors import Doors
from joulebook_hub.organisations.folders import Folders
from joulebook_hub.organisations.projects import Projects, keep_size
from joulebook_hub.organisations.reading import Given
from joulebook_hub.organisations.roles import Role
from joulebook_hub.organisations.rooms import Rooms
from joulebook_hub.organisations.together import Together
from joulebook_hub.plans import Plans
from joulebook_hub.service.features import load_tables
from joulebook_hub.settings import HubSettings
from joulebook_hub.store import Store
from joulebook_hub.workspaces import LIBRARIES

FIRST = 400_000
ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only an administrator can give files to other numeric users")


@pytest.fixture
def store(tmp_path):
    load_tables()
    opened = Store(f"sqlite:///{tmp_path}/store.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def houses(store, tmp_path, monkeypatch):
    monkeypatch.setattr(places, "tutorials_folder", lambda: None)
    monkeypatch.setattr(places, "examples_folder", lambda: None)
    first = FIRST if ROOT else os.geteuid()  # who is no administrator has one identity to give: one's own
    return Houses(Book(store, Plans.read(default="explorer")), tmp_path / "workspaces", first)


@pytest.fixture
def acme(houses):
    """Acme of olga and mike has the project Coil."""
    book = houses.book
    book.found("Acme", "olga")
    book.give_plan("acme", Given("subscription", "team", None, None), source="subscription", actor="billing")
    token = book.invite("acme", "olga", "mike", Role.MEMBER)
    with book.store.read() as transaction:
        _, asked = reading.find_invitation(transaction, "mike", token)
    book.answer("acme", "mike", asked.number, "", accept=True)
    return Projects(book).make("acme", "olga", "Coil")


def remove(houses, user):
    with houses.book.event("acme") as organisation:
        organisation.remove("olga", user)


def spawner(kind, c=None):
    return kind(config=c or Config(), user=SimpleNamespace(name="ada", id=1, url="/", spawners={}))


def test_everybody_has_numbers_of_their_own_and_members_share_the_projects(houses, acme):
    olga, mike, eve = (houses.dwelling(user, []) for user in ("olga", "mike", "eve"))
    assert len({olga.uid, mike.uid, eve.uid, *olga.gids}) == 4, "no number is given twice"
    assert olga.gids == mike.gids and len(olga.gids) == 1 and eve.gids == ()
    assert [mount.source for mount in mike.mounts] == ["users/mike", "projects/1"]
    assert mike.links == {"acme.coil": "/srv/joulebook/workspaces/projects/1"}
    assert mike.libraries == {"acme.coil": "/srv/joulebook/workspaces/projects/1/library"}
    assert houses.dwelling("olga", []) == olga, "and keeps them"


def test_numbers_on_both_databases(store_url):
    load_tables()
    store = Store(store_url)
    with store.begin() as transaction:
        first = numbers(transaction, PERSON, ["ada", "bob", "ada"])
        assert numbers(transaction, PERSON, ["bob", "eve"])["bob"] == first["bob"]
        assert len({*first.values(), *numbers(transaction, PROJECT, ["1", "2"]).values()}) == 4
        assert numbers(transaction, PROJECT, []) == {}
    houses = Houses(Book(store, Plans.read(default="explorer")), Path("/nowhere"), FIRST)
    houses.moved_in("ada", "", houses.dwelling("ada", ["magnets"]))
    houses.moved_in("ada", "", houses.dwelling("ada", ["coils"]))
    assert houses.given() == {("ada", ""): {"groups/coils"}}
    store.close()


def test_groups_are_shared_and_plans_and_organisations_are_no_groups(houses, acme):
    found = houses.dwelling("mike", ["magnets", "plan-team", "org-acme"])
    assert [mount.source for mount in found.shared] == ["projects/1", "groups/magnets"]
    assert len(set(found.gids)) == 2


def test_a_deleted_projects_number_never_comes_again(houses, acme):
    projects = Projects(houses.book)
    before = houses.dwelling("mike", []).gids
    projects.change("acme", "olga", acme.name, closed=True)
    projects.delete("acme", "olga", acme.name)
    made = projects.make("acme", "olga", "Coil")
    assert made.number == acme.number + 1 and houses.dwelling("mike", []).gids != before


names = st.text(min_size=1, max_size=40)


@given(user=names, links=st.lists(names, max_size=4, unique=True))
def test_no_name_puts_a_mount_elsewhere(user, links):
    shared = [Shared(f"projects/{n}", link, n + 2) for n, link in enumerate(links)]
    found = dwelling(user, 1, shared, first=FIRST)
    shelf, name = found.home.source.split("/")
    assert (shelf, found.home.target) == ("users", "/home/joulebook") and name not in {"", ".", ".."}
    assert all(mount.target == f"{Inside().tree}/{mount.source}" for mount in found.shared)


@needs_root
def test_folders_belong_to_whom_they_should(houses, acme):
    olga, mike = houses.prepare("olga", []), houses.prepare("mike", [])
    home, project = houses.root / "users" / "mike", houses.root / "projects" / "1"
    found = home.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (mike.uid, mike.uid, 0o700)
    for name in ("projects", ".joulebook-libraries", ".joulebook-workspace.json"):
        assert (home / name).lstat().st_uid == mike.uid
    found = project.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (0, olga.gids[0], 0o2770)
    assert (home / "projects" / "acme.coil").readlink() == Path(Inside().tree) / "projects/1"


def _as(given: Dwelling, action) -> int:
    """Do something in a process that has a dwelling's identity; 0 if it could be done."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(given.gids)
            os.setgid(given.gid)
            os.setuid(given.uid)
            os.umask(0o077)
            action()
        except PermissionError:
            os._exit(13)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_root
def test_the_kernel_keeps_who_is_no_member_out_and_lets_members_share(houses, acme, tmp_path):
    olga, mike, eve = (houses.prepare(user, []) for user in ("olga", "mike", "eve"))
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == 0 and path.is_relative_to(tmp_path.parents[1]):
            path.chmod(path.stat().st_mode | 0o011)  # the way there, which a container does not have to walk
    houses.root.chmod(0o711)
    for shelf in ("users", "projects"):
        (houses.root / shelf).chmod(0o711)
    file = houses.root / "projects" / "1" / "turns.txt"
    home = houses.root / "users" / "mike" / "own.txt"
    assert _as(olga, lambda: file.write_text("12")) == 0
    assert _as(mike, lambda: file.write_text(file.read_text() + "3")) == 0, "whatever the umask was"
    assert _as(eve, file.read_text) == 13
    assert _as(mike, lambda: home.write_text("x")) == 0
    assert _as(olga, home.read_text) == 13, "a home is its person's alone"
    assert file.read_text() == "123"


@needs_root
def test_files_of_an_older_hub_find_their_owners_and_links_are_not_followed(houses, acme, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("x")
    home, project = houses.root / "users" / "mike", houses.root / "projects" / "1"
    for folder in (home, project):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "file").write_text("x")
        (folder / "deep" / "file").chmod(0o600)
        (folder / "out").symlink_to(outside)
    mike = houses.prepare("mike", [])
    assert (home / "deep" / "file").stat().st_uid == mike.uid
    shared = (project / "deep" / "file").stat()
    assert (shared.st_uid, shared.st_gid, stat.S_IMODE(shared.st_mode)) == (0, mike.gids[0], 0o660)
    assert stat.S_IMODE((project / "deep").stat().st_mode) == 0o2770
    assert (outside.stat().st_uid, outside.stat().st_gid) == (0, 0)


@needs_root
def test_first_contents_follow_no_link_of_the_owners(houses, tmp_path, monkeypatch):
    source, victim = tmp_path / "source", tmp_path / "victim"
    source.mkdir()
    victim.mkdir()
    (source / "first.ipynb").write_text("{}")
    monkeypatch.setattr(places, "tutorials_folder", lambda: source)
    home = houses.root / "users" / "mike"
    home.mkdir(parents=True)
    (home / "tutorials").symlink_to(victim)
    (home / ".joulebook-workspace.json").symlink_to(victim / "record")
    mike = houses.prepare("mike", [])
    assert list(victim.iterdir()) == []
    assert (home / "tutorials" / "first.ipynb").stat().st_uid == mike.uid
    assert (home / ".joulebook-workspace.json").is_symlink(), "what stands in the way stays"


def test_a_folder_that_cannot_be_made_ready_is_told(houses, acme):
    (houses.root / "projects").mkdir(parents=True)
    (houses.root / "projects" / "1").symlink_to("/etc")
    with pytest.raises(HubError) as caught:
        houses.prepare("mike", [])
    assert caught.value.reason == "project_folder"


def test_docker_gets_mounts_user_and_groups():
    given = dwelling(
        "ada", 1, [Shared("projects/7", "acme.coil", 2), Shared("projects/8", "b", 3, read_only=True)], first=FIRST
    )
    c = Config()
    c.DockerSpawner.extra_host_config = {"pids_limit": 10}
    made = spawner(DockerSpawner, c)
    docker.furnish(made, given, "/data/joulebook")
    docker.furnish(made, given, "/data/joulebook")
    assert all(isinstance(mount, DockerMount) for mount in made.mount_binds)
    assert [(mount["Source"], mount["Target"], mount["ReadOnly"]) for mount in made.mount_binds] == [
        ("/data/joulebook/users/ada", "/home/joulebook", False),
        ("/data/joulebook/projects/7", "/srv/joulebook/workspaces/projects/7", False),
        ("/data/joulebook/projects/8", "/srv/joulebook/workspaces/projects/8", True),
    ]
    assert made.extra_create_kwargs == {"user": "400001:400001"} and not made.volume_binds
    assert made.extra_host_config == {"pids_limit": 10, "group_add": ["400002", "400003"]}
    assert made.environment["HOME"] == "/home/joulebook"


@pytest.mark.parametrize("tree", ["workspaces", "/srv/{username}", "/srv/../etc", "/srv/a,b"])
def test_a_wrong_tree_is_refused(tree, tmp_path):
    settings = SimpleNamespace(environment={"JOULEBOOK_WORKSPACES": tree}, folder=SimpleNamespace(workspaces=tmp_path))
    with pytest.raises(HubError, match="JOULEBOOK_WORKSPACES"):
        docker.tree_of(settings)


def test_kubernetes_gets_a_pod_that_its_schemas_take(monkeypatch):
    schemas = pytest.importorskip("kubernetes_validate")
    from kubernetes_asyncio.client import ApiClient
    from kubespawner import KubeSpawner
    from kubespawner import spawner as kubespawner

    monkeypatch.setattr(kubespawner, "load_config", lambda **_: None)
    monkeypatch.setattr(kubespawner, "shared_client", lambda _: None)
    given = dwelling("ada", 1, [Shared("projects/7", "acme.coil", 2, read_only=True)], first=FIRST)
    made = spawner(KubeSpawner)
    made.user.escaped_name = "ada"
    made.image, made.cmd = "joulebook:0.1.0", ["jupyterhub-singleuser"]
    made.hub = SimpleNamespace(api_url="http://hub:8081/hub/api", public_host="", base_url="/hub/")
    kubernetes.furnish(made, given, "joulebook-workspaces")
    made.get_env = lambda: dict(made.environment)
    made.get_args = list

    async def manifest():
        async with ApiClient() as client:
            return client.sanitize_for_serialization(await made.get_pod_manifest())

    pod = asyncio.run(manifest())
    for version in ("1.28", "1.32", "1.34"):
        schemas.validate({"apiVersion": "v1", "kind": "Pod", **pod}, version, strict=True)
    (container,) = pod["spec"]["containers"]
    assert pod["spec"]["securityContext"] == {"supplementalGroups": [400_002]}
    assert container["securityContext"]["runAsUser"] == container["securityContext"]["runAsGroup"] == 400_001
    assert [(each["subPath"], each["mountPath"], each["readOnly"]) for each in container["volumeMounts"]] == [
        ("users/ada", "/home/joulebook", False),
        ("projects/7", "/srv/joulebook/workspaces/projects/7", True),
    ]
    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "joulebook-workspaces"}


def test_full_storage_takes_nothing_from_a_server_that_runs(houses, acme):
    with houses.book.store.begin() as transaction:
        keep_size(transaction, acme.number, 1001e9)
    assert houses.dwelling("mike", []).rights == frozenset()
    assert houses.kept("mike", []) == {"projects/1"}


class Machine:
    """A hub with running servers; writes down what is stopped."""

    def __init__(self, *people):
        self.stopped, self.proxy = [], self
        self.users = {n: self._user(name, groups) for n, (name, groups) in enumerate(people)}

    def _user(self, name, groups):
        async def stop(server):
            self.stopped.append((name, server))
            user.spawners[server].active = user.spawners[server].ready = False

        server = SimpleNamespace(active=True, ready=True)
        held = [SimpleNamespace(name=group) for group in groups]
        user = SimpleNamespace(name=name, groups=held, spawners={"": server}, stop=stop)
        return user

    async def delete_user(self, user, server):
        pass


def test_who_loses_a_folder_loses_the_server_and_nobody_else_does(houses, acme):
    for user in ("olga", "mike"):
        houses.moved_in(user, "", houses.dwelling(user, []))
    hub, leaving = Machine(("olga", []), ("mike", [])), Leaving(houses)
    asyncio.run(leaving.look(hub, 1))
    assert hub.stopped == []
    remove(houses, "mike")
    asyncio.run(leaving.look(hub, 2))
    assert hub.stopped == [("mike", "")]
    with houses.book.store.read() as transaction:
        (line,) = [line for line in transaction.audit() if line.subject == "mike"]
        assert "projects/1" in line.reason
    leaving.note("mike", "", houses.dwelling("mike", []).rights)
    asyncio.run(leaving.look(hub, 3))
    assert hub.stopped == [("mike", "")]


def test_a_server_that_is_still_starting_is_stopped_once_it_is_there(houses, acme):
    houses.moved_in("mike", "", houses.dwelling("mike", []))
    hub, leaving = Machine(("mike", [])), Leaving(houses)
    server = hub.users[0].spawners[""]
    server.ready = False
    remove(houses, "mike")
    asyncio.run(leaving.look(hub, 1))
    assert hub.stopped == []
    server.ready = True
    asyncio.run(leaving.look(hub, 1))
    assert hub.stopped == [("mike", "")]


def test_who_is_taken_out_of_a_group_by_hand_loses_the_server(houses):
    houses.moved_in("ada", "", houses.dwelling("ada", ["magnets"]))
    hub, leaving = Machine(("ada", ["magnets"])), Leaving(houses)
    asyncio.run(leaving.look(hub, 1))
    assert hub.stopped == []
    hub.users[0].groups.clear()
    asyncio.run(leaving.look(hub, 1))
    assert hub.stopped == [("ada", "")]


@pytest.mark.parametrize("profile", housing.HOUSED)
def test_a_start_asks_the_plan_makes_folders_and_furnishes(profile, houses, acme, tmp_path, monkeypatch):
    monkeypatch.setattr(housing.systemd, "write_records", lambda given: None)
    monkeypatch.setattr(housing.systemd, "pwd", SimpleNamespace(getpwuid=lambda number: None))
    variables = {"JOULEBOOK_PROFILE": profile, "JOULEBOOK_HOME": str(tmp_path), "JOULEBOOK_TLS": "upstream"}
    variables |= {"JOULEBOOK_PUBLIC_URL": "https://lab.example.org", "JOULEBOOK_STORE_URL": "postgresql://u:p@h/d"}
    variables |= {"JOULEBOOK_FIRST_ID": str(max(houses.first, 2000))} if ROOT else {}
    if not ROOT:
        pytest.skip("only an administrator can give files to other numeric users")
    settings, asked = HubSettings.from_environment(variables), []

    async def gate(starting):
        asked.append(starting.user.name)

    c = Config()
    c.JupyterHub.tornado_settings = {}
    c.Spawner.pre_spawn_hook = gate
    doors = Doors(Together(houses.book, offered=False), Folders(houses.root))
    rooms = Rooms(Projects(houses.book), houses.root, doors)
    configure(c, settings, houses.book.store, houses.book.plans, rooms)
    starting = SimpleNamespace(
        user=SimpleNamespace(name="mike", groups=[]),
        name="",
        environment={},
        extra_create_kwargs={},
        extra_host_config={},
        mem_limit=None,
    )
    asyncio.run(c.Spawner.pre_spawn_hook(starting))
    assert asked == ["mike"] and rooms.leaving is not None
    assert starting.environment["JOULEBOOK_LIBRARIES"] == f"{Inside().home}/{LIBRARIES}"
    assert (tmp_path / "workspaces" / "projects" / "1").is_dir()
    assert c.JupyterHub.tornado_settings[housing.HOUSES].given() == {("mike", ""): {"projects/1"}}


def test_a_failure_is_told_to_the_person_without_paths(houses, acme, tmp_path):
    from tornado import web

    from joulebook_hub.housing.configuration import Doorkeeper

    (houses.root / "projects").mkdir(parents=True)
    (houses.root / "projects" / "1").symlink_to("/etc")

    async def gate(_):
        pass

    keeper = Doorkeeper(gate, houses, Leaving(houses), lambda *_: None)
    starting = SimpleNamespace(user=SimpleNamespace(name="mike", groups=[]), name="")
    with pytest.raises(web.HTTPError) as caught:
        asyncio.run(keeper.before_start(starting))
    assert "Tell an administrator" in caught.value.jupyterhub_message
    assert str(tmp_path) not in caught.value.jupyterhub_message


def test_the_project_folders_of_the_local_profile_are_as_before(tmp_path, acme):
    folder = Folders(tmp_path / "local").prepare(acme)
    assert folder.stat().st_gid == os.getegid() and Path(folder).name == "1"
