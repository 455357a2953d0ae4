"""A hub that drains starts nothing new, and ends nothing."""

from __future__ import annotations

import pytest

from joulebook_hub.draining import MESSAGE, drain
from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.records import Card, Queued, Refused, Standing
from joulebook_hub.lending.routes import refusal
from joulebook_hub.plans import Plans
from joulebook_hub.quota.gates import Gates
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Store


@pytest.fixture
def store(store_url):
    store = Store(store_url)
    yield store
    store.close()


def test_nothing_new_starts_and_what_runs_goes_on(store):
    lender = Lender(store, Plans.read(), (Card("GPU-0"), Card("GPU-1")))
    gates = Gates(store, Plans.read())
    assert isinstance(lender.acquire("ada", (), "one"), Standing)
    gates.start("ada", (), "", set())
    assert drain(store, on=True, actor="operator", reason="new disk")
    assert not drain(store, on=True, actor="operator", reason="again"), "it drains already"
    with pytest.raises(ServiceError, match="worked on") as refused:
        gates.start("bob", (), "", set())
    assert refused.value.status == 503
    found = lender.acquire("bob", (), "two")
    assert isinstance(found, Refused) and refusal(found) == MESSAGE
    assert isinstance(lender.acquire("ada", (), "one"), Standing), "a restart of a kernel keeps its card"
    assert isinstance(lender.renew("ada", (), "one"), Standing)
    assert drain(store, on=False, actor="operator", reason="done")
    gates.start("bob", (), "", set())
    assert isinstance(lender.acquire("bob", (), "two"), Standing | Queued)
    with store.read() as transaction:
        assert [(line.action, line.reason) for line in transaction.audit()] == [
            ("end of drain", "done"),
            ("drain", "new disk"),
        ]
