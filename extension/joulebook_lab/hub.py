"""The Lab's way to its hub: meters, the cards of this server's kernels, and what a GPU kernel may cost.

======================================  ================================================================
``GET /joulebook/hub``                  ``{hub, meter, kernels}``: whether a hub is ``"here"``, ``"away"`` (it does not
                                        answer) or ``"absent"``; plan, GPU time and leases of the user; and what each
                                        GPU kernel of this server has or waits for
``GET /joulebook/hub/cost?project=…``   ``{sentence, known, left}``: what GPU kernels of this user took, and
                                        the hours left; null outside a hub
======================================  ================================================================

The server asks the hub's service with its own token, so that no token reaches the browser. Many pages that ask at the
same time cost one question. Outside a hub there is no meter; kernels that wait for a card of this machine are listed
all the same.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any
from urllib.parse import urlencode

from jupyter_server.auth.decorator import authorized
from tornado import web
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from joulebook_lab.handlers import JoulebookHandler

__all__ = ["HubAwayError", "HubService", "hub_routes", "powers"]

TIMEOUT = 5.0
FRESH = 2.0
"""Seconds for which an answer serves everybody who asks."""
ROWS_FRESH = 60.0
"""The same for rows of the plan that change slowly."""
LARGEST_ANSWER = 1_000_000


class HubAwayError(Exception):
    """The hub's service gave no answer that can be used."""


@dataclass
class HubService:
    """The service of the hub that started this server.

    Parameters
    ----------
    address : str
        Of the service, with a slash at its end.
    token : str
        The server's token.
    base : str
        Address of the hub's own pages, with a slash at its end: a path where they are at the same origin.
    """

    address: str
    token: str = field(repr=False)
    base: str = "/hub/"
    _kept: tuple[float, dict[str, Any]] | None = field(default=None, repr=False)
    _rows: tuple[float, list[Any]] | None = field(default=None, repr=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> HubService | None:
        """Find the hub.

        Parameters
        ----------
        environment : mapping of str to str
            With JOULEBOOK_SERVICE and JUPYTERHUB_API_TOKEN inside a hub.

        Returns
        -------
        HubService or None
            None outside a hub, or where it has no such service.
        """
        address, token = environment.get("JOULEBOOK_SERVICE"), environment.get("JUPYTERHUB_API_TOKEN")
        if not address or not token:
            return None
        return cls(
            address,
            token,
            environment.get("JUPYTERHUB_PUBLIC_HUB_URL") or environment.get("JUPYTERHUB_BASE_URL", "/") + "hub/",
        )

    async def ask(self, path: str) -> dict[str, Any]:
        """Ask the service.

        Parameters
        ----------
        path : str
            Below the service's address.

        Returns
        -------
        dict
            What it answers.

        Raises
        ------
        HubAwayError
            If it does not answer in time, refuses, or answers something else than a JSON object.
        """
        headers = {"Authorization": f"token {self.token}"}
        request = HTTPRequest(
            self.address + path, headers=headers, connect_timeout=TIMEOUT, request_timeout=TIMEOUT,
            follow_redirects=False,
        )  # fmt: skip
        try:
            answer = await AsyncHTTPClient().fetch(request)
            found = json.loads(answer.body[: LARGEST_ANSWER + 1])
        except HTTPClientError as error:
            raise HubAwayError(f"{path}: {error.code}") from error
        except (OSError, ValueError, RecursionError) as error:
            raise HubAwayError(f"{path}: {error}") from error
        if not isinstance(found, dict):
            raise HubAwayError(f"{path}: no object")
        return found

    async def send(self, method: str, path: str, body: bytes = b"", key: str = "") -> tuple[int, dict[str, Any]]:
        """Hand a request of the browser's on to the service.

        Parameters
        ----------
        method : str
            HTTP's.
        path : str
            Below the service's address, checked by the caller.
        body : bytes
            JSON.
        key : str
            Idempotency key; empty for none.

        Returns
        -------
        tuple of int and dict
            Status and answer, a refusal too; an empty answer is an empty dict.

        Raises
        ------
        HubAwayError
            If it does not answer in time, or answers something else than a JSON object.
        """
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        request = HTTPRequest(
            self.address + path, method=method, headers=headers, body=body if method in {"POST", "PUT"} else None,
            connect_timeout=TIMEOUT, request_timeout=2 * TIMEOUT, follow_redirects=False,
        )  # fmt: skip
        try:
            answer = await AsyncHTTPClient().fetch(request, raise_error=False)
            if isinstance(answer.error, HTTPClientError) and answer.code == 599:
                raise HubAwayError(f"{path}: {answer.error}")
            found = json.loads(answer.body[: LARGEST_ANSWER + 1]) if answer.body else {}
        except (OSError, ValueError, RecursionError) as error:
            raise HubAwayError(f"{path}: {error}") from error
        if not isinstance(found, dict):
            raise HubAwayError(f"{path}: no object")
        if method != "GET":
            self._rows = None  # it may have taken of a row
        return answer.code, found

    async def meter(self) -> dict[str, Any]:
        """Plan, GPU time and leases of the user.

        Returns
        -------
        dict
            As the service's ``GET meter`` answers, up to `FRESH` seconds old, with ``meters`` of ``GET quota``.
        """
        async with self._lock:
            now = time.monotonic()
            if self._rows is None or now - self._rows[0] >= ROWS_FRESH:
                self._rows = (now, list((await self.ask("quota")).get("meters", [])))
            if self._kept is None or now - self._kept[0] >= FRESH:
                self._kept = (now, await self.ask("meter"))
            return {**self._kept[1], "meters": self._rows[1]}

    async def cost(self, project: str) -> dict[str, Any]:
        """What a GPU kernel may cost.

        Parameters
        ----------
        project : str
            Folder that it works in.

        Returns
        -------
        dict
            ``sentence``, whether it is ``known``, and ``left``, hours, as the service's ``GET quota/estimate`` answers.
        """
        found = await self.ask(f"quota/estimate?{urlencode({'project': project[:255]})}")
        known = found.get("gpu_hours") is not None
        return {"sentence": str(found.get("sentence", "")), "known": known, "left": found.get("left")}


def powers(kernels: Any) -> list[dict[str, Any]]:
    """What the kernels of a server have or wait for.

    Parameters
    ----------
    kernels : MultiKernelManager
        The server's.

    Returns
    -------
    list of dict
        ``id`` and what `joulebook_kernels.power.Power` holds, for kernels whose provisioner lends cards; ``left`` is
        the time to save, s, in place of ``until``.
    """
    found = []
    for kernel in kernels.list_kernel_ids():
        power = getattr(getattr(kernels.get_kernel(kernel), "provisioner", None), "power", None)
        if power is None or not is_dataclass(power) or isinstance(power, type):
            continue
        facts = asdict(power)
        until = facts.pop("until", None)
        facts["left"] = None if until is None else max(until - time.time(), 0.0)
        found.append({"id": kernel, **facts})
    return found


class HubHandler(JoulebookHandler):
    """The meter, and the cards of this server's kernels."""

    @property
    def service(self) -> HubService | None:
        """The hub's service, if there is one."""
        service: HubService | None = self.settings["joulebook_hub_service"]
        return service

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Give both."""
        hub, meter = "absent", None
        if self.service is not None:
            try:
                hub, meter = "here", await self.service.meter()
                meter = {**meter, "account": f"{self.service.base}usage"}
            except HubAwayError as error:
                self.log.info("joulebook: the hub's service gives no meter: %s", error)
                hub = "away"
        self.answer({"hub": hub, "meter": meter, "kernels": powers(self.kernel_manager)})


class CostHandler(HubHandler):
    """What a GPU kernel may cost."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Give it."""
        project = self.get_query_argument("project", "")
        try:
            self.answer(None if self.service is None else await self.service.cost(project))
        except HubAwayError as error:
            self.log.info("joulebook: the hub's service estimates nothing: %s", error)
            self.answer(None)


def hub_routes() -> list[tuple[str, type[JoulebookHandler]]]:
    """List the routes about the hub.

    Returns
    -------
    list of (str, type)
        Pattern below the server's base URL, and handler.
    """
    return [("/joulebook/hub", HubHandler), ("/joulebook/hub/cost", CostHandler)]
