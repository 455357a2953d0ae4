"""Accounts of people who sign in with a password: one table, with sign-in attempts and an audit trail beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, String, create_engine, delete, event, func, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from joulebook_hub.errors import HubError
from joulebook_hub.store.engines import address
from joulebook_hub.throttle import DelayRule

__all__ = ["ACTIVE", "SUSPENDED", "WAITING", "Account", "AccountStore", "AuditLine"]

WAITING = "waiting"
ACTIVE = "active"
SUSPENDED = "suspended"


class _Base(DeclarativeBase):
    pass


class Account(_Base):
    """A person who signs in with a password.

    ``state`` is ``waiting`` (for an administrator), ``active`` or ``suspended``; ``password_expired`` asks for a new
    password at the next sign-in; ``totp_secret`` is set once a second factor is confirmed; ``totp_step`` is the last
    30 s step whose code was used, so that no code works twice.
    """

    __tablename__ = "accounts"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(256))
    state: Mapped[str] = mapped_column(String(16))
    admin: Mapped[bool] = mapped_column(default=False)
    password_expired: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(String(64), default=None)
    totp_step: Mapped[int] = mapped_column(default=0)
    introduction: Mapped[str] = mapped_column(String(300), default="")
    created: Mapped[float] = mapped_column(default=time.time)


class _Attempts(_Base):
    __tablename__ = "attempts"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last: Mapped[float] = mapped_column(default=0.0)


class AuditLine(_Base):
    """One thing that was done to an account: when (s since 1970), by whom, what, to whom."""

    __tablename__ = "audit"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(default=time.time)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))


def _open(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(address(url))
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return create_engine(url)
    Path(parsed.database).touch(mode=0o600)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 15})

    @event.listens_for(engine, "connect")
    def _settings(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()

    return engine


class AccountStore:
    """Everything that is read from or written to the accounts' database.

    Parameters
    ----------
    url : str
        SQLAlchemy address of the database.
    rule : DelayRule
        Delays after failed sign-ins.
    clock : callable
        Gives the time, s since 1970.
    """

    def __init__(self, url: str, *, rule: DelayRule | None = None, clock: Callable[[], float] = time.time) -> None:
        self._engine = _open(url)
        self._rule = rule or DelayRule()
        self._clock = clock
        _Base.metadata.create_all(self._engine)

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)

    def close(self) -> None:
        """Give back the database connections."""
        self._engine.dispose()

    def find(self, name: str) -> Account | None:
        """Look up an account.

        Parameters
        ----------
        name : str
            The account's name.

        Returns
        -------
        Account or None
            A copy that is no longer tied to the database.
        """
        with self._session() as session:
            return session.get(Account, name)

    def everybody(self) -> list[Account]:
        """All accounts: those that wait first, then by name.

        Returns
        -------
        list of Account
            Copies.
        """
        with self._session() as session:
            accounts = session.scalars(select(Account).order_by(Account.name)).all()
        return sorted(accounts, key=lambda account: (account.state != WAITING, account.name))

    def has_admin(self) -> bool:
        """Tell whether any administrator exists.

        Returns
        -------
        bool
            False on the first start.
        """
        with self._session() as session:
            return bool(session.scalar(select(func.count()).select_from(Account).where(Account.admin.is_(True))))

    def add(self, account: Account, *, actor: str) -> None:
        """Store a new account.

        Parameters
        ----------
        account : Account
            The account.
        actor : str
            Who makes it: its own name at sign-up, otherwise an administrator.

        Raises
        ------
        HubError
            If the name is taken.
        """
        with self._session() as session:
            session.add(account)
            session.add(AuditLine(at=self._clock(), actor=actor, action="account made", subject=account.name))
            try:
                session.commit()
            except IntegrityError as error:
                raise HubError(f"The name {account.name} is taken. Choose another one.", reason="name_taken") from error

    def change(self, name: str, *, actor: str, action: str, **values: object) -> bool:
        """Change columns of an account and note it in the audit trail.

        Parameters
        ----------
        name : str
            The account's name.
        actor : str
            Who changes it.
        action : str
            What is done, in a few words.
        **values : object
            New values by column.

        Returns
        -------
        bool
            False if there is no such account.
        """
        with self._session() as session:
            result = session.execute(update(Account).where(Account.name == name).values(**values))
            if not result.rowcount:  # type: ignore[attr-defined]
                return False
            session.add(AuditLine(at=self._clock(), actor=actor, action=action, subject=name))
            session.commit()
            return True

    def remove(self, name: str, *, actor: str) -> bool:
        """Delete an account.

        Parameters
        ----------
        name : str
            The account's name.
        actor : str
            Who deletes it.

        Returns
        -------
        bool
            False if there was no such account.
        """
        with self._session() as session:
            result = session.execute(delete(Account).where(Account.name == name))
            if not result.rowcount:  # type: ignore[attr-defined]
                return False
            session.execute(delete(_Attempts).where(_Attempts.name == name))
            session.add(AuditLine(at=self._clock(), actor=actor, action="account deleted", subject=name))
            session.commit()
            return True

    def use_totp_step(self, name: str, step: int) -> bool:
        """Mark a 30 s step as used; in one statement, so that two requests cannot both use it.

        Parameters
        ----------
        name : str
            The account's name.
        step : int
            The step, seconds since 1970 over 30.

        Returns
        -------
        bool
            False if this step or a later one was used before.
        """
        with self._session() as session:
            statement = update(Account).where(Account.name == name, Account.totp_step < step).values(totp_step=step)
            used = bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]
            session.commit()
            return used

    def delay(self, name: str) -> float:
        """Time until the next sign-in attempt of a name is looked at, whether or not the account exists.

        Parameters
        ----------
        name : str
            The name that was typed.

        Returns
        -------
        float
            Seconds; 0 if an attempt is allowed now.
        """
        with self._session() as session:
            attempts = session.get(_Attempts, name[:64])
        return self._rule.remaining(attempts.failures, last=attempts.last, now=self._clock()) if attempts else 0.0

    def note_failure(self, name: str) -> None:
        """Count a failed sign-in; counts that are forgotten anyway are dropped.

        Parameters
        ----------
        name : str
            The name that was typed.
        """
        now = self._clock()
        with self._session() as session:
            session.execute(delete(_Attempts).where(_Attempts.last < now - self._rule.forget_after))
            attempts = session.get(_Attempts, name[:64])
            if attempts is None:
                session.add(_Attempts(name=name[:64], failures=1, last=now))
            else:
                attempts.failures += 1
                attempts.last = now
            session.commit()

    def forget_failures(self, name: str) -> None:
        """Start the count again after a successful sign-in, or when an administrator says so.

        Parameters
        ----------
        name : str
            The account's name.
        """
        with self._session() as session:
            session.execute(delete(_Attempts).where(_Attempts.name == name[:64]))
            session.commit()

    def note(self, *, actor: str, action: str, subject: str) -> None:
        """Add a line to the audit trail.

        Parameters
        ----------
        actor : str
            Who did it.
        action : str
            What was done.
        subject : str
            To whom.
        """
        with self._session() as session:
            session.add(AuditLine(at=self._clock(), actor=actor, action=action, subject=subject))
            session.commit()

    def audit(self, most: int = 50) -> list[AuditLine]:
        """The newest lines of the audit trail.

        Parameters
        ----------
        most : int
            How many.

        Returns
        -------
        list of AuditLine
            Newest first.
        """
        with self._session() as session:
            return list(session.scalars(select(AuditLine).order_by(AuditLine.number.desc()).limit(most)))
