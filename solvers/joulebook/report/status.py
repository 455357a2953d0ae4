"""Notes in a notebook what happens to each of its cells; imports papermill, whose engines import us."""

from __future__ import annotations

from typing import Any

from papermill.engines import NotebookExecutionManager

from joulebook.report.execution import COMPLETED, FAILED, NOT_RUN

__all__ = ["StatusManager", "cell_statuses"]


class StatusManager(NotebookExecutionManager):
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
