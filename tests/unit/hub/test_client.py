"""The typed client: against the real service, and against a wire that loses, delays and lies."""

from __future__ import annotations

import httpx
import pytest

import hub_doubles
from joulebook_hub.client import Client, NotAllowedError, RefusedError, UnreachableError
from joulebook_hub.errors import HubError
from joulebook_hub.lending.models import Lent, Waits
from joulebook_hub.store import Store


@pytest.fixture
def service(tmp_path):
    with hub_doubles.running_service(Store(f"sqlite:///{tmp_path}/ledger.sqlite")) as running:
        yield running


@pytest.fixture
def connected(service):
    clients = []

    def connected(token="of-ada", **options):
        clients.append(Client(service.url, token, pause=lambda seconds: None, **options))
        return clients[-1]

    yield connected
    for client in clients:
        client.close()


def test_leases_and_usage(connected):
    ada, bob = connected(), connected("of-bob")
    lent = ada.acquire("k1")
    assert isinstance(lent, Lent) and lent.card == "GPU-a" and ada.renew("k1").since == lent.since
    assert isinstance(ada.acquire("k2"), Waits)
    assert {(lease.kernel, lease.state) for lease in ada.leases().leases} == {("k1", "lent"), ("k2", "waiting")}
    with pytest.raises(NotAllowedError, match="no GPU-hours") as refused:
        bob.acquire("k3")
    assert refused.value.status == 402
    ada.release("k1")
    with pytest.raises(RefusedError) as gone:
        ada.renew("k1")
    assert gone.value.status == 410
    assert [line.kernel for line in ada.usage()] == ["k1"] and list(bob.usage()) == []
    assert ada.text("quota/history.csv").startswith("day,")
    with pytest.raises(ValueError, match="kernel"):
        ada.acquire("../k")


def test_one_users_kernels_are_not_anothers(connected):
    """The same kernel's name is another kernel where another user says it."""
    ada, bob = connected(), connected("of-roots-server")
    lent = ada.acquire("k1")
    with pytest.raises(RefusedError) as gone:
        bob.renew("k1")
    assert gone.value.status == 410
    bob.release("k1")
    assert ada.renew("k1").since == lent.since
    assert bob.leases().leases == [] and list(bob.usage()) == []


def test_jobs_and_schedules(tmp_path):
    variables = {"JOULEBOOK_HOME": str(tmp_path), "JOULEBOOK_JOBS": "on", "JOULEBOOK_DEFAULT_PLAN": "explorer"}
    with (
        hub_doubles.running_service(Store(f"sqlite:///{tmp_path}/ledger.sqlite"), **variables) as service,
        Client(service.url, "of-ada", pause=lambda seconds: None) as ada,
        Client(service.url, "of-root", pause=lambda seconds: None) as root,
    ):
        order = {"kind": "report", "report": "cell", "file": "my.cell.json"}
        made = ada.submit(order, title="Weekly")
        assert ada.job(made.key) == next(ada.jobs()) and ada.job_log(made.key).text == ""
        assert [job.user for job in root.everybodys_jobs("active")] == ["ada"]
        assert ada.cancel_job(made.key).state == "cancelled" and ada.retry_job(made.key).state == "queued"
        assert root.cancel_anybodys_job(made.key, "a test").state == "cancelled"
        ada.forget_job(made.key)
        assert list(ada.jobs()) == []
        planned = ada.schedule(order, "0 20 * * sun", "Europe/Berlin")
        changed = ada.change_schedule(planned.key, order, "0 6 * * *", "UTC", enabled=False)
        assert [each.key for each in ada.schedules()] == [changed.key] and changed.following is None
        ada.remove_schedule(planned.key)
        assert ada.schedules() == [] and len(ada.notice_settings().key) == 64
        with pytest.raises(RefusedError, match="administrators"):
            next(ada.everybodys_jobs())
        for _ in range(8):  # and the retry from above
            ada.submit(order)
        with pytest.raises(RefusedError, match="10 jobs started in a minute") as refused:
            ada.submit(order)
        assert refused.value.status == 429


def test_administration_by_pages(connected, service):
    with service.service.parts.store.begin() as transaction:
        for number in range(450):
            transaction.note(actor="root", action=f"act {number}", subject="ada", reason="test")
    root = connected("of-root")
    assert [entry.action for entry in root.audit()] == [f"act {number}" for number in reversed(range(450))]
    people = list(root.people())
    assert [person.name for person in people] == ["ada", "bob", "eve", "root"]
    assert people[0].gpu_allowed == 10 * 3600 and people[1].gpu_allowed == 0
    for token in ("of-ada", "of-roots-server"):
        with pytest.raises(RefusedError, match="administrators") as refused:
            list(connected(token).people())
        assert refused.value.status == 403 and refused.value.request
        with pytest.raises(RefusedError, match="administrators"):
            next(connected(token).audit())


def test_what_is_set_for_a_person(connected):
    root, ada = connected("of-root"), connected()
    assert ada.quota().plan == "academic" and ada.history() == [] and ada.estimate().gpu_hours is None
    made = root.set_override("person", "ada", "plan", "team", reason="a course", last_day="2999-12-31")
    assert made.actor == "root" and [each.line for each in root.overrides()] == [made.line]
    assert root.quota("ada").plan == ada.quota().plan == "team"
    assert next(root.audit()).reason == "a course"
    with pytest.raises(RefusedError, match="gold"):
        root.set_override("person", "ada", "plan", "gold", reason="a course")
    for question in (lambda: ada.quota("bob"), lambda: list(ada.overrides())):
        with pytest.raises(RefusedError, match="administrators"):
            question()
    with pytest.raises(RefusedError, match="administrators"):
        ada.set_override("person", "ada", "plan", "enterprise", reason="mine")


def test_the_service_lists_people_with_the_power_of_who_asks_only(connected, service):
    """A token that may everything here, but may not list the hub's users, does not get them from the service."""
    service.known["of-half"] = hub_doubles.person("half", hub_doubles.ACCESS, "admin:users")
    with pytest.raises(RefusedError, match="does not let this token see users"):
        list(connected("of-half").people())


class Wire(httpx.BaseTransport):
    """Passes requests on after a list of mishaps: an exception, a status, or ``"lost"`` (done, but the answer is)."""

    def __init__(self, mishaps):
        self.mishaps, self.keys = list(mishaps), []
        self.real = httpx.HTTPTransport()

    def close(self):
        self.real.close()

    def handle_request(self, request):
        self.keys.append(request.headers.get("Idempotency-Key"))
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if isinstance(mishap, int):
            return httpx.Response(mishap, json={"reason": "busy", "message": "busy"}, headers={"Retry-After": "1"})
        if isinstance(mishap, Exception):
            raise mishap
        answer = self.real.handle_request(request)
        if mishap == "lost":
            answer.read()
            answer.close()
            raise httpx.ReadError("reset")
        return answer


def test_again_under_the_same_key(connected):
    wire = Wire([httpx.ConnectError("refused"), 503, 429, "lost"])
    pauses = []
    client = connected(transport=wire)
    client._pause = pauses.append
    assert isinstance(client.acquire("k"), Lent)
    assert len(wire.keys) == 5 and len(set(wire.keys)) == 1 and wire.keys[0]
    assert pauses == [0.5, 1.0, 2.0, 4.0], "longer and longer"
    client.acquire("k")
    assert len(set(wire.keys)) == 2, "the next request has its own"
    client.leases()
    assert wire.keys[-1] is None


def test_it_gives_up_and_says_so(connected):
    with pytest.raises(UnreachableError, match="Is the hub running"):
        connected(transport=Wire([httpx.ConnectError("refused")] * 9)).leases()
    with pytest.raises(RefusedError) as busy:
        connected(transport=Wire([429] * 9)).leases()
    assert busy.value.status == 429


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"leases": 3}', b'{"message": 1}', b"null"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_what_is_not_the_service(body, status):
    wire = httpx.MockTransport(lambda request: httpx.Response(status, content=body))
    with Client("https://lab.example.org/other", "t", transport=wire) as client, pytest.raises(UnreachableError):
        client.leases()


def test_from_a_server_of_the_hub(service):
    with pytest.raises(HubError, match="no server of a Joulebook hub"):
        Client.from_environment({})
    environment = {"JOULEBOOK_SERVICE": service.url, "JUPYTERHUB_API_TOKEN": "of-ada"}
    with Client.from_environment(environment) as client:
        assert client.meter().plan == "Academic"
        assert "of-ada" not in repr(client)
