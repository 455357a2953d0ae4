"""A hub under anything that happens to one: leases, servers, jobs, news of payments, clocks that jump, crashes.

The machine drives what the hub and its service drive, over a real store, and keeps beside it what a bookkeeper would
write down: heartbeats, running servers, counted jobs, and what Stripe has told last. Crashes happen within a
transaction, before a statement chosen at random; afterwards nothing of it may be there.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from itertools import count
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, select

import databases
from hub_jobs import JOB, USERS, Jobs, users
from joulebook_hub.billing import records, webhooks
from joulebook_hub.billing.account import Account
from joulebook_hub.billing.desk import Desk as Till
from joulebook_hub.billing.facts import person
from joulebook_hub.billing.rules import Subscription, standing
from joulebook_hub.lending import tables
from joulebook_hub.lending.desk import LIFE
from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.records import Card, Gone, Queued, Refused, Standing, Wish, day_of
from joulebook_hub.plans import Plans
from joulebook_hub.quota import entitlement, units_used
from joulebook_hub.quota.gates import Gates
from joulebook_hub.service.features import load_tables
from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import METADATA, Store

SMALL = {
    "gpu_hours": {"academic": 0.1, "researcher": 0.15, "advanced": 0.3},
    "jobs": {"explorer": 1, "academic": 2, "researcher": 4, "advanced": 8},
    "named_servers": {"explorer": 0, "academic": 1, "researcher": 2, "advanced": 3},
}
SOLD = ("explorer", "academic", "researcher", "advanced")
CARDS = (Card("GPU-a"), Card("GPU-b", places=2))
MONTH = 30 * 86_400
SERVER_OF = {"k": "", "l": "a"}
kernels = st.sampled_from(list(SERVER_OF))
short = st.one_of(st.floats(0, 15), st.floats(40, 80))


def small_plans() -> Plans:
    """Plans so small that a random walk comes to their ends."""
    plans, rows = Plans.read(default="academic"), SMALL.items()
    tiers = tuple(
        replace(plan, limits={**plan.limits, **{row: given[plan.name] for row, given in rows if plan.name in given}})
        for plan in plans.tiers
    )
    return replace(plans, tiers=tiers)


class CrashError(Exception):
    """The process was killed."""


class StripeTill(Till):
    """A till whose Stripe is the machine's own record of subscriptions."""

    def ask(self, machine: Hub) -> StripeTill:
        self.machine = machine
        return self

    def look(self, identity: str) -> Subscription | None:
        self.machine.passed += 0.001  # no two questions at the same instant
        found = self.machine.stripe.get(identity)
        return None if found is None else replace(found, seen=self.store.clock())


class Hub(Jobs, RuleBasedStateMachine):
    kind = "sqlite"
    seen: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self):
        load_tables()
        self.stack = ExitStack()
        self.url = self.stack.enter_context(databases.empty_database(self.kind))
        self.wall, self.passed = 1_767_268_800.0, 0.0
        self.plans = small_plans()
        self.numbers = count(1)
        self.beats: dict[tuple[str, str], float] = {}
        self.truth: Counter[str] = Counter()
        self.largest: dict[tuple[str, str], float] = {}
        self.servers: dict[str, set[str]] = {user: set() for user in USERS}
        self.begin_jobs()
        self.stripe: dict[str, Subscription] = {}
        self.told: dict[str, Subscription] = {}
        self.stale: list[Subscription] = []
        self.news: list[dict] = []
        self.taken: set[str] = set()
        self.open()
        self.somebody_subscribes_or_changes("bob", "researcher")
        self.somebody_agrees_to_the_meter("bob", 100_000)
        self.reconciled()

    def open(self):
        self.store = Store(self.url, wall=lambda: self.wall, passing=lambda: self.passed)
        self.lender = Lender(self.store, self.plans, CARDS)
        self.gates = Gates(self.store, self.plans)
        self.till = StripeTill(self.store, self.plans, Account("simulator", key="sk_test_x")).ask(self)

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.stack.close()

    def saw(self, answer):
        """Count what came about, so that a long run can say what it has tried."""
        name = type(answer).__name__ if not isinstance(answer, str) else answer
        self.seen[f"{name} {answer.stage}".strip() if isinstance(answer, Standing) else name] += 1

    # -- what the bookkeeper knows ----------------------------------------------------------------------------------

    def plan_of(self, user, now):
        own = [each for each in self.told.values() if each.subject == person(user)]
        found = standing(own, self.plans, now)
        return self.plans.named(self.plans.default) if found is None else found.plan

    def note_allowance(self, now):
        """The largest allowance that each user has had in this month."""
        for user in USERS:
            key = (user, day_of(now)[:7])
            hours = self.plan_of(user, now).amount("gpu_hours") * 3600.0
            self.largest[key] = max(self.largest.get(key, 0.0), hours)

    def forget_silent(self, now):
        awake = self.store.clock.start
        self.beats = {key: at for key, at in self.beats.items() if now - max(at, awake) <= LIFE}
        self.note_allowance(now)

    def credit(self, key, now):
        self.truth[key[0]] += min(now - self.beats[key], LIFE)
        self.beats[key] = now

    # -- leases ------------------------------------------------------------------------------------------------------

    @rule(user=users, kernel=kernels)
    def acquire(self, user, kernel):
        answer = self.lender.acquire(user, (), kernel, Wish(server=SERVER_OF[kernel]))
        now, key = self.store.clock(), (user, kernel)
        self.saw(answer)
        self.forget_silent(now)
        if key in self.beats:
            assert isinstance(answer, Standing), "a lease is never lost while it beats"
            self.credit(key, now)
            if answer.stage == "stop":
                del self.beats[key]
        elif isinstance(answer, Standing):
            assert self.plan_of(user, now).amount("gpu_hours") > 0
            self.beats[key] = now
        else:
            assert isinstance(answer, Queued | Refused)

    @rule(user=users, kernel=kernels)
    def renew(self, user, kernel):
        answer, now, key = self.lender.renew(user, (), kernel), self.store.clock(), (user, kernel)
        self.saw(answer)
        self.forget_silent(now)
        assert isinstance(answer, Gone) == (key not in self.beats)
        if isinstance(answer, Standing):
            self.credit(key, now)
            if answer.stage == "stop":
                del self.beats[key]

    @rule(seconds=st.floats(1, 59), times=st.integers(1, 12))
    def kernels_work(self, seconds, times):
        for _ in range(times):
            self.passed += seconds
            for user, kernel in list(self.beats):
                self.renew(user, kernel)

    @rule(user=users, kernel=kernels)
    def release(self, user, kernel):
        self.lender.release(user, (), kernel)
        now, key = self.store.clock(), (user, kernel)
        self.forget_silent(now)
        if key in self.beats:
            self.credit(key, now)
            del self.beats[key]

    # -- servers -----------------------------------------------------------------------------------------------------

    @rule(user=users, server=st.sampled_from(["", "a", "b", "c"]))
    def a_server_starts(self, user, server):
        running = {f"{user}/{name}" for name in self.servers[user]}
        most = self.plan_of(user, self.store.clock()).amount("named_servers")
        others = len(self.servers[user] - {server})
        try:
            self.gates.start(user, (), server, running)
        except ServiceError as refused:
            assert refused.status == 402 and server and others + 1 > most
            self.saw("server refused")
        else:
            assert not server or server in self.servers[user] or others + 1 <= most
            self.saw("server started")
            if server:
                self.servers[user].add(server)

    @rule(user=users, server=st.sampled_from(["", "a", "b", "c"]))
    def a_server_ends(self, user, server):
        """Stopped or killed: its kernels are gone without a word, and paid for to their last heartbeats."""
        self.lender.end_server(user, server)
        self.gates._give_back(f"{user}/{server}")
        self.servers[user].discard(server)
        for key in [key for key in self.beats if key == (user, key[1]) and SERVER_OF[key[1]] == server]:
            del self.beats[key]
            self.saw("lease of an ended server")

    # -- payments ----------------------------------------------------------------------------------------------------

    def happened(self, subscription, kind):
        self.stripe[subscription.identity] = subscription
        body = {"object": "subscription", "id": subscription.identity}
        self.news.append(
            {"id": f"evt_{next(self.numbers)}", "object": "event", "type": kind, "created": 0, "data": {"object": body}}
        )

    @rule(user=users, plan=st.sampled_from(SOLD))
    def somebody_subscribes_or_changes(self, user, plan):
        now = int(self.store.clock())
        found = self.stripe.get(f"sub_{user}")
        if found is None or found.status == "canceled":
            found = Subscription(f"sub_{user}", f"cus_{user}", person(user), plan, 1, "active", now + MONTH, now)
        self.happened(replace(found, plan=plan, ends=False), "customer.subscription.updated")

    @precondition(lambda self: self.stripe)
    @rule(user=users, what=st.sampled_from(["fails", "paid", "cancels", "resumes", "ended", "renewed"]))
    def something_happens_to_a_subscription(self, user, what):
        found = self.stripe.get(f"sub_{user}")
        if found is None or found.status == "canceled":
            return
        now = int(self.store.clock())
        changes = {
            "fails": {"status": "past_due", "unpaid_since": found.unpaid_since or now},
            "paid": {"status": "active", "unpaid_since": None},
            "cancels": {"ends": True},
            "resumes": {"ends": False},
            "ended": {"status": "canceled"},
            "renewed": {"period_start": now, "period_end": now + MONTH},
        }[what]
        self.happened(replace(found, **changes), "customer.subscription.updated")

    @rule(user=users, most=st.sampled_from([0, 10, 100_000]))
    def somebody_agrees_to_the_meter(self, user, most):
        with self.store.begin() as transaction:
            records.agree(transaction, person(user), most, user)

    @precondition(lambda self: self.news)
    @rule(data=st.data(), again=st.booleans(), crash=st.booleans())
    def news_arrives(self, data, again, crash):
        """In any order, twice, or cut off by a crash between what it changes and that it was taken."""
        news = data.draw(st.sampled_from(self.news))
        if crash and news["id"] not in self.taken:
            self.refreshed(webhooks.concerned(news))
            self.saw("news cut off")
            return
        for _ in range(1 + again):
            outcome = webhooks.take(self.till, news)
            assert (outcome == "taken before") == (news["id"] in self.taken)
            self.saw("news twice" if outcome == "taken before" else "news")
            if news["id"] not in self.taken:
                self.taken.add(news["id"])
                self.learned(webhooks.concerned(news))

    def learned(self, identity):
        self.told[identity] = self.stripe[identity]
        self.note_allowance(self.store.clock())

    def refreshed(self, identity):
        self.till.refresh(identity)
        self.learned(identity)

    @precondition(lambda self: self.stripe)
    @rule(user=users, late=st.booleans())
    def an_answer_of_stripe_comes_late(self, user, late):
        """Asked before others, kept after them: what was learned meanwhile stays."""
        seen = self.till.look(f"sub_{user}")
        if seen is not None and late:
            self.stale.append(seen)
        elif self.stale:
            old = self.stale.pop()
            with self.store.begin() as transaction:
                before = {each.identity: each for each in records.all_subscriptions(transaction)}.get(old.identity)
                changed = records.keep(transaction, old)
            if before is None or before.seen < old.seen:
                self.told[old.identity] = old
            elif before.seen > old.seen:
                assert not changed
                self.saw("late answer left out")
            else:
                with self.store.read() as transaction:
                    kept = {each.identity: each for each in records.all_subscriptions(transaction)}
                self.told[old.identity] = kept[old.identity]
            self.note_allowance(self.store.clock())

    @rule()
    def reconciled(self):
        for identity in self.stripe:
            self.refreshed(identity)
        self.news.clear()  # lost on the way, it makes no difference now

    # -- time and crashes --------------------------------------------------------------------------------------------

    @rule(seconds=st.one_of(short, st.just(7200.0), st.just(9.0 * 86_400)))
    def time_passes(self, seconds):
        self.passed += seconds
        self.note_allowance(self.store.clock())

    @rule(jump=st.floats(-100_000, 100_000))
    def the_walls_clock_jumps(self, jump):
        self.wall += jump

    @rule(away=st.floats(0, 500))
    def the_service_comes_back(self, away):
        before = self.store.clock()
        with self.lender.ledger.desk(CARDS) as (desk, now):
            desk.expire(now)
        self.forget_silent(before)
        self.store.close()
        self.saw("service killed")
        self.passed += away
        self.open()
        assert self.store.clock() >= before
        self.note_allowance(self.store.clock())

    @rule(
        what=st.sampled_from(["acquire", "renew", "release", "server", "server ends", "job", "keep"]),
        user=users, kernel=kernels, statement=st.integers(1, 25),
    )  # fmt: skip
    def killed_within_a_decision(self, what, user, kernel, statement):
        """Before some statement; what it had done until then is not there, and it can be done again."""
        before = self.everything()
        with crashes_before(self.store.engine, statement), suppress(CrashError, ServiceError):
            self.attempt(what, user, kernel)
        assert self.everything() == before
        self.saw("killed within a decision")

    def attempt(self, what, user, kernel):
        with self.store.begin():
            if what in {"acquire", "renew", "release"}:
                getattr(self.lender, what)(user, (), kernel)
            elif what == "server":
                self.gates.start(user, (), "z", set())
            elif what == "server ends":
                self.lender.end_server(user, SERVER_OF[kernel])
            elif what == "job":
                self.book.submit(user, (), JOB)
            elif f"sub_{user}" in self.stripe:
                self.till.refresh(f"sub_{user}")
            raise CrashError  # at the latest before it is stored

    def everything(self):
        with self.store.read() as transaction:
            return {
                table.name: sorted(map(repr, transaction.execute(select(table)))) for table in METADATA.tables.values()
            }

    # -- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def books_agree(self):
        if not hasattr(self, "store"):
            return
        self.seen["step"] += 1
        with self.store.read() as transaction:
            desk, now = self.lender.ledger.view(CARDS)
            lines = list(transaction.execute(select(tables.usage)))
            for user in USERS:
                found = entitlement(transaction, self.plans, user, ())
                assert found.plan.name == self.plan_of(user, transaction.now).name, "the plan is what was told last"
                counted = units_used(transaction, user, "jobs")
                assert counted == len(self.jobs_of(user, day_of(now)[:7]))
                assert units_used(transaction, user, "named_servers") == len(self.servers[user])
        self.jobs_agree()
        assert len({(line.loan, line.part) for line in lines}) == len(lines), "no line twice"
        lent = Counter(loan.card for loan in desk.loans.values())
        assert all(lent[card.identity] <= card.places for card in CARDS)
        assert set(self.beats) <= set(desk.loans) and not set(desk.loans) & set(desk.claims)
        charged: Counter[tuple[str, str]] = Counter()
        used: Counter[str] = Counter()
        for line in [*lines, *desk.loans.values()]:
            month = getattr(line, "day", day_of(getattr(line, "beat", 0.0)))[:7]
            used[line.user] += line.seconds
            self.seen["metered"] += line.metered > 0
            self.seen["in grace"] += line.grace > 0
            charged[line.user, month] += line.seconds - line.grace - line.metered
        for user in USERS:
            assert abs(used[user] - self.truth[user]) < 1.0, "usage is lease seconds"
        for key, seconds in charged.items():
            assert seconds <= self.largest.get(key, 0.0) + LIFE, "no balance below zero by more than a heartbeat"
        assert all(math.isfinite(seconds) and seconds >= -1e-6 for seconds in charged.values())


@contextmanager
def crashes_before(engine, statement):
    """Kill before the n-th statement of all transactions of an engine."""
    left = [statement]

    def strike(*_):
        left[0] -= 1
        if left[0] == 0:
            raise CrashError

    event.listen(engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", strike)
