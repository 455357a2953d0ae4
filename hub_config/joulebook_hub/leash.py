"""Start a program that the kernel ends when its parent dies: ``python -m joulebook_hub.leash PARENT -- PROGRAM …``.

On Linux the process asks for SIGTERM at its parent's death (prctl(2), PR_SET_PDEATHSIG, kept across execve) and then
becomes the program, so that no shim stands between the two and the process id is the program's. Elsewhere it just
becomes the program, and the guard's sweep is what ends it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

__all__ = ["adopt_orphans", "die_with", "main"]

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int, number: signal.Signals = signal.SIGTERM) -> None:
    """Ask for a signal when the parent dies.

    Parameters
    ----------
    parent : int
        Its process id; if it is gone already, this process ends here.
    number : Signals
        The signal.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of what descends from this process and loses its own (prctl(2), PR_SET_CHILD_SUBREAPER)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Go on the leash and become the program.

    Parameters
    ----------
    arguments : list of str
        The parent's process id, ``--``, the program and its arguments.
    """
    die_with(int(arguments[0]))
    program = arguments[2:]
    os.execvp(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
