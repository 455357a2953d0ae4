"""For whom a person can pay: for oneself, and for organisations that one owns."""

from __future__ import annotations

from dataclasses import dataclass

from joulebook_hub.billing.facts import person
from joulebook_hub.organisations.departures import account_of
from joulebook_hub.organisations.reading import memberships
from joulebook_hub.organisations.roles import Act, may
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


def payers(transaction: Transaction, user: str) -> list[Payer]:
    """For whom a person can pay.

    Parameters
    ----------
    transaction : Transaction
        Of the store.
    user : str
        The person.

    Returns
    -------
    list of Payer
        Oneself first.
    """
    owned = [held.organisation for held in memberships(transaction, user) if may(held.role, Act.SUBSCRIBE)]
    return [Payer(person(user), user, True), *(Payer(account_of(entry), entry.title, False) for entry in owned)]
