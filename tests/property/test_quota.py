"""Requests that interleave at random never take more than there is, and what is aborted takes nothing."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import databases
from joulebook_hub.plans import Plans
from joulebook_hub.quota import give_back_unit, take_unit, units_used
from joulebook_hub.quota.entitlements import Override, entitle
from joulebook_hub.quota.units import COUNTED
from joulebook_hub.store import Store

PLANS = Plans.read(default="explorer")
ROWS = st.sampled_from(sorted(COUNTED))
STEPS = st.one_of(
    st.tuples(st.just("take"), st.integers(0, 5)),
    st.tuples(st.just("take and abort"), st.integers(0, 5)),
    st.tuples(st.just("give back"), st.integers(0, 5)),
)
SCRIPTS = st.lists(st.lists(STEPS, max_size=5), min_size=2, max_size=4)


class AbortedError(Exception):
    """What ends a transaction in the middle."""


class Hub:
    """A store with as many connections to it as there are processes, of which each is asked by a thread of its own."""

    def __init__(self, url, connections):
        self.stores = [Store(url) for _ in range(connections)]
        self.users = 0

    def close(self):
        for store in self.stores:
            store.close()


@pytest.fixture(scope="module", params=databases.KINDS)
def hub(request):
    with ExitStack() as stack:
        made = Hub(stack.enter_context(databases.empty_database(request.param)), 4)
        stack.callback(made.close)
        yield made


@settings(max_examples=25, deadline=None)
@given(row=ROWS, most=st.integers(0, 4), scripts=SCRIPTS)
def test_no_interleaving_takes_more_than_there_is(hub, row, most, scripts):
    hub.users += 1
    user = f"user{hub.users}"
    found = entitle(user, [], PLANS, [Override(1, "person", user, row, most)])
    barrier, seen, faults = threading.Barrier(len(scripts)), [], []

    def run(store, script):
        barrier.wait()
        for action, number in script:
            key = f"{user}/{number}"
            try:
                with store.begin() as transaction:
                    if action == "give back":
                        give_back_unit(transaction, row, key)
                        continue
                    before = units_used(transaction, user, row)
                    decision = take_unit(transaction, found, row, key)
                    after = units_used(transaction, user, row)
                    seen.append((before, decision.allowed, after))
                    if action == "take and abort":
                        raise AbortedError
            except AbortedError:
                continue
            except Exception as fault:  # a thread's fault is the test's
                faults.append(fault)

    threads = [threading.Thread(target=run, args=each) for each in zip(hub.stores, scripts, strict=False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    for before, allowed, after in seen:
        assert after <= most and after - before in {0, 1}
        assert allowed or before >= most, "nobody is refused while something is left"
    steps = [step for script in scripts for step in script]
    with hub.stores[0].read() as transaction:
        left = units_used(transaction, user, row)
    if not any(action == "give back" for action, _ in steps):
        wanted = {number for action, number in steps if action == "take"}
        assert left == min(most, len(wanted))
