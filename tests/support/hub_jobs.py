"""The part of the hub's state machine that is about jobs: handed in, run by workers that die, cancelled."""

from __future__ import annotations

import random
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from joulebook_hub.jobs import rules
from joulebook_hub.jobs.book import JobBook, Wish
from joulebook_hub.jobs.gate import Gate
from joulebook_hub.jobs.orders import Notebook
from joulebook_hub.jobs.records import ENDED, Ending
from joulebook_hub.jobs.roster import Roster, Sign
from joulebook_hub.lending.records import day_of
from joulebook_hub.service.routes import ServiceError

USERS = ("ada", "bob", "cyd")
JOB = Wish(Notebook(kind="notebook", file="a.ipynb"), most_attempts=2)
users, workers = st.sampled_from(USERS), st.sampled_from(["north", "south"])


class Jobs:
    """Rules about jobs; beside the store it keeps who runs what, and which endings were accepted."""

    def begin_jobs(self):
        names = random.Random(1)  # jobs that stand equal are ordered by name: the same walk again must meet the same
        by_chance = SimpleNamespace(token_hex=lambda size: names.randbytes(size).hex())
        self.stack.enter_context(patch("joulebook_hub.jobs.book.secrets", by_chance))
        self.counted: dict[str, tuple[str, str]] = {}
        self.running: dict[tuple[str, int], str] = {}
        self.endings: dict[str, str] = {}
        self.done: list[str] = []

    @property
    def book(self):
        return JobBook(self.store, Gate(self.plans))

    @property
    def roster(self):
        return Roster(self.store)

    def jobs_of(self, user, month):
        return {key for key, mine in self.counted.items() if mine == (user, month)}

    @rule(user=users)
    def a_job_is_handed_in(self, user):
        now = self.store.clock()
        most = self.plan_of(user, now).amount("jobs")
        mine = self.jobs_of(user, day_of(now)[:7])
        try:
            row = self.book.submit(user, (), JOB)
        except ServiceError as refused:
            assert (refused.status, len(mine) >= most) == (402, True) or refused.reason == "too_many_jobs"
            self.saw("job refused")
        else:
            assert len(mine) < most
            self.counted[row.key] = (user, day_of(now)[:7])
            self.saw("job handed in")

    @rule(worker=workers)
    def a_worker_takes_a_job(self, worker):
        row = self.roster.claim(worker)
        if row is None:
            return
        assert row.key not in self.endings, "what has ended does not run again"
        assert all(attempt < row.attempt for key, attempt in self.running if key == row.key), "each attempt is new"
        self.running[row.key, row.attempt] = worker
        self.saw("job started" if row.attempt == 1 else "job started again")

    @precondition(lambda self: self.running)
    @rule(
        data=st.data(), how=st.sampled_from(["done", "done", "failed", "interrupted", "refused"]), twice=st.booleans()
    )
    def an_attempt_ends(self, data, how, twice):
        """Told once or twice, also by an attempt that was given up long ago: one ending counts."""
        key, attempt = data.draw(st.sampled_from(list(self.running)))
        worker = self.running[key, attempt]
        newest = max(number for other, number in self.running if other == key)
        for _ in range(1 + twice):
            heard = self.roster.finish(worker, Sign(key, attempt), Ending(how, how), {})
            assert not heard or attempt == newest, "an old attempt is not heard"
            if heard and how == "done":
                self.done.append(key)
        del self.running[key, attempt]
        self.look_at(key)

    @rule(worker=workers)
    def a_worker_dies(self, worker):
        """Its attempts are silent from now on, and after a while the jobs are queued again."""
        watch, living = rules.Watch(), "south" if worker == "north" else "north"
        self.roster.lapse(watch, self.passed)
        self.passed += rules.LEASE + rules.MARGIN + 1.0
        own = [Sign(key, attempt) for (key, attempt), who in self.running.items() if who == living]
        self.roster.show_life(living, own)
        for key in self.roster.lapse(watch, self.passed):
            self.saw("job of a dead worker")
            self.look_at(key)

    @precondition(lambda self: self.counted)
    @rule(data=st.data())
    def a_job_is_cancelled(self, data):
        key = data.draw(st.sampled_from(list(self.counted)))
        try:
            row = self.book.cancel("", key)
        except ServiceError as refused:
            assert refused.status == 409 and key in self.endings
            return
        if row.state == "cancelled" and row.attempt == 0:
            del self.counted[key]
        self.look_at(key)
        self.saw("job cancelled")

    def look_at(self, key):
        """An ending is for good."""
        state = self.book.get("", key).state
        if state in ENDED:
            assert self.endings.setdefault(key, state) == state

    def jobs_agree(self):
        """No job is lost, none was done twice, and what has ended stays so."""
        rows = {row.key: row for row in self.book.listed("", most=1000)}
        assert set(self.counted) <= set(rows)
        assert len(set(self.done)) == len(self.done), "none is done twice"
        for key, state in self.endings.items():
            assert rows[key].state == state
        for key in self.done:
            assert rows[key].state == "done"
