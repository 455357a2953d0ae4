"""The broker of one machine: a small JSON table under a file lock, shared by all servers of one user or one hub.

A lease ends when it is given back, or when it is found abandoned: neither the kernel's process nor its server's is
alive. A heartbeat that is late does not end a lease while one of the two lives, because a busy server beats late.
The queue is first come, first served; a place is lost by not asking again for ``QUEUE_PATIENCE`` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joulebook_kernels.broker import Lease, LeaseUnavailableError, Waiting, Wish
from joulebook_kernels.cards import CardFinder, NvmlCards

__all__ = ["MachineBroker", "is_alive", "table_folder"]

QUEUE_PATIENCE = 15.0
ANY = Wish()
_START_FIELD = 19  # of what follows the name in /proc/PID/stat: start time since boot, clock ticks


def _identity(pid: int) -> str:
    """What tells a process from a later one with the same number: its start time, where /proc knows it."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return facts.rpartition(")")[2].split()[_START_FIELD]


def is_alive(pid: int, identity: str = "") -> bool:
    """Tell whether a process runs.

    Parameters
    ----------
    pid : int
        Its number.
    identity : str
        Its start time as noted earlier; empty if it was not known.

    Returns
    -------
    bool
        False if it ended, also if its number was given to another process since.
    """
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not identity or not _identity(pid) or identity == _identity(pid)


def table_folder() -> Path:
    """Folder of the table of leases.

    Returns
    -------
    Path
        ``$JOULEBOOK_LEASES`` (set by the hub, the same for all its servers), otherwise one per user of the machine.

    Raises
    ------
    LeaseUnavailableError
        If the folder belongs to somebody else.
    """
    chosen = os.environ.get("JOULEBOOK_LEASES")
    if chosen:
        folder = Path(chosen)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    folder = Path(tempfile.gettempdir()) / f"joulebook-leases-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise LeaseUnavailableError(f"{folder} belongs to another user. Name a folder of yours in JOULEBOOK_LEASES.")
    return folder


@dataclass
class MachineBroker:
    """Lends the cards of this machine.

    Parameters
    ----------
    folder : Path
        Where the table lies.
    finder : CardFinder
        Knows the cards.
    clock : callable
        Gives the time, s since 1970.
    """

    folder: Path = field(default_factory=table_folder)
    finder: CardFinder = field(default_factory=NvmlCards)
    clock: Callable[[], float] = time.time
    stage: str = ""
    grace: float = 0.0
    why: str = ""
    rest: float = 0.0

    async def acquire(self, kernel: str, pid: int, wish: Wish = ANY) -> Lease | Waiting:
        """Ask for a card; see `LeaseBroker.acquire`.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        pid : int
            The server's process.
        wish : Wish
            What for; priorities and longest times are a hub's.

        Returns
        -------
        Lease or Waiting
            The lease, or the place in the queue.

        Raises
        ------
        LeaseUnavailableError
            If this machine has no such card at all.
        """
        return await asyncio.to_thread(self._acquire, kernel, pid, wish.kind)

    async def heartbeat(self, kernel: str, pid: int | None = None) -> bool:
        """Say that the kernel is still there; see `LeaseBroker.heartbeat`.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        pid : int, optional
            The kernel's own process.

        Returns
        -------
        bool
            False if there is no such lease any more.
        """
        return await asyncio.to_thread(self._heartbeat, kernel, pid)

    async def release(self, kernel: str) -> None:
        """Give the card back; see `LeaseBroker.release`.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        """
        await asyncio.to_thread(self._release, kernel)

    def _acquire(self, kernel: str, pid: int, kind: str) -> Lease | Waiting:
        found = self.finder.cards()
        cards = [card.uuid for card in found if kind in {"", card.kind}]
        if found and not cards:
            raise LeaseUnavailableError(
                "This machine has no GPU of the kind that the kernel asks for. Choose another kernel."
            )
        if not cards:
            raise LeaseUnavailableError(
                "This machine has no GPU that NVML finds. Choose the kernel “Joulebook (CPU)”: every solver runs there."
            )
        with self._table() as table:
            held = table["leases"].get(kernel)
            if held and held["card"] in cards:
                held |= {"server": pid, "server_identity": _identity(pid), "beat": self.clock()}
                return Lease(kernel, held["card"], held["since"])
            table["leases"].pop(kernel, None)
            queue: dict[str, float] = table["queue"]
            queue[kernel] = self.clock()
            position = list(queue).index(kernel)
            taken = {lease["card"] for lease in table["leases"].values()}
            free = [card for card in cards if card not in taken]
            if position >= len(free):
                return Waiting(position - len(free) + 1, len(cards))
            del queue[kernel]
            now = self.clock()
            table["leases"][kernel] = {
                "card": free[0], "since": now, "beat": now,
                "server": pid, "server_identity": _identity(pid), "kernel": 0, "kernel_identity": "",
            }  # fmt: skip
            return Lease(kernel, free[0], now)

    def _heartbeat(self, kernel: str, pid: int | None) -> bool:
        with self._table() as table:
            held = table["leases"].get(kernel)
            if held is None:
                return False
            held["beat"] = self.clock()
            if pid:
                held |= {"kernel": pid, "kernel_identity": _identity(pid)}
            return True

    def _release(self, kernel: str) -> None:
        with self._table() as table:
            table["leases"].pop(kernel, None)
            table["queue"].pop(kernel, None)

    @contextlib.contextmanager
    def _table(self) -> Iterator[dict[str, Any]]:
        """Read the table under the lock, drop what is abandoned, and write it back in one step."""
        descriptor = os.open(self.folder / "leases.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            path = self.folder / "leases.json"
            try:
                table = json.loads(path.read_text(encoding="utf-8"))
            except (FileNotFoundError, json.JSONDecodeError):
                table = {"leases": {}, "queue": {}}
            now = self.clock()
            table["leases"] = {kernel: held for kernel, held in table["leases"].items() if _is_held(held)}
            table["queue"] = {kernel: at for kernel, at in table["queue"].items() if now - at < QUEUE_PATIENCE}
            yield table
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(table, indent=1), encoding="utf-8")
            fresh.replace(path)
        finally:
            os.close(descriptor)


def _is_held(held: dict[str, Any]) -> bool:
    return is_alive(held["kernel"], held["kernel_identity"]) or is_alive(held["server"], held["server_identity"])
