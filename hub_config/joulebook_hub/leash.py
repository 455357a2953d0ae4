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

__all__ = ["die_with", "main"]

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int) -> None:
    """Ask for SIGTERM when the parent dies.

    Parameters
    ----------
    parent : int
        Its process id; if it is gone already, this process ends here.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


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
