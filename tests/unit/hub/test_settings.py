"""Settings from the environment, and what each profile refuses or configures."""

from __future__ import annotations

import asyncio
import inspect
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
from jupyterhub.services import service
from traitlets.config import Config

from joulebook_hub import production, profiles
from joulebook_hub.authenticator import JoulebookAuthenticator
from joulebook_hub.errors import HubError
from joulebook_hub.lending.records import Card, Wish
from joulebook_hub.organisations.doors import PROJECT_SCOPES
from joulebook_hub.processes import MARK
from joulebook_hub.proxies import LoopbackProxy
from joulebook_hub.service.configuration import SERVICE_SCOPES
from joulebook_hub.settings import HubSettings
from joulebook_hub.spawners import LEAN_SETTINGS, WorkspaceSpawner

PUBLIC = {"JOULEBOOK_PUBLIC_URL": "https://lab.example.org", "JOULEBOOK_TLS": "upstream"}


@pytest.fixture
def read(tmp_path):
    def read(**variables: str) -> HubSettings:
        return HubSettings.from_environment({"JOULEBOOK_HOME": str(tmp_path / "home"), **variables})

    return read


@pytest.fixture
def cards():
    """GPUs that the machine is said to have."""
    return []


@pytest.fixture
def configured(read, cards, monkeypatch):
    monkeypatch.setattr("joulebook_hub.proxy_program.command", lambda: ["node", "configurable-http-proxy"])
    monkeypatch.setattr("joulebook_hub.lending.lender.cards_of_this_machine", lambda: cards)

    def configured(**variables: str) -> Config:
        config = Config()
        profiles.configure(config, read(**variables))
        return config

    return configured


def test_defaults(read):
    settings = read()
    assert (settings.profile, settings.host, settings.port) == ("local", "127.0.0.1", 8000)
    assert (settings.sign_in, settings.sign_up) == ("password", "approval")


def test_all_faults_are_told_at_once(read):
    with pytest.raises(HubError) as refused:
        read(JOULEBOOK_PORT="99999", JOULEBOOK_PROFILE="cloud", JOULEBOOK_SIGN_IN="dummy", JOULEBOOK_HOST="0.0.0.0")
    message = refused.value.user_message
    for words in ("JOULEBOOK_PORT = '99999'", "'cloud'", "'dummy'", "0.0.0.0"):
        assert words in message


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "example.org", ""])
def test_the_local_profile_stays_on_loopback(read, host):
    with pytest.raises(HubError, match=r"127\.0\.0\.1 only"):
        read(JOULEBOOK_HOST=host)


@pytest.mark.parametrize("profile", ["docker", "systemd", "kubernetes"])
@pytest.mark.parametrize(
    "url",
    ["", "http://lab.example.org", "https://localhost", "https://127.0.0.1", "https://lab.example.org/hub", "lab"],
)
def test_production_needs_an_https_address(read, profile, url):
    with pytest.raises(HubError, match="JOULEBOOK_PUBLIC_URL"):
        read(JOULEBOOK_PROFILE=profile, JOULEBOOK_TLS="upstream", JOULEBOOK_PUBLIC_URL=url)


def test_production_refuses_open_sign_up_and_missing_certificates(read):
    with pytest.raises(HubError, match="does not let everybody in"):
        read(JOULEBOOK_PROFILE="docker", JOULEBOOK_SIGN_UP="open", **PUBLIC)
    with pytest.raises(HubError, match="JOULEBOOK_TLS_KEY"):
        read(JOULEBOOK_PROFILE="docker", **{**PUBLIC, "JOULEBOOK_TLS": "own"})


def test_local_configuration(configured, tmp_path):
    config = configured(JOULEBOOK_PORT="8123", JOULEBOOK_HUB_PORT="8124", JOULEBOOK_PROXY_API_PORT="8125")
    assert config.JupyterHub.bind_url == "http://127.0.0.1:8123"
    assert config.JupyterHub.hub_bind_url == "http://127.0.0.1:8124"
    assert config.JupyterHub.spawner_class is WorkspaceSpawner
    assert config.JupyterHub.proxy_class is LoopbackProxy
    assert issubclass(config.JupyterHub.authenticator_class, JoulebookAuthenticator)
    assert config.Spawner.default_url == "/lab"
    scopes = config.Spawner.server_token_scopes
    of_a_person, of_a_project = (SimpleNamespace(user=SimpleNamespace(name=name)) for name in ("ada", "project--1"))
    assert scopes(of_a_person) == [*profiles.SERVER_SCOPES, *SERVICE_SCOPES]
    assert scopes(of_a_project) == list(PROJECT_SCOPES)
    role = config.JupyterHub.load_roles[0]
    assert role["scopes"] == ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    assert role["services"] == ["idle-culler"] and "users" not in role
    assert not any("SECRET" in name for name in config.JupyterHub.services[0]["environment"])


def test_no_culler_when_servers_never_idle_out(configured):
    services = configured(JOULEBOOK_IDLE_MINUTES="0").JupyterHub.services
    assert [service["name"] for service in services] == ["stripe-simulator", "joulebook", "joulebook-worker"]
    off = configured(JOULEBOOK_IDLE_MINUTES="0", JOULEBOOK_BILLING="off", JOULEBOOK_JOBS="off").JupyterHub.services
    assert [service["name"] for service in off] == ["joulebook"]


@pytest.mark.parametrize(
    ("profile", "spawner"),
    [
        ("docker", "dockerspawner.DockerSpawner"),
        ("kubernetes", "kubespawner.KubeSpawner"),
        ("systemd", "systemdspawner.SystemdSpawner"),
    ],
)
def test_production_configuration(configured, profile, spawner, postgresql_url):
    config = configured(JOULEBOOK_PROFILE=profile, JOULEBOOK_STORE_URL=postgresql_url, **PUBLIC)
    assert config.JupyterHub.spawner_class == spawner
    assert config.JupyterHub.subdomain_host == "https://lab.example.org"
    assert config.JupyterHub.cookie_host_prefix_enabled is True
    assert config.JupyterHub.public_url == "https://lab.example.org/"
    assert config.Spawner.disable_user_config is True
    assert config.Spawner.mem_limit == "4G" and config.Spawner.cpu_limit == 2.0
    policy = config.JupyterHub.tornado_settings["headers"]["Content-Security-Policy"]
    assert "form-action 'self' https://*.lab.example.org" in policy
    assert config.JupyterHub.template_vars["local_profile"] is False
    hosts = {"docker": "joulebook-hub", "kubernetes": "joulebook", "systemd": "127.0.0.1"}
    assert config.Proxy.extra_routes == {"lab.example.org/services/joulebook/": f"http://{hosts[profile]}:8082"}
    lean = {"JUPYTER_CONFIG_PATH": str(LEAN_SETTINGS)} if profile == "systemd" else {}
    service = f"http://{hosts[profile]}:8082/services/joulebook/"
    assert config.Spawner.environment == {"JOULEBOOK_SERVICE": service, **lean}
    assert set(SERVICE_SCOPES) <= set(config.Spawner.server_token_scopes)
    config.JupyterHub.tornado_settings["joulebook_store"].close()


@pytest.mark.parametrize("cores", ["two", "0", "nan", "-1"])
def test_cores_are_a_number(configured, cores):
    with pytest.raises(HubError, match="JOULEBOOK_SERVER_CORES"):
        configured(JOULEBOOK_PROFILE="docker", JOULEBOOK_SERVER_CORES=cores, **PUBLIC)


def test_what_hub_and_servers_say_to_each_other_stays_in_the_house(configured, tmp_path):
    """It is not encrypted: on one machine it does not leave it, and a container can neither listen nor pretend."""
    docker = configured(JOULEBOOK_PROFILE="docker", **PUBLIC)
    assert docker.DockerSpawner.extra_host_config["cap_drop"] == ["ALL"], "NET_RAW among them"
    assert "cap_add" not in docker.DockerSpawner.extra_host_config
    assert docker.DockerSpawner.use_internal_ip and docker.DockerSpawner.network_name == "joulebook"
    for profile in ("docker", "systemd"):
        found = configured(JOULEBOOK_PROFILE=profile, **PUBLIC)
        assert found.ConfigurableHTTPProxy.api_url.startswith("http://127.0.0.1:")
    assert found.JupyterHub.hub_bind_url.startswith("http://127.0.0.1:")
    service = next(each for each in found.JupyterHub.services if each["name"] == "joulebook")
    assert service["url"].startswith("http://127.0.0.1:") and found.Spawner.get("ip", "127.0.0.1") == "127.0.0.1"


def test_containers_have_no_privileges_and_bounded_processes(configured, postgresql_url):
    host = configured(JOULEBOOK_PROFILE="docker", **PUBLIC).DockerSpawner.extra_host_config
    assert host["cap_drop"] == ["ALL"] and host["pids_limit"] == 1024
    assert "no-new-privileges" in host["security_opt"]
    pod = configured(JOULEBOOK_PROFILE="kubernetes", JOULEBOOK_STORE_URL=postgresql_url, **PUBLIC).KubeSpawner
    assert pod.allow_privilege_escalation is False and pod.automount_service_account_token is False
    unit = configured(JOULEBOOK_PROFILE="systemd", **PUBLIC).SystemdSpawner
    assert unit.isolate_devices is True and unit.disable_user_sudo is True  # the rest: tests/unit/hub/test_systemd.py


@pytest.mark.parametrize(
    ("section", "name", "value", "words"),
    [
        ("JupyterHub", "spawner_class", "simple", "spawner_class"),
        ("JupyterHub", "spawner_class", "jupyterhub.spawner.SimpleLocalProcessSpawner", "spawner_class"),
        ("JupyterHub", "spawner_class", WorkspaceSpawner, "WorkspaceSpawner"),
        ("JupyterHub", "authenticator_class", "dummy", "authenticator_class"),
        ("JupyterHub", "authenticator_class", "jupyterhub.auth.DummyAuthenticator", "authenticator_class"),
        ("JupyterHub", "subdomain_host", "", "subdomain_host"),
        ("JupyterHub", "cookie_host_prefix_enabled", False, "cookie_host_prefix_enabled"),
        ("Spawner", "disable_user_config", False, "disable_user_config"),
    ],
)
def test_an_unsafe_production_configuration_is_refused(configured, section, name, value, words):
    config = configured(JOULEBOOK_PROFILE="docker", **PUBLIC)
    production.check(config)
    setattr(config[section], name, value)
    with pytest.raises(HubError, match=words) as refused:
        production.check(config)
    assert refused.value.reason == "unsafe_production"


@pytest.mark.asyncio
async def test_servers_of_the_local_profile_refuse_other_addresses():
    with pytest.raises(HubError, match=r"127\.0\.0\.1 only"):
        await WorkspaceSpawner(ip="0.0.0.0").start()


@pytest.mark.parametrize("what", ["public_url", "api_url", "hub"])
@pytest.mark.asyncio
async def test_the_proxy_refuses_other_addresses_whatever_is_configured(what):
    proxy = LoopbackProxy(auth_token="x")
    addresses = {"public_url": "http://127.0.0.1:1", "api_url": "http://127.0.0.1:2", "hub": "http://127.0.0.1:3"}
    addresses[what] = "http://0.0.0.0:4"
    proxy.public_url, proxy.api_url = addresses["public_url"], addresses["api_url"]
    proxy.hub = SimpleNamespace(url=addresses["hub"])
    with pytest.raises(HubError) as refused:
        await proxy.start()
    assert refused.value.reason == "not_loopback"


def test_the_service_runs_in_every_local_hub(configured):
    config = configured(JOULEBOOK_SERVICE_PORT="8099", JOULEBOOK_DEFAULT_PLAN="explorer", JOULEBOOK_NODE="node")
    culler, _, service, worker = config.JupyterHub.services
    assert (culler["name"], service["name"], service["url"]) == ("idle-culler", "joulebook", "http://127.0.0.1:8099")
    assert worker["name"] == "joulebook-worker" and "url" not in worker
    variables = service["environment"]
    assert variables["JOULEBOOK_CARDS"] == "" and variables["JOULEBOOK_DEFAULT_PLAN"] == "explorer"
    assert variables["JOULEBOOK_STORE_URL"].startswith("sqlite:///") and "JOULEBOOK_NODE" not in variables
    assert "plan-team" in config.JupyterHub.load_groups
    assert config.WorkspaceSpawner.hub_variables["JOULEBOOK_SERVICE"] == "http://127.0.0.1:8099/services/joulebook/"
    powers = [
        role for role in config.JupyterHub.load_roles if {"joulebook", "joulebook-worker"} & {*role.get("services", [])}
    ]
    assert powers == [], "service and worker may do nothing at the hub"
    with pytest.raises(HubError, match="default = 'gold'"):
        configured(JOULEBOOK_DEFAULT_PLAN="gold")


def test_the_stores_address_reaches_no_server(configured, cards):
    cards.append("GPU-aaaa")
    config = configured(JOULEBOOK_STORE_URL="postgresql://hub:secret@db.example.org/hub")
    service = config.JupyterHub.services[-2]["environment"]
    assert service["JOULEBOOK_CARDS"] == "GPU-aaaa" and "secret" in service["JOULEBOOK_STORE_URL"]
    assert "secret" not in str(config.WorkspaceSpawner.hub_variables)
    with pytest.raises(HubError, match="JOULEBOOK_STORE_URL"):
        configured(JOULEBOOK_STORE_URL="mysql://db.example.org/hub")


def _second(hook):
    """The first one takes cards back."""
    return inspect.getclosurevars(hook).nonlocals["hooks"][1]


def test_gates_stand_in_every_profile(configured, tmp_path):
    homes = tmp_path / "home" / "workspaces" / "users"
    for profile, size in (("local", (None, None)), ("docker", ("4G", 2.0)), ("systemd", ("4G", 2.0))):
        config = configured(JOULEBOOK_PROFILE=profile, **(PUBLIC if profile != "local" else {}))
        gates = config.JupyterHub.tornado_settings["joulebook_gates"]
        assert (gates.workspaces, (gates.memory, gates.cpus)) == (homes, size)
        hook = _second(config.Spawner.pre_spawn_hook)
        if profile == "local":
            assert inspect.getclosurevars(hook).nonlocals["gates"] is gates
        else:
            assert hook.__self__.first == gates.before_start
        assert _second(config.Spawner.post_stop_hook) == gates.after_stop
        handlers = config.JupyterHub.authenticator_class.get_handlers
        assert handlers.__module__ == "joulebook_hub.handlers.tokens", "its routes come before JupyterHub's"


def test_a_server_leaves_no_lease_behind(configured):
    """After its stop, and before the next start where the hub has not seen its end."""
    config = configured()
    lender = replace(config.JupyterHub.tornado_settings["joulebook_lender"], cards=(Card("GPU-a"),))
    for hook in (config.Spawner.pre_spawn_hook, config.Spawner.post_stop_hook):
        lender.acquire("ada", (), "k", Wish(server=""))
        spawner = SimpleNamespace(name="", environment={}, user=SimpleNamespace(name="ada", groups=(), spawners={}))
        asyncio.run(hook(spawner))
        assert lender.leases("ada") == []
    lender.store.close()


@pytest.mark.parametrize("sign_in", ["github", "google", "orcid"])
def test_the_gate_of_tokens_stands_before_every_provider(sign_in):
    from jupyterhub.apihandlers import default_handlers

    from joulebook_hub.handlers.tokens import TokenList, with_token_gate

    names = {"github": "github.GitHub", "google": "google.Google", "orcid": "generic.Generic"}
    made = with_token_gate(f"oauthenticator.{names[sign_in]}OAuthenticator")
    assert made.__name__ == names[sign_in].partition(".")[2] + "OAuthenticator"
    routes = dict(reversed(made(allow_all=True).get_handlers(None)))  # of two at the same place the first answers
    assert issubclass(routes[r"/api/users/([^/]+)/tokens"], TokenList)
    gated = {name for name, handler in routes.items() if any(each.__name__ == "_ByPlan" for each in handler.__mro__)}
    assert {name for name, _ in default_handlers} <= gated, "the whole API looks at the plan of a person's token"


@pytest.mark.asyncio
async def test_a_server_of_a_killed_hub_is_not_taken_over(tmp_path):
    """It would be on its way to its end, and nobody could start another until JupyterHub had given it up."""
    command = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]
    with subprocess.Popen(command, env={**os.environ, MARK: "one"}) as process:
        spawner = WorkspaceSpawner(hub_variables={MARK: "another"})
        spawner.load_state({"pid": process.pid})
        assert await spawner.poll() == 0 and process.poll() is None, "a process of somebody else's is left alone"
        spawner = WorkspaceSpawner(hub_variables={MARK: "one"})
        spawner.load_state({"pid": process.pid})
        assert await spawner.poll() == 0 and not psutil.pid_exists(process.pid)


def test_jupyterhub_looks_after_its_services_every_few_seconds(configured):
    for _ in range(2):
        configured()
    assert service._ServiceSpawner().poll_interval == 5
