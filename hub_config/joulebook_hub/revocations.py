"""The hub tells the service, through the store, whose tokens have changed; what the service remembers of them ends.

Changes have one running number for all people. The service notes the number before it asks the hub about a token and
believes the answer while the person's number is not larger. The hub writes a number after its own transaction is
stored, so an answer that was given before a change never counts as one given after it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from typing import Any

from sqlalchemy import event, func, insert, inspect, select, update
from sqlalchemy.exc import SQLAlchemyError

from joulebook_hub.store import Store, Transaction
from joulebook_hub.store.tables import token_changes

__all__ = ["changed", "latest_change", "note_changes", "watch"]

_PATIENCE = 2.0
_TOLD = ("groups", "roles", "admin", "name")

log = logging.getLogger("joulebook_hub.revocations")


def latest_change(transaction: Transaction) -> int:
    """Number of the latest change of anybody's tokens.

    Parameters
    ----------
    transaction : Transaction
        Where to look.

    Returns
    -------
    int
        0 before the first.
    """
    return int(transaction.scalar(select(func.max(token_changes.c.number))) or 0)


def changed(transaction: Transaction, user: str) -> int:
    """Number of the latest change of one person's tokens.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.

    Returns
    -------
    int
        0 before the first.
    """
    return int(transaction.scalar(select(token_changes.c.number).where(token_changes.c.user == user)) or 0)


def note_changes(store: Store, users: Iterable[str]) -> None:
    """Write down that tokens of these people have changed.

    Parameters
    ----------
    store : Store
        The store.
    users : iterable of str
        Whose.
    """
    with store.begin() as transaction:
        number = latest_change(transaction) + 1
        for user in sorted(users):
            mine = update(token_changes).where(token_changes.c.user == user).values(number=number)
            if not transaction.execute(mine).rowcount:
                transaction.execute(insert(token_changes).values(user=user, number=number))


def watch(session: Any, store: Store) -> None:
    """Write down from now on whose tokens are revoked, and who gets other groups, roles or another name.

    Parameters
    ----------
    session : Session
        JupyterHub's database session.
    store : Store
        The store.
    """
    from jupyterhub import orm

    pending: set[str] = set()
    writer = ThreadPoolExecutor(1, "revocations")

    def seen(found: Any, _context: Any) -> None:
        for each in found.deleted:
            owner = each.user if isinstance(each, orm.APIToken) else each
            if isinstance(owner, orm.User):
                pending.add(str(owner.name))
        for each in found.dirty:
            if isinstance(each, orm.User):
                state = inspect(each).attrs
                if any(state[name].history.has_changes() for name in _TOLD):
                    pending.update({str(each.name), *map(str, state["name"].history.deleted or ())})
            elif isinstance(each, orm.APIToken) and inspect(each).attrs.scopes.history.has_changes() and each.user:
                pending.add(str(each.user.name))

    def stored(_session: Any) -> None:
        if not pending:
            return
        users = sorted(pending)
        pending.clear()
        try:
            # Who revokes gets no answer before the service knows; a store that hangs does not hold the hub up for long.
            writer.submit(note_changes, store, users).result(_PATIENCE)
        except (SQLAlchemyError, Late):
            log.exception("the service learns late that tokens of %s changed", ", ".join(users))

    event.listen(session, "after_flush", seen)
    event.listen(session, "after_commit", stored)
    event.listen(session, "after_rollback", lambda _session: pending.clear())
