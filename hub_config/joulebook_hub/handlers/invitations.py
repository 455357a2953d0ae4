"""The page of an invitation, opened by its link."""

from __future__ import annotations

from jupyterhub.utils import url_path_join
from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.organisation_pages import OrganisationPages
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.records import GONE

__all__ = ["InvitationPage"]

_COOKIE = "joulebook-invitation"
_COOKIE_DAYS = 1.0 / 24.0


class InvitationPage(OrganisationPages):
    """An invitation by its link. Strangers are asked to sign in; every link that does not work looks the same."""

    def _token(self) -> str:
        given: str = self.get_argument("token", "")
        if not given:
            kept = self.get_secure_cookie(_COOKIE, max_age_days=_COOKIE_DAYS)
            given = kept.decode("ascii", "replace") if kept else ""
        return given[:200]

    async def get(self) -> None:
        """Show it."""
        token = self._token()
        if self.current_user is None:
            # The token waits in a cookie, so that it stands in no address that a log would keep.
            path = url_path_join(self.hub.base_url, "invitation")
            options = {"httponly": True, "samesite": "Lax", "secure": self.request.protocol == "https"}
            if token:
                self.set_secure_cookie(_COOKIE, token, expires_days=_COOKIE_DAYS, path=path, **options)
            await self.show("invitation.html", stranger=True, asked=None, token="")
            return
        await self._show(token)

    async def _show(self, token: str, message: str = "") -> None:
        with self.rooms.book.store.read() as transaction:
            asked = reading.find_invitation(transaction, self.me, token) if token else None
        if asked is None and not message:
            self.set_status(404)
        await self.show("invitation.html", message=message, stranger=False, asked=asked, token=token)

    @web.authenticated
    async def post(self) -> None:
        """Accept or decline."""
        token = self.typed("token")[:200]
        try:
            name = await self.act(
                {"accept": lambda: self._answer(token, True), "decline": lambda: self._answer(token, False)}
            )
        except HubError as error:
            await self._show(token, message=error.user_message)
            return
        self.clear_cookie(_COOKIE, path=url_path_join(self.hub.base_url, "invitation"))
        self.redirect(url_path_join(self.hub.base_url, "organisations", name))

    def _answer(self, token: str, accept: bool) -> str:
        book = self.rooms.book
        with book.store.begin() as transaction:
            asked = reading.find_invitation(transaction, self.me, token)
            if asked is None or asked[1].number is None:
                raise HubError(GONE, reason="no_invitation")
            book.answer(asked[0].name, self.me, asked[1].number, token, accept=accept)
        return asked[0].name if accept else ""
