"""What ``%load_ext joulebook`` does to a notebook: progress bars, plots, and a quiet warm start."""

from __future__ import annotations

import functools
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from joulebook.core.progress import TerminalProgress, WidgetProgress, set_default_progress

__all__ = ["LateProgress", "load"]

SHOWN_AFTER = 1.0
"""Seconds of work before a notebook shows a bar; what is done sooner leaves no trace in the output."""
_PLOTS = re.compile(r"\.plot(_\w+)?\(|\bhv\.")
"""In a cell that draws."""


def load(shell: Any) -> None:
    """Set up a notebook.

    Studies show progress as a widget; plots draw with Bokeh, whose script is part of the notebook and is
    never fetched; and a thread loads the compiled engine while the person still types.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The running shell.
    """
    in_notebook = getattr(shell, "kernel", None) is not None
    set_default_progress(LateProgress if in_notebook else TerminalProgress)
    if in_notebook:
        _PlotsOnFirstUse(shell)
    threading.Thread(target=_warm, name="joulebook-warm", daemon=True).start()


class LateProgress(WidgetProgress):
    """The bar of a notebook, shown once the work has taken a second."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: tuple[float, str] | None = None
        self._since = self._amount = 0.0

    def start(self, total: float, label: str) -> None:
        """Begin a piece of work; shows nothing yet."""
        self._waiting, self._since, self._amount = (total, label), time.monotonic(), 0.0

    def advance(self, amount: float = 1, **facts: Any) -> None:
        """Report work done; shows or moves the bar."""
        self._amount += amount
        if self._waiting is not None and time.monotonic() - self._since >= SHOWN_AFTER:
            super().start(*self._waiting)
            self._waiting, amount = None, self._amount
        if self._waiting is None:
            super().advance(amount, **facts)


class _PlotsOnFirstUse:
    """Loads HoloViews' Bokeh backend before the first cell whose plots need it, not when the extension loads."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        shell.events.register("pre_run_cell", self.before_cell)

    def before_cell(self, info: Any) -> None:
        """Load the backend once a cell plots."""
        if _PLOTS.search(getattr(info, "raw_cell", "") or ""):
            self.shell.events.unregister("pre_run_cell", self.before_cell)
            _load_bokeh(self.shell)


def _load_bokeh(shell: Any) -> None:
    """Load the backend; it must be told the shell, whose ``get_ipython`` is not a builtin outside of cells."""
    try:
        import holoviews
    except ImportError:
        return  # plot() itself says which extra is missing
    holoviews.extension("bokeh", logo=False, inline=True, ip=shell)
    _keep_plots_offline()


def _keep_plots_offline() -> None:
    """Put Panel's style sheets into the output of a plot, where HoloViews leaves links to Panel's web site."""
    from bokeh.models import UIElement
    from holoviews.plotting import renderer
    from panel.io.notebook import patch_inline_stylesheets

    def offline(render: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(render)
        def rendered(model: Any, *args: Any, **options: Any) -> Any:
            for part in model.select({"type": UIElement}):
                patch_inline_stylesheets(part)
            return render(model, *args, **options)

        return rendered

    for name in ("render_model", "render_mimebundle"):
        render = getattr(renderer, name)
        if not hasattr(render, "__wrapped__"):
            setattr(renderer, name, offline(render))


def _warm() -> None:
    """Import the engine and run its smallest solve, so that the compiled caches are in memory."""
    try:
        from joulebook import battery

        battery.simulate(battery.Cell.named("Chen2020"), "Discharge at 1C until 4 V", model="DFN", progress=False)
    except Exception:  # a failure shows again, with its message, in the person's own call
        return
