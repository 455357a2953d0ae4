"""What a person may use, from everything that the store knows; and the person's groups where no token tells them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from sqlalchemy import insert, select, update

from joulebook_hub.plans import Plans
from joulebook_hub.quota.entitlements import Entitlement, Grant, entitle
from joulebook_hub.quota.overrides import overrides_for
from joulebook_hub.quota.tables import acquaintances
from joulebook_hub.store import Transaction

__all__ = ["Grants", "entitlement", "groups_of", "remember_groups"]


class Grants(Protocol):
    """The function ``grants`` of a module ``joulebook_hub.<feature>.grants``: what the feature gives a person."""

    def __call__(self, transaction: Transaction, plans: Plans, user: str, groups: Sequence[str]) -> Iterable[Grant]:
        """Hand in plans.

        Parameters
        ----------
        transaction : Transaction
            Where to look; must not be written.
        plans : Plans
            The plans.
        user : str
            The person.
        groups : sequence of str
            Groups of the person's.

        Returns
        -------
        iterable of Grant
            None, one or more.
        """
        ...


@cache
def _givers() -> tuple[Grants, ...]:
    from joulebook_hub.service.features import FEATURES

    names = [f"joulebook_hub.{feature}.grants" for feature in FEATURES]
    return tuple(import_module(name).grants for name in names if find_spec(name) is not None)


def entitlement(transaction: Transaction, plans: Plans, user: str, groups: Sequence[str] | None = None) -> Entitlement:
    """Find out what a person may use.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    plans : Plans
        The plans.
    user : str
        The person.
    groups : sequence of str, optional
        Groups of the person's; those that were seen last where left out.

    Returns
    -------
    Entitlement
        Plan and rows, with their reasons.
    """
    held = groups_of(transaction, user) if groups is None else tuple(groups)
    grants = [grant for giver in _givers() for grant in giver(transaction, plans, user, held)]
    return entitle(user, held, plans, overrides_for(transaction, user, held), grants, transaction.now)


def groups_of(transaction: Transaction, user: str) -> tuple[str, ...]:
    """Groups of a person when they were seen last, for what happens while the person is away.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.

    Returns
    -------
    tuple of str
        Empty if never seen.
    """
    found = transaction.scalar(select(acquaintances.c.groups).where(acquaintances.c.user == user))
    return () if found is None else tuple(json.loads(found))


def remember_groups(transaction: Transaction, user: str, groups: Sequence[str]) -> None:
    """Keep a person's groups.

    Parameters
    ----------
    transaction : Transaction
        Where it happens.
    user : str
        The person.
    groups : sequence of str
        The groups now.
    """
    text = json.dumps(sorted(groups))
    found = transaction.scalar(select(acquaintances.c.groups).where(acquaintances.c.user == user))
    if found == text:
        return
    values = {"groups": text, "at": transaction.now}
    if found is None:
        transaction.execute(insert(acquaintances).values(user=user, **values))
    else:
        transaction.execute(update(acquaintances).where(acquaintances.c.user == user).values(values))
