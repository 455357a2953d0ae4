"""Keep a program running: ``python -m joulebook_hub.keeper PARENT -- PROGRAM …``.

JupyterHub looks after a service that has ended only every 30 s. The keeper waits for its program and starts it again at
once, after 5 s at most if it keeps ending. It is on the leash of its parent, and the program on the keeper's.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from joulebook_hub import leash

__all__ = ["keep", "main"]

_FIRST_PAUSE, _LONGEST_PAUSE, _RAN_WELL = 0.2, 5.0, 10.0


def keep(program: list[str]) -> None:
    """Start a program again whenever it ends, until this process gets SIGTERM or SIGINT; the program gets it too.

    Parameters
    ----------
    program : list of str
        The program and its arguments.
    """
    asked: list[int] = []
    child: subprocess.Popen[bytes] | None = None

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        if child is not None and child.poll() is None:
            child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    keeper, pause = os.getpid(), _FIRST_PAUSE
    while not asked:
        begin = time.monotonic()
        child = subprocess.Popen(program, preexec_fn=lambda: leash.die_with(keeper))
        if asked:  # while the program was being started: it has not heard of it
            child.terminate()
        child.wait()
        if not asked:
            pause = _FIRST_PAUSE if time.monotonic() - begin > _RAN_WELL else min(2.0 * pause, _LONGEST_PAUSE)
            time.sleep(pause)


def main(arguments: list[str]) -> None:
    """Go on the leash and keep the program.

    Parameters
    ----------
    arguments : list of str
        The parent's process id, ``--``, the program and its arguments.
    """
    leash.die_with(int(arguments[0]))
    keep(arguments[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
