"""Who saw what: a witness on the wire between servers and the service, and one within each kernel.

The tap stands where servers believe the service to be. It passes everything on and notes when what was asked and
answered, by the run's own clock. Within a kernel a thread takes its card's lock while the kernel has a card, and writes
down ten times a second that it lives.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web

KERNEL = """
import fcntl, os, threading, time
def watch(folder, kernel):
    lock = None
    with open(os.path.join(folder, f"{kernel}.{os.getpid()}"), "a", buffering=1) as log:
        while True:
            card = os.environ.get("CUDA_VISIBLE_DEVICES", "")
            if card and lock is None:
                lock = open(os.path.join(folder, card + ".lock"), "a")
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    with open(os.path.join(folder, "twice"), "a") as note:
                        note.write(f"{time.time():.2f} {card} {kernel} {os.getpid()}\\n")
            log.write(f"{time.time():.3f} {card or '-'}\\n")
            time.sleep(0.1)
file = os.environ.get("JOULEBOOK_LEASE_FILE", "")
if file:
    kernel = os.path.basename(file).removeprefix("lease-").removesuffix(".json")
    threading.Thread(target=watch, args=(FOLDER, kernel), daemon=True).start()
"""


@dataclass
class Told:
    """One request about a kernel's lease; status 0 where no answer came."""

    kernel: str
    method: str
    sent: float
    back: float = 0.0
    status: int = 0


class Tap:
    """Passes requests of servers on to the service."""

    def __init__(self, port: int, service: str) -> None:
        self._port, self._service = port, service.removesuffix("/services/joulebook/")
        self.told: dict[str, list[Told]] = defaultdict(list)

    async def __aenter__(self) -> Tap:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30), trust_env=False)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._pass_on)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        told = Told(_kernel_of(request, body), request.method, time.time())
        kept = {name: request.headers[name] for name in ("Authorization", "Content-Type") if name in request.headers}
        text = b""
        try:
            url = self._service + request.path_qs
            async with self._session.request(request.method, url, headers=kept, data=body) as answer:
                text = await answer.read()
                told.status = answer.status
        except (OSError, aiohttp.ClientError, TimeoutError):
            told.status = 0
        told.back = time.time()
        if told.kernel:
            self.told[told.kernel].append(told)
        return web.Response(status=told.status or 502, body=text, content_type="application/json")


def _kernel_of(request: web.Request, body: bytes) -> str:
    _, found, kernel = request.path.partition("/services/joulebook/leases/")
    if found:
        return kernel
    if request.method == "POST" and request.path.endswith("/leases"):
        return str(json.loads(body)["kernel"])
    return ""


@dataclass(frozen=True)
class Bracket:
    """Between which lengths a lease was, s, by what was asked and answered."""

    least: float
    most: float


def bracket(told: list[Told]) -> Bracket | None:
    """How long a kernel's lease was; None if none can have been lent.

    What got no answer, because the service was killed, may have counted or not.
    """
    begin_low = begin_high = end_low = end_high = 0.0
    for one in sorted(told, key=lambda each: each.sent):
        asks = one.method in {"POST", "PUT"}
        if asks and one.status == 200:
            begin_low, begin_high = begin_low or one.sent, begin_high or one.back
            end_low, end_high = one.sent, one.back
        elif one.status in {0, 503} and begin_high:
            end_high = one.back
        elif one.status in {0, 503} and one.method == "POST":
            begin_low = begin_low or one.sent
            end_high = one.back
        elif one.status == 202:
            begin_low = 0.0
        elif one.method == "DELETE" and one.status == 204 and begin_low:
            earlier = [each.sent for each in told if each.method == "DELETE" and each.sent <= one.sent]
            return Bracket(max(min(earlier) - begin_high, 0.0) if begin_high else 0.0, one.back - begin_low)
    if not begin_low:
        return None
    return Bracket(max(end_low - begin_high, 0.0) if begin_high else 0.0, end_high - begin_low)


class KernelLogs:
    """What kernels wrote down of themselves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def put_into(self, home: Path) -> None:
        """Every kernel that starts in this home has the witness."""
        startup = home / ".ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True, exist_ok=True)
        (startup / "00-witness.py").write_text(KERNEL.replace("FOLDER", repr(str(self.folder))), encoding="utf-8")

    def last(self, kernel: str) -> tuple[int, float, str]:
        """Process, time and card of a kernel's last line that has a card; zeros where there is none."""
        found = (0, 0.0, "")
        for path in self.folder.glob(f"{kernel}.*"):
            with path.open("rb") as file:
                file.seek(max(path.stat().st_size - 200, 0))
                lines = file.read().decode().split("\n")[:-1]
            if lines and not lines[-1].endswith("-"):
                at, card = lines[-1].split()
                found = max(found, (int(path.suffix[1:]), float(at), card), key=lambda each: each[1])
        return found

    def twice(self) -> str:
        """What kernels say who found the lock of their card taken."""
        note = self.folder / "twice"
        return note.read_text(encoding="utf-8") if note.exists() else ""
