"""The rules of jobs, with no input or output: who is next, what a sign of life means, how an attempt's end counts.

Time is an argument. What these functions change is stored in the same transaction in which it was read.

- A job is queued, then running, then done, failed or cancelled. Every start of it is an *attempt* with the next
  number. Only the newest attempt is heard, once: exactly one ending is accepted as the job's.
- Queued jobs stand in the order ``weight / (1 + running jobs of the user) + waited / AGEING``. The first term is at
  most the largest weight, so after ``AGEING`` times that weight a job stands before everything that comes later:
  nobody starves, and one person's hundred jobs do not shut out another's first.
- An attempt that fails by itself is tried again as often as its user wished, later each time. One that something from
  outside ended (a killed process, a worker that went silent, a machine that stopped) is tried again in any case, up to
  ``MOST_INTERRUPTIONS`` times: the work that always takes its worker down must end, too.
- A worker shows life by counting `Job.beat` up. An attempt has lapsed when its count has stood still for ``LEASE +
  MARGIN`` on the observer's own clock (`Watch`): no wall clock takes part, so no jump of one ends a job. The attempt
  itself gives up after ``LEASE`` without a renewal, ``MARGIN`` before anybody starts the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeGuard

from joulebook_hub.jobs.records import Ending, Job, Told

__all__ = [
    *("AGEING", "LEASE", "MARGIN", "MOST_INTERRUPTIONS", "Watch"),
    *("adopt", "cancel", "claim", "finish", "pause_after", "queue", "renew", "retry"),
]

AGEING = 300.0
LEASE = 40.0
MARGIN = 5.0
MOST_INTERRUPTIONS = 20
_PROMPT = 3  # interruptions after which the next attempt still starts at once
_LONGEST_PAUSE = 3600.0
_BREATH = 2.0  # s; after an attempt that never began


def queue(jobs: Iterable[Job], now: float) -> list[Job]:
    """Order the jobs that may start.

    Parameters
    ----------
    jobs : iterable of Job
        All that have not ended.
    now : float
        The time, s since 1970.

    Returns
    -------
    list of Job
        Queued and ready ones, the next first.
    """
    known = list(jobs)
    running = Counter(job.user for job in known if job.runs)

    def rank(job: Job) -> tuple[float, float, str]:
        share = job.weight / (1.0 + running[job.user])
        return -(share + (now - job.submitted) / AGEING), job.submitted, job.key

    return sorted((job for job in known if job.state == "queued" and job.ready <= now), key=rank)


def claim(jobs: Iterable[Job], worker: str, now: float) -> Job | None:
    """Give a worker the next job.

    Parameters
    ----------
    jobs : iterable of Job
        All that have not ended.
    worker : str
        Who asks.
    now : float
        The time, s since 1970.

    Returns
    -------
    Job or None
        It runs now, under a new attempt number; None if nothing is ready.
    """
    waiting = queue(jobs, now)
    if not waiting:
        return None
    job = waiting[0]
    job.state, job.worker, job.started = "running", worker, now
    job.attempt += 1
    job.beat += 1
    return job


def renew(job: Job | None, attempt: int, worker: str) -> Told:
    """Take a sign of life.

    Parameters
    ----------
    job : Job or None
        What the store holds; None if the job is not there.
    attempt : int
        Number of the attempt that lives.
    worker : str
        Who says so.

    Returns
    -------
    Told
        What the worker does next.
    """
    if not _holds(job, attempt, worker):
        return Told("gone")
    job.beat += 1
    return Told("stop" if job.state == "cancelling" else "go on")


def adopt(job: Job | None, attempt: int, before: str, worker: str) -> Told:
    """Hand a running attempt from a worker that died to another on the same machine.

    Parameters
    ----------
    job : Job or None
        What the store holds.
    attempt : int
        Number of the attempt.
    before, worker : str
        Who ran it and who runs it now.

    Returns
    -------
    Told
        ``"gone"`` if the attempt is no longer the newest, or another has adopted it.
    """
    if not _holds(job, attempt, before):
        return Told("gone")
    job.worker = worker
    job.beat += 1
    return Told("stop" if job.state == "cancelling" else "go on")


def finish(job: Job | None, attempt: int, worker: str, ending: Ending, now: float) -> bool:
    """Take the end of an attempt.

    Parameters
    ----------
    job : Job or None
        What the store holds.
    attempt : int
        Number of the attempt.
    worker : str
        Who tells.
    ending : Ending
        How it ended.
    now : float
        The time, s since 1970.

    Returns
    -------
    bool
        False if the attempt is not heard: another one is the newest, or the job has ended.
    """
    if not _holds(job, attempt, worker):
        return False
    job.worker = ""
    job.error = ending.error
    if ending.how == "done":  # perhaps just before it would have been cancelled
        _end(job, "done", now)
    elif job.state == "cancelling" or ending.how == "cancelled":
        _end(job, "cancelled", now)
    elif ending.how == "refused":
        _end(job, "failed", now)
    elif ending.how == "failed":
        job.failures += 1
        _again(job, job.failures >= job.most_attempts, pause_after(job.failures, 0), now)
    else:
        job.interruptions += ending.how != "never"
        pause = _BREATH if ending.how == "never" else pause_after(0, job.interruptions)
        _again(job, job.interruptions > MOST_INTERRUPTIONS, pause, now)
    return True


def pause_after(failures: int, interruptions: int) -> float:
    """How long to wait before the next attempt.

    Parameters
    ----------
    failures, interruptions : int
        How many there were, of the kind that counts now; the other is 0.

    Returns
    -------
    float
        Seconds: 30, 60, 120 … after failures; 0 after the first interruptions, then 10, 20 …; an hour at most.

    Examples
    --------
    >>> [pause_after(n, 0) for n in (1, 2, 3)], [pause_after(0, n) for n in (1, 3, 4, 5)]
    ([30.0, 60.0, 120.0], [0.0, 0.0, 10.0, 20.0])
    """
    if failures:
        return min(30.0 * 2.0 ** min(failures - 1, 20), _LONGEST_PAUSE)
    over = interruptions - _PROMPT
    return min(10.0 * 2.0 ** min(over - 1, 20), _LONGEST_PAUSE) if over > 0 else 0.0


def cancel(job: Job, now: float) -> bool:
    """Cancel a job.

    Parameters
    ----------
    job : Job
        A job.
    now : float
        The time, s since 1970.

    Returns
    -------
    bool
        False if it has ended already. One that waits ends here; one that runs ends when its worker says so.
    """
    if job.state == "queued":
        _end(job, "cancelled", now)
        return True
    if job.state == "running":
        job.state = "cancelling"
    return job.state == "cancelling"


def retry(job: Job, now: float) -> bool:
    """Queue a job again that failed or was cancelled.

    Parameters
    ----------
    job : Job
        A job.
    now : float
        The time, s since 1970.

    Returns
    -------
    bool
        False if it is queued, runs, or is done. Attempts go on being numbered, so what the old ones say stays unheard.
    """
    if job.state not in {"failed", "cancelled"}:
        return False
    job.state, job.ready, job.submitted, job.ended, job.error = "queued", now, now, None, ""
    job.failures = job.interruptions = 0
    return True


def _holds(job: Job | None, attempt: int, worker: str) -> TypeGuard[Job]:
    return job is not None and job.runs and job.attempt == attempt and job.worker == worker


def _end(job: Job, state: str, now: float) -> None:
    job.state, job.ended = state, now


def _again(job: Job, enough: bool, pause: float, now: float) -> None:
    if enough:
        _end(job, "failed", now)
    else:
        job.state, job.ready = "queued", now + pause


class Watch:
    """Notices attempts whose workers went silent, by its own clock.

    Parameters
    ----------
    patience : float
        For how long a count may stand still, s.

    Examples
    --------
    >>> watch, job = Watch(20.0), Job("a1", "ada", 1.0, 0.0, state="running", attempt=1, beat=1)
    >>> watch.lapsed([job], 0.0), watch.lapsed([job], 20.5) == [job]
    ([], True)
    """

    def __init__(self, patience: float = LEASE + MARGIN) -> None:
        self._patience = patience
        self._seen: dict[str, tuple[int, int, float]] = {}

    def lapsed(self, jobs: Iterable[Job], passing: float) -> list[Job]:
        """Look at the counts.

        Parameters
        ----------
        jobs : iterable of Job
            All that have not ended.
        passing : float
            A time that only runs forward, s.

        Returns
        -------
        list of Job
            Those whose count has not changed for the patience, as far as this watch saw.
        """
        running = [job for job in jobs if job.runs]
        fresh = {}
        for job in running:
            seen = self._seen.get(job.key)
            same = seen is not None and seen[:2] == (job.attempt, job.beat)
            fresh[job.key] = seen if same and seen else (job.attempt, job.beat, passing)
        self._seen = fresh
        return [job for job in running if passing - fresh[job.key][2] > self._patience]
