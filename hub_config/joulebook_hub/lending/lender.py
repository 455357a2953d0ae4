"""Between the ledger and who asks: a user's terms from quota, and one transaction for each question."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from joulebook_hub.draining import is_draining
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import Card, Gone, Queued, Refused, Standing, Terms, Wish
from joulebook_hub.plans import Plans
from joulebook_hub.quota.decisions import Offer
from joulebook_hub.quota.people import entitlement, remember_groups
from joulebook_hub.store import Store, Transaction

__all__ = ["Lender", "cards_of_this_machine"]

_LIST_CARDS = "from joulebook_kernels.cards import NvmlCards\nfor card in NvmlCards().cards(): print(card.uuid)"


def cards_of_this_machine() -> tuple[str, ...]:
    """Ask the kernels' package, in a process of its own, which GPUs NVML finds here.

    Returns
    -------
    tuple of str
        Their identities; empty without a driver, a card, or the package.
    """
    command = [sys.executable, "-c", _LIST_CARDS]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=dict(os.environ))
    except subprocess.TimeoutExpired:
        return ()
    return tuple(done.stdout.split()) if done.returncode == 0 else ()


@dataclass
class Lender:
    """Lends cards by the plans.

    Parameters
    ----------
    store : Store
        Keeps the ledger.
    plans : Plans
        The plans.
    cards : tuple of Card
        What there is to lend.
    offer : Offer
        Where people get more.
    """

    store: Store
    plans: Plans
    cards: tuple[Card, ...]
    offer: Offer = field(default_factory=Offer)

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.store)

    def terms(self, transaction: Transaction, user: str, groups: Sequence[str]) -> Terms:
        """What a user may use, by quota.

        Parameters
        ----------
        transaction : Transaction
            Where to look.
        user : str
            The user.
        groups : sequence of str
            The user's groups.

        Returns
        -------
        Terms
            For the desk.
        """
        found = entitlement(transaction, self.plans, user, groups)
        hours = found.amount("gpu_hours") * 3600.0
        weight = found.amount("queue_weight")
        return Terms(found.plan.name, weight, hours, found.pool, found.pooled * 3600.0, found.metered)

    def acquire(
        self, user: str, groups: Sequence[str], kernel: str, wish: Wish | None = None
    ) -> Standing | Queued | Refused:
        """Ask for a card; see `Desk.acquire`.

        Parameters
        ----------
        user : str
            The user.
        groups : sequence of str
            The user's groups.
        kernel : str
            Identity of the kernel.
        wish : Wish, optional
            What for.

        Returns
        -------
        Standing, Queued or Refused
            The desk's answer, with the expected wait.
        """
        if not self.cards:
            return Refused("no_cards", 0.0, 0.0)
        with self.store.begin() as transaction, self.ledger.desk(self.cards) as (desk, now):
            remember_groups(transaction, user, groups)
            if is_draining(transaction) and (user, kernel) not in desk.loans:
                return Refused("draining", 0.0, 0.0)
            found = desk.acquire(user, kernel, self.terms(transaction, user, groups), now, wish)
        if isinstance(found, Queued):
            found = replace(found, expected=desk.expected_wait((user, kernel), self.ledger.recent_lengths(), now))
        return found

    def renew(self, user: str, groups: Sequence[str], kernel: str) -> Standing | Gone:
        """Say that a kernel still has its card; see `Desk.renew`.

        Parameters
        ----------
        user : str
            The user.
        groups : sequence of str
            The user's groups.
        kernel : str
            Identity of the kernel.

        Returns
        -------
        Standing or Gone
            The desk's answer.
        """
        with self.store.begin() as transaction, self.ledger.desk(self.cards) as (desk, now):
            return desk.renew(user, kernel, self.terms(transaction, user, groups), now)

    def release(self, user: str, groups: Sequence[str], kernel: str) -> None:
        """Give a card back; see `Desk.release`.

        Parameters
        ----------
        user : str
            The user.
        groups : sequence of str
            The user's groups.
        kernel : str
            Identity of the kernel.
        """
        with self.store.begin() as transaction, self.ledger.desk(self.cards) as (desk, now):
            desk.release(user, kernel, self.terms(transaction, user, groups), now)

    def end_server(self, user: str, server: str) -> None:
        """End the leases of a server that is gone; see `Desk.end_server`.

        Parameters
        ----------
        user, server : str
            Whose server, and its name.
        """
        with self.ledger.desk(self.cards) as (desk, now):
            desk.end_server(user, server, now)

    async def after_stop(self, spawner: Any) -> None:
        """Take cards back from a server that has ended; at the hub, after every stop and before every start.

        Parameters
        ----------
        spawner : Spawner
            The server.
        """
        await asyncio.to_thread(self.end_server, spawner.user.name, spawner.name)

    def leases(self, user: str) -> list[dict[str, Any]]:
        """What a user holds and waits for.

        Parameters
        ----------
        user : str
            The user.

        Returns
        -------
        list of dict
            ``kernel`` and ``state``; ``card`` and ``since`` when lent, ``position`` and ``expected`` when waiting.
        """
        desk, now = self.ledger.view(self.cards)
        desk.expire(now)
        held = [
            {"kernel": loan.kernel, "state": "lent", "card": loan.card, "since": loan.since}
            for loan in desk.loans.values()
            if loan.user == user
        ]
        keys = [key for key in desk.queue(now) if key[0] == user]
        recent = self.ledger.recent_lengths() if keys else []
        waiting = [
            {
                "kernel": key[1],
                "state": "waiting",
                "position": desk.position(key, now),
                "expected": desk.expected_wait(key, recent, now),
            }
            for key in keys
        ]
        return [*held, *waiting]
