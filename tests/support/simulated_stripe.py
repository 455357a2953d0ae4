"""The simulator of Stripe in a thread of the tests, and stripe-python's own client for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import stripe
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from joulebook_hub.stripe_sim.books import Shelf
from joulebook_hub.stripe_sim.service import application, deliver, tick

KEY = "sk_test_simulator_for_the_tests"
NOON = 1_790_856_000  # 2026-10-01 12:00 UTC


@dataclass
class Clock:
    """A wall's clock that the tests move."""

    at: float = float(NOON)

    def __call__(self) -> float:
        return self.at


@dataclass
class Simulator:
    """A running simulator.

    Parameters
    ----------
    url : str
        Its address.
    shelf : Shelf
        Its books.
    wall : Clock
        Its time.
    """

    url: str
    shelf: Shelf
    wall: Clock
    loop: asyncio.AbstractEventLoop
    seen: list[dict[str, Any]] = field(default_factory=list)

    def client(self, key: str = KEY, **options: Any) -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.url}, max_network_retries=0, **options)

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def deliver(self) -> int:
        """Send what is due, on the simulator's own thread."""
        return int(self._call(deliver(self.shelf)))

    def tick(self) -> int:
        async def once() -> int:
            return tick(self.shelf)

        return int(self._call(once()))


@contextmanager
def running_simulator(folder: Path, *, key: str = KEY, base: str = "") -> Iterator[Simulator]:
    """A simulator with its own books, time and port."""
    wall = Clock()
    shelf = Shelf(f"sqlite:///{folder / 'stripe.sqlite'}", wall=wall)
    loop = asyncio.new_event_loop()
    sockets = bind_sockets(0, "127.0.0.1")
    url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    ready = threading.Event()
    server: list[HTTPServer] = []

    def serve() -> None:
        asyncio.set_event_loop(loop)

        async def begin() -> None:
            made = HTTPServer(application(shelf, key, base=base or url))
            made.add_sockets(sockets)
            server.append(made)
            ready.set()

        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(20)
    try:
        yield Simulator(url, shelf, wall, loop)
    finally:

        async def end() -> None:
            server[0].stop()
            await server[0].close_all_connections()

        asyncio.run_coroutine_threadsafe(end(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()
        shelf.close()


@contextmanager
def receiver(status: Callable[[bytes, str], int]) -> Iterator[str]:
    """An endpoint for webhooks on a port of its own: a function of body and signature says what it answers."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status(body, self.headers["Stripe-Signature"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
