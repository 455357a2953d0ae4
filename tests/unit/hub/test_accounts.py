"""Accounts, attempts and the audit trail, on a database of each test's own."""

from __future__ import annotations

import stat
import threading

import pytest

from joulebook_hub.accounts import ACTIVE, WAITING, Account, AccountStore
from joulebook_hub.errors import HubError
from joulebook_hub.throttle import DelayRule, SlidingWindow


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    rule = DelayRule(free_failures=3, first_delay=30.0, longest_delay=100.0, forget_after=600.0)
    store = AccountStore(f"sqlite:///{tmp_path / 'accounts.sqlite'}", rule=rule, clock=clock)
    yield store
    store.close()


def account(name: str, **values: object) -> Account:
    return Account(name=name, password_hash="x", **{"state": ACTIVE, **values})


def test_the_database_is_the_owners_only(store, tmp_path):
    assert stat.S_IMODE((tmp_path / "accounts.sqlite").stat().st_mode) == 0o600


def test_a_name_is_taken_once(store):
    store.add(account("ada"), actor="ada")
    with pytest.raises(HubError, match="ada is taken") as refused:
        store.add(account("ada"), actor="mallory")
    assert refused.value.reason == "name_taken"


def test_who_waits_comes_first(store):
    for name, state in (("ada", ACTIVE), ("zuse", WAITING), ("bell", ACTIVE)):
        store.add(account(name, state=state), actor=name)
    assert [found.name for found in store.everybody()] == ["zuse", "ada", "bell"]


def test_delays_grow_and_are_forgotten(store, clock):
    for _ in range(2):
        store.note_failure("ada")
    assert store.delay("ada") == 0
    store.note_failure("ada")
    assert store.delay("ada") == pytest.approx(30)
    clock.now += 31
    assert store.delay("ada") == 0
    store.note_failure("ada")
    assert store.delay("ada") == pytest.approx(60)
    store.note_failure("ada")
    store.note_failure("ada")
    assert store.delay("ada") == pytest.approx(100)
    clock.now += 601
    assert store.delay("ada") == 0
    store.note_failure("ada")
    assert store.delay("ada") == 0, "the count began again"


def test_a_good_sign_in_ends_the_count(store):
    for _ in range(3):
        store.note_failure("ada")
    store.forget_failures("ada")
    assert store.delay("ada") == 0


def test_a_step_is_used_once_however_many_ask(store):
    store.add(account("ada", totp_secret="S"), actor="ada")
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(store.use_totp_step("ada", 7))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(True) == 1
    assert not store.use_totp_step("ada", 6), "nor an earlier one"


def test_changes_are_written_down_and_unknown_names_are_not(store):
    store.add(account("ada"), actor="ada")
    assert store.change("ada", actor="root", action="suspended", state="suspended")
    assert not store.change("nobody", actor="root", action="suspended", state="suspended")
    assert store.remove("ada", actor="root") and not store.remove("ada", actor="root")
    lines = [(line.actor, line.action, line.subject) for line in store.audit()]
    assert lines == [("root", "account deleted", "ada"), ("root", "suspended", "ada"), ("ada", "account made", "ada")]


def test_the_window_slides_and_stays_small(clock):
    window = SlidingWindow(limit=2, span=60.0, clock=clock, most_keys=3)
    assert [window.allows("a") for _ in range(3)] == [True, True, False]
    clock.now += 59
    assert not window.allows("a")
    clock.now += 1
    assert window.allows("a")
    for number in range(10):
        window.allows(str(number))
    assert len(window._events) <= 3
