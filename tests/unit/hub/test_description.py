"""The service's description: OpenAPI 3.1, and the service does what it says, whatever is sent to it."""

from __future__ import annotations

import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator

import hub_doubles
from joulebook_hub.service.description import describe
from joulebook_hub.service.own import all_features
from joulebook_hub.store import Store
from joulebook_hub.throttle import SlidingWindow

DESCRIPTION = describe(all_features())
described = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/ledger.sqlite"
    home = str(tmp_path_factory.mktemp("home"))
    with hub_doubles.running_service(Store(url), JOULEBOOK_HOME=home, JOULEBOOK_JOBS="on") as running:
        for name in running.service.windows:
            running.service.windows[name] = SlidingWindow(10**9, 60.0)
        yield running


def test_it_is_openapi_3_1(service):
    described.validate()
    for schema in DESCRIPTION["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert service.ask("GET", "openapi.json", "").json() == DESCRIPTION
    names = [operation["operationId"] for path in DESCRIPTION["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)
    for pattern, path in DESCRIPTION["paths"].items():
        for operation in path.values():
            told = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"}
            assert told == set(re.findall(r"\{(\w+)\}", pattern)), pattern


@described.parametrize()
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
def test_whatever_is_sent(case, service, monkeypatch_session):
    """Statuses, media types and bodies are those of the description, and nothing fails."""
    case.headers = {**(case.headers or {}), "Authorization": "Bearer of-root"}
    answer = case.call(base_url=service.url.rstrip("/"))
    assert answer.status_code < 500, answer.text
    if answer.status_code not in {404, 405}:
        case.validate_response(answer, checks=[schemathesis.checks.CHECKS.get_one(name) for name in CHECKS])


CHECKS = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


@pytest.fixture(scope="session")
def monkeypatch_session():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield patch


def test_routes_need_what_they_say(service):
    """Each route without a token, with one that may not come here, and with one of a user who is no administrator."""
    for feature in all_features():
        for route in feature.routes:
            path = re.sub(r"\{\w+\}", "x", route.pattern)
            if route.who == "anybody":
                continue
            assert service.ask(route.method, path, "").status_code == 401, path
            assert service.ask(route.method, path, "of-eve").status_code == 403, path
            if route.who != "user":
                assert service.ask(route.method, path, "of-roots-server").status_code == 403, path


def test_every_number_on_the_dashboard_exists(service, root):
    board = json.loads((root / "hub_config" / "grafana" / "joulebook.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\bjoulebook_\w+", target["expr"])
    }
    assert len(asked) >= 6
    service.ask("GET", "nothing")
    answer = service.ask("GET", "metrics", "of-prometheus")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    given = set(re.findall(r"^# TYPE (joulebook_\w+)", answer.text, re.M))
    given |= set(re.findall(r"^(joulebook_\w+)", answer.text, re.M))
    assert asked <= given, asked - given
    assert 'joulebook_errors_total{reason="not_found"}' in answer.text
    assert "ada" not in answer.text, "no person's name among the numbers"
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places) and len({panel["id"] for panel in board["panels"]}) == len(places)
