"""Run the cells of a notebook in a kernel of its own: truthful status, cancel, time limits, nothing left behind.

The kernel is driven by an event loop in a thread. The caller's thread shows the progress and takes Ctrl+C, so
the same code serves a shell, a script, and a notebook whose own event loop is busy with the calling cell.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joulebook.core.errors import CancelledError, ReportError
from joulebook.core.progress import Progress

__all__ = ["COMPLETED", "FAILED", "INTERRUPTED", "NOT_RUN", "Limits", "NotebookRun", "cell_label"]

COMPLETED, FAILED, INTERRUPTED, NOT_RUN = "completed", "failed", "interrupted", "not run"
_TICK = 0.05
_LAST_WORDS = 2000


@dataclass(frozen=True)
class Limits:
    """How long a notebook may take.

    Parameters
    ----------
    start : float, s
        Until the kernel answers.
    cell : float, s
        For one cell.
    total : float, s
        For all of them.
    grace : float, s
        Between the interrupt of a cell and the end of its kernel's process group.
    """

    start: float = 120.0
    cell: float = 600.0
    total: float = 1800.0
    grace: float = 3.0


@dataclass
class NotebookRun:
    """One run of a notebook.

    Parameters
    ----------
    manager : StatusManager
        Notes what happens to each cell.
    kernel_name : str
        Name of an installed kernel; empty for one in this interpreter.
    progress : Progress
        Where the work shows.
    limits : Limits
        How long it may take.
    folder : str
        Where the kernel runs; empty for the current folder.
    environment : mapping of str to str
        Added to the kernel's environment.
    name : str
        Of the notebook, for messages.
    """

    manager: Any
    kernel_name: str
    progress: Progress
    limits: Limits = field(default_factory=Limits)
    folder: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    name: str = "notebook"

    def __post_init__(self) -> None:
        self._events: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._kill = threading.Event()
        self._failure: BaseException | None = None
        self._deadline = 0.0

    def execute(self) -> None:
        """Run all cells, in order, up to the first that fails.

        Raises
        ------
        CancelledError
            If a person cancelled the run.
        ReportError
            If the kernel does not start or dies, or a time limit is reached.
        """
        self._deadline = time.monotonic() + self.limits.total
        with tempfile.TemporaryFile() as self._complaints:
            self._execute()

    def _execute(self) -> None:
        worker = threading.Thread(target=self._work, name=f"run of {self.name}", daemon=True)
        worker.start()
        while worker.is_alive() or not self._events.empty():
            try:
                self._show()
            except KeyboardInterrupt:
                if self._stop.is_set():
                    self._kill.set()
                self._stop.set()
        worker.join()
        if self._failure is not None:
            raise self._failure

    def _show(self) -> None:
        with contextlib.suppress(queue.Empty):
            amount, label = self._events.get(timeout=2 * _TICK)
            self.progress.advance(amount, step=label)
        if self.progress.cancelled:
            self._stop.set()

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:  # handed to the caller's thread
            self._failure = error

    async def _run(self) -> None:
        from nbclient import NotebookClient

        nb = self.manager.nb
        kernel = _kernel_manager(self.kernel_name)
        client = NotebookClient(nb, km=kernel, timeout=None, startup_timeout=int(self.limits.start))
        group: int | None = None
        try:
            environment = {**os.environ, **self.environment}
            await kernel.start_kernel(cwd=self.folder or None, env=environment, stderr=self._complaints)
            group = _process_group(kernel)
            await self._connect(client)
            for index, cell in enumerate(nb.cells):
                if self._stop.is_set():
                    raise CancelledError(f"{self.name}: cancelled before cell {index + 1}")
                if not await self._run_cell(client, group, index, cell):
                    break
        finally:
            await _end(client, kernel, group)

    async def _connect(self, client: Any) -> None:
        task = asyncio.ensure_future(client.async_start_new_kernel_client())
        while not task.done():
            await asyncio.wait({task}, timeout=_TICK)
            if self._stop.is_set():
                task.cancel()
                raise CancelledError(f"{self.name}: cancelled while its kernel started")
        try:
            task.result()
        except RuntimeError as error:
            hint = "Start again; if it happens again, check the installation with: python -m ipykernel --version"
            message = f"{self.name}: the kernel did not start. {hint}{self._said()}"
            raise ReportError(message, notebook=self.name, cause=str(error)) from None

    async def _run_cell(self, client: Any, group: int | None, index: int, cell: Any) -> bool:
        """Run one cell; true if the next one may follow."""
        from nbclient.exceptions import CellExecutionError, DeadKernelError

        label = cell_label(cell)
        if cell.cell_type == "code":
            self._events.put((0, label))
        self.manager.cell_start(cell, index)
        task = asyncio.ensure_future(client.async_execute_cell(cell, index))
        reason = await self._watch(task, client, group)
        error = _outcome(task)
        if reason is not None:
            self.manager.cell_ended(cell, INTERRUPTED, reason)
            raise self._stopped(index, reason)
        if isinstance(error, CellExecutionError):
            self.manager.cell_ended(cell, FAILED, f"{error.ename}: {error.evalue}")
            return False
        if isinstance(error, DeadKernelError):
            self.manager.cell_ended(cell, FAILED, "the kernel died")
            hint = "It may have run out of memory; try less at once"
            raise ReportError(
                f"{self.name}, cell {index + 1}: the kernel died. {hint}{self._said()}",
                notebook=self.name,
                cell=index,
                cause="the kernel died",
            )
        if error is not None:
            self.manager.cell_ended(cell, FAILED, str(error))
            raise error
        self.manager.cell_ended(cell, COMPLETED, "")
        if cell.cell_type == "code":
            self._events.put((1, label))
        return True

    def _said(self) -> str:
        """The last words of the kernel on its error stream."""
        self._complaints.seek(0)
        words = self._complaints.read()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        return f"\nIts last words:\n{words}" if words else ""

    def _stopped(self, index: int, reason: str) -> Exception:
        where = f"{self.name}, cell {index + 1}"
        if reason == "cancelled":
            return CancelledError(f"{where}: cancelled")
        hint = "Give it more time through limits=, or ask for less"
        return ReportError(f"{where}: {reason}. {hint}", notebook=self.name, cell=index, cause=reason)

    async def _watch(self, task: asyncio.Future[Any], client: Any, group: int | None) -> str | None:
        """Wait for a cell; where it must be stopped, say why."""
        cell_deadline = time.monotonic() + self.limits.cell
        reason: str | None = None
        while not task.done() and reason is None:
            await asyncio.wait({task}, timeout=_TICK)
            now = time.monotonic()
            if task.done():
                break
            if self._stop.is_set():
                reason = "cancelled"
            elif now > cell_deadline:
                reason = f"stopped after {self.limits.cell:g} s, the time limit of one cell"
            elif now > self._deadline:
                reason = f"stopped after {self.limits.total:g} s, the time limit of the whole notebook"
        if reason is not None:
            await self._interrupt(task, client, group)
        return reason

    async def _interrupt(self, task: asyncio.Future[Any], client: Any, group: int | None) -> None:
        await client.km.interrupt_kernel()
        end = time.monotonic() + self.limits.grace
        while not task.done() and time.monotonic() < end and not self._kill.is_set():
            await asyncio.wait({task}, timeout=_TICK)
        if not task.done():
            _kill_group(group)
            task.cancel()
            await asyncio.wait({task}, timeout=self.limits.grace)


def cell_label(cell: Any) -> str:
    """Find the words for a cell in a progress display.

    Parameters
    ----------
    cell : NotebookNode
        A cell.

    Returns
    -------
    str
        Its ``joulebook.label`` metadata, or its first comment or line, shortened.
    """
    label = str(cell.metadata.get("joulebook", {}).get("label", ""))
    first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
    return label or first.lstrip("# ")[:60]


def _outcome(task: asyncio.Future[Any]) -> BaseException | None:
    if not task.done() or task.cancelled():
        return None
    return task.exception()


def _kernel_manager(kernel_name: str) -> Any:
    """A manager for a named kernel, or for one in this very interpreter."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    if kernel_name:
        return AsyncKernelManager(kernel_name=kernel_name)

    class OwnInterpreter(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=command, display_name="Joulebook", language="python")

    return OwnInterpreter(kernel_name="python3")


def _process_group(kernel: Any) -> int | None:
    """The kernel's process group, where it has one of its own."""
    group = getattr(kernel.provisioner, "pgid", None)
    return group if isinstance(group, int) and group > 1 and group != os.getpgrp() else None


def _kill_group(group: int | None) -> None:
    if group is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


async def _end(client: Any, kernel: Any, group: int | None) -> None:
    """Shut the kernel down, then end whatever its cells have left running."""
    if client.kc is not None:
        client.kc.stop_channels()
    with contextlib.suppress(RuntimeError):
        if await kernel.is_alive():
            await asyncio.wait_for(kernel.shutdown_kernel(), timeout=10)
    _kill_group(group)
    await kernel.cleanup_resources()
