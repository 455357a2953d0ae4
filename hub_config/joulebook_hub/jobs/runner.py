"""Runs one attempt of a job and watches over it: ``python -m joulebook_hub.jobs.runner FOLDER``.

The runner leads a session of its own, so it outlives the worker that started it, and the work leads another one, so
that it can be signalled as a group. It stops the work (SIGINT to the group, SIGKILL to it and everything that descends
from it after a grace time) when it is asked to, when a time limit is reached, and when its lease is not renewed: that
is what makes sure that an attempt that nobody watches is gone before the next one starts. What the work leaves running
is ended with it. If the runner itself is killed, the system kills the work.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psutil

from joulebook_hub import leash
from joulebook_hub.jobs.files import left_in
from joulebook_hub.jobs.rules import LEASE
from joulebook_hub.jobs.spool import LOG_PIECE, Spool

__all__ = ["Runner", "main"]

_TICK = 0.1
_LONGEST_LINE = 65_536
_PIPES_CLOSE_IN = 2.0


class Runner:
    """One attempt on its way.

    Parameters
    ----------
    spool : Spool
        Its folder.
    lease : float
        For how long it goes on without a renewal, s.
    """

    def __init__(self, spool: Spool, lease: float = LEASE) -> None:
        self._spool, self._lease = spool, lease
        self._error = ""
        self._stopped = ""
        self._log = _Log(spool)
        self._shown = 0.0

    def run(self) -> int:
        """Run the work to its end.

        Returns
        -------
        int
            0, or 3 if the attempt was taken already, or is not there.
        """
        order = self._spool.read("order.json")
        own = psutil.Process()
        who = {"pid": own.pid, "started": own.create_time(), "machine": socket.gethostname()}
        if order is None or not self._spool.begin(who):
            return 3
        leash.adopt_orphans()
        refusal = _make_room(order) if "home" in order else ""
        if refusal:
            self._end({"how": "refused", "error": refusal})
            return 0
        try:
            work = self._start(order)
        except OSError as error:
            self._end({"how": "refused", "error": f"The work could not be started: {error.strerror or error}."})
            return 0
        readers = [
            threading.Thread(target=_each_line, args=(stream, take), daemon=True)
            for stream, take in ((work.stdout, self._take_output), (work.stderr, self._take_log))
        ]
        for reader in readers:
            reader.start()
        self._watch(work, order)
        _end_group(work)
        for reader in readers:
            reader.join(_PIPES_CLOSE_IN)
        ending = self._ending(work.returncode)
        self._end({**ending, **_results(order, ending)} if "home" in order else ending)
        return 0

    def _start(self, order: dict[str, Any]) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        inherited = dict(os.environ) if "home" in order else {}  # the image's own: this runner was given no secret

        def before_exec() -> None:
            leash.die_with(parent, signal.SIGKILL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # who is started in the background may have inherited "ignore"
            os.umask(0o077)
            os.nice(int(order.get("nice", 0)))

        return subprocess.Popen(
            [str(word) for word in order["command"]],
            cwd=str(order["cwd"]),
            env={**inherited, **{str(name): str(value) for name, value in order["environment"].items()}},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=before_exec,
        )

    def _watch(self, work: subprocess.Popen[bytes], order: dict[str, Any]) -> None:
        begin = time.monotonic()
        limit, grace = float(order["limit"]), float(order["grace"])
        renewed, lease = begin, self._spool.number("lease")
        insist = 0.0
        beat = begin
        while not _has_ended(work):
            now = time.monotonic()
            if now >= beat:
                self._spool.count("alive")
                beat = now + 1.0
                seen = self._spool.number("lease")
                if seen != lease:
                    lease, renewed = seen, now
            if not self._stopped:
                self._stopped = self._reason(now, begin + limit, renewed + self._lease)
                if self._stopped:
                    insist = now + grace
                    _signal_group(work, signal.SIGINT)
            elif now >= insist or now > renewed + self._lease + grace:
                _end_group(work)
            time.sleep(_TICK)
        if not self._stopped and self._spool.is_asked_to_stop:
            self._stopped = "cancelled"

    def _reason(self, now: float, deadline: float, lease: float) -> str:
        if self._spool.is_asked_to_stop:
            return "cancelled"
        if now > lease or not self._spool.folder.is_dir():
            return "lease"
        return "limit" if now > deadline else ""

    def _ending(self, status: int | None) -> dict[str, Any]:
        said = self._error or self._log.last
        if status == 0:
            return {"how": "done", "error": ""}
        if self._stopped == "cancelled":
            return {"how": "cancelled", "error": ""}
        if self._stopped == "limit":
            return {"how": "refused", "error": "The time limit of the job is over. Give it more, or ask for less."}
        if self._stopped == "lease":
            return {"how": "interrupted", "error": "The hub's worker went silent."}
        if status is not None and status < 0:
            name = _signal_name(-status)
            return {"how": "interrupted", "error": f"The work was ended from outside ({name}). {said}".strip()}
        return {"how": "failed", "error": said or f"The work ended with exit status {status} and no message."}

    def _end(self, ending: dict[str, Any]) -> None:
        self._log.close()
        with suppress(OSError):  # a folder that was removed meanwhile: nobody waits for this end
            self._spool.write("ending.json", {**ending, "error": str(ending["error"])[:2000]})

    def _take_output(self, line: str) -> None:
        try:
            said = json.loads(line) if line.startswith("{") else None
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or not said.keys() & {"stage", "result", "error"}:
            self._take_log(line)
        elif "error" in said:
            self._error = str(said["error"])[:2000]
        elif "stage" in said:
            self._show(said)

    def _show(self, said: dict[str, Any]) -> None:
        now = time.monotonic()
        done, total = _number(said.get("done")), _number(said.get("total"))
        if now - self._shown > 0.2 or done >= total:
            self._shown = now
            texts = {name: str(said.get(name) or "")[:200] for name in ("stage", "label")}
            with suppress(OSError):
                self._spool.write("progress.json", {**texts, "done": done, "total": total})

    def _take_log(self, line: str) -> None:
        self._log.add(line)


class _Log:
    """Writes the log in pieces, and keeps the two newest."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._lock = threading.Lock()
        self._at = self._begin = 0
        self._file: IO[bytes] | None = None
        self.last = ""

    def add(self, line: str) -> None:
        content = line.encode("utf-8", "replace") + b"\n"
        with self._lock, suppress(OSError, ValueError):
            if line.strip():
                self.last = line.strip()[:500]
            if self._file is None or self._at - self._begin > LOG_PIECE:
                self._open()
            if self._file is not None:
                self._file.write(content)
                self._at += len(content)

    def _open(self) -> None:
        if self._file is not None:
            self._file.close()
        self._begin = self._at
        self._file = (self._spool.own / f"log.{self._begin}").open("ab", buffering=0)
        for _, path in self._spool.pieces()[:-2]:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()


def _make_room(order: dict[str, Any]) -> str:
    """Make the folder for results as the person whose job it is; a sentence where the job cannot begin."""
    home, file, results = (Path(str(order[name])) for name in ("home", "file", "results"))
    if not file.is_file():
        name = file.relative_to(home).as_posix()[:200]
        return f"file = {name!r}: there is no such file in the workspace. Save it first."
    try:
        results.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"The folder {results.parent.name} of the workspace cannot be made: {error.strerror}."
    return ""


def _results(order: dict[str, Any], ending: dict[str, Any]) -> dict[str, Any]:
    """Tell what there is, or remove it where another attempt will follow."""
    home, results = Path(str(order["home"])), Path(str(order["results"]))
    if ending["how"] == "interrupted":
        shutil.rmtree(results, ignore_errors=True)
        return {}
    with suppress(OSError, ValueError):
        files = [{"path": one.path, "size": one.size} for one in left_in(results, home)]
        return {"folder": results.relative_to(home).as_posix(), "files": files}
    return {}


def _each_line(stream: IO[bytes] | None, take: Callable[[str], None]) -> None:
    while stream is not None:
        line = stream.readline(_LONGEST_LINE)
        if not line:
            return
        take(line.decode("utf-8", "replace").rstrip("\r\n"))


def _has_ended(work: subprocess.Popen[bytes]) -> bool:
    """Look after the work, and bury orphans of it that fell to this process."""
    if work.poll() is not None:
        return True
    for child in psutil.Process().children():
        if child.pid != work.pid:
            with suppress(psutil.Error):
                if child.status() == psutil.STATUS_ZOMBIE:
                    child.wait(0)
    return False


def _signal_group(work: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(work.pid, number)


def _end_group(work: subprocess.Popen[bytes]) -> None:
    """Kill the work's group and whatever descends from it, until nothing is left."""
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline:
        _signal_group(work, signal.SIGKILL)
        left = psutil.Process().children(recursive=True)
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        with suppress(subprocess.TimeoutExpired):
            work.wait(1.0)
        _, alive = psutil.wait_procs([process for process in left if process.pid != work.pid], timeout=1.0)
        if not alive and not psutil.Process().children(recursive=True):
            return


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _number(value: Any) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return float(value) if good else 0.0


def main(arguments: list[str]) -> int:
    """Run the attempt of a folder.

    Parameters
    ----------
    arguments : list of str
        The folder, and how long it goes on without a renewal, s, where that is not ``LEASE``.

    Returns
    -------
    int
        See `Runner.run`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))  # a pod's first process has no default
    lease = float(arguments[1]) if len(arguments) > 1 else LEASE
    return Runner(Spool(Path(arguments[0])), lease).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
