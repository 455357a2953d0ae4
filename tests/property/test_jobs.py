"""The rules of jobs under anything: workers and processes that die or freeze, machines cut off, clocks that jump."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from joulebook_hub.jobs import rules
from joulebook_hub.jobs.records import ENDED, Ending, Job

WORKERS = st.sampled_from(["north:1", "north:2", "south:1", "south:2"])
USERS = {"ada": 1.0, "bob": 3.0, "eve": 20.0}
HOWS = st.sampled_from(["done", "done", "failed", "interrupted", "refused"])


@dataclass
class Process:
    """An attempt that really runs somewhere, with its own lease."""

    job: str
    attempt: int
    worker: str
    renewed: float
    ended: Ending | None = None


class Jobs(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.jobs: dict[str, Job] = {}
        self.processes: list[Process] = []
        self.passed, self.wall = 0.0, 1.8e9
        self.watches: dict[str, rules.Watch] = {}
        self.accepted: Counter[tuple[str, int]] = Counter()
        self.cancelled: set[str] = set()
        self.order = 0

    @property
    def now(self):
        return self.wall + self.passed

    def active(self):
        return [job for job in self.jobs.values() if job.state not in ENDED]

    def alive(self, process):
        return process.ended is None and self.passed - process.renewed < rules.LEASE

    @rule(user=st.sampled_from(sorted(USERS)), most=st.integers(1, 3))
    def submit(self, user, most):
        self.order += 1
        key = f"{self.order:016x}"
        self.jobs[key] = Job(key, user, USERS[user], self.now, most_attempts=most)

    @rule(worker=WORKERS)
    def claim(self, worker):
        job = rules.claim(self.active(), worker, self.now)
        if job is not None:
            for process in self.processes:  # what is left of older attempts on this machine is ended first
                if process.job == job.key and process.worker[:5] == worker[:5] and process.ended is None:
                    process.ended = Ending("interrupted", "swept")
            self.processes.append(Process(job.key, job.attempt, worker, self.passed))

    @rule(worker=WORKERS)
    def beat(self, worker):
        for process in self.processes:
            if process.worker == worker and process.ended is None:
                told = rules.renew(self.jobs.get(process.job), process.attempt, worker)
                if told.word == "gone":
                    process.ended = Ending("interrupted", "fenced")
                elif self.alive(process):
                    process.renewed = self.passed
                    if told.word == "stop":
                        process.ended = Ending("cancelled")

    @rule(worker=WORKERS)
    def tell_endings(self, worker):
        for process in [known for known in self.processes if known.worker == worker]:
            if process.ended is None and not self.alive(process):
                process.ended = Ending("interrupted", "lease lost")
            if process.ended is not None:
                self.tell(process)

    def tell(self, process):
        job = self.jobs.get(process.job)
        if rules.finish(job, process.attempt, process.worker, process.ended, self.now):
            self.accepted[process.job, process.attempt] += 1
        self.processes.remove(process)

    @rule(data=st.data(), how=HOWS)
    def a_process_ends(self, data, how):
        running = [process for process in self.processes if self.alive(process)]
        if running:
            data.draw(st.sampled_from(running)).ended = Ending(how, how)

    @rule(worker=WORKERS, heir=WORKERS)
    def a_worker_dies_and_another_adopts(self, worker, heir):
        self.watches.pop(worker, None)
        if worker[:5] == heir[:5] and worker != heir:
            for process in [known for known in self.processes if known.worker == worker]:
                if rules.adopt(self.jobs.get(process.job), process.attempt, worker, heir).word == "gone":
                    self.processes.remove(process)
                    continue
                process.worker = heir
                if process.ended is None and self.alive(process):
                    process.renewed = self.passed

    @rule(worker=WORKERS)
    def look_for_silence(self, worker):
        watch = self.watches.setdefault(worker, rules.Watch())
        for job in watch.lapsed(self.active(), self.passed):
            if rules.finish(job, job.attempt, job.worker, Ending("interrupted", "silent"), self.now):
                self.accepted[job.key, job.attempt] += 1

    @rule(worker=WORKERS, seconds=st.floats(0.4 * rules.LEASE, 1.6 * rules.LEASE))
    def look_twice_and_take_over(self, worker, seconds):
        for one in {process.worker for process in self.processes}:
            self.beat(one)
        self.look_for_silence(worker)
        self.passed += seconds
        self.look_for_silence(worker)
        self.claim(worker)

    @rule(seconds=st.sampled_from([0.5, 9.0, 0.6 * rules.LEASE, rules.LEASE, 90.0]))
    def time_passes(self, seconds):
        self.passed += seconds

    @rule(jump=st.floats(-100_000, 100_000))
    def the_walls_clock_jumps(self, jump):
        self.wall += jump

    @rule(data=st.data())
    def cancel(self, data):
        if self.jobs:
            key = data.draw(st.sampled_from(sorted(self.jobs)))
            if rules.cancel(self.jobs[key], self.now):
                self.cancelled.add(key)

    @rule(data=st.data())
    def retry(self, data):
        if self.jobs:
            key = data.draw(st.sampled_from(sorted(self.jobs)))
            if rules.retry(self.jobs[key], self.now):
                self.cancelled.discard(key)

    @invariant()
    def no_job_runs_twice(self):
        running = Counter(process.job for process in self.processes if self.alive(process))
        assert all(count == 1 for count in running.values()), running
        assert all(count == 1 for count in self.accepted.values()), "an attempt is heard once"
        for process in self.processes:
            if self.alive(process):
                assert self.jobs[process.job].attempt == process.attempt

    def teardown(self):
        """Nothing is lost: with one good worker and time, every job comes to its end."""
        watch, worker = rules.Watch(), "south:9"
        for _ in range(40 * (len(self.jobs) + 1)):
            if not self.active():
                break
            self.passed += rules.LEASE + rules.MARGIN + 1
            self.wall += 4000.0
            for job in watch.lapsed(self.active(), self.passed):
                rules.finish(job, job.attempt, job.worker, Ending("interrupted"), self.now)
            job = rules.claim(self.active(), worker, self.now)
            if job is not None:
                assert rules.finish(job, job.attempt, worker, Ending("done"), self.now)
        assert not self.active()
        for key, job in self.jobs.items():
            assert (job.state == "cancelled") <= (key in self.cancelled), "nobody's job is cancelled by itself"
            assert job.state != "failed" or job.failures >= job.most_attempts or job.error == "refused"


TestJobs = Jobs.TestCase
TestJobs.settings = settings(max_examples=250, stateful_step_count=60, deadline=None)


@settings(max_examples=80, deadline=None)
@given(weight=st.floats(0.5, 20), rivals=st.lists(st.floats(0.5, 1000), max_size=30))
def test_nobody_starves(weight, rivals):
    """A job stands before all that come later than AGEING times the largest weight."""
    heaviest = max([weight, *rivals])
    old = Job("old", "ada", weight, 0.0)
    late = rules.AGEING * heaviest + 1.0
    jobs = [old, *(Job(f"r{n}", f"u{n}", rival, late) for n, rival in enumerate(rivals))]
    assert rules.queue(jobs, late)[0] is old


def test_weight_decides_between_those_who_come_together_and_running_jobs_count_against_their_user():
    jobs = [Job("a", "ada", 1.0, 0.0), Job("b", "bob", 3.0, 0.0), Job("c", "bob", 3.0, 0.0), Job("d", "bob", 3.0, 0.0)]
    started = [rules.claim(jobs, "w", 0.0).key for _ in jobs]
    assert started == ["b", "c", "a", "d"]


def test_failures_are_tried_again_as_wished_and_later_each_time():
    job, pauses = Job("a", "ada", 1.0, 0.0, most_attempts=3), []
    for now in (0.0, 100.0, 1000.0):
        rules.claim([job], "w", now)
        assert rules.finish(job, job.attempt, "w", Ending("failed", "no convergence"), now)
        pauses.append(job.ready - now)
    assert pauses[:2] == [30.0, 60.0] and (job.state, job.error) == ("failed", "no convergence")


def test_work_that_always_takes_its_worker_down_ends():
    job, now = Job("a", "ada", 1.0, 0.0), 0.0
    for _ in range(rules.MOST_INTERRUPTIONS + 1):
        now = max(now, job.ready)
        assert rules.claim([job], "w", now) is job
        rules.finish(job, job.attempt, "w", Ending("interrupted", "killed"), now)
    assert job.state == "failed" and rules.claim([job], "w", now + 1e6) is None
