"""Numbers of people, groups and projects, from which numeric users and groups are made."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from joulebook_hub.housing.tables import residents
from joulebook_hub.store import Transaction

__all__ = ["GROUP", "PERSON", "PROJECT", "numbers"]

PERSON, GROUP, PROJECT = "person", "group", "project"


def numbers(transaction: Transaction, kind: str, keys: Iterable[str]) -> dict[str, int]:
    """Look numbers up, and give them to who has none yet.

    Parameters
    ----------
    transaction : Transaction
        One of ``store.begin()``.
    kind : str
        `PERSON`, `GROUP` or `PROJECT`.
    keys : iterable of str
        Names, or a project's number.

    Returns
    -------
    dict of str to int
        The numbers by key, different for everybody and for ever.
    """
    wanted = sorted(set(keys))
    table = residents
    mine = select(table.c.key, table.c.number).where(table.c.kind == kind, table.c.key.in_(wanted))
    found = {row.key: int(row.number) for row in transaction.execute(mine)}
    for key in wanted:
        if key not in found:
            made = transaction.execute(insert(table).values(kind=kind, key=key)).inserted_primary_key
            found[key] = int(made[0]) if made else 0
    return found
