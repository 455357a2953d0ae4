"""Between the ledger and who asks: a user's terms from plan and allowance, and one transaction for each question."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import Card, Gone, Queued, Refused, Standing, Terms, Wish
from joulebook_hub.plans import Plan, Plans
from joulebook_hub.store import Store

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
    """

    store: Store
    plans: Plans
    cards: tuple[Card, ...]

    @property
    def ledger(self) -> Ledger:
        """The ledger."""
        return Ledger(self.store)

    def plan(self, groups: list[str]) -> Plan:
        """Plan of a member of some groups.

        Parameters
        ----------
        groups : list of str
            Names of JupyterHub groups.

        Returns
        -------
        Plan
            The largest that any of them gives, else the default.
        """
        return self.plans.of_groups(groups)

    def terms(self, user: str, groups: list[str]) -> Terms:
        """What a user may use: the plan's GPU-hours, or what an administrator gave.

        Parameters
        ----------
        user : str
            The user.
        groups : list of str
            The user's groups.

        Returns
        -------
        Terms
            For the desk.
        """
        plan = self.plan(groups)
        given = self.ledger.allowance(user)
        hours = plan.amount("gpu_hours") if given is None else given.gpu_hours
        return Terms(plan.name, plan.amount("queue_weight"), hours * 3600.0)

    def acquire(
        self, user: str, groups: list[str], kernel: str, wish: Wish | None = None
    ) -> Standing | Queued | Refused:
        """Ask for a card; see `Desk.acquire`.

        Parameters
        ----------
        user : str
            The user.
        groups : list of str
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
        terms = self.terms(user, groups)
        with self.ledger.desk(self.cards) as (desk, now):
            found = desk.acquire(user, kernel, terms, now, wish)
        if isinstance(found, Queued):
            found = replace(found, expected=desk.expected_wait((user, kernel), self.ledger.recent_lengths(), now))
        return found

    def renew(self, user: str, groups: list[str], kernel: str) -> Standing | Gone:
        """Say that a kernel still has its card; see `Desk.renew`.

        Parameters
        ----------
        user : str
            The user.
        groups : list of str
            The user's groups.
        kernel : str
            Identity of the kernel.

        Returns
        -------
        Standing or Gone
            The desk's answer.
        """
        terms = self.terms(user, groups)
        with self.ledger.desk(self.cards) as (desk, now):
            return desk.renew(user, kernel, terms, now)

    def release(self, user: str, kernel: str) -> None:
        """Give a card back; see `Desk.release`.

        Parameters
        ----------
        user : str
            The user.
        kernel : str
            Identity of the kernel.
        """
        with self.ledger.desk(self.cards) as (desk, now):
            desk.release(user, kernel, now)

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

    def spent(self, user: str) -> float:
        """GPU time that a user has used this month.

        Parameters
        ----------
        user : str
            The user.

        Returns
        -------
        float
            Seconds.
        """
        desk, now = self.ledger.view(self.cards)
        return desk.spent(user, now)
