"""The gate of hub jobs: jobs of the month, room for results, and whether transient runs are part of the plan."""

from __future__ import annotations

from collections.abc import Sequence

from joulebook_hub.plans import Plans
from joulebook_hub.quota.decisions import Decision, Offer, decide_switch
from joulebook_hub.quota.homes import storage_decision
from joulebook_hub.quota.people import entitlement
from joulebook_hub.quota.units import take_unit
from joulebook_hub.store import Transaction

__all__ = ["start_job"]


def start_job(
    transaction: Transaction,
    plans: Plans,
    user: str,
    job: str,
    *,
    groups: Sequence[str] | None = None,
    project: str = "",
    transient: bool = False,
    offer: Offer | None = None,
) -> Decision:
    """Let a job start, and count it; the same job is counted once, however often it is asked for.

    Parameters
    ----------
    transaction : Transaction
        The one in which the job is written down, of ``store.begin()``.
    plans : Plans
        The plans.
    user : str
        Whose job.
    job : str
        The job's identity, at most 255 characters.
    groups : sequence of str, optional
        Groups of the person's; those that were seen last where left out, as for schedules.
    project : str
        What it is for, in the history.
    transient : bool
        True for a transient simulation, which not every plan has.
    offer : Offer, optional
        Where to get more.

    Returns
    -------
    Decision
        Of the first row that refuses; allowed if none does.
    """
    found = entitlement(transaction, plans, user, groups)
    if transient:
        switch = decide_switch(found, "transient_runs", offer=offer)
        if not switch.allowed:
            return switch
    storage = storage_decision(transaction, found, offer)
    if not storage.allowed:
        return storage
    return take_unit(transaction, found, "jobs", job, project=project, offer=offer)
