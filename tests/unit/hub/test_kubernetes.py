"""The chart's values: only settings that exist, privileges dropped, metadata blocked, configuration that runs."""

from __future__ import annotations

import re

import pytest
import yaml
from traitlets.config import Config

from joulebook_hub import profiles
from joulebook_hub.errors import HubError
from joulebook_hub.settings import HubSettings


@pytest.fixture(scope="module")
def values(root):
    return yaml.safe_load((root / "hub_config" / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))


def test_every_variable_is_one_that_the_hub_reads(values, root):
    read = set()
    for source in (root / "hub_config" / "joulebook_hub").rglob("*.py"):
        read |= set(re.findall(r'"(JOULEBOOK_\w+)"', source.read_text(encoding="utf-8")))
    assert set(values["hub"]["extraEnv"]) <= read


def test_the_configuration_runs_with_these_variables(values, tmp_path, monkeypatch, postgresql_url):
    secret = tmp_path / "client-secret"
    secret.touch(mode=0o600)
    secret.write_text("secret", encoding="utf-8")
    for name, value in values["hub"]["extraEnv"].items():
        monkeypatch.setenv(name, value if isinstance(value, str) else "client-id-from-the-secret")
    monkeypatch.setenv("JOULEBOOK_OAUTH_CLIENT_SECRET_FILE", str(secret))
    monkeypatch.setenv("JOULEBOOK_STORE_URL", postgresql_url)
    monkeypatch.setenv("JOULEBOOK_HOME", str(tmp_path / "home"))
    c = Config()
    exec(values["hub"]["extraConfig"]["joulebook"], {"c": c})
    assert c.JupyterHub.spawner_class == "kubespawner.KubeSpawner"
    assert c.KubeSpawner.image == "joulebook:0.1.0"
    assert c.GitHubOAuthenticator.allowed_organizations == {"example-org"}
    assert "bind_url" not in c.JupyterHub and "db_url" not in c.JupyterHub, "the chart's own"
    assert "services" not in c.JupyterHub, "the chart's culler and its token of the service, not second ones"
    assert c.Spawner.environment["JOULEBOOK_SERVICE"] == "http://joulebook:8082/services/joulebook/"
    assert values["hub"]["services"]["joulebook"]["url"] == "http://joulebook:8082"
    assert postgresql_url not in str(c.Spawner.environment)
    c.JupyterHub.tornado_settings["joulebook_store"].close()


def test_hub_and_service_in_two_pods_need_a_database_that_both_reach(values, monkeypatch):
    given = {"JOULEBOOK_PROFILE": "kubernetes", "JOULEBOOK_PUBLIC_URL": "https://lab.example.org"}
    with pytest.raises(HubError, match="JOULEBOOK_STORE_URL"):
        HubSettings.from_environment(given)


def test_servers_reach_the_service_and_nothing_else_inside(values):
    (rule,) = values["singleuser"]["networkPolicy"]["egress"]
    assert rule["to"] == [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "joulebook-service"}}}]
    assert [port["port"] for port in rule["ports"]] == [8082]


def test_hub_and_servers_use_the_same_claim(values, root):
    claim = yaml.safe_load((root / "hub_config" / "kubernetes" / "workspaces.yaml").read_text(encoding="utf-8"))
    name = values["hub"]["extraEnv"]["JOULEBOOK_WORKSPACES_CLAIM"]
    assert claim["metadata"]["name"] == name and claim["spec"]["accessModes"] == ["ReadWriteMany"]
    (volume,) = [each for each in values["hub"]["extraVolumes"] if "persistentVolumeClaim" in each]
    (mount,) = [each for each in values["hub"]["extraVolumeMounts"] if each["name"] == volume["name"]]
    assert volume["persistentVolumeClaim"]["claimName"] == name
    assert mount["mountPath"] == values["hub"]["extraEnv"]["JOULEBOOK_HOME"] + "/workspaces"
    assert values["singleuser"]["storage"]["type"] == "none"
    schemas = pytest.importorskip("kubernetes_validate")
    for version in ("1.28", "1.32", "1.34"):
        schemas.validate(claim, version, strict=True)


def test_profiles_of_servers(values):
    profiles = {
        entry["display_name"]: entry.get("kubespawner_override", {}) for entry in values["singleuser"]["profileList"]
    }
    assert profiles["GPU"]["extra_resource_limits"] == {"nvidia.com/gpu": "1"}
    assert [name for name in profiles["GPU slice"]["extra_resource_limits"] if name.startswith("nvidia.com/mig-")]
    assert [entry["display_name"] for entry in values["singleuser"]["profileList"] if entry.get("default")] == [
        "Standard"
    ]


def test_walls(values):
    egress = values["singleuser"]["networkPolicy"]
    assert egress["enabled"] and not egress["egressAllowRules"]["cloudMetadataServer"]
    assert not egress["egressAllowRules"]["privateIPs"]
    assert values["hub"]["networkPolicy"]["enabled"] and values["proxy"]["chp"]["networkPolicy"]["enabled"]
    hub = values["hub"]["containerSecurityContext"]
    assert hub["allowPrivilegeEscalation"] is False and hub["capabilities"]["drop"] == ["ALL"]
    assert hub["capabilities"]["add"] == ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"]
    assert values["hub"]["podSecurityContext"]["fsGroup"] is None, "it would hand all files to one group"
    hosts = values["ingress"]["tls"][0]["hosts"]
    assert any(host.startswith("*.") for host in hosts), "a subdomain per user needs a wildcard certificate"
    assert values["singleuser"]["memory"]["limit"] and values["singleuser"]["cpu"]["limit"]


def test_documented_variables_are_the_variables(root):
    """docs/howto names every setting of HubSettings, and nothing that is not read."""
    read = set()
    for source in (root / "hub_config" / "joulebook_hub").rglob("*.py"):
        read |= set(re.findall(r'"(JOULEBOOK_\w+)"', source.read_text(encoding="utf-8")))
    told = set()
    for page in (root / "docs" / "howto").glob("*.md"):
        told |= set(re.findall(r"JOULEBOOK_\w+", page.read_text(encoding="utf-8")))
    internal = {"JOULEBOOK_HUB_INSTANCE", "JOULEBOOK_HUB_PORT", "JOULEBOOK_PROXY_API_PORT"}
    internal |= {"JOULEBOOK_LEASES", "JOULEBOOK_SERVICE", "JOULEBOOK_COURTESY"}
    internal |= {"JOULEBOOK_STRIPE_BOOKS", "JOULEBOOK_STRIPE_KEY_FILE", "JOULEBOOK_STRIPE_PAGES"}  # of its simulator
    assert read - internal == told - internal
    assert HubSettings.__dataclass_fields__.keys() >= {"profile", "sign_in", "sign_up"}
    assert profiles.SERVER_SCOPES


def test_the_dask_gateway_is_the_one_that_the_hub_speaks_to(root):
    """Its snippets run with the real server's classes; the hub's needs and its service's name are met."""
    from dask_gateway_server.auth import JupyterHubAuthenticator
    from dask_gateway_server.backends.kubernetes.backend import KubeClusterConfig

    from joulebook_hub.jobs.configuration import GATEWAY
    from joulebook_hub.jobs.shapes import Room, Wish, shaped

    values = yaml.safe_load((root / "hub_config/kubernetes/dask-gateway.yaml").read_text(encoding="utf-8"))
    c = Config()
    for snippet in values["gateway"]["extraConfig"].values():
        exec(snippet, {"c": c})
    asked = JupyterHubAuthenticator(config=c, jupyterhub_api_url=values["gateway"]["auth"]["jupyterhub"]["apiUrl"])
    assert asked.use_service_access_scopes and asked.jupyterhub_service_name == GATEWAY
    offered = c.Backend.cluster_options
    offers = {one["field"]: {**one["spec"], "default": one["default"]} for one in offered.get_specification()}
    shape = shaped(Wish(cores=2, memory=1.5), Room(8, 16), offers, {})
    chosen = offered.get_configuration(offered.parse_options({**shape.options, "joulebook": "x"}), None)
    made = KubeClusterConfig(config=c, **chosen)
    assert (made.worker_cores, made.worker_memory, shape.most) == (2, 1_500_000_000, 4)
    assert made.idle_timeout and made.cluster_max_workers and made.scheduler_cmd == ["dask", "scheduler"]
    for part in ("scheduler", "worker"):
        pod = values["gateway"]["backend"][part]
        assert pod["extraPodConfig"]["securityContext"]["runAsNonRoot"]
        assert pod["extraPodConfig"]["automountServiceAccountToken"] is False
        assert pod["extraContainerConfig"]["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert values["traefik"]["service"]["type"] == "ClusterIP"
