"""What our pages share: the account of who is signed in, rendering with a message, and ending sessions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.utils import new_token
from tornado import web

from joulebook_hub.accounts import Account

if TYPE_CHECKING:
    from joulebook_hub.authenticator import JoulebookAuthenticator

__all__ = ["AccountPage", "end_sessions"]


class AccountPage(BaseHandler):  # type: ignore[misc]
    """A page about accounts."""

    authenticator: JoulebookAuthenticator

    def own_account(self) -> Account:
        """Account of who is signed in.

        Returns
        -------
        Account
            The account.

        Raises
        ------
        HTTPError
            404 if this user has none.
        """
        account = self.authenticator.store.find(self.current_user.name)
        if account is None:
            raise web.HTTPError(404, "This user signs in without a password of this hub.")
        return account

    async def show(self, template: str, *, message: str = "", done: str = "", **values: Any) -> None:
        """Render a page, with a fault (status 400) or a confirmation on it.

        Parameters
        ----------
        template : str
            The template.
        message : str
            What went wrong.
        done : str
            What was done.
        **values : object
            Variables of the template.
        """
        if message:
            self.set_status(400)
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.render_template(template, message=message, done=done, **values))

    def renew_session(self) -> None:
        """Sign out every browser of this user but the one that asks."""
        user = self.current_user
        end_sessions(self.db, user, tokens=False)
        self._session_id = uuid.uuid4().hex
        self.set_session_cookie()
        self.set_hub_cookie(user)
        self.set_login_cookie(user)


def end_sessions(db: Any, user: Any, *, tokens: bool) -> None:
    """Sign a user out everywhere.

    Parameters
    ----------
    db : Session
        JupyterHub's database session.
    user : User
        The user.
    tokens : bool
        True to revoke the API tokens that the user made, too.
    """
    user.orm_user.cookie_id = new_token()
    for token in db.query(orm.APIToken).filter_by(user_id=user.orm_user.id):
        if tokens or token.session_id:
            db.delete(token)
    db.commit()
