"""Progress: silent by default, a bar when asked, cancelled through the same object."""

from __future__ import annotations

import pytest

from joulebook.core.errors import CancelledError, InputError
from joulebook.core.progress import (
    NullProgress,
    TerminalProgress,
    WidgetProgress,
    check_cancelled,
    progress_or_default,
    set_default_progress,
)


def test_silence_is_the_default() -> None:
    assert isinstance(progress_or_default(None), NullProgress)
    assert isinstance(progress_or_default(False), NullProgress)
    assert isinstance(progress_or_default(True), TerminalProgress)


def test_a_session_can_choose_its_default() -> None:
    set_default_progress(TerminalProgress)
    try:
        assert isinstance(progress_or_default(None), TerminalProgress)
    finally:
        set_default_progress(NullProgress)


def test_other_things_are_refused() -> None:
    with pytest.raises(InputError, match="start, advance, finish"):
        progress_or_default(3)  # type: ignore[arg-type]


def test_a_terminal_bar_moves(capsys: pytest.CaptureFixture[str]) -> None:
    bar = TerminalProgress()
    bar.start(4, "Sweep")
    bar.advance(3, failed=1)
    shown = str(bar._bar)
    assert "Sweep:  75%" in shown and "3/4" in shown and "failed=1" in shown
    bar.finish()
    assert capsys.readouterr().err.endswith("\r")


def test_the_cancel_button_cancels() -> None:
    progress = WidgetProgress()
    progress.start(2, "Sweep")
    assert not progress.cancelled
    check_cancelled(progress)
    stop = progress._box.children[-1]
    stop.click()
    assert progress.cancelled
    with pytest.raises(CancelledError) as caught:
        check_cancelled(progress, partial=[1])
    assert caught.value.partial == [1]
    progress.finish()
