"""The first administrator: made once, with a password for one sign-in that is shown once and stored as a hash only."""

from __future__ import annotations

from joulebook_hub import passwords
from joulebook_hub.accounts import ACTIVE, Account, AccountStore
from joulebook_hub.errors import HubError
from joulebook_hub.names import USERNAME_RULE, is_good_username
from joulebook_hub.settings import HubSettings

__all__ = ["ensure_first_admin", "forget_first_admin", "give_one_time_password"]


def _store(settings: HubSettings) -> AccountStore:
    settings.folder.prepare()
    return AccountStore(settings.environment.get("JOULEBOOK_ACCOUNTS_URL") or f"sqlite:///{settings.folder.accounts}")


def ensure_first_admin(settings: HubSettings, name: str) -> tuple[str, str] | None:
    """Make the first administrator, if there is none.

    Parameters
    ----------
    settings : HubSettings
        The settings.
    name : str
        The administrator's name.

    Returns
    -------
    tuple of str or None
        Name and one-time password; None if an administrator exists or sign-in is a provider's.

    Raises
    ------
    HubError
        If the name breaks the rule for names.
    """
    if settings.sign_in != "password":
        return None
    store = _store(settings)
    try:
        if store.has_admin():
            return None
        if not is_good_username(name):
            raise HubError(f"admin name = {name!r}. {USERNAME_RULE}", reason="bad_name")
        password = passwords.one_time_password()
        encoded = passwords.PasswordHashes().make(password)
        account = Account(name=name, password_hash=encoded, state=ACTIVE, admin=True, password_expired=True)
        store.add(account, actor="joulebook hub up")
    finally:
        store.close()
    return name, password


def forget_first_admin(settings: HubSettings, name: str) -> None:
    """Take back the first administrator when the hub did not start, since nobody was shown the password.

    Parameters
    ----------
    settings : HubSettings
        The settings.
    name : str
        The administrator's name.
    """
    store = _store(settings)
    try:
        store.remove(name, actor="joulebook hub up")
    finally:
        store.close()


def give_one_time_password(settings: HubSettings, name: str) -> str:
    """Give an account a fresh one-time password and take off its second factor, from the machine itself.

    Parameters
    ----------
    settings : HubSettings
        The settings.
    name : str
        The account's name.

    Returns
    -------
    str
        The password, good for one sign-in.

    Raises
    ------
    HubError
        If there is no such account.
    """
    store = _store(settings)
    password = passwords.one_time_password()
    change = {"password_hash": passwords.PasswordHashes().make(password), "password_expired": True, "totp_secret": None}
    try:
        if not store.change(name, actor="joulebook hub password", action="one-time password given", **change):
            known = ", ".join(account.name for account in store.everybody()) or "none yet"
            raise HubError(f"There is no account {name!r}. Accounts: {known}.", reason="no_account")
        store.forget_failures(name)
    finally:
        store.close()
    return password
