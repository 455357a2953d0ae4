"""API tokens: who may make them says the plan. Everything else of JupyterHub's own route stays as it is."""

from __future__ import annotations

from typing import Any

from jupyterhub.apihandlers.users import UserTokenListAPIHandler
from tornado import web
from traitlets.utils.importstring import import_item

from joulebook_hub.quota.gates import Gates

__all__ = ["TokenList", "with_token_gate"]


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


def with_token_gate(authenticator: Any) -> type:
    """Put our route before JupyterHub's own, whoever lets people in: an authenticator's routes come first.

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
        return [*own.get_handlers(self, app), (r"/api/users/([^/]+)/tokens", TokenList)]

    return type(own.__name__, (own,), {"get_handlers": get_handlers, "__module__": own.__module__})
