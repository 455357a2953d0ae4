"""What a plan allows of jobs: how many in a month, which kinds, and how much a job weighs in the queue."""

from __future__ import annotations

from dataclasses import dataclass, field

from joulebook_hub.jobs.orders import TRANSIENT, Notebook, Report, Sweep
from joulebook_hub.jobs.shapes import Room
from joulebook_hub.plans import Plans
from joulebook_hub.quota.decisions import Offer, decide_switch
from joulebook_hub.quota.homes import storage_decision
from joulebook_hub.quota.people import entitlement, remember_groups
from joulebook_hub.quota.units import give_back_unit, project_of_file, take_unit
from joulebook_hub.store import Transaction

__all__ = ["Admitted", "Gate"]

ROW = "jobs"


@dataclass(frozen=True)
class Admitted:
    """A job that may run.

    Parameters
    ----------
    plan : str
        Name of its user's plan.
    weight : float
        Its weight in the queue.
    """

    plan: str
    weight: float


@dataclass(frozen=True)
class Gate:
    """Decides by the plans, in the transaction in which a job is written down.

    Parameters
    ----------
    plans : Plans
        The plans.
    offer : Offer
        Where people get more.
    """

    plans: Plans
    offer: Offer = field(default_factory=Offer)

    def admit(
        self,
        transaction: Transaction,
        user: str,
        order: Report | Notebook | Sweep,
        key: str,
        groups: tuple[str, ...] | None = None,
    ) -> Admitted:
        """Let a job in, and count it for the month; the same job counts once, however often it is tried again.

        Parameters
        ----------
        transaction : Transaction
            One of ``store.begin()``.
        user : str
            Whose job.
        order : Report, Notebook or Sweep
            What it is.
        key : str
            Its identity.
        groups : tuple of str, optional
            The user's groups; those that were seen last where left out.

        Returns
        -------
        Admitted
            Its plan and weight; where the plan does not allow it, the decision raises `NotAllowed`.
        """
        if groups is not None:
            remember_groups(transaction, user, groups)  # for what is scheduled
        allowed = entitlement(transaction, self.plans, user, groups)
        if isinstance(order, Report) and order.report in TRANSIENT:
            decide_switch(allowed, "transient_runs", offer=self.offer).or_refuse()
        storage_decision(transaction, allowed, self.offer).or_refuse()
        project = project_of_file(order.file)
        take_unit(transaction, allowed, ROW, key, project=project, offer=self.offer).or_refuse()
        return Admitted(allowed.plan.name, allowed.amount("queue_weight"))

    def room(self, transaction: Transaction, user: str) -> Room:
        """Tell how large the cluster of a person's sweep may be: all workers together like a server of the person's.

        Parameters
        ----------
        transaction : Transaction
            Where to look.
        user : str
            Whose sweep.

        Returns
        -------
        Room
            By the rows ``cpus`` and ``memory``.
        """
        allowed = entitlement(transaction, self.plans, user)
        return Room(allowed.amount("cpus"), allowed.amount("memory"))

    def give_back(self, transaction: Transaction, key: str) -> None:
        """Count a job no longer that was cancelled before it began.

        Parameters
        ----------
        transaction : Transaction
            One of ``store.begin()``.
        key : str
            Its identity.
        """
        give_back_unit(transaction, ROW, key)
