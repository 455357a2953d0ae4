"""What ends at once when somebody leaves an organisation or is removed: leases, waiting kernels, jobs in its projects.

The usage that was written down stays. The kernel's next heartbeat finds its lease gone and asks again, now on the
person's own plan: it goes on if that allows it, and ends otherwise. Jobs that work on a file of a shared project are
cancelled, and their schedules stop. Links to shared folders go once the transaction is stored, see
`joulebook_hub.organisations.rooms`.
"""

from __future__ import annotations

import json
import math

from sqlalchemy import select, update

from joulebook_hub.jobs.book import job_of, keep
from joulebook_hub.jobs.records import ACTIVE
from joulebook_hub.jobs.rules import cancel
from joulebook_hub.jobs.tables import jobs, schedules
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import Terms
from joulebook_hub.organisations import tables
from joulebook_hub.organisations.reading import Entry, memberships
from joulebook_hub.quota.units import give_back_unit
from joulebook_hub.store import Store, Transaction
from joulebook_hub.workspaces import PROJECTS

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
    _end_jobs(transaction, entry, user)
    _prefer_the_oldest(transaction, user)


def _end_jobs(transaction: Transaction, entry: Entry, user: str) -> None:
    """Cancel jobs of the person's whose file is in a project of the organisation, and stop their schedules."""
    mine = select(tables.projects.c.link).where(tables.projects.c.organisation == entry.number)
    below = tuple(f"{PROJECTS}/{link}/" for link in transaction.execute(mine).scalars())
    if not below:
        return
    active = select(jobs).where(jobs.c.user == user, jobs.c.state.in_(ACTIVE))
    for row in transaction.execute(active).all():
        job = job_of(row)
        if _file_of(row.order).startswith(below) and cancel(job, transaction.now):
            if job.state == "cancelled" and job.attempt == 0:
                give_back_unit(transaction, "jobs", job.key)
            keep(transaction, job)
    going = select(schedules).where(schedules.c.user == user, schedules.c.following.is_not(None))
    for row in transaction.execute(going).all():
        if _file_of(row.order).startswith(below):
            said = f"Stopped: you are no member of {entry.title} any more."
            stopped = update(schedules).where(schedules.c.key == row.key)
            transaction.execute(stopped.values(following=None, said=said))


def _file_of(order: str) -> str:
    return str(json.loads(order).get("file", ""))


def _prefer_the_oldest(transaction: Transaction, user: str) -> None:
    left = memberships(transaction, user)
    if left and not any(held.preferred for held in left):
        table = tables.members
        oldest = (table.c.user == user, table.c.organisation == left[0].organisation.number)
        transaction.execute(update(table).where(*oldest).values(preferred=True))
