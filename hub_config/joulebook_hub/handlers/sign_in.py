"""Sign-in in up to three steps. Between them the browser holds a signed ticket, good for ten minutes, not a session."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from jupyterhub.handlers.login import LoginHandler
from tornado import web

from joulebook_hub.accounts import Account
from joulebook_hub.errors import HubError
from joulebook_hub.steps import Outcome, Proof, Step

if TYPE_CHECKING:
    from joulebook_hub.authenticator import JoulebookAuthenticator

__all__ = ["CodePage", "NewPasswordPage", "SignInPage"]

_TICKET = "joulebook-sign-in"
_TICKET_DAYS = 10 / (24 * 60)


def _fingerprint(account: Account) -> str:
    facts = f"{account.password_hash}:{account.totp_secret}:{account.state}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


class _SignInStep(LoginHandler):  # type: ignore[misc]
    """What the three steps share: the ticket, and where to go next."""

    authenticator: JoulebookAuthenticator

    def _write_ticket(self, account: Account, step: Step) -> str:
        content = json.dumps([account.name, step.value, _fingerprint(account)])
        signed: bytes = self.create_signed_value(_TICKET, content)
        return signed.decode("ascii")

    def _read_ticket(self, step: Step) -> Account | None:
        secret = self.settings["cookie_secret"]
        content = web.decode_signed_value(secret, _TICKET, self.get_body_argument("ticket", ""), _TICKET_DAYS)
        if content is None:
            return None
        name, written_for, fingerprint = json.loads(content)
        account = self.authenticator.store.find(name)
        if account is None or written_for != step.value or fingerprint != _fingerprint(account):
            return None
        return account

    async def _sign_in_page(self, message: str, *, name: str = "", status: int = 403) -> None:
        self.set_status(status)
        self.finish(await self._render(login_error=message, username=name[:64]))

    async def _too_late(self) -> None:
        await self._sign_in_page("That took longer than ten minutes, or was done already. Sign in again.")

    async def _step_page(self, template: str, account: Account, step: Step, *, message: str = "") -> None:
        if message:
            self.set_status(403)
        ticket = self._write_ticket(account, step)
        following = self.get_argument("next", "")
        html = await self.render_template(
            template, ticket=ticket, message=message, who=account.name, following=following
        )
        self.finish(html)

    async def _continue(self, outcome: Outcome) -> None:
        """Go to the step that the outcome asks for."""
        account = outcome.account
        if account is None:
            await self._sign_in_page(outcome.message)
        elif outcome.step is Step.CODE:
            await self._step_page("step_code.html", account, Step.CODE)
        elif outcome.step is Step.NEW_PASSWORD:
            await self._step_page("step_password.html", account, Step.NEW_PASSWORD)
        else:
            await self._enter(account)

    async def _enter(self, account: Account) -> None:
        user = await self.login_user({"username": account.name, "proof": Proof(account.name)})
        if user is None:
            await self._sign_in_page("The account is no longer active. Ask an administrator of this hub.")
            return
        self._jupyterhub_user = user
        self.redirect(self.get_next_url(user))


class SignInPage(_SignInStep):
    """The first step: name and password."""

    async def post(self) -> None:
        """Check name and password."""
        name = self.get_body_argument("username", "")
        password = self.get_body_argument("password", "", strip=False)
        outcome = await self.authenticator.check_password(name, password, self.request.remote_ip)
        if outcome.step is Step.REFUSED:
            self.log.warning("Sign-in refused for %r from %s", name[:32], self.request.remote_ip)
            await self._sign_in_page(outcome.message, name=name)
        else:
            await self._continue(outcome)


class _LaterStep(_SignInStep):
    async def get(self) -> None:
        """Send whoever comes without a ticket to the first step."""
        self.redirect(self.settings["login_url"])


class CodePage(_LaterStep):
    """The second step: a code of the second factor."""

    async def post(self) -> None:
        """Check the code."""
        account = self._read_ticket(Step.CODE)
        if account is None:
            await self._too_late()
            return
        outcome = self.authenticator.check_code(account, self.get_body_argument("code", ""), self.request.remote_ip)
        if outcome.step is Step.REFUSED:
            await self._step_page("step_code.html", account, Step.CODE, message=outcome.message)
        else:
            await self._continue(outcome)


class NewPasswordPage(_LaterStep):
    """The last step for who came with a one-time password: a password of their own."""

    async def post(self) -> None:
        """Set the new password and enter."""
        account = self._read_ticket(Step.NEW_PASSWORD)
        if account is None or not account.password_expired:
            await self._too_late()
            return
        password = self.get_body_argument("password", "", strip=False)
        try:
            if password != self.get_body_argument("repeated", "", strip=False):
                raise HubError("The two passwords differ. Type the same one twice.", reason="passwords_differ")
            if await self.authenticator.is_current_password(account, password):
                raise HubError("That is the one-time password. Choose a new one.", reason="same_password")
            await self.authenticator.set_password(account.name, password, actor=account.name)
        except HubError as error:
            await self._step_page("step_password.html", account, Step.NEW_PASSWORD, message=error.user_message)
            return
        self.authenticator.store.forget_failures(account.name)
        await self._enter(account)
