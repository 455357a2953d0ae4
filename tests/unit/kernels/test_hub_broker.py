"""The hub's broker against answers at the wire, and what the provisioner makes of them."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time

import pytest

from joulebook_kernels.broker import Lease, LeaseUnavailableError, Waiting, Wish
from joulebook_kernels.hub_broker import HubBroker
from joulebook_kernels.provisioner import LeaseProvisioner

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq")]
LENT = (200, {"state": "lent", "card": "GPU-a", "since": 5.0, "stage": ""})


@pytest.fixture
def broker(service):
    address = f"http://127.0.0.1:{service.server_port}/services/joulebook/"
    return HubBroker.from_environment({"JOULEBOOK_SERVICE": address, "JUPYTERHUB_API_TOKEN": "secret"})


async def test_it_asks_with_the_servers_token(broker, service):
    assert await broker.acquire("k", 1) == Lease("k", "GPU-a", 5.0)
    assert await broker.heartbeat("k", 2)
    await broker.release("k")
    assert [(method, path) for method, path, _, _ in service.asked] == [
        ("POST", "/services/joulebook/leases"),
        ("PUT", "/services/joulebook/leases/k"),
        ("DELETE", "/services/joulebook/leases/k"),
    ]
    assert {token for _, _, token, _ in service.asked} == {"token secret"}
    assert json.loads(service.asked[0][3]) == {"kernel": "k", "priority": "normal"}
    assert await broker.acquire("k", 1, Wish("slice", "low", 60.0)) == Lease("k", "GPU-a", 5.0)
    asked = json.loads(service.asked[-1][3])
    assert asked == {"kernel": "k", "kind": "slice", "priority": "low", "most": 60.0}
    assert "secret" not in repr(broker)
    broker.server = ""
    await broker.acquire("k", 1)
    assert json.loads(service.asked[-1][3])["server"] == "", "the default server has no name"


async def test_answers(broker, service):
    service.answers["POST"] = (202, {"state": "waiting", "position": 2, "places": 3})
    assert await broker.acquire("k", 1) == Waiting(2, 3)
    service.answers["POST"] = (429, {"message": "slower"})
    assert await broker.acquire("k", 1) == Waiting(2, 3), "the place is kept while asking is too frequent"
    service.answers["POST"] = (402, {"message": "Your plan has no GPU-hours."})
    with pytest.raises(LeaseUnavailableError, match="no GPU-hours"):
        await broker.acquire("k", 1)
    service.answers["PUT"] = (410, {"state": "gone"})
    assert not await broker.heartbeat("k")
    service.answers["PUT"] = (200, LENT[1] | {"stage": "grace"})
    assert await broker.heartbeat("k") and broker.stage == "grace"
    service.answers["PUT"] = (200, LENT[1] | {"stage": "stop"})
    assert not await broker.heartbeat("k")
    for answer in ((500, {}), (403, {}), (200, b"<html>")):
        service.answers["PUT"] = answer
        with pytest.raises(OSError):
            await broker.heartbeat("k")


async def test_no_card_comes_after_it_was_given_back(broker, service, monkeypatch):
    """A kernel is shut down while it asks: the question reaches the hub before the card is given back, not after."""
    ask, late = broker._call_now, threading.Event()

    def slow(method, *rest):
        assert method != "POST" or late.wait(20)
        return ask(method, *rest)

    monkeypatch.setattr(broker, "_call_now", slow)
    asking = asyncio.create_task(broker.acquire("k", 1))
    await asyncio.sleep(0)
    asking.cancel()
    giving_back = asyncio.create_task(broker.release("k"))
    done, _ = await asyncio.wait({giving_back}, timeout=0.2)
    late.set()
    await giving_back
    assert asking.cancelled() and not done
    assert [method for method, *_ in service.asked] == ["POST", "DELETE"]


async def test_who_waits_stays_within_the_services_requests(broker, service):
    """Three kernels that wait ask less often than the 100 times in a minute that a user has."""
    assert 3 * 60 / broker.rest < 100
    service.answers["POST"] = (202, {"state": "waiting", "position": 1, "places": 1})
    broker.rest = 0.2
    provisioner = LeaseProvisioner(kernel_id="k", broker=broker, patience=0.5, question_interval=0.01)
    with pytest.raises(LeaseUnavailableError, match="number 1 in the queue"):
        await provisioner._wait_for_card()
    assert len([1 for method, *_ in service.asked if method == "POST"]) <= 4


async def test_a_card_is_given_back_when_the_service_is_there_again(broker, service, monkeypatch):
    monkeypatch.setattr("joulebook_kernels.provisioner._PAUSES", (0.01,) * 500)
    provisioner = LeaseProvisioner(kernel_id="k", broker=broker)
    service.answers["DELETE"] = (503, {})
    await provisioner._give_back()
    while sum(method == "DELETE" for method, *_ in service.asked) < 3:
        await asyncio.sleep(0.01)
    service.answers["DELETE"] = (204, b"")
    await asyncio.wait_for(provisioner._keep_on, 20)
    number = len(service.asked)

    service.answers["DELETE"] = (503, {})
    await provisioner._give_back()
    late = provisioner._keep_on
    provisioner._keep_it()
    await asyncio.wait([late], timeout=20)
    assert late.cancelled() and len(service.asked) == number + 1, "the kernel came again, and keeps its card"


async def test_who_is_refused_for_long_gives_its_card_up_before_it_is_lent_on(broker, service, monkeypatch):
    service.answers["PUT"] = (403, {})
    with pytest.raises(OSError):
        await broker.heartbeat("k")
    monkeypatch.setattr("joulebook_kernels.hub_broker._REFUSED_FOR", 0.0)
    assert not await broker.heartbeat("k")
    service.answers["PUT"] = LENT
    assert await broker.heartbeat("k")
    monkeypatch.undo()
    service.answers["PUT"] = (403, {})
    with pytest.raises(OSError):
        await broker.heartbeat("k")


async def test_no_hub_no_broker():
    assert HubBroker.from_environment({}) is None
    assert HubBroker.from_environment({"JOULEBOOK_SERVICE": "http://x/"}) is None


async def test_a_service_that_is_away_is_told_after_the_patience(broker, service):
    service.answers["POST"] = (500, {})
    provisioner = LeaseProvisioner(kernel_id="k", broker=broker, patience=0.2, question_interval=0.05)
    with pytest.raises(LeaseUnavailableError, match=r"Nobody answers.*Joulebook \(CPU\)"):
        await provisioner._wait_for_card()


async def running(broker, code):
    provisioner = LeaseProvisioner(kernel_id="k", broker=broker, heartbeat_interval=0.02)
    await provisioner._wait_for_card()
    await provisioner.launch_kernel([sys.executable, "-c", code], cwd=None, env=dict(os.environ))
    return provisioner


async def ended(provisioner):
    deadline = time.monotonic() + 20
    while await provisioner.poll() is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    return await provisioner.poll()


async def test_at_the_end_of_the_grace_a_kernel_is_interrupted_and_then_ended(broker, service, tmp_path):
    mark = tmp_path / "interrupted"
    code = (
        "import pathlib, time\n"
        "def wait():\n    while True: time.sleep(0.05)\n"
        f"try:\n    pathlib.Path({str(tmp_path / 'ready')!r}).touch(); wait()\n"
        f"except KeyboardInterrupt:\n    pathlib.Path({str(mark)!r}).touch(); wait()"
    )
    provisioner = await running(broker, code)
    deadline = time.monotonic() + 20
    while not (tmp_path / "ready").exists():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    service.answers["PUT"] = (200, LENT[1] | {"stage": "interrupt"})
    while not mark.exists():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert await provisioner.poll() is None
    service.answers["PUT"] = (200, LENT[1] | {"stage": "stop"})
    assert await ended(provisioner) != 0
    await provisioner.wait()


async def test_a_lost_lease_is_taken_back_or_the_kernel_ends(broker, service):
    provisioner = await running(broker, "import time\nwhile True: time.sleep(0.05)")
    service.answers["PUT"] = (410, {"state": "gone"})
    deadline = time.monotonic() + 20
    while len([1 for method, *_ in service.asked if method == "POST"]) < 3:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert await provisioner.poll() is None, "the same card was free"
    service.answers["POST"] = (202, {"state": "waiting", "position": 1, "places": 1})
    assert await ended(provisioner) != 0
    await provisioner.wait()
