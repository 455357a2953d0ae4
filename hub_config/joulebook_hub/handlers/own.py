"""Pages of one's own account: the password and the second factor."""

from __future__ import annotations

from tornado import web

from joulebook_hub import second_factor
from joulebook_hub.errors import HubError
from joulebook_hub.handlers.pages import AccountPage

__all__ = ["PasswordPage", "SecondFactorPage"]

_SECRET = "joulebook-second-factor"
_SECRET_DAYS = 1 / 24


class PasswordPage(AccountPage):
    """Change the password."""

    @web.authenticated
    async def get(self) -> None:
        """Show the form."""
        self.own_account()
        await self.show("password.html")

    @web.authenticated
    async def post(self) -> None:
        """Change it, and sign out every other browser."""
        account = self.own_account()
        password = self.get_body_argument("password", "", strip=False)
        try:
            if password != self.get_body_argument("repeated", "", strip=False):
                raise HubError("The two new passwords differ. Type the same one twice.", reason="passwords_differ")
            current = self.get_body_argument("current", "", strip=False)
            if not await self.authenticator.password_is_right(account, current):
                raise HubError("The present password is not right. Nothing was changed.", reason="wrong_password")
            await self.authenticator.set_password(account.name, password, actor=account.name)
        except HubError as error:
            await self.show("password.html", message=error.user_message)
            return
        self.authenticator.store.forget_failures(account.name)
        self.renew_session()
        await self.show("password.html", done="The password is changed. Every other browser is signed out.")


class SecondFactorPage(AccountPage):
    """Turn the second factor on and off."""

    async def _show(self, message: str = "", done: str = "", secret: str = "") -> None:
        account = self.own_account()
        if account.totp_secret:
            await self.show("second_factor.html", message=message, done=done, on=True)
            return
        secret = secret or second_factor.new_secret()
        signed: bytes = self.create_signed_value(_SECRET, f"{account.name}:{secret}")
        await self.show(
            "second_factor.html",
            message=message,
            done=done,
            on=False,
            secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
            signed=signed.decode("ascii"),
            picture=second_factor.picture(secret, account.name),
        )

    def _offered_secret(self, name: str) -> str:
        key = self.settings["cookie_secret"]
        content = web.decode_signed_value(key, _SECRET, self.get_body_argument("signed", ""), _SECRET_DAYS)
        owner, _, secret = (content or b"").decode().partition(":")
        return secret if owner == name else ""

    @web.authenticated
    async def get(self) -> None:
        """Show the state, and the picture of a fresh secret where it is off."""
        await self._show()

    @web.authenticated
    async def post(self) -> None:
        """Turn it on with the password and a first code, or off with the password."""
        account = self.own_account()
        store = self.authenticator.store
        password = self.get_body_argument("password", "", strip=False)
        secret = "" if account.totp_secret else self._offered_secret(account.name)
        try:
            if not await self.authenticator.password_is_right(account, password):
                raise HubError("The password is not right. Nothing was changed.", reason="wrong_password")
            if account.totp_secret:
                store.change(account.name, actor=account.name, action="second factor off", totp_secret=None)
                done = "The second factor is off."
            else:
                step = second_factor.matching_step(secret, self.get_body_argument("code", "")) if secret else None
                if step is None:
                    raise HubError("The code does not fit. Scan the picture and type a fresh code.", reason="bad_code")
                change = {"totp_secret": secret, "totp_step": step}
                store.change(account.name, actor=account.name, action="second factor on", **change)
                done = "The second factor is on. The next sign-in asks for a code."
        except HubError as error:
            await self._show(message=error.user_message, secret=secret)
            return
        store.forget_failures(account.name)
        await self._show(done=done)
