"""The hub's parent: starts it, waits for its end however that comes, and leaves nothing behind.

``joulebook hub up`` starts this in a session of its own. SIGTERM asks the hub to stop and gives it 25 s. When the hub
has ended (asked, crashed or killed) everything that carries its mark is ended, and the end is noted in last_end.json.
If this process itself is killed, the hub is told by the leash and stops by its own means.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from joulebook_hub import places, processes

__all__ = ["main"]

_PATIENCE = 25


def main() -> int:
    """Run the hub of ``$JOULEBOOK_HOME`` to its end.

    Returns
    -------
    int
        The hub's exit status, negative for a signal.
    """
    folder = places.StateFolder.from_environment(os.environ)
    python = sys.executable
    leash = [python, "-m", "joulebook_hub.leash", str(os.getpid()), "--"]
    command = [*leash, python, "-m", "jupyterhub", "-f", str(places.config_file())]
    asked = False
    hub = subprocess.Popen(command, cwd=folder.root, stdin=subprocess.DEVNULL)

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        hub.terminate()
        signal.alarm(_PATIENCE)

    def insist(_number: int, _frame: FrameType | None) -> None:
        hub.kill()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGALRM, insist)
    status = hub.wait()
    signal.alarm(0)
    left = processes.end_all(folder.instance)
    folder.proxy_pid.unlink(missing_ok=True)
    folder.write(folder.last_end, {"status": status, "asked": asked, "at": time.time(), "left_behind": left})
    folder.running.unlink(missing_ok=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
