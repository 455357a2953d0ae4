"""The Lab's way to the jobs of its hub: requests of the browser, handed on with the server's own token.

===============================================  ==================================================================
``GET /joulebook/jobs``                          ``{hub, jobs}``: whether a hub is ``"here"``, ``"away"`` or
                                                 ``"absent"``; the newest jobs of the user
``POST /joulebook/jobs``                         submit one; the header ``Idempotency-Key`` is handed on
``DELETE /joulebook/jobs/<key>``                 forget one that has ended
``POST /joulebook/jobs/<key>/<cancel, retry>``   cancel one, try one again
``GET /joulebook/jobs/<key>/log?offset=<n>``     its log from a byte on
``GET``, ``POST /joulebook/schedules``           schedules; ``PUT`` and ``DELETE`` of one
``GET /joulebook/job-settings``                  ``{email, local}``: which notices the hub sends
===============================================  ==================================================================
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from joulebook_lab.handlers import JoulebookHandler, RefusedError
from joulebook_lab.hub import HubAwayError, HubService

__all__ = ["job_routes"]

MOST_JOBS = 50
FRESH = 1.0
"""Seconds for which one list serves every page that asks."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_SHARED = ("email", "local")


class HubJobsHandler(JoulebookHandler):
    """Base: hands requests on."""

    @property
    def service(self) -> HubService:
        """The hub's service; a server without one refuses."""
        service: HubService | None = self.settings["joulebook_hub_service"]
        if service is None:
            raise RefusedError(404, "This Jupyter server belongs to no hub. Jobs need one: joulebook hub up")
        return service

    async def hand_on(self, method: str, path: str) -> None:
        """Send the request to the service and its answer to the browser.

        Parameters
        ----------
        method : str
            HTTP's.
        path : str
            Below the service's address.

        Raises
        ------
        RefusedError
            If the service does not answer.
        """
        body = b""
        if method in {"POST", "PUT"}:
            if self.request.body:
                self.body()  # refuses what is too long or no object
            body = self.request.body
        key = self.request.headers.get("Idempotency-Key", "")
        if key and not _KEY.fullmatch(key):
            raise RefusedError(400, "Idempotency-Key: use 1 to 255 characters of ASCII without spaces")
        try:
            status, found = await self.service.send(method, path, body, key)
        except HubAwayError as error:
            self.log.info("joulebook: the hub does not take jobs: %s", error)
            raise RefusedError(503, "The hub does not answer. Try again in some seconds") from None
        if method != "GET":
            self.settings.pop("joulebook_jobs_list", None)  # the next look sees what has changed
        if status >= 500:
            raise RefusedError(503, "The hub failed at this request. Try again, or ask its administrator")
        self.answer(found, 200 if status == 204 else status)


class JobsHandler(HubJobsHandler):
    """The user's jobs."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the newest jobs."""
        known: HubService | None = self.settings["joulebook_hub_service"]
        if known is None:
            self.answer({"hub": "absent", "jobs": []})
            return
        kept = self.settings.setdefault("joulebook_jobs_list", _Kept())
        hub, jobs = await kept.look(known)
        self.answer({"hub": hub, "jobs": jobs})

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Submit a job."""
        await self.hand_on("POST", "jobs")


class _Kept:
    """The newest list, which serves many pages for a moment; the last one stands while the hub is away."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._at = -FRESH
        self._jobs: list[Any] = []
        self._hub = "away"

    async def look(self, service: HubService) -> tuple[str, list[Any]]:
        async with self._lock:
            if time.monotonic() - self._at >= FRESH:
                try:
                    status, found = await service.send("GET", f"jobs?most={MOST_JOBS}")
                except HubAwayError:
                    status, found = 599, {}
                if status == 200 and isinstance(found.get("jobs"), list):
                    self._hub, self._jobs = "here", found["jobs"]
                elif status == 404:
                    self._hub, self._jobs = "absent", []
                else:
                    self._hub = "away"
                self._at = time.monotonic()
            return self._hub, self._jobs


class JobHandler(HubJobsHandler):
    """One job."""

    @web.authenticated
    @authorized
    async def delete(self, key: str) -> None:
        """Forget it."""
        await self.hand_on("DELETE", f"jobs/{key}")


class JobActionHandler(HubJobsHandler):
    """What can be done with a job."""

    @web.authenticated
    @authorized
    async def post(self, key: str, action: str) -> None:
        """Do it."""
        await self.hand_on("POST", f"jobs/{key}/{action}")


class JobLogHandler(HubJobsHandler):
    """A job's log."""

    @web.authenticated
    @authorized
    async def get(self, key: str) -> None:
        """Read on.

        Raises
        ------
        RefusedError
            If the offset is not a number.
        """
        offset = self.get_query_argument("offset", "0")
        if not re.fullmatch(r"[0-9]{1,12}", offset):
            raise RefusedError(400, f"offset = {offset[:20]!r}: use a whole number from 0")
        await self.hand_on("GET", f"jobs/{key}/log?offset={offset}")


class SchedulesHandler(HubJobsHandler):
    """The user's schedules."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List them."""
        await self.hand_on("GET", "schedules")

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Make one."""
        await self.hand_on("POST", "schedules")


class ScheduleHandler(HubJobsHandler):
    """One schedule."""

    @web.authenticated
    @authorized
    async def put(self, key: str) -> None:
        """Change it."""
        await self.hand_on("PUT", f"schedules/{key}")

    @web.authenticated
    @authorized
    async def delete(self, key: str) -> None:
        """Delete it."""
        await self.hand_on("DELETE", f"schedules/{key}")


class JobSettingsHandler(HubJobsHandler):
    """Which notices there are; the key that signs webhooks stays at the server."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Tell.

        Raises
        ------
        RefusedError
            If the hub does not answer.
        """
        try:
            status, found = await self.service.send("GET", "job-settings")
        except HubAwayError:
            status, found = 599, {}
        if status != 200:
            raise RefusedError(503, "The hub does not answer. Try again in some seconds")
        self.answer({name: bool(found.get(name)) for name in _SHARED})


def job_routes() -> list[tuple[str, type[JoulebookHandler]]]:
    """List the routes about jobs.

    Returns
    -------
    list of (str, type)
        Pattern below the server's base URL, and handler.
    """
    key = "([0-9a-f]{16})"
    return [
        ("/joulebook/jobs", JobsHandler),
        (f"/joulebook/jobs/{key}", JobHandler),
        (f"/joulebook/jobs/{key}/(cancel|retry)", JobActionHandler),
        (f"/joulebook/jobs/{key}/log", JobLogHandler),
        ("/joulebook/schedules", SchedulesHandler),
        (f"/joulebook/schedules/{key}", ScheduleHandler),
        ("/joulebook/job-settings", JobSettingsHandler),
    ]
