"""Whose token it is: the hub says, and what the token may do decides who asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from jupyterhub.services.auth import HubAuth

from joulebook_hub.quota.decisions import Offer
from joulebook_hub.service.addresses import Proxies
from joulebook_hub.service.routes import Parts, Person, Route, ServiceError
from joulebook_hub.service.tokens import Decided, HubSilentError, Tokens

__all__ = ["Door", "HubSilentError"]

_HEADER = re.compile(r"(?:token|bearer)\s+(\S{1,200})", re.IGNORECASE)
_ADMIN = "admin:users"
_METRICS = "read:metrics"
_PATIENCE = 10.0


class _ForbiddenError(ServiceError):
    def __init__(self, user_message: str, reason: str) -> None:
        super().__init__(user_message, reason=reason, status=403)


class Door:
    """Lets requests in.

    Parameters
    ----------
    hub : HubAuth
        Address of the hub's API, and what a token must be allowed to come here.
    parts : Parts
        Store, plans, variables.
    offer : Offer, optional
        Where people get more.
    """

    def __init__(self, hub: HubAuth, parts: Parts, offer: Offer | None = None) -> None:
        self._hub = hub
        self._tokens = Tokens(hub, parts, offer or Offer())
        self.proxies = Proxies.from_environment(parts.environment)

    def asker(self, header: str) -> Callable[..., Any]:
        """Make what asks the hub in the name of a request.

        Parameters
        ----------
        header : str
            The request's ``Authorization`` header.

        Returns
        -------
        callable
            From a path of the hub's API and a query to JSON.
        """

        def ask(path: str, **query: Any) -> Any:
            token = _HEADER.fullmatch(header)
            if token is None:
                raise ServiceError("Send a token of the hub: Authorization: token …", reason="no_token", status=401)
            headers = {"Authorization": f"token {token.group(1)}"}
            try:
                answer = httpx.get(
                    f"{self._hub.api_url}/{path}", params=query, headers=headers, timeout=_PATIENCE, trust_env=False
                )
            except httpx.HTTPError as error:
                raise HubSilentError("The hub does not answer. Try again in a minute.") from error
            if answer.status_code == 403:
                raise _ForbiddenError(f"The hub does not let this token see {path}.", "hub_forbids")
            if answer.status_code != 200:
                raise HubSilentError(f"The hub answered {answer.status_code}. Try again in a minute.")
            return answer.json()

        return ask

    async def let_in(self, route: Route, header: str, address: str, decided: Decided) -> Person:
        """Find out who asks, and whether this route is for them.

        Parameters
        ----------
        route : Route
            What is asked for.
        header : str
            The ``Authorization`` header.
        address : str
            From where the request comes.
        decided : callable
            Runs a function in the database's thread.

        Returns
        -------
        Person
            Who asks; nobody's name where anybody may.

        Raises
        ------
        ServiceError
            401 without a token.
        _ForbiddenError
            403 if the token may not.
        """
        if route.who == "anybody":
            return Person()
        token = _HEADER.fullmatch(header)
        if token is None:
            raise ServiceError("Send a token of the hub: Authorization: token …", reason="no_token", status=401)
        model = await self._tokens.whose(token.group(1), address, decided)
        if not self._hub.check_scopes(self._hub.access_scopes, model):
            wanted = "access:services!service=joulebook"
            raise _ForbiddenError(f"This token may not come here: it lacks the scope {wanted}.", "no_access")
        return _RULES[route.who](model)


def _user(model: Mapping[str, Any]) -> Person:
    if model.get("kind") != "user":
        raise _ForbiddenError("This is a service's token. Use one of a user.", "not_a_user")
    groups = tuple(str(group) for group in model.get("groups") or ())
    return Person(str(model["name"]), groups, _ADMIN in model.get("scopes", ()))


def _admin(model: Mapping[str, Any]) -> Person:
    person = _user(model)
    if not person.admin:
        message = f"This is for administrators: the token lacks the scope {_ADMIN} (that of a server never has it)."
        raise _ForbiddenError(message, "not_admin")
    return person


def _metrics(model: Mapping[str, Any]) -> Person:
    if _METRICS not in model.get("scopes", ()):
        raise _ForbiddenError(f"This token may not read metrics: it lacks the scope {_METRICS}.", "no_metrics")
    return Person(str(model["name"]))


_RULES: dict[str, Callable[[Mapping[str, Any]], Person]] = {"user": _user, "admin": _admin, "metrics": _metrics}
