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
        {"worker": {"enabled": "yes"}},
        {"worker": {"enabled": True, "serverImage": "joulebook:latest"}},
        {"worker": {"enabled": True, "serverMemory": "much"}},
        {"worker": {"enabled": True, "atOnce": 0}},
        {"worker": {"enabled": True, "replicas": 2}},
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


WORKER = {
    "worker": {
        "enabled": True,
        "extraEnv": {"JOULEBOOK_SMTP_HOST": "mail.example.org"},
        "imagePullSecrets": [{"name": "image-pull-secret"}],
    },
    "plans": "schema_version = 1\n",
    "nodeSelector": {"pool": "core"},
    "tolerations": [{"key": "core", "operator": "Exists"}],
}


@pytest.fixture(scope="module")
def with_worker(chart):
    """Objects by kind and name."""
    chart.validate_schema(WORKER)
    rendered = chart.render(WORKER, name="joulebook", namespace="lab")
    found = [document for text in rendered.values() for document in yaml.safe_load_all(text) if document]
    return {(document["kind"], document["metadata"]["name"]): document for document in found}


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_takes_the_worker(with_worker, version):
    assert len([name for name in with_worker if "worker" in name[1] or "job" in name[1]]) == 7
    for document in with_worker.values():
        schemas.validate(document, version, strict=True)


def test_without_the_worker_nothing_may_make_pods_and_the_service_says_that_it_runs_no_jobs(objects, with_worker):
    assert not {"Role", "RoleBinding", "ServiceAccount"} & objects.keys()
    for document, told in ((objects["Deployment"], "off"), (with_worker["Deployment", "joulebook"], "on")):
        (container,) = document["spec"]["template"]["spec"]["containers"]
        given = {entry["name"]: entry.get("value") for entry in container["env"]}
        assert given["JOULEBOOK_JOBS"] == told and given["JOULEBOOK_PROFILE"] == "kubernetes"


def test_the_worker_may_make_list_and_delete_pods_of_its_namespace_and_nothing_else(with_worker):
    kinds = {kind for kind, _ in with_worker}
    assert not {"ClusterRole", "ClusterRoleBinding"} & kinds
    (role,) = [document for (kind, _), document in with_worker.items() if kind == "Role"]
    (binding,) = [document for (kind, _), document in with_worker.items() if kind == "RoleBinding"]
    assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "list", "delete"]}]
    asked = [("secrets", "get"), ("pods/exec", "create"), ("pods/log", "get"), ("pods", "patch"), ("pods", "get")]
    asked += [("pods/ephemeralcontainers", "update"), ("serviceaccounts/token", "create"), ("roles", "create")]
    for resource, verb in asked:
        assert not any(
            {resource, "*"} & set(rule["resources"]) and {verb, "*"} & set(rule["verbs"]) for rule in role["rules"]
        ), f"{verb} {resource}"
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "joulebook-worker"}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "joulebook-worker", "namespace": "lab"}]
    for name in ("joulebook-worker", "joulebook-job"):
        assert with_worker["ServiceAccount", name]["automountServiceAccountToken"] is False
    users = {
        name: document["spec"]["template"]["spec"].get("serviceAccountName")
        for (kind, name), document in with_worker.items()
        if kind == "Deployment"
    }
    assert users == {"joulebook": None, "joulebook-worker": "joulebook-worker"}


def test_the_worker_is_one_and_has_the_hubs_files_and_rights(with_worker, root):
    hub = yaml.safe_load((root / "hub_config/kubernetes/values.yaml").read_text(encoding="utf-8"))["hub"]
    deployment = with_worker["Deployment", "joulebook-worker"]["spec"]
    pod = deployment["template"]["spec"]
    (container,) = pod["containers"]
    assert deployment["replicas"] == 1 and deployment["strategy"] == {"type": "Recreate"}
    assert pod["hostname"] == "joulebook-worker", "the next worker adopts what the one before has started"
    assert container["securityContext"] == {**hub["containerSecurityContext"], "readOnlyRootFilesystem": True}
    given = {entry["name"]: entry.get("value") for entry in container["env"]}
    for name in ("HOME", "PROFILE", "IMAGE", "WORKSPACES_CLAIM", "SERVER_MEMORY", "SERVER_CORES", "DEFAULT_PLAN"):
        assert given[f"JOULEBOOK_{name}"] == hub["extraEnv"][f"JOULEBOOK_{name}"], name
    (mount,) = [each for each in container["volumeMounts"] if each["name"] == "workspaces"]
    (volume,) = [each for each in pod["volumes"] if each["name"] == "workspaces"]
    assert mount["mountPath"] == given["JOULEBOOK_HOME"] + "/workspaces"
    assert volume["persistentVolumeClaim"]["claimName"] == given["JOULEBOOK_WORKSPACES_CLAIM"]
    secret = {entry["name"] for entry in container["env"] if "secretKeyRef" in entry.get("valueFrom", {})}
    assert secret == {"JOULEBOOK_STORE_URL", "JUPYTERHUB_API_TOKEN"}
    read = "".join(path.read_text(encoding="utf-8") for path in (root / "hub_config/joulebook_hub").rglob("*.py"))
    assert not [name for name in given if name.startswith("JOULEBOOK_") and f'"{name}"' not in read]
    service = with_worker["Deployment", "joulebook"]["spec"]["template"]["spec"]
    (shared,) = [each for each in service["volumes"] if each["name"] == "worker"]
    assert [item["key"] for item in shared["secret"]["items"]] == ["notice-secret"], "not the mail server's password"


def test_where_worker_and_jobs_may_go(with_worker):
    from joulebook_hub.jobs import pods

    worker = with_worker["NetworkPolicy", "joulebook-worker"]["spec"]
    labels = with_worker["Deployment", "joulebook-worker"]["spec"]["template"]["metadata"]["labels"]
    assert worker["podSelector"]["matchLabels"].items() <= labels.items()
    others = with_worker["NetworkPolicy", "joulebook"]["spec"]["podSelector"]["matchLabels"]
    assert not others.items() <= labels.items(), "each policy has its own pods"
    ports = {port["port"] for rule in worker["egress"] for port in rule.get("ports", ())}
    assert ports == {53, 443, 587, 5432, 6443}
    jobs = with_worker["NetworkPolicy", "joulebook-jobs"]["spec"]
    assert jobs["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": pods.APP}
    assert ("ServiceAccount", pods.ACCOUNT) in with_worker
    for policy in (worker, jobs):
        assert policy["policyTypes"] == ["Ingress", "Egress"] and not policy["ingress"]
        blocks = [to["ipBlock"]["except"] for rule in policy["egress"] for to in rule.get("to", ()) if "ipBlock" in to]
        assert blocks and all("169.254.0.0/16" in each for each in blocks), "no way to the metadata service"
    (inside,) = [to["ipBlock"] for rule in jobs["egress"] for to in rule.get("to", ()) if "ipBlock" in to]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} <= set(inside["except"])
