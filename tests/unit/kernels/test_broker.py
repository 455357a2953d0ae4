"""Leases: one card for one kernel, whatever restarts, crashes or asks at the same time."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook_kernels.broker import Lease, LeaseUnavailableError, Waiting, Wish
from joulebook_kernels.cards import Card
from joulebook_kernels.machine_broker import QUEUE_PATIENCE, MachineBroker, is_alive, table_folder

pytestmark = pytest.mark.asyncio
HERE = os.getpid()


async def test_each_kernel_has_a_card_and_the_third_waits(broker):
    first, second = await broker.acquire("a", HERE), await broker.acquire("b", HERE)
    assert {first.card, second.card} == {"GPU-aaaa", "GPU-bbbb"}
    assert await broker.acquire("c", HERE) == Waiting(position=1, cards=2)
    assert await broker.acquire("d", HERE) == Waiting(position=2, cards=2)
    await broker.release("a")
    assert await broker.acquire("d", HERE) == Waiting(position=1, cards=2), "first come, first served"
    third = await broker.acquire("c", HERE)
    assert isinstance(third, Lease) and third.card == first.card


async def test_asking_again_gives_the_same_lease(broker):
    """A restart runs pre_launch again while the lease is held: it neither waits for itself nor takes a second card."""
    first = await broker.acquire("a", HERE)
    assert await broker.acquire("a", HERE) == first
    assert isinstance(await broker.acquire("b", HERE), Lease)


async def test_giving_back_twice_is_no_error(broker):
    await broker.acquire("a", HERE)
    await broker.release("a")
    await broker.release("a")
    assert not await broker.heartbeat("a")


async def test_a_lease_ends_with_the_last_of_its_processes(broker):
    server, kernel = (subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) for _ in range(2))
    try:
        await broker.acquire("a", server.pid)
        await broker.heartbeat("a", kernel.pid)
        await broker.acquire("b", HERE)
        server.kill()
        server.wait()
        assert await broker.acquire("c", HERE) == Waiting(position=1, cards=2), "the kernel of a still runs"
        kernel.kill()
        kernel.wait()
        lease = await broker.acquire("c", HERE)
        assert isinstance(lease, Lease) and lease.card == "GPU-aaaa"
    finally:
        for process in (server, kernel):
            process.kill()
            process.wait()


async def test_a_number_that_was_given_again_does_not_keep_a_lease(broker):
    await broker.acquire("a", HERE)
    table = json.loads((broker.folder / "leases.json").read_text())
    table["leases"]["a"]["server_identity"] = "1"
    (broker.folder / "leases.json").write_text(json.dumps(table))
    assert not await broker.heartbeat("a")
    assert is_alive(HERE) and not is_alive(0) and not is_alive(-1)


async def test_who_stops_asking_loses_the_place(tmp_path, two_cards):
    now = 1000.0
    broker = MachineBroker(folder=tmp_path, finder=two_cards, clock=lambda: now)
    for kernel in "abc":
        await broker.acquire(kernel, HERE)
    now += QUEUE_PATIENCE + 1
    assert await broker.acquire("d", HERE) == Waiting(position=1, cards=2)


async def test_without_a_card_the_message_names_the_way_out(broker, two_cards):
    two_cards.found = []
    with pytest.raises(LeaseUnavailableError, match=r"Joulebook \(CPU\)"):
        await broker.acquire("a", HERE)


async def test_a_slice_is_lent_to_who_asks_for_one(tmp_path, two_cards):
    two_cards.found.append(Card("MIG-cccc", "Slice", 4 << 30))
    broker = MachineBroker(folder=tmp_path, finder=two_cards)
    assert (await broker.acquire("k", os.getpid(), Wish("slice"))).card == "MIG-cccc"
    assert await broker.acquire("l", os.getpid(), Wish("slice")) == Waiting(1, 1)
    two_cards.found.pop()
    with pytest.raises(LeaseUnavailableError, match="Choose another kernel"):
        await broker.acquire("l", os.getpid(), Wish("slice"))


async def test_a_table_that_was_cut_short_starts_again(broker):
    (broker.folder / "leases.json").write_text("{half")
    assert isinstance(await broker.acquire("a", HERE), Lease)


async def test_servers_that_ask_at_the_same_time_share_no_card(broker, two_cards):
    brokers = [MachineBroker(folder=broker.folder, finder=two_cards) for _ in range(12)]
    answers = await asyncio.gather(*(one.acquire(f"k{i}", HERE) for i, one in enumerate(brokers)))
    lent = [answer.card for answer in answers if isinstance(answer, Lease)]
    assert sorted(lent) == ["GPU-aaaa", "GPU-bbbb"]
    assert sorted(answer.position for answer in answers if isinstance(answer, Waiting)) == list(range(1, 11))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["acquire", "release", "heartbeat"]), st.sampled_from("abcde")), max_size=30))
async def test_no_card_is_ever_lent_twice(tmp_path_factory, two_cards, calls):
    broker = MachineBroker(folder=tmp_path_factory.mktemp("leases"), finder=two_cards)
    held: dict[str, str] = {}
    for what, kernel in calls:
        if what == "acquire":
            answer = await broker.acquire(kernel, HERE)
            if isinstance(answer, Lease):
                assert held.get(kernel, answer.card) == answer.card
                held[kernel] = answer.card
        elif what == "release":
            await broker.release(kernel)
            held.pop(kernel, None)
        else:
            assert await broker.heartbeat(kernel) == (kernel in held)
        assert len(set(held.values())) == len(held) <= 2


async def test_the_table_lies_where_the_hub_says(tmp_path, monkeypatch):
    monkeypatch.setenv("JOULEBOOK_LEASES", str(tmp_path / "leases"))
    assert table_folder() == tmp_path / "leases"
    monkeypatch.delenv("JOULEBOOK_LEASES")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = table_folder()
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(LeaseUnavailableError, match="belongs to another user"):
        table_folder()
