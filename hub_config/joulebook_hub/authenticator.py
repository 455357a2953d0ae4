"""Sign-in with a name, a password and, for those who want one, a second factor.

A sign-in has up to three steps: password, code of the second factor, a new password where the old one was for one
time only. No session exists before the last step. Wrong names and wrong passwords take the same time, give the same
answer and are delayed alike; whether an account waits or is suspended is said only to who knows its password.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyterhub.auth import Authenticator
from traitlets import Bool, Float, Instance, Integer, Unicode, default
from traitlets import Enum as Choice

from joulebook_hub import passwords, second_factor
from joulebook_hub.accounts import ACTIVE, SUSPENDED, WAITING, Account, AccountStore
from joulebook_hub.errors import HubError
from joulebook_hub.names import USERNAME_RULE, is_good_username
from joulebook_hub.steps import Outcome, Proof, Step
from joulebook_hub.throttle import DelayRule, SlidingWindow

__all__ = ["JoulebookAuthenticator"]


WRONG = "The name or the password is not right. Try again."


class JoulebookAuthenticator(Authenticator):  # type: ignore[misc]
    """Accounts of the hub's own, in a database of their own."""

    accounts_url = Unicode("sqlite:///accounts.sqlite", config=True, help="SQLAlchemy address of the accounts.")
    sign_up = Choice(
        ["approval", "open", "closed"],
        default_value="approval",
        config=True,
        help="Who may sign up: anybody (open), whoever an administrator then approves (approval), nobody (closed).",
    )
    free_failures = Integer(5, min=1, config=True, help="Failed sign-ins of a name before the first delay.")
    first_delay = Float(30.0, config=True, help="The first delay in seconds; it doubles with every further failure.")
    longest_delay = Float(900.0, config=True, help="No delay is longer, in seconds.")
    forget_after = Float(3600.0, config=True, help="Seconds without a failure after which the count starts again.")
    attempts_per_minute = Integer(60, config=True, help="Sign-in attempts per network address and minute.")
    sign_ups_per_hour = Integer(10, config=True, help="Sign-ups per network address and hour.")
    any_allow_config = Bool(True, config=True, help="Accounts decide who may sign in; JupyterHub's warning is off.")

    store: AccountStore = Instance(AccountStore)  # type: ignore[assignment]
    hashes: passwords.PasswordHashes = Instance(passwords.PasswordHashes, ())  # type: ignore[assignment]
    _workers = Instance(ThreadPoolExecutor, kw={"max_workers": 2, "thread_name_prefix": "sign-in"})
    _attempts_by_address: SlidingWindow = Instance(SlidingWindow)  # type: ignore[assignment]
    _sign_ups_by_address: SlidingWindow = Instance(SlidingWindow)  # type: ignore[assignment]

    @default("store")
    def _open_store(self) -> AccountStore:
        rule = DelayRule(self.free_failures, self.first_delay, self.longest_delay, self.forget_after)
        return AccountStore(self.accounts_url, rule=rule)

    @default("_attempts_by_address")
    def _limit_attempts(self) -> SlidingWindow:
        return SlidingWindow(self.attempts_per_minute, 60.0)

    @default("_sign_ups_by_address")
    def _limit_sign_ups(self) -> SlidingWindow:
        return SlidingWindow(self.sign_ups_per_hour, 3600.0)

    async def _in_thread(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._workers, function, *arguments)

    # -- the steps of a sign-in ------------------------------------------------------------------------------------

    def _hindrance(self, name: str, address: str) -> Outcome | None:
        if not self._attempts_by_address.allows(address):
            return Outcome(Step.REFUSED, "Too many attempts from your address. Try again in a minute.")
        return self._delayed(name)

    def _delayed(self, name: str) -> Outcome | None:
        seconds = self.store.delay(name)
        if seconds <= 0:
            return None
        wait = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        return Outcome(Step.REFUSED, f"Too many failed attempts for this name. Try again in {wait}.")

    async def check_password(self, name: str, password: str, address: str) -> Outcome:
        """Take the first step of a sign-in.

        Parameters
        ----------
        name : str
            What was typed as the name.
        password : str
            What was typed as the password.
        address : str
            Network address of the browser.

        Returns
        -------
        Outcome
            What comes next, or why not.
        """
        name = self.normalize_username(name)[:64]
        hindrance = self._hindrance(name, address)
        if hindrance:
            return hindrance
        account = self.store.find(name)
        encoded = account.password_hash if account else None
        if not await self._in_thread(self.hashes.matches, encoded, password) or account is None:
            self.store.note_failure(name)
            return self._delayed(name) or Outcome(Step.REFUSED, WRONG)
        if account.state == WAITING:
            return Outcome(Step.REFUSED, "Your account waits for an administrator's approval. Try again later.")
        if account.state == SUSPENDED:
            return Outcome(Step.REFUSED, "Your account is suspended. Ask an administrator of this hub.")
        if self.hashes.is_outdated(account.password_hash):
            fresh = await self._in_thread(self.hashes.make, password)
            self.store.change(name, actor=name, action="password hash renewed", password_hash=fresh)
            account.password_hash = fresh
        return self._next(account, code_passed=False)

    def check_code(self, account: Account, code: str, address: str) -> Outcome:
        """Take the second step: a code of the second factor, each good for one use.

        Parameters
        ----------
        account : Account
            Whose password was right.
        code : str
            What was typed.
        address : str
            Network address of the browser.

        Returns
        -------
        Outcome
            What comes next, or why not.
        """
        hindrance = self._hindrance(account.name, address)
        if hindrance:
            return hindrance
        step = second_factor.matching_step(account.totp_secret or "", code) if account.totp_secret else None
        if step is None or not self.store.use_totp_step(account.name, step):
            self.store.note_failure(account.name)
            refused = Outcome(Step.REFUSED, "The code is not right, or was used before. Wait for the next one.")
            return self._delayed(account.name) or refused
        return self._next(account, code_passed=True)

    def _next(self, account: Account, *, code_passed: bool) -> Outcome:
        if account.totp_secret and not code_passed:
            return Outcome(Step.CODE, account=account)
        self.store.forget_failures(account.name)
        step = Step.NEW_PASSWORD if account.password_expired else Step.DONE
        return Outcome(step, account=account)

    async def set_password(self, name: str, password: str, *, actor: str, expired: bool = False) -> None:
        """Give an account a new password.

        Parameters
        ----------
        name : str
            The account's name.
        password : str
            The new password.
        actor : str
            Who sets it.
        expired : bool
            True for a password that is good for one sign-in.

        Raises
        ------
        HubError
            If the password breaks a rule; the message says which.
        """
        wrong = passwords.faults(password, name)
        if wrong:
            raise HubError(" ".join(wrong), reason="weak_password")
        encoded = await self._in_thread(self.hashes.make, password)
        action = "one-time password given" if expired else "password changed"
        self.store.change(name, actor=actor, action=action, password_hash=encoded, password_expired=expired)

    async def password_is_right(self, account: Account, password: str) -> bool:
        """Ask again for the password of somebody who is signed in, counting failures as at sign-in.

        Parameters
        ----------
        account : Account
            Who is signed in.
        password : str
            What was typed.

        Returns
        -------
        bool
            False also while attempts are delayed.
        """
        if self.store.delay(account.name) > 0:
            return False
        right: bool = await self._in_thread(self.hashes.matches, account.password_hash, password)
        if not right:
            self.store.note_failure(account.name)
        return right

    async def is_current_password(self, account: Account, password: str) -> bool:
        """Compare a wanted password with the present one; nothing is counted.

        Parameters
        ----------
        account : Account
            Whose password it is.
        password : str
            The wanted password.

        Returns
        -------
        bool
            True if they are the same.
        """
        same: bool = await self._in_thread(self.hashes.matches, account.password_hash, password)
        return same

    # -- making accounts -------------------------------------------------------------------------------------------

    async def make_account(self, name: str, password: str, introduction: str, address: str, *, taken: bool) -> Account:
        """Make an account at sign-up.

        Parameters
        ----------
        name : str
            The wanted name.
        password : str
            The wanted password.
        introduction : str
            What the person says to the administrators.
        address : str
            Network address of the browser.
        taken : bool
            True if the hub already knows a user of this name.

        Returns
        -------
        Account
            The account, waiting or active.

        Raises
        ------
        HubError
            If sign-up is closed, came too often from one address, or the name or password breaks a rule.
        """
        if self.sign_up == "closed":
            raise HubError("Sign-up is closed. Ask an administrator for an account.", reason="sign_up_closed")
        name = self.normalize_username(name)
        if not is_good_username(name):
            raise HubError(USERNAME_RULE, reason="bad_name")
        wrong = passwords.faults(password, name)
        if wrong:
            raise HubError(" ".join(wrong), reason="weak_password")
        if not self._sign_ups_by_address.allows(address):
            raise HubError("Too many sign-ups from your address. Try again in an hour.", reason="sign_up_rate")
        if taken or self.store.find(name):
            raise HubError(f"The name {name} is taken. Choose another one.", reason="name_taken")
        encoded = await self._in_thread(self.hashes.make, password)
        state = ACTIVE if self.sign_up == "open" else WAITING
        account = Account(name=name, password_hash=encoded, state=state, introduction=introduction.strip()[:300])
        self.store.add(account, actor=name)
        return account

    # -- what JupyterHub calls -------------------------------------------------------------------------------------

    async def authenticate(self, handler: Any, data: dict[str, Any]) -> dict[str, Any] | None:
        """Name the user of a finished sign-in.

        Parameters
        ----------
        handler : RequestHandler
            The request.
        data : dict
            ``proof`` from our own handlers, or ``username``, ``password`` and ``otp`` from elsewhere.

        Returns
        -------
        dict or None
            ``name`` and ``admin``; None when anything is missing or wrong.
        """
        proof = data.get("proof")
        if isinstance(proof, Proof):
            account = self.store.find(proof.name)
        else:
            address = handler.request.remote_ip
            outcome = await self.check_password(str(data.get("username", "")), str(data.get("password", "")), address)
            if outcome.step is Step.CODE and outcome.account:
                outcome = self.check_code(outcome.account, str(data.get("otp", "")), address)
            account = outcome.account if outcome.step is Step.DONE else None
        if account is None or account.state != ACTIVE:
            return None
        return {"name": account.name, "admin": True if account.admin else None}

    def check_allowed(self, username: str, authentication: dict[str, Any] | None = None) -> bool:
        """Allow active accounts only.

        Parameters
        ----------
        username : str
            The account's name.
        authentication : dict, optional
            What `authenticate` returned.

        Returns
        -------
        bool
            True if the account is active.
        """
        account = self.store.find(username)
        return account is not None and account.state == ACTIVE

    async def refresh_user(self, user: Any, handler: Any = None) -> bool:
        """End the sessions of accounts that were suspended or deleted.

        Parameters
        ----------
        user : User
            Whose session it is.
        handler : RequestHandler, optional
            The request.

        Returns
        -------
        bool
            False to ask for a new sign-in.
        """
        return self.check_allowed(user.name)

    def delete_user(self, user: Any) -> None:
        """Delete the account of a user whom an administrator deletes from the hub.

        Parameters
        ----------
        user : User
            The user.
        """
        self.store.remove(user.name, actor="administrator")

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:
        """Pages of the accounts.

        Parameters
        ----------
        app : JupyterHub
            The hub.

        Returns
        -------
        list
            Routes under the hub's prefix, ahead of JupyterHub's own.
        """
        from joulebook_hub.handlers import ROUTES

        return ROUTES
