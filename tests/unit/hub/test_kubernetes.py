"""The chart's values: only settings that exist, privileges dropped, metadata blocked, configuration that runs."""

from __future__ import annotations

import re

import pytest
import yaml
from traitlets.config import Config

from joulebook_hub import profiles
from joulebook_hub.settings import HubSettings


@pytest.fixture(scope="module")
def values(root):
    return yaml.safe_load((root / "hub_config" / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))


def test_every_variable_is_one_that_the_hub_reads(values, root):
    read = set()
    for source in (root / "hub_config" / "joulebook_hub").rglob("*.py"):
        read |= set(re.findall(r'"(JOULEBOOK_\w+)"', source.read_text(encoding="utf-8")))
    assert set(values["hub"]["extraEnv"]) <= read


def test_the_configuration_runs_with_these_variables(values, tmp_path, monkeypatch):
    secret = tmp_path / "client-secret"
    secret.touch(mode=0o600)
    secret.write_text("secret", encoding="utf-8")
    for name, value in values["hub"]["extraEnv"].items():
        monkeypatch.setenv(name, value if isinstance(value, str) else "client-id-from-the-secret")
    monkeypatch.setenv("JOULEBOOK_OAUTH_CLIENT_SECRET_FILE", str(secret))
    monkeypatch.setenv("JOULEBOOK_HOME", str(tmp_path / "home"))
    c = Config()
    exec(values["hub"]["extraConfig"]["joulebook"], {"c": c})
    assert c.JupyterHub.spawner_class == "kubespawner.KubeSpawner"
    assert c.KubeSpawner.image == "joulebook:0.1.0"
    assert c.GitHubOAuthenticator.allowed_organizations == {"example-org"}
    assert "bind_url" not in c.JupyterHub and "db_url" not in c.JupyterHub, "the chart's own"
    assert "services" not in c.JupyterHub, "the chart's culler, not a second one"


def test_walls(values):
    egress = values["singleuser"]["networkPolicy"]
    assert egress["enabled"] and not egress["egressAllowRules"]["cloudMetadataServer"]
    assert not egress["egressAllowRules"]["privateIPs"]
    assert values["hub"]["networkPolicy"]["enabled"] and values["proxy"]["chp"]["networkPolicy"]["enabled"]
    assert values["hub"]["containerSecurityContext"]["allowPrivilegeEscalation"] is False
    hosts = values["ingress"]["tls"][0]["hosts"]
    assert any(host.startswith("*.") for host in hosts), "a subdomain per user needs a wildcard certificate"
    assert values["singleuser"]["memory"]["limit"] and values["singleuser"]["cpu"]["limit"]


def test_documented_variables_are_the_variables(root):
    """docs/howto names every setting of HubSettings, and nothing that is not read."""
    read = set()
    for source in (root / "hub_config" / "joulebook_hub").rglob("*.py"):
        read |= set(re.findall(r'"(JOULEBOOK_\w+)"', source.read_text(encoding="utf-8")))
    pages = ("run-the-hub.md", "sign-in-providers.md", "production-spawners.md")
    told = set()
    for page in pages:
        told |= set(re.findall(r"JOULEBOOK_\w+", (root / "docs" / "howto" / page).read_text(encoding="utf-8")))
    internal = {"JOULEBOOK_HUB_INSTANCE", "JOULEBOOK_HUB_PORT", "JOULEBOOK_PROXY_API_PORT"}
    internal |= {"JOULEBOOK_LEASES", "JOULEBOOK_SERVICE", "JOULEBOOK_COURTESY"}
    assert read - internal == told - internal
    assert HubSettings.__dataclass_fields__.keys() >= {"profile", "sign_in", "sign_up"}
    assert profiles.SERVER_SCOPES
