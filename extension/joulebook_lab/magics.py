"""What ``%load_ext joulebook`` does to a notebook: progress bars, plots, and a quiet warm start."""

from __future__ import annotations

import threading
from typing import Any

__all__ = ["load"]


def load(shell: Any) -> None:
    """Set up a notebook.

    Studies show progress as a widget; plots draw with Bokeh, whose script is part of the notebook and is
    never fetched; and a thread loads the compiled engine while the person still types.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The running shell.
    """
    from joulebook.core.progress import TerminalProgress, WidgetProgress, set_default_progress

    in_notebook = getattr(shell, "kernel", None) is not None
    set_default_progress(WidgetProgress if in_notebook else TerminalProgress)
    if in_notebook:
        _PlotsOnFirstUse(shell)
    threading.Thread(target=_warm, name="joulebook-warm", daemon=True).start()


class _PlotsOnFirstUse:
    """Loads HoloViews' Bokeh backend before the first cell whose plots need it, not when the extension loads."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        shell.events.register("pre_run_cell", self.before_cell)

    def before_cell(self, info: Any) -> None:
        """Load the backend once a cell plots."""
        if ".plot(" in (getattr(info, "raw_cell", "") or ""):
            self.shell.events.unregister("pre_run_cell", self.before_cell)
            _load_bokeh(self.shell)


def _load_bokeh(shell: Any) -> None:
    """Load the backend; it must be told the shell, whose ``get_ipython`` is not a builtin outside of cells."""
    try:
        import holoviews
    except ImportError:
        return  # plot() itself says which extra is missing
    holoviews.extension("bokeh", logo=False, inline=True, ip=shell)


def _warm() -> None:
    """Import the engine and run its smallest solve, so that the compiled caches are in memory."""
    try:
        from joulebook import battery

        battery.simulate(battery.Cell.named("Chen2020"), "Discharge at 1C until 4 V", model="DFN", progress=False)
    except Exception:  # a failure shows again, with its message, in the person's own call
        return
