"""The service over HTTP, on both databases: who may, what is asked, once per key, rates, errors, log and numbers."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time

import pytest
from pydantic import Field
from sqlalchemy import func, select

import hub_doubles
from joulebook_hub.service import (
    Answer,
    Context,
    Fault,
    Feature,
    Model,
    Route,
    ServiceError,
    Text,
)
from joulebook_hub.service.logs import JsonFormatter, secrets_of
from joulebook_hub.store import Store
from joulebook_hub.store.tables import audit


class Thing(Model):
    name: str = Field(max_length=20)
    size: float = 1.0


class Place(Model):
    place: str = Field(pattern="^[a-z]{1,5}$")


waiting, go_on = threading.Event(), threading.Event()


def write(context: Context, body: Thing) -> Answer:
    if body.name == "forbidden":
        with context.store.begin() as transaction:
            transaction.note(actor=context.person.name, action="never", subject="x", reason="taken back")
            raise ServiceError("This name is taken.", reason="taken", status=402)
    if body.name == "broken":
        raise ZeroDivisionError("sk_test_0123456789abcdef")
    with context.store.begin() as transaction:
        transaction.note(actor=context.person.name, action=body.name, subject="x", reason="test")
    return Answer(402 if body.name == "refused" else 201, body)


def wait(context: Context, body: Thing) -> Thing:
    waiting.set()
    assert go_on.wait(20)
    return body


def look(context: Context, path: Place) -> Thing:
    return Thing(name=path.place, size=len(context.headers))


TESTED = Feature(
    "tested",
    (
        Route("POST", "things", "Write", write, {201: Thing, 402: Thing}, body=Thing, limits=()),
        Route("POST", "slow", "Wait", wait, {200: Thing}, body=Thing, waits=True),
        Route("GET", "places/{place}", "Look", look, {200: Thing, 404: Fault}, path=Place),
        Route("DELETE", "places/{place}", "Nothing", lambda context, path: None, {204: None}, path=Place, who="admin"),
        Route("GET", "table", "Text", lambda context: Text("a\n", "text/csv", "a.csv"), {200: "text/csv"}),
        Route("POST", "starts", "Start", lambda c: None, {204: None}, limits=("requests", "job_starts")),
    ),
)


@pytest.fixture
def service(store_url):
    with hub_doubles.running_service(Store(store_url), features=(TESTED,)) as running:
        yield running


@pytest.fixture
def on_sqlite(tmp_path):
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    with hub_doubles.running_service(Store(url), features=(TESTED,)) as running:
        yield running


def written(service):
    with service.service.parts.store.read() as transaction:
        return transaction.scalar(select(func.count()).select_from(audit))


def test_who_may(on_sqlite):
    ask = on_sqlite.ask
    for token, status, reason in (
        ("", 401, "no_token"),
        ("unknown", 403, "unknown_token"),
        ("of-eve", 403, "no_access"),
        ("of-nothing", 403, "not_a_user"),
        ("of-prometheus", 403, "not_a_user"),
    ):
        answer = ask("GET", "places/here", token)
        assert (answer.status_code, answer.json()["reason"]) == (status, reason), token
        assert answer.json()["request"] == answer.headers["X-Request-Id"]
    assert ask("GET", "places/here").json()["name"] == "here"
    for token in ("of-ada", "of-roots-server"):
        assert ask("DELETE", "places/here", token).json()["reason"] == "not_admin"
    assert ask("DELETE", "places/here", "of-root").status_code == 204
    assert ask("GET", "health/live", "").json() == {"live": True} and ask("GET", "health/ready", "").status_code == 200
    for token, status in (("of-root", 200), ("of-prometheus", 200), ("of-ada", 403), ("of-nothing", 403), ("", 401)):
        assert ask("GET", "metrics", token).status_code == status
    assert ask("GET", "places/here", headers={"Cookie": "token=of-ada", "Authorization": "x"}).status_code == 401


def test_what_is_asked_wrongly(on_sqlite):
    ask = on_sqlite.ask
    for body, told in (
        (b"", "body"), (b"{", "body"), (b"[]", "body"), (b'{"size": 2}', "name"), (b"[" * 9000, "body"),
        (b'{"name": "a", "x": 1}', "x"), (b'{"name": "a", "size": NaN}', "size"), (b'{"name": 3}', "name"),
    ):  # fmt: skip
        answer = ask("POST", "things", content=body)
        assert answer.status_code == 400 and told in answer.json()["message"], body[:30]
    assert ask("POST", "things", content=b"x" * 17_000).status_code == 413
    assert ask("GET", "places/TOO-LONG").status_code == 400
    assert ask("GET", "nothing").json()["reason"] == "not_found"
    wrong = ask("PUT", "things")
    assert wrong.status_code == 405 and wrong.headers["Allow"] == "POST"
    assert ask("POST", "things", json={"name": "a"}, headers={"Idempotency-Key": "a b"}).json()["reason"] == "bad_key"
    assert ask("GET", "table").headers["Content-Disposition"] == 'attachment; filename="a.csv"'


def test_once_per_key(service):
    key = {"Idempotency-Key": "k1"}
    first = service.ask("POST", "things", json={"name": "a"}, headers=key)
    again = service.ask("POST", "things", json={"name": "a"}, headers=key)
    assert first.status_code == again.status_code == 201 and first.text == again.text and written(service) == 1
    other = service.ask("POST", "things", json={"name": "b"}, headers=key)
    assert (other.status_code, other.json()["reason"]) == (409, "key_of_another_request") and written(service) == 1
    of_bob = service.ask("POST", "things", "of-bob", json={"name": "b"}, headers=key)
    assert of_bob.status_code == 201 and written(service) == 2, "a key belongs to its user"
    for _ in range(2):
        assert service.ask("POST", "things", json={"name": "a"}).status_code == 201
    assert written(service) == 4, "without a key each request counts"
    for body in ({"name": "refused"}, {"name": "refused"}):
        assert service.ask("POST", "things", json=body, headers={"Idempotency-Key": "k2"}).status_code == 402
    assert written(service) == 6, "a refusal is not kept"
    taken = service.ask("POST", "things", json={"name": "forbidden"}, headers={"Idempotency-Key": "k3"})
    assert (taken.status_code, taken.json()["reason"]) == (402, "taken") and written(service) == 6, "taken back"


def test_a_key_whose_request_is_being_worked_on(service):
    waiting.clear(), go_on.clear()
    key, answers = {"Idempotency-Key": "k"}, []
    one = threading.Thread(target=lambda: answers.append(service.ask("POST", "slow", json={"name": "a"}, headers=key)))
    one.start()
    assert waiting.wait(20)
    meanwhile = service.ask("POST", "slow", json={"name": "a"}, headers=key)
    assert (meanwhile.status_code, meanwhile.json()["reason"]) == (409, "still_worked_on")
    assert service.ask("GET", "places/here").status_code == 200, "who waits holds nobody up"
    go_on.set()
    one.join(20)
    assert answers[0].json() == service.ask("POST", "slow", json={"name": "a"}, headers=key).json()


def test_rates(on_sqlite):
    statuses = [on_sqlite.ask("POST", "starts").status_code for _ in range(12)]
    assert statuses == [204] * 10 + [429] * 2
    assert on_sqlite.ask("POST", "starts", "of-bob").status_code == 204, "each user has their own"
    statuses = [on_sqlite.ask("GET", "places/here").status_code for _ in range(95)]
    assert statuses.count(200) == 100 - 12 and statuses[-1] == 429
    answer = on_sqlite.ask("GET", "places/here")
    assert answer.json()["reason"] == "too_many_requests" and answer.headers["Retry-After"] == "10"
    assert on_sqlite.ask("POST", "things", json={"name": "a"}).status_code == 201, "what does not count goes on"


def test_failures_tell_nothing_and_are_logged_without_secrets(on_sqlite, caplog):
    with caplog.at_level(logging.INFO):
        answer = on_sqlite.ask("POST", "things", json={"name": "broken"})
        deadline = time.monotonic() + 20
        while not any(record.name == "joulebook_hub.requests" for record in caplog.records):  # told after the answer
            assert time.monotonic() < deadline
    assert answer.status_code == 500 and "sk_test" not in answer.text and answer.json()["reason"] == "failed"
    form = JsonFormatter()
    lines = [json.loads(form.format(record)) for record in caplog.records if record.name.startswith("joulebook_hub")]
    of_this = [line for line in lines if line.get("request") == answer.json()["request"]]
    assert {line["logger"] for line in of_this} == {"joulebook_hub.service", "joulebook_hub.requests"}
    assert any("ZeroDivisionError" in line.get("error", "") for line in of_this)
    assert "0123456789abcdef" not in json.dumps(lines) and "of-ada" not in json.dumps(lines)
    request = next(line for line in of_this if line["logger"] == "joulebook_hub.requests")
    assert (request["status"], request["route"], request["user"], request["reason"]) == (500, "things", "ada", "failed")


def test_no_secret_in_a_line():
    environment = {
        "JUPYTERHUB_API_TOKEN": "3f9a8b7c6d5e4f",
        "JOULEBOOK_STORE_URL": "postgresql://hub:hunter2hunter2@db/x",
        "JOULEBOOK_STRIPE_SECRET_KEY": "rk_live_abcdefghijk",
        "PATH": "/usr/bin-and-more",
    }
    form = JsonFormatter(secrets_of(environment))
    text = (
        "3f9a8b7c6d5e4f hunter2hunter2 rk_live_abcdefghijk Authorization: Bearer abc.def-0123456 "
        "whsec_0123456789 postgresql://a:b0c0d0@h/x /usr/bin-and-more"
    )
    line = form.format(logging.makeLogRecord({"msg": text, "request": "r1"}))
    for secret in ("3f9a8b", "hunter2", "abcdefgh", "0123456", "b0c0d0"):
        assert secret not in line, secret
    assert "/usr/bin-and-more" in line and json.loads(line)["request"] == "r1" and "\n" not in line


def test_failures_are_reported_where_a_dsn_is_set_only(monkeypatch):
    from joulebook_hub.errors import HubError
    from joulebook_hub.service import sentry

    assert not sentry.start({})
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)  # not installed
    with pytest.raises(HubError, match="sentry-sdk is not installed"):
        sentry.start({"JOULEBOOK_SENTRY_DSN": "https://k@sentry.example.org/1"})
    clean = sentry.scrubber({"JUPYTERHUB_API_TOKEN": "3f9a8b7c6d5e4f"})
    frame = {"function": "f", "vars": {"token": "x"}, "context_line": "f('3f9a8b7c6d5e4f')"}
    event = {"exception": {"values": [{"value": "sk_test_0123456789", "frames": [frame]}]}, "request": {"a": 1}}
    sent = clean(event | {"user": {"id": "ada"}, "level": "error"}, {})
    assert set(sent) == {"exception", "level"} and "vars" not in str(sent)
    assert "3f9a8b" not in str(sent) and "0123456789" not in str(sent)
