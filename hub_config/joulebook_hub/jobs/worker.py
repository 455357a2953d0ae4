"""The worker: claims jobs, starts their attempts, forwards progress and log, tells their ends.

``python -m joulebook_hub.jobs.worker``, started, and started again when it ends, by the hub. The store is the truth;
the worker keeps nothing that is not in the store or in the attempts' folders, so that it can be killed at any point:

- killed before an attempt began: the next worker finds a claim whose attempt has no folder, and queues the job again;
- killed while attempts run: they go on, and the next worker on this machine adopts them;
- killed when an attempt has ended: its note of the end waits in its folder.

Before the first attempt after another one starts, every process of the older one on this machine is ended; on other
machines it has ended itself when its lease ran out.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from pydantic import ValidationError
from sqlalchemy import Row

from joulebook_hub import processes
from joulebook_hub.errors import HubError
from joulebook_hub.jobs import rules
from joulebook_hub.jobs.files import JobFiles
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER, work_of
from joulebook_hub.jobs.places import Place
from joulebook_hub.jobs.records import Ending
from joulebook_hub.jobs.roster import LOG_KEPT, Roster, Sign
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.spool import LogTail, Spool
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.workspaces import Workspaces

__all__ = ["Worker", "main"]

TICK = 0.25
BEAT = 1.0
_LOOK = 5.0
_STARTS = 2.0  # s; after this an attempt that has not begun must at least have a process
_UNBORN = 30.0  # s; after this an attempt that no process has begun never will
_STILL = 15.0  # s; after this an attempt elsewhere whose count stands still has lost its machine

log = logging.getLogger("joulebook_hub.jobs")


@dataclass
class _Held:
    """An attempt that this worker watches."""

    row: Row[Any]
    spool: Spool
    results: Path | None
    tail: LogTail
    since: float
    shown: dict[str, Any] = field(default_factory=dict)
    alive: tuple[int, float] = (0, 0.0)

    @property
    def name(self) -> tuple[str, int]:
        return self.row.key, self.row.attempt


class Worker:
    """One worker.

    Parameters
    ----------
    roster : Roster
        The store, as workers see it.
    timetable : Timetable
        Schedules, which any worker submits.
    courier : Courier
        Sends notices.
    settings : WorkerSettings
        Folders, and how much may run at a time.
    place : Place
        Where attempts run.
    """

    def __init__(
        self, roster: Roster, timetable: Timetable, courier: Courier, settings: WorkerSettings, place: Place
    ) -> None:
        own = psutil.Process()
        self.machine = f"{socket.gethostname()}|{settings.instance}|"
        self.name = f"{self.machine}{own.pid}|{own.create_time():.2f}"
        self._roster, self._timetable, self._courier = roster, timetable, courier
        self._settings, self._place = settings, place
        self._held: dict[tuple[str, int], _Held] = {}
        self._watch = rules.Watch()
        self._beat = self._look = 0.0

    @property
    def holds(self) -> int:
        """How many attempts this worker watches."""
        return len(self._held)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; attempts go on and wait for the next worker.

        Parameters
        ----------
        stop : Event
            Set to end.
        """
        mail = threading.Thread(target=self._send_notices, args=(stop,), name="notices", daemon=True)
        mail.start()
        while not stop.is_set():
            try:
                self.step()
            except Exception:  # the store may be away for a while; attempts have their own leases
                log.exception("a step of the worker failed")
                stop.wait(2.0)
            stop.wait(TICK)
        mail.join(1.0)

    def step(self) -> None:
        """Do once what there is to do."""
        now = time.monotonic()
        self._place.tend()
        if now >= self._look:
            self._look = now + _LOOK
            self._adopt()
            for key in self._roster.lapse(self._watch, now):
                log.warning("job %s: its worker went silent; it is queued again", key)
            self._timetable.submit_due()
        for held in list(self._held.values()):
            self._tell_end(held, now)
        if now >= self._beat and self._held:
            self._beat = now + BEAT
            self._show_life()
        while len(self._held) < self._settings.at_once and self._roster.waiting():
            row = self._roster.claim(self.name)
            if row is None:
                break
            self._start(row)

    def _send_notices(self, stop: threading.Event) -> None:
        while not stop.wait(2.0):
            try:
                self._courier.send_due(self._roster.store)
            except Exception:
                log.exception("notices could not be sent")
                stop.wait(10.0)

    # -- beginning ---------------------------------------------------------------------------------------------------

    def _start(self, row: Row[Any]) -> None:
        """Start an attempt that has just been claimed."""
        self._end_processes(row.key, below=row.attempt)
        for older in self._spools(row.key):
            if older.folder.name != str(row.attempt):
                older.remove()
        spool = Spool.of(self._settings.spool, row.key, row.attempt)
        held = _Held(row, spool, None, LogTail(spool), time.monotonic())
        self._held[held.name] = held
        try:
            held.results = self._prepare(row, spool)
            self._place.start(spool.folder, self._settings.variables({JOB_MARK: f"{row.key}.{row.attempt}"}))
        except ValidationError:
            self._finish(held, Ending("refused", "This version of Joulebook cannot read the job. Submit it again."))
        except HubError as error:
            how = "never" if error.reason == "no_cluster" else "refused"
            self._finish(held, Ending(how, error.user_message))
        else:
            log.info("job %s of %s: attempt %d started", row.key, row.user, row.attempt)

    def _prepare(self, row: Row[Any], spool: Spool) -> Path:
        order = ORDER.validate_json(row.order)
        files = JobFiles(Workspaces(self._settings.workspaces), row.user)
        file = files.find(order.file)
        results = files.results(row.title, row.key, row.attempt, row.submitted)
        work = work_of(order, file, results)
        variables = self._settings.of_job(row.user, files.home, results, f"{row.key}.{row.attempt}")
        command = work.command
        if work.cluster is not None:
            command, variables = self._settings.with_cluster(command, variables, work.cluster)
        spool.prepare(
            {
                "command": command,
                "cwd": work.folder,
                "environment": variables,
                "results": str(results),
                "limit": order.limit,
                "grace": self._settings.grace,
                "nice": 5,
            }
        )
        return results

    # -- watching ----------------------------------------------------------------------------------------------------

    def _show_life(self) -> None:
        signs = [self._sign(held) for held in self._held.values()]
        told = self._roster.show_life(self.name, signs)
        for sign in signs:
            held = self._held[sign.key, sign.attempt]
            self._has_kept(held, sign)
            word = told[held.name]
            if word == "gone":
                log.warning("job %s: attempt %d counts no longer; it is ended", *held.name)
                self._let_go(held)
                continue
            if word == "stop":
                held.spool.ask_to_stop()
            held.spool.count("lease")

    def _sign(self, held: _Held, most: int = 65_536) -> Sign:
        progress = held.spool.read("progress.json")
        begin, content = held.tail.read(most)
        return Sign(*held.name, progress if progress != held.shown else None, begin, content)

    def _has_kept(self, held: _Held, sign: Sign) -> None:
        held.shown = sign.progress or held.shown
        held.tail.offset = sign.begin + len(sign.log)

    def _tell_end(self, held: _Held, now: float) -> None:
        told = held.spool.read("ending.json")
        if told is None and not self._is_dead(held, now):
            return
        told = told or held.spool.read("ending.json")  # written while we looked
        if told is None and not held.spool.has_begun:
            self._finish(held, Ending("never", "The work could not be begun."))
        elif told is None:
            self._end_processes(held.row.key, below=held.row.attempt + 1)
            self._finish(held, Ending("interrupted", "The work was ended from outside."))
        else:
            self._finish(held, Ending(str(told.get("how")), str(told.get("error", ""))))

    def _is_dead(self, held: _Held, now: float) -> bool:
        begun = held.spool.read("begun.json")
        if begun is None:
            waited = now - held.since
            return waited > _UNBORN or (waited > _STARTS and not self._is_starting(held.row))
        if begun.get("machine") == socket.gethostname():
            return not processes.is_same_process(int(begun["pid"]), float(begun["started"]))
        count = held.spool.number("alive")
        if count != held.alive[0] or not held.alive[1]:
            held.alive = (count, now)
        return now - held.alive[1] > _STILL + rules.LEASE  # it has given up by itself by then

    # -- ending ------------------------------------------------------------------------------------------------------

    def _finish(self, held: _Held, ending: Ending) -> None:
        results: dict[str, Any] = {}
        if ending.how in {"interrupted", "never"}:
            if held.results is not None:
                shutil.rmtree(held.results, ignore_errors=True)
        elif held.results is not None:
            files = JobFiles(Workspaces(self._settings.workspaces), held.row.user)
            found = files.listed(held.results)
            folder = held.results.relative_to(files.home.resolve()).as_posix()
            results = {"folder": folder, "files": [{"path": one.path, "size": one.size} for one in found]}
        sign = self._sign(held, LOG_KEPT)
        if self._roster.finish(self.name, sign, ending, results):
            log.info("job %s of %s: attempt %d %s", held.row.key, held.row.user, held.row.attempt, ending.how)
        self._held.pop(held.name, None)
        held.spool.remove()

    def _let_go(self, held: _Held) -> None:
        held.spool.ask_to_stop()
        self._end_processes(held.row.key, only=held.row.attempt)
        self._held.pop(held.name, None)
        held.spool.remove()

    # -- what a dead worker left -------------------------------------------------------------------------------------

    def _adopt(self) -> None:
        """Take over what a worker of this machine ran that is dead, and clear away what belongs to nobody."""
        spools = self._spools()  # before the store: what is claimed meanwhile is not among them
        running = self._roster.running()
        for row in running:
            mine = row.worker.startswith(self.machine) and (row.key, row.attempt) not in self._held
            if mine and not self._lives(row.worker):
                told = self._roster.adopt(row.key, row.attempt, row.worker, self.name)
                if told.word != "gone":
                    self._hold(row)
        known = {(row.key, str(row.attempt)) for row in running} | {(key, str(number)) for key, number in self._held}
        for spool in spools:
            name = (spool.folder.parent.name, spool.folder.name)
            if name not in known and spool.folder.name.isdigit():
                self._end_processes(name[0], only=int(name[1]))
                spool.remove()

    def _hold(self, row: Row[Any]) -> None:
        spool = Spool.of(self._settings.spool, row.key, row.attempt)
        order = spool.read("order.json")
        results = Path(str(order["results"])) if order and order.get("results") else None
        tail = LogTail(spool, self._roster.log_end(row.number, row.attempt))
        held = _Held(row, spool, results, tail, time.monotonic())
        self._held[held.name] = held
        if order is None or not (spool.has_begun or self._is_starting(row)):
            self._finish(held, Ending("never", "The worker was ended before the work began."))
            return
        spool.count("lease")
        log.info("job %s of %s: attempt %d is adopted", row.key, row.user, row.attempt)

    def _is_starting(self, row: Row[Any]) -> bool:
        """Whether a runner has been started that has not yet said so; on another machine it is waited for."""
        if not self._place.here:
            return True
        wanted = f"{row.key}.{row.attempt}"
        return any(value == wanted for _, value in processes.marked(JOB_MARK))

    def _lives(self, worker: str) -> bool:
        parts = worker.split("|")
        try:
            return processes.is_same_process(int(parts[2]), float(parts[3]))
        except (IndexError, ValueError):
            return False

    def _spools(self, key: str = "*") -> list[Spool]:
        return [Spool(path) for path in self._settings.spool.glob(f"{key}/*") if path.is_dir()]

    def _end_processes(self, key: str, *, below: int = 0, only: int = 0) -> None:
        """End every process of some attempts of a job on this machine, and wait until they are gone."""
        deadline = time.monotonic() + 10.0
        while time.monotonic() < deadline:
            found = []
            for process, value in processes.marked(JOB_MARK):
                name, _, number = value.rpartition(".")
                if name == key and number.isdigit() and (int(number) < below or int(number) == only):
                    found.append(process)
            if not found:
                return
            for process in found:
                try:
                    process.kill()
                except psutil.Error:
                    continue
            psutil.wait_procs(found, timeout=1.0)


def make(environment: Mapping[str, str]) -> Worker:
    """Make a worker from the hub's variables.

    Parameters
    ----------
    environment : mapping of str to str
        As the hub hands them to its worker.

    Returns
    -------
    Worker
        Its store is opened at the first step.
    """
    from joulebook_hub.jobs.book import JobBook
    from joulebook_hub.jobs.gate import Gate
    from joulebook_hub.jobs.places import DaskPlace, OwnMachine
    from joulebook_hub.plans import Plans
    from joulebook_hub.store import Store

    settings = WorkerSettings.from_environment(environment)
    plans = Plans.read(environment.get("JOULEBOOK_PLANS", ""), default=environment.get("JOULEBOOK_DEFAULT_PLAN", ""))
    store = Store(environment["JOULEBOOK_STORE_URL"])
    settings.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    place: Place = DaskPlace(settings.dask) if settings.dask else OwnMachine()
    courier = Courier.of(environment, settings.home)
    return Worker(Roster(store), Timetable(JobBook(store, Gate(plans))), courier, settings, place)


def main() -> None:
    """Work until a signal ends the process."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s worker: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    make(os.environ).run(stop)


if __name__ == "__main__":
    main()
