"""Home directories: what was measured, when the plan's storage is full, and the measuring in the background."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select

from joulebook_hub.names import folder_name
from joulebook_hub.quota.decisions import Decision, Offer, decide
from joulebook_hub.quota.entitlements import Entitlement
from joulebook_hub.quota.storage import GIGABYTE, Measured, measure
from joulebook_hub.quota.tables import homes
from joulebook_hub.store import Store, Transaction

__all__ = ["Home", "home_of", "keep_measured", "measure_all", "measure_now", "storage_decision"]

_QUICK = 2.0
"""s; how long a start waits for a fresh measurement."""


@dataclass(frozen=True)
class Home:
    """What a home directory took when it was measured.

    Parameters
    ----------
    at : float
        When, s since 1970.
    measured : Measured
        What was found.
    """

    at: float
    measured: Measured

    @property
    def gigabytes(self) -> float:
        """Room, GB."""
        return self.measured.size / GIGABYTE


def home_of(transaction: Transaction, user: str) -> Home | None:
    """The last measurement of a person's home.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.

    Returns
    -------
    Home or None
        None if it was never measured, as where the hub does not see the homes.
    """
    row = transaction.execute(select(homes).where(homes.c.folder == folder_name(user))).first()
    if row is None:
        return None
    largest = tuple((str(name), int(room)) for name, room in json.loads(row.largest))
    return Home(row.at, Measured(int(row.size), row.files, bool(row.complete), largest))


def keep_measured(transaction: Transaction, folder: str, found: Measured) -> None:
    """Keep a measurement.

    Parameters
    ----------
    transaction : Transaction
        Where it happens.
    folder : str
        Name of the home's folder.
    found : Measured
        What was found.
    """
    values = {
        "folder": folder,
        "at": transaction.now,
        "size": float(found.size),
        "files": found.files,
        "complete": found.complete,
        "largest": json.dumps(found.largest),
    }
    transaction.execute(delete(homes).where(homes.c.folder == folder))
    transaction.execute(insert(homes).values(values))


def storage_decision(transaction: Transaction, entitlement: Entitlement, offer: Offer | None = None) -> Decision:
    """Decide whether a person may go on filling the disk: no new server and no new job where the plan's room is full.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    entitlement : Entitlement
        Whose.
    offer : Offer, optional
        Where to get more.

    Returns
    -------
    Decision
        By the last measurement; allowed where there is none.
    """
    home = home_of(transaction, entitlement.user)
    used = 0.0 if home is None else home.gigabytes
    return decide(entitlement, "storage", used, wanted=0.0, offer=offer)


def measure_now(store: Store, workspaces: Path, user: str) -> None:
    """Measure one home, shortly: what was deleted counts at once. A walk that takes longer changes nothing.

    Parameters
    ----------
    store : Store
        Keeps it.
    workspaces : Path
        The folder of all homes.
    user : str
        Whose home.
    """
    found = measure(workspaces / folder_name(user), seconds=_QUICK)
    with store.begin() as transaction:
        earlier = home_of(transaction, user)
        if found.complete or earlier is None or found.size > earlier.measured.size:
            keep_measured(transaction, folder_name(user), found)


def measure_all(store: Store, workspaces: Path) -> None:
    """Measure every home; each is kept by itself, so that nobody waits for the whole.

    Parameters
    ----------
    store : Store
        Keeps it.
    workspaces : Path
        The folder of all homes.
    """
    try:
        names = sorted(entry.name for entry in os.scandir(workspaces) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    for name in names:
        found = measure(workspaces / name)
        with store.begin() as transaction:
            keep_measured(transaction, name[:255], found)
    with store.begin() as transaction:
        transaction.execute(delete(homes).where(homes.c.folder.not_in(names)))
