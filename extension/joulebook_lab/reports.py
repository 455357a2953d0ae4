"""Reports made for a person in the Lab: each one a process of its own, followed and cancelled from the browser."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joulebook_lab.paths import relative

__all__ = ["BusyError", "Order", "ReportJob", "ReportJobs", "design_report", "simulation_report"]

AT_ONCE = 2
MOST_WAITING = 8
MOST_KEPT = 40
LOG_LINES = 200
LONGEST_LINE = 1 << 20  # bytes
GRACE = 8.0  # seconds from SIGTERM to SIGKILL
PIPES_CLOSE_IN = 5.0  # seconds


class BusyError(Exception):
    """Too many reports are waiting; the text is for the person who asked for one more."""


@dataclass(frozen=True)
class Order:
    """What report is wanted.

    Parameters
    ----------
    kind : str
        Kind of report, as ``joulebook report`` names it.
    ending : str
        What takes the place of ``.cell.json`` in the names of its files; ``.pdf`` or ``.html`` follows.
    options : tuple of str
        Of the shell command.
    """

    kind: str
    ending: str
    options: tuple[str, ...]


def design_report(rates: Sequence[float]) -> Order:
    """Order the report of a design.

    Parameters
    ----------
    rates : sequence of float
        C-rates of the discharges.

    Returns
    -------
    Order
        For :meth:`ReportJobs.start`.
    """
    return Order("cell", ".report", ("--rates", ",".join(f"{rate:g}" for rate in rates)))


def simulation_report(protocol: Sequence[str], model: str, thermal: str) -> Order:
    """Order the report of a study.

    Parameters
    ----------
    protocol : sequence of str
        Sentences, one a step.
    model : str
        ``"DFN"``, ``"SPMe"`` or ``"SPM"``.
    thermal : str
        ``"isothermal"`` or ``"lumped"``.

    Returns
    -------
    Order
        For :meth:`ReportJobs.start`.
    """
    steps = tuple(f"--protocol={step}" for step in protocol)
    return Order("simulation", ".simulation.report", (*steps, "--model", model, "--thermal", thermal))


@dataclass
class ReportJob:
    """One report on its way.

    Parameters
    ----------
    cell : str
        Workspace path of the cell document.
    order : Order
        What report is wanted.
    """

    cell: str
    order: Order
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    state: str = "waiting"
    """``waiting``, ``running``, ``cancelling``, then ``done``, ``failed`` or ``cancelled``."""
    stage: str = ""
    label: str = ""
    done: float = 0.0
    total: float = 0.0
    error: str = ""
    pdf: str | None = None
    html: str | None = None
    started: float = field(default_factory=time.time)
    ended: float | None = None
    log: deque[str] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    task: asyncio.Task[None] | None = None
    has_turn: bool = False
    process: asyncio.subprocess.Process | None = None

    @property
    def finished(self) -> bool:
        """Whether the job has come to its end, good or bad."""
        return self.ended is not None

    def to_dict(self) -> dict[str, Any]:
        """Give what the browser shows.

        Returns
        -------
        dict
            State, progress, the last lines of the log and the workspace paths of the results.
        """
        names = ("id", "cell", "state", "stage", "label", "done", "total", "error", "pdf", "html", "started", "ended")
        out: dict[str, Any] = {name: getattr(self, name) for name in names}
        return {**out, "kind": self.order.kind, "log": list(self.log)[-20:]}


class ReportJobs:
    """The reports of one server.

    Parameters
    ----------
    root : Path
        The workspace.
    command : sequence of str, optional
        What makes a report, before its kind; Joulebook's own shell command unless given.
    grace : float, s
        From the request to stop until the processes are killed.
    on_progress : callable
        Called whenever a report says something.
    """

    def __init__(
        self,
        root: Path,
        command: Sequence[str] | None = None,
        *,
        grace: float = GRACE,
        on_progress: Callable[[], None] = lambda: None,
    ) -> None:
        self.root, self.grace, self.on_progress = root, grace, on_progress
        self._cancelling: set[asyncio.Task[None]] = set()
        self.command = tuple(command or (sys.executable, "-m", "joulebook", "report"))
        self._jobs: dict[str, ReportJob] = {}
        self._turn = asyncio.Semaphore(AT_ONCE)

    def all(self) -> list[ReportJob]:
        """List the jobs that are remembered.

        Returns
        -------
        list of ReportJob
            Newest first.
        """
        return list(reversed(self._jobs.values()))

    def get(self, job: str) -> ReportJob | None:
        """Find a job.

        Parameters
        ----------
        job : str
            Its id.

        Returns
        -------
        ReportJob or None
            The job, if it is remembered.
        """
        return self._jobs.get(job)

    def start(self, cell: Path, order: Order) -> ReportJob:
        """Begin a report next to its cell document.

        Parameters
        ----------
        cell : Path
            The document.
        order : Order
            What report is wanted.

        Returns
        -------
        ReportJob
            Already running, or waiting for its turn.

        Raises
        ------
        BusyError
            If too many reports are waiting, or one of this kind and cell is being made.
        """
        path = relative(self.root, cell)
        unfinished = [job for job in self._jobs.values() if not job.finished]
        if any((job.cell, job.order.kind) == (path, order.kind) for job in unfinished):
            raise BusyError(f"A report of {path} is being made. Wait for it, or cancel it first")
        if len(unfinished) >= MOST_WAITING:
            raise BusyError(f"{len(unfinished)} reports are waiting: at most {MOST_WAITING}. Cancel one, or wait")
        job = ReportJob(path, order)
        self._jobs[job.id] = job
        self._forget_old()
        job.task = asyncio.create_task(self._carry_out(job, cell))
        return job

    async def cancel(self, job: ReportJob) -> None:
        """Stop a job: ask its process first, kill its process group after the grace time.

        Parameters
        ----------
        job : ReportJob
            A job of this server; a finished one stays as it is.
        """
        if job.finished or job.task is None or job.state == "cancelling":
            return
        if not job.has_turn:
            job.task.cancel()
            self._end(job, "cancelled")
            return
        job.state = "cancelling"
        if job.process is not None:  # else it is being started, and _carry_out ends it
            # not SIGINT: a server that was started in the background ignores it, and so do its children
            _signal_group(job.process, signal.SIGTERM)
        try:
            await asyncio.wait_for(asyncio.shield(job.task), self.grace)
        except TimeoutError:
            if job.process is not None:
                _signal_group(job.process, signal.SIGKILL)
            await job.task

    def cancel_soon(self, job: ReportJob) -> None:
        """Begin to cancel a job without waiting for its end.

        Parameters
        ----------
        job : ReportJob
            A job of this server.
        """
        task = asyncio.create_task(self.cancel(job))
        self._cancelling.add(task)
        task.add_done_callback(self._cancelling.discard)

    async def stop_all(self) -> None:
        """End every job; called when the server stops."""
        await asyncio.gather(*(self.cancel(job) for job in self._jobs.values() if not job.finished))

    def kill_all(self) -> None:
        """Kill what still runs, without waiting; the last resort at interpreter exit."""
        for job in self._jobs.values():
            if job.process is not None and not job.finished:
                _signal_group(job.process, signal.SIGKILL)

    def _forget_old(self) -> None:
        finished = [job for job in self._jobs.values() if job.finished]
        for job in finished[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[job.id]

    async def _carry_out(self, job: ReportJob, cell: Path) -> None:
        async with self._turn:
            job.has_turn = True
            stem = cell.name.removesuffix(".json").removesuffix(".cell") + job.order.ending
            pdf, html = cell.with_name(f"{stem}.pdf"), cell.with_name(f"{stem}.html")
            options = ("-o", str(pdf), "--html", str(html), *job.order.options, "--progress", "json")
            try:
                process = await asyncio.create_subprocess_exec(
                    *self.command,
                    job.order.kind,
                    str(cell),
                    *options,
                    cwd=cell.parent,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    limit=LONGEST_LINE,
                    start_new_session=True,
                )
            except OSError as error:
                self._end(job, "failed", f"The report could not be started: {error.strerror or error}")
                return
            job.process = process
            if job.state == "cancelling":
                _signal_group(process, signal.SIGKILL)
            else:
                job.state = "running"
            await self._follow(job, process)

    async def _follow(self, job: ReportJob, process: asyncio.subprocess.Process) -> None:
        readers = asyncio.gather(self._read_progress(job, process), _read_log(job, process))
        try:
            code = await process.wait()
        finally:
            _signal_group(process, signal.SIGKILL)
        # a kernel that outlives its report may hold the pipes for a moment
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(readers, PIPES_CLOSE_IN)
        if code == 0 and job.pdf is not None:  # perhaps just before it would have been cancelled
            self._end(job, "done")
        elif job.state == "cancelling":
            self._end(job, "cancelled")
        else:
            last = next((line for line in reversed(job.log) if line.strip()), "")
            self._end(job, "failed", job.error or last or f"The report ended with exit code {code} and no message")

    async def _read_progress(self, job: ReportJob, process: asyncio.subprocess.Process) -> None:
        async for line in _lines(process.stdout):
            self.on_progress()
            try:
                said = json.loads(line)
            except ValueError:
                said = None
            if not isinstance(said, dict):
                job.log.append(line)
            elif isinstance(said.get("result"), dict):
                job.pdf = self._result(said["result"].get("pdf"))
                job.html = self._result(said["result"].get("html"))
            elif "error" in said:
                job.error = str(said["error"])
            else:
                job.stage = str(said.get("stage") or job.stage)
                job.label = str(said.get("label") or "")
                job.done, job.total = _number(said.get("done")), _number(said.get("total"))

    def _result(self, path: Any) -> str | None:
        return relative(self.root, Path(path).resolve()) if isinstance(path, str) else None

    @staticmethod
    def _end(job: ReportJob, state: str, error: str = "") -> None:
        job.state, job.error, job.ended, job.process = state, error, time.time(), None


async def _read_log(job: ReportJob, process: asyncio.subprocess.Process) -> None:
    async for line in _lines(process.stderr):
        job.log.append(line)


async def _lines(stream: asyncio.StreamReader | None) -> Any:
    # lines that are longer than the limit are left out
    while stream is not None:
        try:
            raw = await stream.readline()
        except ValueError:
            continue
        if not raw:
            return
        yield raw.decode("utf-8", "replace").rstrip()[:2000]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal the whole group that the process leads."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
