"""API tokens at the hub: who may make and use them says the plan. What JupyterHub's own routes do stays as it is.

The token of a running server, and the one that a browser gets at a server's sign-in, belong to the hub. Every other
token of a person was made by somebody: it is refused with status 402 as soon as the person's plan has no API tokens.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

from jupyterhub.apihandlers import default_handlers
from jupyterhub.apihandlers.users import SelfAPIHandler, UserTokenListAPIHandler
from jupyterhub.utils import compare_token
from tornado import web
from traitlets.utils.importstring import import_item

from joulebook_hub import revocations
from joulebook_hub.quota.gates import Gates

__all__ = ["MADE_BY", "TokenList", "made_by_a_person", "with_token_gate"]

MADE_BY = "X-Joulebook-Token"
"""Header of the answer to "whose token is this": ``own`` if a person made it, else ``hub``."""
_HUB_CLIENT = "jupyterhub"
_MOST_KNOWN = 10_000


class TokenList(UserTokenListAPIHandler):  # type: ignore[misc]
    """Lists and makes tokens; making one asks the plan of the person to whom the token belongs."""

    async def post(self, user_name: str) -> None:
        """Make a token.

        Parameters
        ----------
        user_name : str
            Whose.

        Raises
        ------
        HTTPError
            With status 402 if the plan has no API tokens.
        """
        gates: Gates = self.settings["joulebook_gates"]
        owner = self.find_user(user_name)
        if owner is not None:
            decision = gates.tokens(owner.name, [str(group.name) for group in owner.groups])
            # Who may not see this person learns nothing of the plan: JupyterHub's own answer comes then.
            if not decision.allowed and self._may_ask(owner):
                raise web.HTTPError(402, "%s", decision.message, reason="Payment Required")
            if not decision.allowed:
                raise web.HTTPError(403)
        await super().post(user_name)

    def _may_ask(self, owner: Any) -> bool:
        if self.current_user is None:
            return False
        allowed: bool = self.get_scope_filter("tokens")(owner, kind="user")
        return allowed


class _WhoAmI(SelfAPIHandler):  # type: ignore[misc]
    """Says whose token it is, and who made it."""

    async def get(self) -> None:
        self.set_header(MADE_BY, "own" if made_by_a_person(self) else "hub")
        await super().get()


def made_by_a_person(handler: Any) -> bool:
    """Tell whether a request came with a token that a person made.

    Parameters
    ----------
    handler : APIHandler
        The request, once it is known whose it is.

    Returns
    -------
    bool
        False for cookies, for services, and for the tokens that the hub gives to servers and to their browsers.
    """
    token = handler.get_token() if getattr(handler, "_token_authenticated", False) else None
    if token is None or token.user is None or token.client_id != _HUB_CLIENT:
        return False
    given = str(handler.get_auth_token())
    servers = handler.users[token.user].spawners.values()
    if any(hmac.compare_digest(given.encode(), str(each.api_token or "").encode()) for each in servers):
        return False
    # A hub that was started again knows tokens of running servers by their digests alone, which take milliseconds.
    known: dict[str, bool] = handler.settings.setdefault("joulebook_tokens", {})
    if token.hashed not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        clients = [each.oauth_client for each in token.user.orm_spawners.values()]
        known[token.hashed] = not any(each and each.secret and compare_token(each.secret, given) for each in clients)
    return known[token.hashed]


class _ByPlan:
    """A route of JupyterHub's API that looks at the plan of whose token it is first."""

    settings: dict[str, Any]

    async def prepare(self) -> None:
        await super().prepare()  # type: ignore[misc]
        if not made_by_a_person(self):
            return
        owner = self.get_token().user  # type: ignore[attr-defined]
        gates: Gates = self.settings["joulebook_gates"]
        groups = [str(group.name) for group in owner.groups]
        decision = await asyncio.to_thread(gates.tokens, str(owner.name), groups)
        if not decision.allowed:
            raise web.HTTPError(402, "%s", decision.message, reason="Payment Required")


def _api() -> list[Any]:
    """JupyterHub's API, route by route, with the plan in front."""
    ours = {UserTokenListAPIHandler: TokenList, SelfAPIHandler: _WhoAmI}
    found = []
    for pattern, handler, *rest in default_handlers:
        base = ours.get(handler, handler)
        found.append((pattern, type(base.__name__, (_ByPlan, base), {"__module__": base.__module__}), *rest))
    return found


def with_token_gate(authenticator: Any) -> type:
    """Put our routes before JupyterHub's own, whoever lets people in: an authenticator's routes come first.

    Parameters
    ----------
    authenticator : type or str
        The authenticator's class, or where it is.

    Returns
    -------
    type
        A class of the same name, configured by the same sections.
    """
    own = import_item(authenticator) if isinstance(authenticator, str) else authenticator

    def get_handlers(self: Any, app: Any) -> list[Any]:
        if app is not None:
            revocations.watch(app.db, app.tornado_settings["joulebook_store"])
        return [*own.get_handlers(self, app), *_api()]

    return type(own.__name__, (own,), {"get_handlers": get_handlers, "__module__": own.__module__})
