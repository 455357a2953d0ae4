"""The papermill engine ``joulebook``: every cell's status is what happened to it.

Papermill's own engine notes ``"completed"`` for a cell that was interrupted and for cells that never ran. This
one notes ``"completed"``, ``"failed"``, ``"interrupted"`` or ``"not run"`` in ``cell.metadata.papermill.status``,
with the reason beside it, reports progress cell by cell, can be cancelled, keeps time limits, and ends the
kernel's whole process group.

Papermill loads its engines while it is itself being imported, so this module imports papermill only when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joulebook.core.progress import NullProgress, Progress, TerminalProgress
from joulebook.report.execution import Limits, NotebookRun

__all__ = ["ENGINE", "JoulebookEngine", "register_engine"]

ENGINE = "joulebook"
"""Name under which papermill knows the engine."""


class JoulebookEngine:
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
        from joulebook.report.status import StatusManager

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
        nb_man: Any,
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

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Name the kernel of a notebook; papermill calls this.

        Parameters
        ----------
        nb : NotebookNode
            The notebook.
        name : str, optional
            Takes precedence.

        Returns
        -------
        str
            Name of a kernel.
        """
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Name the language of a notebook; papermill calls this.

        Parameters
        ----------
        nb : NotebookNode
            The notebook.
        language : str, optional
            Takes precedence.

        Returns
        -------
        str
            Name of a language.
        """
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def register_engine() -> None:
    """Make papermill know the engine, also where Joulebook runs from a source tree that is not installed."""
    from papermill.engines import papermill_engines

    papermill_engines.register(ENGINE, JoulebookEngine)
