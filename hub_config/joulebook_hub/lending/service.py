"""The service that lends GPUs: ``python -m joulebook_hub.lending.service``, started and restarted by the hub.

Everything is asked for with a token in the ``Authorization`` header; cookies are not looked at, so no page of another
site can act here. The hub says whose token it is and which groups its user is in; the service has no power over it.

| request | answer |
|---|---|
| ``POST leases`` with ``{"kernel": …}`` | 200 lent, 202 waiting, 402 refused; once per kernel, however often |
| ``PUT leases/KERNEL`` | 200, or 410 when the lease has ended |
| ``DELETE leases/KERNEL`` | 204, also when there was none |
| ``GET leases``, ``GET usage?after=LINE&most=N``, ``GET usage.csv`` | of the token's own user |
| ``GET health/live``, ``GET health/ready`` | without a token |
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubAuth
from tornado import web
from tornado.httpserver import HTTPServer

from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.records import Gone, Queued, Refused, Standing
from joulebook_hub.throttle import SlidingWindow

__all__ = ["application", "main"]

_KERNEL = re.compile(r"[A-Za-z0-9-]{1,64}")
_MOST_BYTES = 4096
_MOST_LINES = 1000
REQUESTS_PER_MINUTE = 100
_TOKEN_CACHE = 60


class _Request(web.RequestHandler):
    """What all requests share: JSON, whose token it is, and one thread that talks to the database."""

    lender: Lender
    hub: HubAuth
    thread: ThreadPoolExecutor
    window: SlidingWindow

    def initialize(self, **parts: Any) -> None:
        for name, part in parts.items():
            setattr(self, name, part)

    def set_default_headers(self) -> None:
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")

    def check_xsrf_cookie(self) -> None:
        """No cookie gives any right here, so there is nothing to forge."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None, None))[1]
        message = error.log_message if isinstance(error, web.HTTPError) and error.log_message else self._reason
        self.finish(json.dumps({"message": message}))

    async def user(self, *, counted: bool = True) -> dict[str, Any]:
        """The user of the token, if the token may come here."""
        token = re.fullmatch(r"(?:token|bearer)\s+(\S+)", self.request.headers.get("Authorization", ""), re.IGNORECASE)
        if token is None:
            raise web.HTTPError(401, "Send a token of the hub: Authorization: token …")
        model = await self.hub.user_for_token(token.group(1), sync=False)
        if model is None or model.get("kind") != "user":
            raise web.HTTPError(403, "The hub does not know this token as a user's.")
        if not self.hub.check_scopes(self.hub.access_scopes, model):
            raise web.HTTPError(403, "This token may not come here: it lacks the scope access:services!service=leases.")
        if counted and not self.window.allows(str(model["name"])):
            self.set_header("Retry-After", "10")
            raise web.HTTPError(429, f"More than {REQUESTS_PER_MINUTE} requests in a minute. Wait a little.")
        return dict(model)

    async def decided(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.thread, function, *arguments)

    def answer(self, found: Standing | Queued | Refused | Gone) -> None:
        if isinstance(found, Standing):
            self.finish(json.dumps({"state": "lent", **_finite(asdict(found))}))
        elif isinstance(found, Queued):
            self.set_status(202)
            self.finish(json.dumps({"state": "waiting", **asdict(found)}))
        elif isinstance(found, Refused):
            self.set_status(402)
            self.finish(json.dumps({"state": "refused", "reason": found.reason, "message": refusal(found)}))
        else:
            self.set_status(410)
            self.finish(json.dumps({"state": "gone", "message": "There is no such lease (any more)."}))


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if value == float("inf") else value for key, value in values.items()}


def refusal(found: Refused) -> str:
    """Say to a person why there is no card.

    Parameters
    ----------
    found : Refused
        The desk's answer.

    Returns
    -------
    str
        What is wrong and what to try.
    """
    way_out = "Ask an administrator of this hub for GPU-hours, or choose the kernel “Joulebook (CPU)”."
    if found.reason == "no_gpu_time":
        return f"Your plan has no GPU-hours. {way_out}"
    allowed = f"{found.allowed / 3600:g} GPU-hours"
    if found.reason == "set_aside":
        return f"What is left of this month's {allowed} is set aside for your running GPU kernels. Shut one down first."
    return f"This month's {allowed} are used up. {way_out} New hours come with the next month (UTC)."


class _Leases(_Request):
    async def get(self) -> None:
        user = await self.user()
        found = await self.decided(self.lender.leases, user["name"])
        self.finish(json.dumps({"leases": found}))

    async def post(self) -> None:
        user = await self.user()
        try:
            kernel = json.loads(self.request.body)["kernel"]
        except (ValueError, KeyError, TypeError, RecursionError):
            kernel = None
        if not isinstance(kernel, str) or not _KERNEL.fullmatch(kernel):
            raise web.HTTPError(400, 'Send {"kernel": …}: letters, digits and -, at most 64.')
        self.answer(await self.decided(self.lender.acquire, user, kernel))


class _Lease(_Request):
    async def put(self, kernel: str) -> None:
        user = await self.user(counted=False)
        self.answer(await self.decided(self.lender.renew, user, kernel))

    async def delete(self, kernel: str) -> None:
        user = await self.user(counted=False)
        await self.decided(self.lender.release, user, kernel)
        self.set_status(204)
        self.clear_header("Content-Type")
        self.finish()


class _Usage(_Request):
    def _number(self, name: str, otherwise: int, most: int) -> int:
        given = self.get_query_argument(name, str(otherwise))
        if not re.fullmatch(r"[0-9]{1,15}", given) or int(given) > most:
            raise web.HTTPError(400, f"{name} = {given[:40]!r}: use a whole number from 0 to {most}.")
        return int(given)

    async def get(self) -> None:
        user = await self.user()
        after = self._number("after", 0, 10**15 - 1)
        most = self._number("most", 100, _MOST_LINES)
        lines = await self.decided(lambda: self.lender.ledger.lines(user["name"], after=after, most=most))
        self.finish(
            json.dumps(
                {
                    "lines": [asdict(line) for line in lines],
                    "next": lines[-1].line if lines and len(lines) == most else None,
                }
            )
        )


class _UsageTable(_Request):
    async def get(self) -> None:
        user = await self.user()
        days = await self.decided(lambda: self.lender.ledger.days(user["name"], since="0000"))
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="gpu-usage.csv"')
        self.finish(days_as_csv(days))


def days_as_csv(days: dict[str, float]) -> str:
    """Write usage by day as a table.

    Parameters
    ----------
    days : dict of str to float
        Seconds by day.

    Returns
    -------
    str
        With the columns ``day`` and ``gpu_time_s``.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("day", "gpu_time_s"))
    writer.writerows((day, f"{seconds:.1f}") for day, seconds in days.items())
    return stream.getvalue()


class _Live(_Request):
    def get(self) -> None:
        self.finish(json.dumps({"live": True}))


class _Ready(_Request):
    async def get(self) -> None:
        await self.decided(self.lender.ledger.view, self.lender.cards)
        self.finish(json.dumps({"ready": True}))


def application(lender: Lender, hub: HubAuth, prefix: str) -> web.Application:
    """Put the routes together.

    Parameters
    ----------
    lender : Lender
        Decides.
    hub : HubAuth
        Knows whose tokens they are.
    prefix : str
        Where the service stands, with a slash at its end.

    Returns
    -------
    Application
        Ready to listen.
    """
    window = SlidingWindow(REQUESTS_PER_MINUTE, 60.0)
    parts = {"lender": lender, "hub": hub, "thread": ThreadPoolExecutor(1), "window": window}
    routes: list[tuple[str, type[_Request]]] = [
        (r"leases", _Leases),
        (r"leases/([A-Za-z0-9-]{1,64})", _Lease),
        (r"usage", _Usage),
        (r"usage\.csv", _UsageTable),
        (r"health/live", _Live),
        (r"health/ready", _Ready),
    ]
    return web.Application([(re.escape(prefix) + route, handler, parts) for route, handler in routes])


async def _serve() -> None:
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    lender = Lender.from_environment(os.environ)
    hub = HubAuth(cache_max_age=_TOKEN_CACHE)
    server = HTTPServer(application(lender, hub, os.environ["JUPYTERHUB_SERVICE_PREFIX"]), max_body_size=_MOST_BYTES)
    server.listen(address.port or 0, address="127.0.0.1")
    await asyncio.Event().wait()


def main() -> None:
    """Serve until a signal ends the process; what was decided is in the ledger already."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s leases: %(message)s")
    asyncio.run(_serve())


if __name__ == "__main__":
    main()
