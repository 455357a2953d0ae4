"""What the hub said of tokens: remembered for a minute at most, and no longer than nothing changes.

A token that is remembered as a person's costs a look into the store at each request: whether the hub has written there
that something of the person's tokens changed (`joulebook_hub.revocations`), and whether the plan still has API tokens
if a person made it. So a revoked token, a suspended account and a plan without tokens take effect at the next request.

A token that the hub does not know is remembered as such for half a minute, and only a few new ones of one address are
asked about in a minute. Tokens that were good once are not counted: who sends many wrong ones keeps nobody out who is
at work already, not even from behind the same address.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jupyterhub.services.auth import HubAuth
from jupyterhub.utils import make_ssl_context
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPResponse

from joulebook_hub.quota.decisions import NotAllowed, Offer, decide_switch
from joulebook_hub.quota.people import entitlement
from joulebook_hub.revocations import changed, latest_change
from joulebook_hub.service.routes import Parts, ServiceError
from joulebook_hub.throttle import SlidingWindow

__all__ = ["BELIEVED", "MOST_UNKNOWN", "HubSilentError", "Known", "Tokens"]

BELIEVED, REFUSED = 60.0, 30.0
"""Seconds for which an answer of the hub is remembered: of a known token, of an unknown one."""
MOST_UNKNOWN = 30
"""Unknown tokens from one address in a minute about which the hub is asked."""
_MOST_KEPT = 20_000
_AT_ONCE = 8
_PATIENCE = 10.0
_MADE_BY = "X-Joulebook-Token"

Decided = Callable[..., Awaitable[Any]]


class HubSilentError(ServiceError):
    """The hub does not answer as it should.

    Parameters
    ----------
    user_message : str
        What is wrong.
    """

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message, reason="hub_silent", status=503)


@dataclass(frozen=True)
class Known:
    """What the hub said of a token.

    Parameters
    ----------
    model : mapping
        Whose it is and what it may do.
    own : bool
        True if a person made it.
    change : int
        Number of the latest change, noted before the hub was asked.
    at : float
        When the hub was asked, s.
    """

    model: Mapping[str, Any]
    own: bool
    change: int
    at: float


class Tokens:
    """Knows whose tokens they are.

    Parameters
    ----------
    hub : HubAuth
        Address of the hub's API, and certificates where the hub asks for them.
    parts : Parts
        Store and plans.
    offer : Offer
        Where people get more.
    clock : callable
        A time that only runs forward, s.
    """

    def __init__(
        self, hub: HubAuth, parts: Parts, offer: Offer, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hub = hub
        self._parts = parts
        self._offer = offer
        self._clock = clock
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._wrong_ones = SlidingWindow(MOST_UNKNOWN, 60.0, clock=clock)
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def whose(self, token: str, address: str, decided: Decided) -> Mapping[str, Any]:
        """Find out whose token it is.

        Parameters
        ----------
        token : str
            The token.
        address : str
            From where it comes.
        decided : callable
            Runs a function in the database's thread.

        Returns
        -------
        mapping
            What the hub says: kind, name, groups, scopes.

        Raises
        ------
        ServiceError
            403 if the hub does not know it, 402 if its person's plan has no API tokens, 429 after many unknown ones.
        """
        key = hashlib.sha256(token.encode()).hexdigest()
        known = self._known.get(key)
        if known is None or self._clock() - known.at > BELIEVED or not await decided(self._stands, known):
            known = await self._asked(key, token, address, decided)
            await decided(self._stands, known)
        return known.model

    def _stands(self, known: Known) -> bool:
        """In the database's thread: whether nothing has changed since the hub was asked; may refuse by the plan."""
        if known.model.get("kind") != "user":
            return True
        user = str(known.model["name"])
        with self._parts.store.read() as transaction:
            if changed(transaction, user) > known.change:
                return False
            if known.own:
                groups = tuple(map(str, known.model.get("groups") or ()))
                found = entitlement(transaction, self._parts.plans, user, groups)
                decide_switch(found, "api_tokens", offer=self._offer).or_refuse()
        return True

    async def _asked(self, key: str, token: str, address: str, decided: Decided) -> Known:
        """Ask the hub, unless it is known that there is no use."""
        if self._clock() - self._unknown.get(key, -REFUSED) < REFUSED:
            raise _unknown_token()
        async with self._turns:
            stranger = key not in self._known
            if stranger and not self._wrong_ones.allows(address):
                message = "Too many unknown tokens come from your address. Wait a minute, then send the right one."
                raise ServiceError(message, reason="too_many_unknown_tokens", status=429)
            begin, change = self._clock(), await decided(self._latest)
            wrong = False
            try:
                answer = await self._answer(token)
                wrong = answer.code in {401, 403, 404}
            finally:
                if stranger and not wrong:
                    self._wrong_ones.take_back(address)
        if wrong:
            self._known.pop(key, None)
            _keep(self._unknown, key, begin)
            raise _unknown_token()
        model = _content(answer)
        if answer.code == 402:
            raise ServiceError(str(model.get("message", "")), reason=NotAllowed.reason_of("api_tokens"), status=402)
        if answer.code != 200 or "name" not in model:
            raise HubSilentError(f"The hub answered {answer.code}. Try again in a minute.")
        known = Known(model, answer.headers.get(_MADE_BY, "own") == "own", change, begin)
        _keep(self._known, key, known)
        return known

    def _latest(self) -> int:
        with self._parts.store.read() as transaction:
            return latest_change(transaction)

    async def _answer(self, token: str) -> HTTPResponse:
        secure = None
        if self._hub.certfile:
            secure = make_ssl_context(self._hub.keyfile, self._hub.certfile, cafile=self._hub.client_ca)
        try:
            return await AsyncHTTPClient().fetch(
                f"{self._hub.api_url}/user",
                headers={"Authorization": f"token {token}"},
                raise_error=False,
                request_timeout=_PATIENCE,
                ssl_options=secure,
            )
        except (OSError, HTTPClientError) as error:
            raise HubSilentError("The hub does not answer. Try again in a minute.") from error


def _content(answer: HTTPResponse) -> dict[str, Any]:
    try:
        found = json.loads(answer.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unknown_token() -> ServiceError:
    return ServiceError("The hub does not know this token.", reason="unknown_token", status=403)


def _keep(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
