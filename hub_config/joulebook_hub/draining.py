"""Draining a hub before work on it: nothing new starts, what runs goes on to its end."""

from __future__ import annotations

from joulebook_hub.service.routes import ServiceError
from joulebook_hub.store import Store
from joulebook_hub.store.transactions import Transaction

__all__ = ["MESSAGE", "drain", "is_draining", "refuse_while_draining"]

_MARK = "draining"
MESSAGE = "This hub is about to be worked on: what runs goes on, nothing new starts. Try again later."


def is_draining(transaction: Transaction) -> bool:
    """Tell whether new work is refused.

    Parameters
    ----------
    transaction : Transaction
        Of the store.

    Returns
    -------
    bool
        True between `drain` and its undoing.
    """
    return transaction.mark(_MARK, 0.0) != 0.0


def refuse_while_draining(transaction: Transaction) -> None:
    """Refuse new work while the hub drains.

    Parameters
    ----------
    transaction : Transaction
        Of the store.

    Raises
    ------
    ServiceError
        With HTTP's status 503, while it does.
    """
    if is_draining(transaction):
        raise ServiceError(MESSAGE, reason="draining", status=503)


def drain(store: Store, *, on: bool, actor: str, reason: str) -> bool:
    """Begin or end draining; it is written into the audit log.

    Parameters
    ----------
    store : Store
        The hub's.
    on : bool
        Begin, or end.
    actor, reason : str
        Who, and why.

    Returns
    -------
    bool
        False if it was so already.
    """
    with store.begin() as transaction:
        if is_draining(transaction) == on:
            return False
        transaction.set_mark(_MARK, float(on))
        transaction.note(actor=actor, action="drain" if on else "end of drain", subject="hub", reason=reason)
    return True
