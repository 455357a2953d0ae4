"""The broker of a hub: asks the hub's service, as the server's own user, with the token that the server has anyway."""

from __future__ import annotations

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from joulebook_kernels.broker import Lease, LeaseUnavailableError, Waiting, Wish

__all__ = ["HubBroker"]

_TIMEOUT = 10.0
ANY = Wish()
_TOO_MANY = 429
_REFUSED_FOR = 50.0
"""s; so long a token that the service refuses may be a matter of restarts. Leases end 10 s later at the hub."""


@dataclass
class HubBroker:
    """Lends the cards of a hub, within what its user's plan allows.

    Parameters
    ----------
    address : str
        Of the service, with a slash at its end.
    token : str
        The server's token.
    server : str, optional
        The server's name at the hub, which ends its leases when it has ended; empty for the default one.
    """

    address: str
    token: str = field(repr=False)
    server: str | None = None
    stage: str = ""
    grace: float = 0.0
    why: str = ""
    rest: float = 2.0
    _refused: float = field(default=0.0, repr=False)
    _last: Waiting = field(default=Waiting(1, 1), repr=False)
    _asked: asyncio.Future[Any] | None = field(default=None, repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> HubBroker | None:
        """Find the hub that lends here.

        Parameters
        ----------
        environment : mapping of str to str
            With JOULEBOOK_SERVICE, JUPYTERHUB_API_TOKEN and JUPYTERHUB_SERVER_NAME where a hub lends.

        Returns
        -------
        HubBroker or None
            None where no hub does.
        """
        address, token = environment.get("JOULEBOOK_SERVICE"), environment.get("JUPYTERHUB_API_TOKEN")
        return cls(address, token, environment.get("JUPYTERHUB_SERVER_NAME")) if address and token else None

    async def acquire(self, kernel: str, pid: int, wish: Wish = ANY) -> Lease | Waiting:
        """Ask for a card; see `LeaseBroker.acquire`.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        pid : int
            Not needed here: a lease ends when its heartbeats do.
        wish : Wish
            What for.

        Returns
        -------
        Lease or Waiting
            The lease, or the place in the queue.

        Raises
        ------
        LeaseUnavailableError
            If the plan allows no GPU now; the message is the hub's.
        """
        asked = {name: value for name, value in asdict(wish).items() if value}
        if self.server is not None:
            asked["server"] = self.server
        status, found = await self._call("POST", "leases", {"kernel": kernel, **asked})
        self._note(found)
        if status == 402:
            raise LeaseUnavailableError(str(found["message"]), status=status)
        if status == 200 and self.stage != "stop":
            return Lease(kernel, str(found["card"]), float(found["since"]), float(found.get("share", 1.0)))
        if status == 202:
            expected = found.get("expected")
            self._last = Waiting(
                int(found["position"]), int(found["places"]), None if expected is None else float(expected)
            )
        return self._last

    async def heartbeat(self, kernel: str, pid: int | None = None) -> bool:
        """Say that the kernel is still there; see `LeaseBroker.heartbeat`.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        pid : int, optional
            Not needed here.

        Returns
        -------
        bool
            False if the lease has ended, or if this server has been refused for so long that it is about to: who is
            not heard must not keep a card that will be lent on.

        Raises
        ------
        HTTPError
            If the server is refused.
        """
        try:
            status, found = await self._call("PUT", f"leases/{kernel}")
        except urllib.error.HTTPError as error:
            if error.code not in {401, 403}:
                raise
            self._refused = self._refused or time.monotonic()
            if time.monotonic() - self._refused < _REFUSED_FOR:
                raise
            return False
        self._refused = 0.0
        self._note(found)
        return status != 410 and self.stage != "stop"

    async def release(self, kernel: str) -> None:
        """Give the card back; see `LeaseBroker.release`.

        Parameters
        ----------
        kernel : str
            Identity of the kernel.
        """
        await self._call("DELETE", f"leases/{kernel}")

    def _note(self, found: Mapping[str, Any]) -> None:
        self.stage, self.grace = str(found.get("stage") or ""), float(found.get("grace") or 0.0)
        self.why = str(found.get("why") or "")

    async def _call(self, method: str, path: str, content: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and JSON of an answer; asks once the question before has its own, also if nobody waits for that."""
        # a kernel that is shut down while it asks for a card must not get one after it has given everything back
        before = self._asked if self._asked is not None and not self._asked.done() else None
        self._asked = asyncio.ensure_future(self._call_after(before, method, path, content))
        self._asked.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to ask
        return await asyncio.shield(self._asked)

    async def _call_after(
        self, before: asyncio.Future[Any] | None, method: str, path: str, content: dict[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        if before is not None:
            await asyncio.wait([before])
        return await asyncio.to_thread(self._call_now, method, path, content)

    def _call_now(self, method: str, path: str, content: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        """Status and JSON of an answer; what is no answer to this question is an OSError."""
        data = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data=data, headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_TIMEOUT) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code not in {402, 410, _TOO_MANY}:
                    raise
                status, text = error.code, error.read()
        try:
            return status, json.loads(text or b"{}")
        except ValueError as error:
            raise OSError(f"{self.address} answered {status} without JSON") from error
