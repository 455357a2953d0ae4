"""Sign-up: a name, a password twice, and a line for the administrators where they approve accounts."""

from __future__ import annotations

from joulebook_hub.accounts import ACTIVE
from joulebook_hub.errors import HubError
from joulebook_hub.handlers.pages import AccountPage
from joulebook_hub.steps import Proof

__all__ = ["SignUpPage"]


class SignUpPage(AccountPage):
    """The sign-up form and what it does."""

    async def get(self) -> None:
        """Show the form."""
        if self.current_user:
            self.redirect(self.get_next_url(self.current_user))
            return
        await self._form()

    async def _form(self, message: str = "", name: str = "", introduction: str = "") -> None:
        await self.show(
            "signup.html",
            message=message,
            username=name[:64],
            introduction=introduction[:300],
            policy=self.authenticator.sign_up,
        )

    async def post(self) -> None:
        """Make the account; sign in at once where no approval is needed."""
        name = self.get_body_argument("username", "")
        password = self.get_body_argument("password", "", strip=False)
        introduction = self.get_body_argument("introduction", "")
        try:
            if password != self.get_body_argument("repeated", "", strip=False):
                raise HubError("The two passwords differ. Type the same one twice.", reason="passwords_differ")
            taken = self.find_user(self.authenticator.normalize_username(name)) is not None
            address = self.request.remote_ip
            account = await self.authenticator.make_account(name, password, introduction, address, taken=taken)
        except HubError as error:
            self.log.info("Sign-up refused (%s) from %s", error.reason, self.request.remote_ip)
            await self._form(error.user_message, name, introduction)
            return
        if account.state != ACTIVE:
            await self.show("signup_waiting.html", username=account.name)
            return
        user = await self.login_user({"username": account.name, "proof": Proof(account.name)})
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))
