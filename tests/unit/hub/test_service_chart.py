"""The service's own chart: rendered by Helm's engine, held against Kubernetes' schemas, closed where it must be."""

from __future__ import annotations

import pytest
import yaml

helm = pytest.importorskip("helm_python", reason="the Helm engine is not installed: run tools/setup.sh test")
schemas = pytest.importorskip("kubernetes_validate", reason="no Kubernetes schemas: run tools/setup.sh test")

VERSIONS = ("1.28", "1.32", "1.34")
SETTINGS = {
    "as it is": {},
    "billing, plans, metrics": {
        "billing": {"mode": "stripe", "secret": "stripe-keys"},
        "plans": "schema_version = 1\n",
        "metrics": {"serviceMonitor": True},
        "hub": {"release": "lab"},
        "extraEnv": {"JOULEBOOK_IDLE_MINUTES": "0"},
        "nodeSelector": {"pool": "core"},
        "tolerations": [{"key": "core", "operator": "Exists"}],
    },
}


@pytest.fixture(scope="module")
def chart(root):
    with helm.Chart.load(str(root / "hub_config" / "kubernetes" / "service")) as loaded:
        yield loaded


def _objects(chart, values):
    rendered = chart.render(values, name="joulebook", namespace="lab")
    found = [document for text in rendered.values() for document in yaml.safe_load_all(text) if document]
    return {document["kind"]: document for document in found}


@pytest.fixture(params=SETTINGS.values(), ids=SETTINGS.keys())
def objects(request, chart):
    chart.validate_schema(request.param)
    return _objects(chart, request.param)


@pytest.mark.parametrize("version", VERSIONS)
def test_objects_are_what_kubernetes_takes(objects, version):
    for kind, document in objects.items():
        if kind != "ServiceMonitor":  # the operator's own kind has no schema here
            schemas.validate(document, version, strict=True)


def test_the_schemas_do_refuse(chart):
    deployment = _objects(chart, {})["Deployment"]
    deployment["spec"]["replicas"] = "three"
    with pytest.raises(schemas.ValidationError):
        schemas.validate(deployment, VERSIONS[0], strict=True)


def test_the_pod_has_no_power(objects):
    pod = objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["automountServiceAccountToken"] is False and pod["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]
    assert not container["image"].endswith(":latest")


def test_secrets_come_from_secrets(objects):
    (container,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    secret = {entry["name"] for entry in container["env"] if "secretKeyRef" in entry.get("valueFrom", {})}
    assert secret == {"JUPYTERHUB_API_TOKEN", "JOULEBOOK_STORE_URL"}
    plain = {entry["name"]: entry["value"] for entry in container["env"] if "value" in entry}
    assert not [value for value in plain.values() if "password" in value or "sk_" in value]


def test_who_may_come_in_and_where_it_may_go(objects):
    policy = objects["NetworkPolicy"]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    pods = [source["podSelector"] for rule in policy["ingress"] for source in rule["from"] if "podSelector" in source]
    assert {pod["matchLabels"]["component"] for pod in pods} == {"proxy", "hub", "singleuser-server"}
    blocks = [to["ipBlock"] for rule in policy["egress"] for to in rule.get("to", ()) if "ipBlock" in to]
    assert blocks and all("169.254.0.0/16" in block["except"] for block in blocks), "no way to the metadata service"


def test_names_agree(objects, root):
    service, deployment = objects["Service"], objects["Deployment"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    assert objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    values = yaml.safe_load((root / "hub_config/kubernetes/values.yaml").read_text(encoding="utf-8"))
    port = service["spec"]["ports"][0]["port"]
    assert values["hub"]["services"]["joulebook"]["url"] == f"http://{service['metadata']['name']}:{port}"
    allowed = values["singleuser"]["networkPolicy"]["egress"][0]["to"][0]["podSelector"]["matchLabels"]
    assert allowed.items() <= labels.items()


def test_variables_are_ones_that_are_read(objects, root):
    read = "".join(path.read_text(encoding="utf-8") for path in (root / "hub_config/joulebook_hub").rglob("*.py"))
    (container,) = objects["Deployment"]["spec"]["template"]["spec"]["containers"]
    ours = [entry["name"] for entry in container["env"] if entry["name"].startswith("JOULEBOOK_")]
    assert not [name for name in ours if f'"{name}"' not in read]


@pytest.mark.parametrize(
    "values",
    [
        {"replicas": 2},
        {"image": {"name": "joulebook-hub", "tag": "latest"}},
        {"store": {"secret": "", "key": "url", "port": 5432}},
        {"hub": {"apiUrl": "hub:8081", "tokenSecret": "hub", "tokenKey": "k"}},
        {"billing": {"mode": "stripe", "secret": ""}},
        {"billing": {"mode": "simulator", "secret": "x"}},
        {"typo": 1},
    ],
)
def test_wrong_values_are_refused(chart, values):
    with pytest.raises(helm.HelmValuesError):
        chart.validate_schema(values)


@pytest.mark.parametrize("version", VERSIONS)
def test_clusters_of_sweeps_reach_each_other_and_the_gateway_only(root, version):
    policy = yaml.safe_load((root / "hub_config/kubernetes/dask-gateway-policy.yaml").read_text(encoding="utf-8"))
    schemas.validate(policy, version, strict=True)
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    for rule in (*policy["spec"]["ingress"], *policy["spec"]["egress"]):
        for peer in rule.get("from", []) + rule.get("to", []):
            assert peer.keys() <= {"podSelector", "namespaceSelector"} and all(peer.values()), peer


def test_the_gateways_values_hold_no_token(root):
    values = yaml.safe_load((root / "hub_config/kubernetes/dask-gateway.yaml").read_text(encoding="utf-8"))
    assert values["gateway"]["auth"]["type"] == "jupyterhub"
    assert values["gateway"]["auth"]["jupyterhub"]["apiToken"] is None
