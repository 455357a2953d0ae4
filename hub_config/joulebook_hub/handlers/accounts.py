"""The administrators' page: who waits, who may sign in, fresh one-time passwords, and what was done by whom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from jupyterhub import roles
from jupyterhub.scopes import needs_scope
from tornado import web

from joulebook_hub import passwords
from joulebook_hub.accounts import ACTIVE, SUSPENDED, WAITING, Account
from joulebook_hub.errors import HubError
from joulebook_hub.handlers.pages import AccountPage, end_sessions
from joulebook_hub.names import USERNAME_RULE, is_good_username

__all__ = ["AccountsPage"]


def _day_and_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


class AccountsPage(AccountPage):
    """List the accounts and change them."""

    async def _list(self, *, message: str = "", done: str = "", once: tuple[str, str] | None = None) -> None:
        store = self.authenticator.store
        await self.show(
            "accounts.html",
            message=message,
            done=done,
            once=once,
            accounts=store.everybody(),
            audit=store.audit(),
            day_and_time=_day_and_time,
            sign_up_policy=self.authenticator.sign_up,
        )

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show the list."""
        await self._list()

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Do one action on one account."""
        actions: dict[str, Callable[[str], Awaitable[str]]] = {
            "approve": self._approve,
            "reject": self._reject,
            "suspend": self._suspend,
            "resume": self._resume,
            "promote": self._promote,
            "demote": self._demote,
        }
        name = self.authenticator.normalize_username(self.get_body_argument("name", ""))
        action = self.get_body_argument("action", "")
        try:
            if action in {"add", "reset"}:
                password = await (self._add(name) if action == "add" else self._reset(name))
                await self._list(once=(name, password))
            elif action in actions:
                await self._list(done=await actions[action](name))
            else:
                raise HubError("The page sent an action that does not exist. Load it again.", reason="bad_action")
        except HubError as error:
            await self._list(message=error.user_message)

    @property
    def _actor(self) -> str:
        name: str = self.current_user.name
        return name

    def _account(self, name: str, *states: str) -> Account:
        account = self.authenticator.store.find(name)
        if account is None or account.state not in states:
            raise HubError("That account was changed in the meantime. Look at the list again.", reason="changed")
        return account

    def _not_oneself(self, name: str) -> None:
        if name == self._actor:
            raise HubError("You cannot do that to your own account. Ask another administrator.", reason="own_account")

    async def _approve(self, name: str) -> str:
        self._account(name, WAITING)
        self.authenticator.store.change(name, actor=self._actor, action="approved", state=ACTIVE)
        return f"{name} may sign in now."

    async def _reject(self, name: str) -> str:
        self._account(name, WAITING)
        self.authenticator.store.remove(name, actor=self._actor)
        return f"The request of {name} is rejected and deleted."

    async def _suspend(self, name: str) -> str:
        self._not_oneself(name)
        self._account(name, ACTIVE)
        self.authenticator.store.change(name, actor=self._actor, action="suspended", state=SUSPENDED)
        user = self.find_user(name)
        if user is not None:
            end_sessions(self.db, user, tokens=True)
            for server, spawner in list(user.spawners.items()):
                if spawner.active and not spawner.pending:
                    await self.stop_single_user(user, server)
        if "joulebook_rooms" in self.settings:
            self.settings["joulebook_rooms"].doors.shut_out(name)
        return f"{name} is suspended; sessions, tokens and servers are gone, files are kept."

    async def _resume(self, name: str) -> str:
        self._account(name, SUSPENDED)
        self.authenticator.store.change(name, actor=self._actor, action="resumed", state=ACTIVE)
        return f"{name} may sign in again."

    async def _set_admin(self, name: str, admin: bool, action: str) -> None:
        self._not_oneself(name)
        self._account(name, ACTIVE)
        self.authenticator.store.change(name, actor=self._actor, action=action, admin=admin)
        user = self.find_user(name)
        if user is not None:
            user.admin = admin
            roles.assign_default_roles(self.db, entity=user.orm_user)
            self.db.commit()

    async def _promote(self, name: str) -> str:
        await self._set_admin(name, True, "made administrator")
        return f"{name} is an administrator now."

    async def _demote(self, name: str) -> str:
        await self._set_admin(name, False, "administrator no more")
        return f"{name} is no administrator any more."

    async def _add(self, name: str) -> str:
        if not is_good_username(name):
            raise HubError(USERNAME_RULE, reason="bad_name")
        password = passwords.one_time_password()
        account = Account(name=name, password_hash="", state=ACTIVE, password_expired=True)
        self.authenticator.store.add(account, actor=self._actor)
        await self.authenticator.set_password(name, password, actor=self._actor, expired=True)
        return password

    async def _reset(self, name: str) -> str:
        self._not_oneself(name)
        account = self._account(name, ACTIVE, SUSPENDED)
        password = passwords.one_time_password()
        await self.authenticator.set_password(name, password, actor=self._actor, expired=True)
        if account.totp_secret:
            self.authenticator.store.change(name, actor=self._actor, action="second factor off", totp_secret=None)
        self.authenticator.store.forget_failures(name)
        user = self.find_user(name)
        if user is not None:
            end_sessions(self.db, user, tokens=False)
        return password
