"""Things that are counted one by one: jobs of a month, projects, named servers.

Who takes one is decided and written down in one transaction of the store, which lets one in at a time: two requests
never both take the last one. Taking again under the same key is the same unit.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, insert, select, update

from joulebook_hub.lending.records import day_of
from joulebook_hub.quota.decisions import Decision, Offer, decide
from joulebook_hub.quota.entitlements import Entitlement
from joulebook_hub.quota.tables import units
from joulebook_hub.store import Transaction

__all__ = ["COUNTED", "give_back_unit", "keep_only", "project_of_file", "take_unit", "units_used"]

COUNTED = {"jobs": True, "projects": False, "named_servers": False}
"""Rows that are counted, and whether by the month."""


def project_of_file(file: str) -> str:
    """Name the project that a file of a workspace belongs to, as kernels name theirs.

    Parameters
    ----------
    file : str
        Path within the workspace.

    Returns
    -------
    str
        The first folder, or a shared one below ``projects``; empty at the top of the workspace.

    Examples
    --------
    >>> [project_of_file(file) for file in ("a.ipynb", "packs/new/a.ipynb", "projects/radium/x/a.ipynb")]
    ['', 'packs', 'projects/radium']
    """
    folders = file.strip("/").split("/")[:-1]
    return "/".join(folders[: 2 if folders[:1] == ["projects"] else 1])


def units_used(transaction: Transaction, user: str, row: str) -> int:
    """How many of something a person has.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.
    row : str
        One of `COUNTED`.

    Returns
    -------
    int
        Of this month, or at this moment.
    """
    statement = select(func.count()).where(units.c.user == user, units.c.row == row, units.c.returned.is_(None))
    if COUNTED[row]:
        statement = statement.where(units.c.day >= day_of(transaction.now)[:7] + "-01")
    return int(transaction.scalar(statement))


def take_unit(
    transaction: Transaction,
    entitlement: Entitlement,
    row: str,
    key: str,
    *,
    project: str = "",
    offer: Offer | None = None,
) -> Decision:
    """Take one, if the plan allows it.

    Parameters
    ----------
    transaction : Transaction
        Decides; must be one of ``store.begin()``.
    entitlement : Entitlement
        Whose.
    row : str
        One of `COUNTED`.
    key : str
        What is taken, one of a kind on this hub, at most 255 characters: a job's number, a project, user and server.
    project : str
        What it is for, in the history.
    offer : Offer, optional
        Where to get more.

    Returns
    -------
    Decision
        Allowed if it was taken, now or before.
    """
    found = transaction.execute(select(units).where(units.c.row == row, units.c.key == key)).first()
    used = units_used(transaction, entitlement.user, row)
    if found is not None and found.returned is None and found.user == entitlement.user:
        return Decision(row, True, float(used), entitlement.amount(row))
    decision = decide(entitlement, row, float(used), offer=offer)
    if not decision.allowed:
        return decision
    values = {
        "row": row,
        "key": key,
        "user": entitlement.user,
        "at": transaction.now,
        "returned": None,
        "day": day_of(transaction.now),
        "project": project[:255],
    }
    if found is None:
        transaction.execute(insert(units).values(values))
    else:
        transaction.execute(update(units).where(units.c.row == row, units.c.key == key).values(values))
    return decision


def give_back_unit(transaction: Transaction, row: str, key: str) -> None:
    """Give one back; again is no error.

    Parameters
    ----------
    transaction : Transaction
        Where it happens.
    row, key : str
        What was taken.
    """
    mine = (units.c.row == row, units.c.key == key, units.c.returned.is_(None))
    transaction.execute(update(units).where(*mine).values(returned=transaction.now))


def keep_only(transaction: Transaction, user: str, row: str, keys: Collection[str]) -> None:
    """Give back everything of a person's that is not there any more.

    Parameters
    ----------
    transaction : Transaction
        Where it happens.
    user : str
        The person.
    row : str
        One of `COUNTED`.
    keys : collection of str
        What is there.
    """
    gone = update(units).where(units.c.user == user, units.c.row == row, units.c.returned.is_(None))
    transaction.execute(gone.where(units.c.key.not_in(list(keys))).values(returned=transaction.now))
