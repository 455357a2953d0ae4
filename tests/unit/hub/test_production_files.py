"""What is shipped for containers and systemd: files that name what exists, spawners that know our settings."""

from __future__ import annotations

import configparser
import importlib
import re
import shutil
import subprocess

import pytest
import yaml
from traitlets.config import Config

from joulebook_hub import production, traefik
from joulebook_hub.settings import HubSettings

SPAWNERS = {
    "docker": "dockerspawner:DockerSpawner",
    "kubernetes": "kubespawner:KubeSpawner",
    "systemd": "systemdspawner:SystemdSpawner",
}


def _settings(home, **variables):
    given = {"JOULEBOOK_PUBLIC_URL": "https://lab.example.org", "JOULEBOOK_TLS": "upstream"}
    store = {"JOULEBOOK_STORE_URL": "postgresql://u:p@h/d"}
    return HubSettings.from_environment({"JOULEBOOK_HOME": str(home), **given, **store, **variables})


def _unknown(c, module, name):
    kind = getattr(importlib.import_module(module), name)
    return set(c[name]) - set(kind.class_trait_names(config=True))


@pytest.mark.parametrize("profile", SPAWNERS)
def test_the_spawner_knows_every_setting(profile, tmp_path):
    c = Config()
    c.JupyterHub.tornado_settings = {}
    c.Spawner.disable_user_config = True
    production.configure(c, _settings(tmp_path, JOULEBOOK_PROFILE=profile))
    module, name = SPAWNERS[profile].split(":")
    assert c[name] and not _unknown(c, module, name)
    assert set(c.Spawner) <= set(getattr(importlib.import_module(module), name).class_trait_names(config=True))


def test_containers_are_bounded_and_see_gpus_only_where_they_are_lent(tmp_path):
    from docker.types import DeviceRequest

    from joulebook_hub.service.configuration import _lends

    found = {}
    for gpu in ("", "1"):
        c = Config()
        c.JupyterHub.tornado_settings = {}
        c.Spawner.disable_user_config = True
        settings = _settings(tmp_path, JOULEBOOK_PROFILE="docker", JOULEBOOK_GPU=gpu)
        production.configure(c, settings)
        found[gpu] = c.DockerSpawner.extra_host_config
        assert _lends(settings) is (gpu == "1"), "the hub lends what servers see, and nothing else"
        assert c.JupyterHub.cleanup_servers is False, "servers outlive a restart of the hub"
    assert "device_requests" not in found[""]
    (request,) = found["1"]["device_requests"]
    assert DeviceRequest(**request)["Capabilities"] == [["gpu"]]
    bounds = found[""]
    assert bounds["cap_drop"] == ["ALL"] and bounds["read_only"] is True and bounds["pids_limit"] == 1024
    assert bounds["security_opt"] == ["no-new-privileges"] and bounds["cpu_shares"] < 1024
    assert set(bounds["tmpfs"]) == {"/tmp"}


def test_traefik_knows_every_setting(tmp_path):
    c = Config()
    traefik.configure(c, _settings(tmp_path, JOULEBOOK_PROFILE="docker", JOULEBOOK_PROXY="traefik"))
    assert not _unknown(c, "jupyterhub_traefik_proxy.fileprovider", "TraefikFileProviderProxy")
    assert c.TraefikFileProviderProxy.traefik_api_url.startswith("http://127.0.0.1:")


def _instructions(path):
    text = re.sub(r"\\\n", " ", path.read_text(encoding="utf-8"))
    return [line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", ["Dockerfile", "kubernetes-hub.Dockerfile"])
def test_images_run_without_root_from_files_that_exist(root, name):
    instructions = _instructions(root / "hub_config" / "docker" / name)
    assert [words for word, words in instructions if word == "USER"][-1] == "1000"
    for word, words in instructions:
        if word == "COPY" and "--from" not in words:
            assert all((root / source).exists() for source in words.split()[:-1])
        if word == "FROM":
            assert not words.split()[0].endswith(":latest")
        if word == "RUN":
            assert "pip install" not in words or "--require-hashes" in words
    stages = {words.split()[2] for word, words in instructions if word == "FROM" and " AS " in words}
    asked = set(re.findall(r"--target (\w+)", (root / "hub_config" / "docker" / name).read_text(encoding="utf-8")))
    assert asked <= stages


def test_compose_keeps_the_database_from_servers_and_names_what_is_read(root):
    folder = root / "hub_config" / "docker"
    compose = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))
    hub, database = compose["services"]["hub"], compose["services"]["database"]
    assert database["networks"] == ["inside"] and compose["networks"]["inside"]["internal"] is True
    assert hub["cap_drop"] == ["ALL"] and sorted(hub["cap_add"]) == ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"]
    assert [volume for volume in hub["volumes"] if volume.endswith(":/srv/joulebook/workspaces")]
    bridge = compose["networks"]["joulebook"]["driver_opts"]["com.docker.network.bridge.name"]
    assert bridge in (folder / "firewall.sh").read_text(encoding="utf-8")
    assert "ports" not in database and all(port.startswith("127.0.0.1:") for port in hub["ports"])
    read = "".join(path.read_text(encoding="utf-8") for path in (root / "hub_config/joulebook_hub").rglob("*.py"))
    given = dict(
        line.split("=", 1)
        for line in (folder / "example.env").read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    ours = [name for name in {*hub["environment"], *given} if name.startswith("JOULEBOOK_")]
    assert ours and not [name for name in ours if f'"{name}"' not in read]
    assert not any(value for name, value in given.items() if "PASSWORD" in name)
    urls = [value for name, value in hub["environment"].items() if name.endswith("_URL") and "postgresql" in value]
    made = re.findall(r"CREATE DATABASE (\w+);", (folder / "databases.sql").read_text(encoding="utf-8"))
    assert sorted(url.rsplit("/", 1)[1] for url in urls) == sorted(made)


UNITS = ("joulebook-hub.service", "joulebook-backup.service", "joulebook-backup.timer", "joulebook-servers.slice")


@pytest.mark.parametrize("name", UNITS)
def test_units(root, tmp_path, name):
    path = root / "hub_config" / "systemd" / name
    unit = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str
    unit.read_string(path.read_text(encoding="utf-8"))
    assert unit["Unit"]["Description"]
    if name.endswith(".service"):
        command = unit["Service"]["ExecStart"].split()
        assert command[0].startswith("/opt/joulebook/.venv/bin/")
        assert not [word for word in command if word.startswith("/opt/joulebook/hub_config") and not _there(root, word)]
    verify = shutil.which("systemd-analyze")
    if verify:  # where the machine has systemd, it reads the units too; the program itself is not installed there
        here = tmp_path / name
        here.write_text(
            path.read_text(encoding="utf-8").replace("/opt/joulebook/.venv/bin/", "/bin/"), encoding="utf-8"
        )
        done = subprocess.run([verify, "verify", str(here)], capture_output=True, text=True, timeout=60, check=False)
        lines = [line for line in done.stderr.splitlines() if name in line and "not executable" not in line]
        assert lines == []


def _there(root, word):
    return (root / word.removeprefix("/opt/joulebook/")).exists()
