"""The ledger under anything: users, kernels, silences, clock jumps, crashes. Checked against sums of beats."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import ExitStack

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

import databases
from joulebook_hub.lending import tables
from joulebook_hub.lending.accounts import LIFE
from joulebook_hub.lending.desk import GRACE, INTERRUPTED
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import KINDS, PRIORITIES, Card, Gone, Queued, Refused, Standing, Terms, Wish, day_of
from joulebook_hub.lending.waits import FEWEST
from joulebook_hub.store import Store
from joulebook_hub.store.tables import audit

CARDS = (Card("GPU-a"), Card("GPU-b", places=2), Card("MIG-c"))
WISHES = st.builds(
    Wish, kind=st.sampled_from(["", "", *KINDS]), priority=st.sampled_from(sorted(PRIORITIES)),
    most=st.sampled_from([math.inf, math.inf, 60.0, 700.0]),
)  # fmt: skip
POOL = "organisation/acme"
TERMS = {
    "ada": Terms("academic", 1, 400.0),
    "bob": Terms("team", 10, 2000.0, POOL, 2500.0),
    "cyd": Terms("team", 10, 1e9, POOL, 2500.0),
    "dan": Terms("researcher", 2, 300.0, metered=True),
    "eve": Terms("enterprise", 20, 1e9),
}
USERS, KERNELS = st.sampled_from(sorted(TERMS)), st.sampled_from(["k", "l", "m"])


class Lending(RuleBasedStateMachine):
    kind = "sqlite"

    @initialize()
    def begin(self):
        self.stack = ExitStack()
        self.url = self.stack.enter_context(databases.empty_database(self.kind))
        self.wall, self.passed = 1_767_268_800.0, 0.0
        self.beats: dict[tuple[str, str], float] = {}
        self.truth: Counter[str] = Counter()
        self.ends: dict[tuple[str, str], float] = {}
        self.ledger = self.opened()

    def opened(self):
        return Ledger(Store(self.url, wall=lambda: self.wall, passing=lambda: self.passed))

    def teardown(self):
        if hasattr(self, "ledger"):
            self.ledger.store.close()
            self.stack.close()

    def forget_silent(self, now):
        awake = self.ledger.clock.start
        self.beats = {key: at for key, at in self.beats.items() if now - max(at, awake) <= LIFE}

    def credit(self, key, now):
        self.truth[key[0]] += min(now - self.beats[key], LIFE)
        self.beats[key] = now

    @rule(user=USERS, kernel=KERNELS, wish=WISHES)
    def acquire(self, user, kernel, wish):
        with self.ledger.desk(CARDS) as (desk, now):
            answer = desk.acquire(user, kernel, TERMS[user], now, wish)
        self.forget_silent(now)
        key = (user, kernel)
        if key in self.beats:
            assert isinstance(answer, Standing), "a loan is never lost while it beats"
            self.credit(key, now)
            if answer.stage == "stop":
                del self.beats[key]
        elif isinstance(answer, Standing):
            self.beats[key], self.ends[key] = now, now + wish.most
            kind = next(card.kind for card in CARDS if card.identity == answer.card)
            assert wish.kind in {"", kind} and answer.share == (0.5 if kind == "share" else 1.0)
        elif isinstance(answer, Queued):
            places = sum(card.places for card in CARDS if wish.kind in {"", card.kind})
            assert answer.position >= 1 and len(self.beats) <= 4 and answer.places == places
            recent = self.ledger.recent_lengths()
            expected = desk.expected_wait(key, recent, now)
            assert expected is None if len(recent) < FEWEST else expected >= 0.0
        else:
            assert isinstance(answer, Refused) and user not in {"dan", "eve"}

    @rule(user=USERS, kernel=KERNELS)
    def renew(self, user, kernel):
        with self.ledger.desk(CARDS) as (desk, now):
            answer = desk.renew(user, kernel, TERMS[user], now)
        self.forget_silent(now)
        assert isinstance(answer, Gone) == ((user, kernel) not in self.beats)
        if isinstance(answer, Standing):
            assert now < self.ends[user, kernel] + INTERRUPTED or answer.stage == "stop", "no longer than its longest"
            self.credit((user, kernel), now)
            if answer.stage == "stop":
                del self.beats[user, kernel]

    @rule(user=USERS, kernel=KERNELS)
    def release(self, user, kernel):
        with self.ledger.desk(CARDS) as (desk, now):
            desk.release(user, kernel, TERMS[user], now)
        self.forget_silent(now)
        if (user, kernel) in self.beats:
            self.credit((user, kernel), now)
            del self.beats[user, kernel]

    @rule()
    def everybody_beats(self):
        for user, kernel in list(self.beats):
            self.renew(user, kernel)

    @rule(seconds=st.one_of(st.floats(0, 15), st.floats(40, 80), st.just(7200.0)))
    def time_passes(self, seconds):
        self.passed += seconds

    @rule(jump=st.floats(-100_000, 100_000))
    def the_walls_clock_jumps(self, jump):
        self.wall += jump

    @rule(away=st.floats(0, 500))
    def service_is_killed_and_comes_back(self, away):
        before = self.ledger.clock()
        with self.ledger.desk(CARDS) as (desk, now):
            desk.expire(now)
        self.forget_silent(before)
        with pytest.raises(ZeroDivisionError), self.ledger.desk(CARDS) as (desk, now):
            desk.acquire("eve", "never", TERMS["eve"], now)
            raise ZeroDivisionError
        self.ledger.store.close()
        self.passed += away
        self.ledger = self.opened()
        assert self.ledger.clock() >= before

    @invariant()
    def usage_is_what_was_lent(self):
        if not hasattr(self, "ledger"):
            return
        desk, _ = self.ledger.view(CARDS)
        with self.ledger.store.read() as transaction:
            lines = list(transaction.execute(select(tables.usage)))
        assert len({(line.loan, line.part) for line in lines}) == len(lines)
        lent = Counter(loan.card for loan in desk.loans.values())
        assert all(lent[card.identity] <= card.places for card in CARDS)
        assert not set(desk.loans) & set(desk.claims) and set(self.beats) <= set(desk.loans)
        for user, terms in TERMS.items():
            written = sum(line.seconds for line in lines if line.user == user)
            running = sum(loan.seconds for loan in desk.loans.values() if loan.user == user)
            assert abs(written + running - self.truth[user]) < 1.0
            months = {line.day[:7] for line in lines} | {"now"}
            most = min(terms.allowed, terms.pooled) + 3 * (GRACE + INTERRUPTED + LIFE)
            assert terms.metered or written + running <= most * len(months)
        self.no_balance_is_below_zero([*lines, *desk.loans.values()])

    def no_balance_is_below_zero(self, lines):
        """What is charged never exceeds the month's allowance, of a person or of a pool, by whatever late beat."""
        charged = Counter()
        for line in lines:
            month = getattr(line, "day", day_of(getattr(line, "beat", 0.0)))[:7]
            assert min(line.seconds, line.grace, line.metered) >= 0 and line.grace + line.metered <= line.seconds + 1e-6
            assert line.grace == 0 if TERMS[line.user].metered else line.metered == 0
            for account in {line.user, line.pool} - {""}:
                charged[account, month] += line.seconds - line.grace - line.metered
        allowed = {user: terms.allowed for user, terms in TERMS.items()} | {POOL: 2500.0}
        assert all(seconds <= allowed[account] + 1e-3 for (account, _), seconds in charged.items())


class LendingOnPostgreSQL(Lending):
    kind = "postgresql"


TestLending = Lending.TestCase
TestLending.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestLendingOnPostgreSQL = LendingOnPostgreSQL.TestCase
TestLendingOnPostgreSQL.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)


@pytest.fixture
def ledger(store_url):
    ledger = Ledger(Store(store_url))
    yield ledger
    ledger.store.close()


def test_the_ledger_can_only_be_added_to(ledger):
    with ledger.desk(CARDS) as (desk, now):
        desk.acquire("ada", "k", TERMS["ada"], now)
        desk.release("ada", "k", TERMS["ada"], now + 5)
    with ledger.store.begin() as transaction:
        transaction.note(actor="root", action="x", subject="ada", reason="course")
    for table in (tables.usage, audit):
        for statement in (table.update().values(at=0.0), table.delete()):
            with pytest.raises(DatabaseError, match="only be added to"), ledger.store.begin() as transaction:
                transaction.execute(statement)
    assert [line.seconds for line in ledger.lines("ada")] == [5]
