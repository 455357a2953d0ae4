"""What ends at once when somebody leaves an organisation or is removed: leases and waiting kernels that it pays for.

The usage that was written down stays. The kernel's next heartbeat finds its lease gone and asks again, now on the
person's own plan: it goes on if that allows it, and ends otherwise. Links to shared folders go in
`joulebook_hub.organisations.folders`, once the transaction is stored.
"""

from __future__ import annotations

import math

from sqlalchemy import update

from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import Terms
from joulebook_hub.organisations import tables
from joulebook_hub.organisations.reading import Entry, memberships
from joulebook_hub.store import Store, Transaction

__all__ = ["account_of", "depart"]


def account_of(entry: Entry) -> str:
    """Account in the ledger that is charged for what an organisation shares.

    Parameters
    ----------
    entry : Entry
        The organisation.

    Returns
    -------
    str
        No user's name has a slash in it.
    """
    return f"organisation/{entry.name}"


def depart(store: Store, transaction: Transaction, entry: Entry, user: str) -> None:
    """End what somebody has through an organisation.

    Parameters
    ----------
    store : Store
        The store.
    transaction : Transaction
        In which the membership ended.
    entry : Entry
        The organisation.
    user : str
        Who is no member any more.
    """
    account = account_of(entry)
    with Ledger(store).desk(()) as (desk, now):
        for loan in [loan for loan in desk.loans.values() if loan.user == user and loan.pool == account]:
            terms = Terms(loan.plan, 1.0, math.inf, account)
            desk.release(user, loan.kernel, terms, now, reason="left organisation")
        for claim in [claim for claim in desk.claims.values() if claim.user == user]:
            desk.claims.pop((user, claim.kernel))
    _prefer_the_oldest(transaction, user)


def _prefer_the_oldest(transaction: Transaction, user: str) -> None:
    left = memberships(transaction, user)
    if left and not any(held.preferred for held in left):
        table = tables.members
        oldest = (table.c.user == user, table.c.organisation == left[0].organisation.number)
        transaction.execute(update(table).where(*oldest).values(preferred=True))
