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
from pathlib import Path
from typing import Any

import psutil
from pydantic import ValidationError
from sqlalchemy import Row

from joulebook_hub.errors import HubError
from joulebook_hub.jobs import fences, rules
from joulebook_hub.jobs.attempts import Held, ending_of, left_of
from joulebook_hub.jobs.clusters import Clusters, hand_over
from joulebook_hub.jobs.files import JobFiles
from joulebook_hub.jobs.notices import Courier
from joulebook_hub.jobs.orders import ORDER, Sweep
from joulebook_hub.jobs.places import Place
from joulebook_hub.jobs.preparing import ATTEMPT, prepare
from joulebook_hub.jobs.records import Ending
from joulebook_hub.jobs.roster import LOG_KEPT, Roster
from joulebook_hub.jobs.setting import JOB_MARK, WorkerSettings
from joulebook_hub.jobs.shapes import Wish
from joulebook_hub.jobs.spool import LogTail, Spool
from joulebook_hub.jobs.timetable import Timetable
from joulebook_hub.workspaces import Workspaces

__all__ = ["Worker", "main"]

TICK = 0.25
BEAT = 1.0
_LOOK = 5.0
_STARTS = 2.0  # s; after this an attempt that has not begun must at least have a process
_UNBORN = 30.0  # s; the same for one that shall stop, wherever it runs
_HOW = {"no_cluster": "never", "cluster_failed": "interrupted"}
"""How an attempt without a cluster ends, by the reason; it is refused where the reason is another."""
_STILL = 15.0  # s; after this an attempt elsewhere whose count stands still has lost its machine

log = logging.getLogger("joulebook_hub.jobs")


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
    clusters : Clusters, optional
        Where sweeps get their clusters, if the hub has a Dask Gateway.
    """

    def __init__(
        self,
        roster: Roster,
        timetable: Timetable,
        courier: Courier,
        settings: WorkerSettings,
        place: Place,
        clusters: Clusters | None = None,
    ) -> None:
        own = psutil.Process()
        self.machine = f"{socket.gethostname()}|{settings.instance}|"
        self.name = f"{self.machine}{own.pid}|{own.create_time():.2f}"
        self._roster, self._timetable, self._courier = roster, timetable, courier
        self._settings, self._place, self._clusters = settings, place, clusters
        self._held: dict[tuple[str, int], Held] = {}
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
        if self._clusters is not None:
            threading.Thread(target=self._clusters.run, args=(stop,), name="clusters", daemon=True).start()
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
        if now >= self._beat and self._held:  # first: an end that cannot be told holds up nobody's lease
            self._beat = now + BEAT
            self._show_life()
        for held in list(self._held.values()):
            if held.waits:
                self._go_on(held)
            else:
                self._tell_end(held, now)
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
        spool = Spool.of(self._settings.spool, row.key, row.attempt)
        held = Held(row, spool, None, LogTail(spool), time.monotonic())
        self._held[held.name] = held
        try:
            self._end_processes(row.key, below=row.attempt)
            for older in self._spools(row.key):
                if older.folder.name != str(row.attempt):
                    older.remove()
            order = ORDER.validate_json(row.order)
            room, lodging = self._timetable.book.room(row.user), self._place.lodge(row)
            most = None if self._clusters else room.cpus
            held.results = prepare(self._settings, row, order, spool, lodging=lodging, processors=most)
            if self._clusters is not None and isinstance(order, Sweep):
                wish = Wish(order.workers, order.cores, order.memory, order.image)
                self._clusters.want(*held.name, wish, room)
                spool.write(
                    "progress.json", {"stage": "Waiting for a Dask cluster", "label": "", "done": 0, "total": 0}
                )
                held.waits = True
            else:
                self._begin(held)
        except ValidationError:
            self._finish(held, Ending("refused", "This version of Joulebook cannot read the job. Submit it again."))
        except HubError as error:
            self._refuse(held, error)

    def _refuse(self, held: Held, error: HubError) -> None:
        log.info("job %s, attempt %d is not started: %s", *held.name, error.log_message)
        self._finish(held, Ending(_HOW.get(error.reason, "refused"), error.user_message))

    def _begin(self, held: Held) -> None:
        row = held.row
        held.since = time.monotonic()
        try:
            self._place.start(held.spool.folder, self._settings.variables({JOB_MARK: f"{row.key}.{row.attempt}"}))
        except HubError as error:
            self._refuse(held, error)
            return
        log.info("job %s of %s: attempt %d started", row.key, row.user, row.attempt)

    def _go_on(self, held: Held) -> None:
        """Start an attempt once its cluster is there."""
        found = None if self._clusters is None else self._clusters.answer(*held.name)
        if held.spool.is_asked_to_stop:
            self._finish(held, Ending("cancelled", ""))
        elif isinstance(found, HubError):
            self._refuse(held, found)
        elif found is not None:
            held.waits = False
            order = held.spool.read("order.json") or {}
            inside = ATTEMPT if "home" in order else ""
            variables = {**order.get("environment", {}), **hand_over(found, held.spool.folder, inside)}
            held.spool.write("order.json", {**order, "environment": variables, "cluster": True})
            self._begin(held)

    # -- watching ----------------------------------------------------------------------------------------------------

    def _show_life(self) -> None:
        signs = [held.sign() for held in self._held.values()]
        told = self._roster.show_life(self.name, signs)
        for sign in signs:
            held = self._held[sign.key, sign.attempt]
            held.has_kept(sign)
            word = told[held.name]
            if word == "gone":
                log.warning("job %s: attempt %d counts no longer; it is ended", *held.name)
                self._let_go(held)
                continue
            if word == "stop":
                held.spool.ask_to_stop()
            held.spool.count("lease")

    def _tell_end(self, held: Held, now: float) -> None:
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
            held.left = left_of(told)
            self._finish(held, ending_of(told))

    def _is_dead(self, held: Held, now: float) -> bool:
        begun = held.spool.read("begun.json")
        if begun is None:
            waited = now - held.since
            patience = _UNBORN if held.spool.is_asked_to_stop else self._settings.patience
            return waited > patience or (waited > _STARTS and not self._is_starting(held.row))
        if self._place.has_ended(*held.name):
            return True
        if begun.get("machine") == socket.gethostname():
            return fences.is_gone(begun)
        count = held.spool.number("alive")
        if count != held.alive[0] or not held.alive[1]:
            held.alive = (count, now)
        return now - held.alive[1] > _STILL + rules.LEASE  # it has given up by itself by then

    # -- ending ------------------------------------------------------------------------------------------------------

    def _finish(self, held: Held, ending: Ending) -> None:
        results: dict[str, Any] = {}
        if ending.how == "never" and not held.waits and self._has_begun(held.spool):
            return  # it is watched like every other
        if ending.how == "failed" and self._has_lost_its_cluster(held):
            ending = Ending("interrupted", f"Its Dask cluster was lost. {ending.error}")
        if ending.how in {"interrupted", "never"}:
            if held.results is not None:
                shutil.rmtree(held.results, ignore_errors=True)
        elif held.results is None:
            results = held.left
        else:
            files = JobFiles(Workspaces(self._settings.workspaces), held.row.user)
            found = files.listed(held.results)
            folder = held.results.relative_to(files.home.resolve()).as_posix()
            results = {"folder": folder, "files": [{"path": one.path, "size": one.size} for one in found]}
        sign = held.sign(LOG_KEPT)
        if self._roster.finish(self.name, sign, ending, results):
            log.info("job %s of %s: attempt %d %s", held.row.key, held.row.user, held.row.attempt, ending.how)
        self._forget(held)

    def _has_begun(self, spool: Spool) -> bool:
        """Look whether a runner has taken the attempt; if none has, take it, so that none that comes late does."""
        own = psutil.Process()
        try:
            return not spool.begin({"pid": own.pid, "started": own.create_time(), "machine": socket.gethostname()})
        except OSError:  # there is no folder
            return False

    def _has_lost_its_cluster(self, held: Held) -> bool:
        order = held.spool.read("order.json") or {}
        return self._clusters is not None and bool(order.get("cluster")) and self._clusters.is_lost(*held.name)

    def _forget(self, held: Held) -> None:
        self._held.pop(held.name, None)
        if held.name in self._place.attempts():
            self._end_processes(held.row.key, only=held.row.attempt)
        if self._clusters is not None:
            self._clusters.drop(*held.name)
        held.spool.remove()

    def _let_go(self, held: Held) -> None:
        held.spool.ask_to_stop()
        self._end_processes(held.row.key, only=held.row.attempt)
        self._forget(held)

    # -- what a dead worker left -------------------------------------------------------------------------------------

    def _adopt(self) -> None:
        """Take over what a worker of this machine ran that is dead, and clear away what belongs to nobody."""
        started = self._place.attempts()
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
        for key, number in started:
            if (key, str(number)) not in known:
                self._end_processes(key, only=number)

    def _hold(self, row: Row[Any]) -> None:
        spool = Spool.of(self._settings.spool, row.key, row.attempt)
        order = spool.read("order.json")
        results = Path(str(order["results"])) if order and order.get("results") and "home" not in order else None
        tail = LogTail(spool, self._roster.log_end(row.number, row.attempt))
        held = Held(row, spool, results, tail, time.monotonic())
        self._held[held.name] = held
        if order is None or not (spool.has_begun or self._is_starting(row)):
            self._finish(held, Ending("never", "The worker was ended before the work began."))
            return
        spool.count("lease")
        log.info("job %s of %s: attempt %d is adopted", row.key, row.user, row.attempt)

    def _is_starting(self, row: Row[Any]) -> bool:
        """Whether a runner has been started that has not yet said so; on another machine it is waited for."""
        return self._place.is_starting(row.key, row.attempt)

    def _lives(self, worker: str) -> bool:
        return fences.lives(worker)

    def _spools(self, key: str = "*") -> list[Spool]:
        return [Spool(path) for path in self._settings.spool.glob(f"{key}/*") if path.is_dir()]

    def _end_processes(self, key: str, *, below: int = 0, only: int = 0) -> None:
        self._place.end(key, below=below, only=only)


def main() -> None:
    """Work until a signal ends the process."""
    from joulebook_hub.jobs.assembly import make_worker

    logging.basicConfig(level=logging.INFO, format="%(levelname)s worker: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    make_worker(os.environ).run(stop)


if __name__ == "__main__":
    main()
