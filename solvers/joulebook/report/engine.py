"""The papermill engine ``joulebook``: every cell's status is what happened to it.

Papermill's own engine notes ``"completed"`` for a cell that was interrupted and for cells that never ran. This
one notes ``"completed"``, ``"failed"``, ``"interrupted"`` or ``"not run"`` in ``cell.metadata.papermill.status``,
with the reason beside it, reports progress cell by cell, can be cancelled, keeps time limits, and ends the
kernel's whole process group.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from joulebook.core.progress import NullProgress, Progress, TerminalProgress
from joulebook.report.execution import COMPLETED, FAILED, NOT_RUN, Limits, NotebookRun

__all__ = ["ENGINE", "JoulebookEngine", "StatusManager", "cell_statuses"]

ENGINE = "joulebook"
"""Name under which papermill knows the engine."""


class StatusManager(NotebookExecutionManager):  # type: ignore[misc]
    """Notes in the notebook what happens to each cell."""

    def notebook_start(self, **kwargs: Any) -> None:
        """Clear what an earlier run left, and mark every cell as not run."""
        super().notebook_start(**kwargs)
        for cell in self.nb.cells:
            cell.metadata.papermill["status"] = NOT_RUN
        self.save()

    def cell_ended(self, cell: Any, status: str, reason: str) -> None:
        """Note how a cell ended.

        Parameters
        ----------
        cell : NotebookNode
            The cell.
        status : str
            One of the four.
        reason : str
            Why, where it is not completed.
        """
        noted = cell.metadata.papermill
        noted["status"] = status
        if reason:
            noted["reason"] = reason
        end = self.now()
        noted["end_time"] = end.isoformat()
        noted["duration"] = (end - self._started).total_seconds()
        noted["exception"] = status != COMPLETED
        if status == FAILED:
            self.nb.metadata.papermill["exception"] = True
        self.save()

    def cell_start(self, cell: Any, cell_index: int | None = None, **kwargs: Any) -> None:
        """Note that a cell has begun."""
        self._started = self.now()
        super().cell_start(cell, cell_index, **kwargs)

    def notebook_complete(self, **kwargs: Any) -> None:
        """Note the end of the notebook; the status of the cells stays as it is."""
        self.end_time = self.now()
        noted = self.nb.metadata.papermill
        noted["end_time"] = self.end_time.isoformat()
        noted["duration"] = (self.end_time - self.start_time).total_seconds()
        statuses = cell_statuses(self.nb)
        noted["status"] = next((status for status in statuses if status != COMPLETED), COMPLETED)
        noted["exception"] = noted["status"] != COMPLETED
        self.save()


class JoulebookEngine(Engine):  # type: ignore[misc]
    """Papermill's seam to :class:`joulebook.report.execution.NotebookRun`."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **kwargs: Any,
    ) -> Any:
        """Run a notebook; papermill calls this.

        Parameters
        ----------
        nb : NotebookNode
            The notebook, with its parameters injected.
        kernel_name : str
            As the notebook names it.
        output_path : str, optional
            Where the notebook is saved after every cell.
        progress_bar : bool
            Whether to show a bar where ``progress`` is not given.
        log_output : bool
            Papermill's; outputs stay in the notebook.
        autosave_cell_every : int, s
            Papermill's.
        **kwargs : object
            ``progress``, ``limits``, ``inputs`` (name to SHA-256), ``environment``, ``own_interpreter``, and
            papermill's ``execution_timeout`` and ``start_timeout``.

        Returns
        -------
        NotebookNode
            The executed notebook.
        """
        manager = StatusManager(nb, output_path=output_path, progress_bar=False, log_output=log_output)
        nb.metadata["joulebook"] = {"inputs": dict(kwargs.pop("inputs", {}))}
        kwargs.setdefault("progress", TerminalProgress() if progress_bar else NullProgress())
        manager.notebook_start()
        try:
            cls.execute_managed_notebook(manager, kernel_name, **kwargs)
        finally:
            manager.notebook_complete()
        return manager.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: StatusManager,
        kernel_name: str,
        *,
        progress: Progress,
        limits: Limits | None = None,
        environment: Mapping[str, str] | None = None,
        own_interpreter: bool = False,
        input_path: str | None = None,
        execution_timeout: float | None = None,
        start_timeout: float = 120,
        **_papermill: Any,
    ) -> None:
        """Run the cells.

        Parameters
        ----------
        nb_man : StatusManager
            Notes what happens.
        kernel_name : str
            As the notebook names it.
        progress : Progress
            Where the work shows.
        limits : Limits, optional
            How long it may take.
        environment : mapping of str to str, optional
            Added to the kernel's environment.
        own_interpreter : bool
            Whether the kernel runs in this interpreter, whatever the notebook names.
        input_path : str, optional
            The template, for messages.
        execution_timeout : float, s, optional
            Papermill's name for the time limit of one cell.
        start_timeout : float, s
            Papermill's name for the time until the kernel answers.
        """
        if limits is None:
            limits = Limits(start=start_timeout, cell=execution_timeout or Limits.cell)
        run = NotebookRun(
            manager=nb_man,
            kernel_name="" if own_interpreter else kernel_name,
            progress=progress,
            limits=limits,
            environment=environment or {},
            name=Path(input_path).name if isinstance(input_path, str) else "notebook",
        )
        run.execute()


def cell_statuses(nb: Any) -> list[str]:
    """List what happened to each cell of an executed notebook.

    Parameters
    ----------
    nb : NotebookNode
        As :class:`JoulebookEngine` leaves it.

    Returns
    -------
    list of str
        ``"completed"``, ``"failed"``, ``"interrupted"`` or ``"not run"``, one per cell.
    """
    return [cell.metadata.get("papermill", {}).get("status", NOT_RUN) for cell in nb.cells]


papermill_engines.register(ENGINE, JoulebookEngine)
