"""What a server's unit is given in the systemd profile, through the real spawner (try_systemd.py starts units)."""

from __future__ import annotations

import asyncio
import json
import pwd
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest
from systemdspawner import SystemdSpawner
from systemdspawner import systemd as starter
from traitlets.config import Config

from joulebook_hub import production, profiles
from joulebook_hub.errors import HubError
from joulebook_hub.housing import configuration, systemd
from joulebook_hub.housing.dwellings import Dwelling, Mount, Shared, dwelling
from joulebook_hub.settings import HubSettings

SHARED = [Shared("projects/7", "acme.coil", 2, library=True), Shared("groups/magnets", "magnets", 9, read_only=True)]
TREE = "/var/lib/joulebook/workspaces"


@pytest.fixture
def given() -> Dwelling:
    return dwelling("Ada@example.org", 1, SHARED, first=400_000)


@pytest.fixture
def read(tmp_path):
    def read(**variables: str) -> HubSettings:
        given = {"JOULEBOOK_PROFILE": "systemd", "JOULEBOOK_HOME": str(tmp_path / "home"), "JOULEBOOK_TLS": "upstream"}
        return HubSettings.from_environment({**given, "JOULEBOOK_PUBLIC_URL": "https://lab.example.org", **variables})

    return read


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Starts a server with the real spawner up to the command that systemd would get."""
    commands = []
    monkeypatch.setattr("joulebook_hub.proxy_program.command", lambda: ["node", "configurable-http-proxy"])

    async def run(*command, **_options):
        commands.append(list(command))

        async def wait():
            return 3 if command[1] == "is-failed" else 0

        return SimpleNamespace(wait=wait)

    monkeypatch.setattr(starter, "RUN_ROOT", str(tmp_path))
    monkeypatch.setattr(starter.asyncio, "create_subprocess_exec", run)
    monkeypatch.setattr(starter, "get_systemd_version", lambda: 252)
    told = SimpleNamespace(pw_uid=400_001, pw_gid=400_001, pw_dir="/home/joulebook")
    monkeypatch.setattr(pwd, "getpwnam", {"joulebook-400001": told}.__getitem__)
    monkeypatch.setattr(pwd, "getpwuid", {400_001: told}.__getitem__)
    monkeypatch.setattr(systemd, "write_records", lambda given: None)

    def start(settings: HubSettings, given: Dwelling, server: str = "") -> tuple[list[str], dict[str, list[str]], str]:
        c = Config()
        c.JupyterHub.tornado_settings = {}
        c.Spawner.disable_user_config = True
        production.configure(c, settings)
        spawner = SystemdSpawner(
            config=c, user=SimpleNamespace(name=given.user, id=5), orm_spawner=SimpleNamespace(name=server, server=None)
        )
        spawner.get_env = lambda: dict(spawner.environment)
        spawner.get_args = list
        configuration.furnisher(settings)(spawner, given)

        async def running(unit):
            return any(command[0] == "systemd-run" for command in commands)

        monkeypatch.setattr(starter, "service_running", running)
        assert asyncio.run(spawner.start())[0] == "127.0.0.1"
        (command,) = [each for each in commands if each[0] == "systemd-run"]
        properties: dict[str, list[str]] = {}
        for word in command:
            if word.startswith("--property="):
                name, value = word.removeprefix("--property=").split("=", 1)
                properties.setdefault(name, []).append(value)
        environment = (tmp_path / spawner.unit_name / f"{spawner.unit_name}.env").read_text(encoding="utf-8")
        return command, properties, environment

    return start


def test_a_unit_runs_as_the_person_with_the_person_s_folders(started, read, given, tmp_path):
    command, properties, environment = started(read(), given)
    assert command[command.index("--unit") + 1] == "joulebook-server-400001"
    assert {"--uid=400001", "--gid=400001", "--slice=joulebook-servers.slice"} <= set(command)
    assert command[command.index("--working-directory") + 1] == "/home/joulebook"
    assert command[-3:] == [sys.executable, "-m", "jupyterhub.singleuser"]
    tree = tmp_path / "home" / "workspaces"
    assert properties["BindPaths"] == [
        f"{tree}/users/ada-example.org--{given.home.source.rsplit('--', 1)[1]}:/home/joulebook "
        f"{tree}/projects/7:/srv/joulebook/workspaces/projects/7"
    ]
    assert properties["BindReadOnlyPaths"] == [f"{tree}/groups/magnets:/srv/joulebook/workspaces/groups/magnets"]
    assert properties["ReadWritePaths"] == ["/home/joulebook /srv/joulebook/workspaces/projects/7"]
    assert properties["SupplementaryGroups"] == ["400002 400009"]
    assert "HOME=/home/joulebook\n" in environment and "USER=Ada@example.org\n" in environment


def test_a_unit_is_closed_and_bounded(started, read, given, tmp_path):
    _command, properties, _environment = started(
        read(JOULEBOOK_SERVER_MEMORY="3G", JOULEBOOK_SERVER_CORES="1.5"), given
    )
    found = {name: values[0] for name, values in properties.items()}
    assert found["CapabilityBoundingSet"] == "" and found["NoNewPrivileges"] == found["PrivateDevices"] == "yes"
    assert (found["ProtectSystem"], found["ProtectProc"]) == ("strict", "invisible")
    assert (found["TasksMax"], found["CPUQuota"], found["MemorySwapMax"]) == ("1024", "150%", "0")
    assert found["MemoryMax"] in {"3G", str(3 << 30)} and "DeviceAllow" not in found
    assert "169.254.0.0/16" in found["IPAddressDeny"].split()
    hidden = found["InaccessiblePaths"].split()
    assert {f"-{tmp_path}/home", "-/etc/joulebook", "-/run/dbus", "-/run/postgresql"} <= set(hidden)
    memory = dict(each.split(":", 1) for each in found["TemporaryFileSystem"].split())
    assert memory["/home"].startswith("ro,") and memory["/srv"].startswith("ro,")
    assert all(f"size={(3 << 30) // 8}," in memory[place] for place in ("/tmp", "/var/tmp", "/dev/shm"))
    assert found["RuntimeDirectoryPreserve"] == "no", "nobody but the hub writes the next start's environment"


def test_servers_of_one_person_have_units_of_their_own(given):
    other = dwelling("bob", 11, [], first=400_000)
    names = [systemd.unit_of(person, server) for person in (given, other) for server in ("", "1", "a b", "second")]
    assert len(set(names)) == 8 and names[3] == "joulebook-server-400001-second"
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-") for name in names)


def test_records_tell_numbers_only_and_may_be_written_again(given, tmp_path):
    for _ in range(2):
        systemd.write_records(given, tmp_path / "userdb")
    there = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "userdb").iterdir()}
    assert there["400001.user"] == there["joulebook-400001.user"]
    assert there["400001.user"]["uid"] == there["400001.user"]["gid"] == 400_001 and there["400001.user"]["locked"]
    assert {name for name in there if name.endswith(".group") and name[0] == "4"} == {
        "400001.group", "400002.group", "400009.group",
    }  # fmt: skip
    assert "ada" not in json.dumps(there).lower()
    assert (tmp_path / "userdb").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "userdb" / "400001.user").stat().st_mode & 0o777 == 0o644


def test_a_machine_that_looks_at_no_records_is_told_of(read, given, monkeypatch):
    monkeypatch.setattr(systemd, "write_records", lambda given: None)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    with pytest.raises(HubError, match="libnss-systemd"):
        systemd.furnish(SimpleNamespace(environment={}, name=""), given, read())


def test_cards_are_seen_where_the_operator_says_so(read, given, tmp_path):
    devices = tmp_path / "dev"
    (devices / "nvidia-caps").mkdir(parents=True)
    for name in ("nvidia0", "nvidiactl", "nvidia-caps/nvidia-cap1", "sda"):
        (devices / name).touch()
    assert systemd.cards_of(read(), devices) == []
    cards = systemd.cards_of(read(JOULEBOOK_GPU="1"), devices)
    assert cards == [str(devices / name) for name in ("nvidia-caps/nvidia-cap1", "nvidia0", "nvidiactl")]
    found = systemd.properties_of(given, TREE, cards=cards)
    assert found["DeviceAllow"] == "char-nvidia* rw" and found["PrivateDevices"] == "yes"
    assert found["BindPaths"].split()[-3:] == cards


@pytest.mark.parametrize("variables", [{}, {"JOULEBOOK_GPU": "1"}])
def test_cards_are_lent_where_kernels_see_them(read, monkeypatch, variables):
    monkeypatch.setattr("joulebook_hub.proxy_program.command", lambda: ["node", "configurable-http-proxy"])
    monkeypatch.setattr("joulebook_hub.lending.lender.cards_of_this_machine", lambda: ["GPU-1"])
    c = Config()
    profiles.configure(c, read(**variables))
    (service,) = [each for each in c.JupyterHub.services if each["name"] == "joulebook"]
    assert service["environment"]["JOULEBOOK_CARDS"] == ("GPU-1" if variables else "")


@pytest.mark.parametrize("profile", ["docker", "systemd"])
def test_servers_outlive_a_restart_of_the_hub(read, monkeypatch, profile):
    monkeypatch.setattr("joulebook_hub.proxy_program.command", lambda: ["node", "configurable-http-proxy"])
    c = Config()
    profiles.configure(c, read(JOULEBOOK_PROFILE=profile))
    assert c.JupyterHub.cleanup_servers is False


@pytest.mark.parametrize("home", ["/srv/lab {one}", "/srv/a:b", "/srv/a b", "/srv/50%"])
def test_a_path_that_means_something_in_a_unit_is_refused(read, home):
    with pytest.raises(HubError, match="JOULEBOOK_HOME"):
        systemd.tree_of(read(JOULEBOOK_HOME=home))


def test_systemd_knows_every_property(given, tmp_path):
    verify = shutil.which("systemd-analyze")
    if not verify:
        pytest.skip("no systemd on this machine")
    unit = tmp_path / "server.service"
    properties = systemd.properties_of(given, TREE, cards=["/dev/null"], hidden=["/var/lib/joulebook"])
    mode = properties.pop("CollectMode")
    lines = [
        f"[Unit]\nCollectMode={mode}",
        "[Service]",
        "ExecStart=/bin/true",
        *(f"{k}={v}" for k, v in properties.items()),
    ]
    unit.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False)
    assert [line for line in done.stderr.splitlines() if "server.service" in line] == []


def test_read_only_is_read_only(given):
    found = systemd.properties_of(given, TREE)
    assert "groups/magnets" not in found["ReadWritePaths"] + found["BindPaths"]
    assert isinstance(given.shared[0], Mount) and given.shared[1].read_only
