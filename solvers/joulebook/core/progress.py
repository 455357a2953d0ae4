"""Progress of long work, and the way to cancel it.

A study calls ``start``, ``advance`` and ``finish``, and stops when ``cancelled`` turns true. Where the
progress shows is the caller's choice: nowhere, in a terminal, in a notebook widget, or in a hub's job table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from joulebook.core.errors import CancelledError, InputError, Issue, MissingExtraError

__all__ = [
    "NullProgress",
    "Progress",
    "TerminalProgress",
    "WidgetProgress",
    "check_cancelled",
    "progress_or_default",
    "set_default_progress",
]


@runtime_checkable
class Progress(Protocol):
    """What a study needs of a progress display."""

    @property
    def cancelled(self) -> bool:
        """Whether a person asked to stop."""
        ...

    def start(self, total: float, label: str) -> None:
        """Begin a piece of work.

        Parameters
        ----------
        total : float
            Amount that :meth:`advance` adds up to.
        label : str
            What is being done.
        """
        ...

    def advance(self, amount: float = 1, **facts: Any) -> None:
        """Report work done.

        Parameters
        ----------
        amount : float
            In the unit of ``total``.
        **facts : object
            What a person may want to see beside the bar.
        """
        ...

    def finish(self) -> None:
        """End the piece of work."""
        ...


class NullProgress:
    """Shows nothing."""

    cancelled = False

    def start(self, total: float, label: str) -> None:
        """Begin a piece of work."""

    def advance(self, amount: float = 1, **facts: Any) -> None:
        """Report work done."""

    def finish(self) -> None:
        """End the piece of work."""


class TerminalProgress:
    """A tqdm bar on the error stream; Ctrl+C interrupts as it always does."""

    cancelled = False

    def __init__(self) -> None:
        self._bar: Any = None

    def start(self, total: float, label: str) -> None:
        """Begin a piece of work; shows a bar."""
        from tqdm import tqdm

        self._bar = tqdm(total=total, desc=label, leave=False, bar_format="{l_bar}{bar}| {n:.3g}/{total:.3g} {postfix}")

    def advance(self, amount: float = 1, **facts: Any) -> None:
        """Report work done; moves the bar."""
        if self._bar is not None:
            self._bar.update(amount)
            if facts:
                self._bar.set_postfix(facts, refresh=False)

    def finish(self) -> None:
        """End the piece of work; removes the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class WidgetProgress:
    """A bar with a Cancel button in the output of a notebook cell.

    The button can only be answered while the kernel reads messages, so work in one blocking cell is
    cancelled with the kernel's interrupt; the button serves work in threads and asynchronous cells.
    """

    def __init__(self) -> None:
        self.cancelled = False
        self._box: Any = None
        self._bar: Any = None
        self._text: Any = None

    def start(self, total: float, label: str) -> None:
        """Begin a piece of work; shows the bar."""
        try:
            import ipywidgets
            from IPython.display import display
        except ImportError:
            raise MissingExtraError("A progress bar in a notebook", "lab") from None
        self._bar = ipywidgets.FloatProgress(value=0, max=total, description=label, style={"description_width": "auto"})
        self._text = ipywidgets.Label("")
        stop = ipywidgets.Button(description="Cancel", layout={"width": "6em"})
        stop.on_click(lambda _button: self.cancel())
        self._box = ipywidgets.HBox([self._bar, self._text, stop])
        display(self._box)  # type: ignore[no-untyped-call]

    def cancel(self) -> None:
        """Ask the work to stop."""
        self.cancelled = True

    def advance(self, amount: float = 1, **facts: Any) -> None:
        """Report work done; moves the bar."""
        if self._bar is not None:
            self._bar.value += amount
            self._text.value = ", ".join(f"{name} {value}" for name, value in facts.items())

    def finish(self) -> None:
        """End the piece of work; removes the bar."""
        if self._box is not None:
            self._box.close()
            self._box = self._bar = self._text = None


_default: Callable[[], Progress] = NullProgress


def set_default_progress(make: Callable[[], Progress]) -> None:
    """Choose what studies show when they are not told.

    Parameters
    ----------
    make : callable
        Makes a progress display; a class such as :class:`TerminalProgress`.
    """
    global _default
    _default = make


def progress_or_default(progress: Progress | bool | None) -> Progress:
    """Pick the progress display of a study.

    Parameters
    ----------
    progress : Progress or bool, optional
        A display; True for a terminal bar; False for none; None for the default of this session.

    Returns
    -------
    Progress
        The display.

    Raises
    ------
    InputError
        If it is none of these.
    """
    if progress is None:
        return _default()
    if progress is True:
        return TerminalProgress()
    if progress is False:
        return NullProgress()
    if isinstance(progress, Progress):
        return progress
    raise InputError(Issue("progress", progress, "must be True, False, None or an object with start, advance, finish"))


def check_cancelled(progress: Progress, partial: Any = None) -> None:
    """Stop a study that a person cancelled.

    Parameters
    ----------
    progress : Progress
        The display.
    partial : object
        What has been finished, handed on with the error.

    Raises
    ------
    CancelledError
        If cancelling was asked for.
    """
    if progress.cancelled:
        raise CancelledError("Cancelled by the user", partial=partial)
