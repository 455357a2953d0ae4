"""For whom a person can pay: for oneself, and for organisations that one owns."""

from __future__ import annotations

from dataclasses import dataclass

from joulebook_hub.billing.facts import person
from joulebook_hub.store import Transaction

__all__ = ["Payer", "payers"]


@dataclass(frozen=True)
class Payer:
    """Somebody that is paid for.

    Parameters
    ----------
    subject : str
        ``person/NAME`` or ``organisation/NAME``.
    title : str
        Name for people and on invoices.
    own : bool
        True for oneself.
    """

    subject: str
    title: str
    own: bool


def payers(_transaction: Transaction, user: str) -> list[Payer]:
    """For whom a person can pay.

    Parameters
    ----------
    _transaction : Transaction
        Of the store.
    user : str
        The person.

    Returns
    -------
    list of Payer
        Oneself first.
    """
    return [Payer(person(user), user, True)]
