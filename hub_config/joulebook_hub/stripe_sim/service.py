"""The simulator's process: ``python -m joulebook_hub.stripe_sim.service``, started by the hub of the local profile."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer

from joulebook_hub.stripe_sim import clocks
from joulebook_hub.stripe_sim.api import Api
from joulebook_hub.stripe_sim.books import Shelf
from joulebook_hub.stripe_sim.pages import PAGES
from joulebook_hub.stripe_sim.webhooks import deliver_due

__all__ = ["application", "deliver", "main", "tick"]

_MOST_BYTES = 1_000_000
_PAUSE = 0.25
_TICKS = 40
_SEND_SECONDS = 10.0


def application(shelf: Shelf, key: str, *, prefix: str = "", base: str) -> web.Application:
    """Put the routes together.

    Parameters
    ----------
    shelf : Shelf
        The books.
    key : str
        The installation's key.
    prefix : str
        Where the service stands, without a slash at its end.
    base : str
        The same as people's browsers reach it.

    Returns
    -------
    Application
        Ready to listen.
    """
    parts = {"shelf": shelf, "key": key, "base": base}
    at = re.escape(prefix)
    return web.Application(
        [(at + r"/v1/(.{1,500})", Api, parts), *((at + path, page, parts) for path, page in PAGES)],
        template_path=str(Path(__file__).resolve().parent / "templates"),
        xsrf_cookies=True,
        xsrf_cookie_name="simulator_xsrf",
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict", "path": prefix or "/"},
    )


async def _send(url: str, body: bytes, headers: dict[str, str]) -> int:
    request = HTTPRequest(
        url, method="POST", body=body, headers=headers, request_timeout=_SEND_SECONDS, follow_redirects=False
    )
    try:
        answer = await AsyncHTTPClient().fetch(request, raise_error=False)
    except OSError:
        return 0
    return 0 if answer.code == 599 else int(answer.code)


async def deliver(shelf: Shelf) -> int:
    """Send the events that are due.

    Parameters
    ----------
    shelf : Shelf
        The books.

    Returns
    -------
    int
        How many.
    """
    return await deliver_due(shelf, _send)


def tick(shelf: Shelf) -> int:
    """Let happen what is due on the wall's clock.

    Parameters
    ----------
    shelf : Shelf
        The books.

    Returns
    -------
    int
        How much happened.
    """
    with shelf.open() as books:
        return clocks.run(books, None, books.now())


async def _serve(environment: Mapping[str, str]) -> None:
    address = urlsplit(environment["JUPYTERHUB_SERVICE_URL"])
    key = Path(environment["JOULEBOOK_STRIPE_KEY_FILE"]).read_text(encoding="ascii").strip()
    shelf = Shelf(environment["JOULEBOOK_STRIPE_BOOKS"])
    prefix = environment["JUPYTERHUB_SERVICE_PREFIX"].rstrip("/")
    made = application(shelf, key, prefix=prefix, base=environment["JOULEBOOK_STRIPE_PAGES"])
    HTTPServer(made, max_body_size=_MOST_BYTES).listen(address.port or 0, address="127.0.0.1")
    while True:
        for _step in range(_TICKS):
            await asyncio.sleep(_PAUSE)
            await deliver(shelf)
        tick(shelf)


def main() -> None:
    """Serve until a signal ends the process; every transaction is in the file already."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s stripe simulator: %(message)s")
    asyncio.run(_serve(os.environ))


if __name__ == "__main__":
    main()
