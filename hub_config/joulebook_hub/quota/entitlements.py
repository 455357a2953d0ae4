"""Which plan a person has, what it allows row by row, and why: rules with no input or output.

The plan is, in this order, what an administrator gave the person; what an administrator gave a group of the person's
(the largest of several); the largest that a subscription, an organisation or a ``plan-…`` group gives; the default.
A row is what an administrator gave the person, else a group of the person's (the largest again), else the plan's.
Overrides end with their last day; of several for the same row the newest counts, and one that takes back ends those
before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from joulebook_hub.plans import GROUP_PREFIX, LIMITS, UNLIMITED, Plan, Plans

__all__ = ["PLAN_ROW", "Allowed", "Entitlement", "Grant", "Override", "entitle", "value_fault"]

PLAN_ROW = "plan"
"""The row of an override that gives a whole plan."""

Subject = Literal["person", "group"]


@dataclass(frozen=True)
class Grant:
    """A plan that somebody has from somewhere else; billing and organisations hand these in.

    Parameters
    ----------
    plan : str
        The plan's name; one that the plans' file does not have gives nothing.
    kind : str
        ``"subscription"`` or ``"organisation"``.
    why : str
        For the person: ``"subscription, paid until 2026-03-01"``.
    pool : str
        Account that is charged for what the plan says is shared, such as ``organisation/acme``; empty without one.
    caps : mapping of str to float
        What this member may use of the pool, by row and in the row's unit.
    metered : bool
        True if use beyond the GPU-hours is billed by the meter, where the plan allows it.
    """

    plan: str
    kind: Literal["subscription", "organisation"]
    why: str
    pool: str = ""
    caps: Mapping[str, float] = field(default_factory=dict)
    metered: bool = False


@dataclass(frozen=True)
class Override:
    """What an administrator set for a person or a group.

    Parameters
    ----------
    line : int
        Number of its line; a later one has a larger number.
    kind : str
        ``"person"`` or ``"group"``.
    subject : str
        Whose.
    row : str
        A row of the plans' file, or ``"plan"``.
    value : object
        As in the plans' file; None takes earlier ones back.
    until : float or None
        When it ends, s since 1970; None never.
    reason, actor : str
        Why, and which administrator.
    at : float
        When it was set, s since 1970.
    """

    line: int
    kind: Subject
    subject: str
    row: str
    value: Any
    until: float | None = None
    reason: str = ""
    actor: str = ""
    at: float = 0.0


@dataclass(frozen=True)
class Allowed:
    """What one row allows.

    Parameters
    ----------
    value : object
        As in the plans' file.
    why : str
        Where it comes from, for the person.
    """

    value: Any
    why: str


@dataclass(frozen=True)
class Entitlement:
    """What a person may use.

    Parameters
    ----------
    user : str
        The person.
    plan : Plan
        The plan.
    why : str
        Where the plan comes from.
    rows : mapping of str to Allowed
        Every row of the plans' file.
    pool : str
        Account that is charged for GPU time as well; empty for the person's own alone.
    pooled : float
        GPU-hours of the pool in a month.
    metered : bool
        True if GPU time beyond is lent and billed by the meter.
    """

    user: str
    plan: Plan
    why: str
    rows: Mapping[str, Allowed]
    pool: str = ""
    pooled: float = math.inf
    metered: bool = False

    def amount(self, row: str) -> float:
        """How much a row allows.

        Parameters
        ----------
        row : str
            Row of the plans' file that is an amount.

        Returns
        -------
        float
            Infinity where nothing limits it.
        """
        value = self.rows[row].value
        return math.inf if isinstance(value, str) else float(value)

    def has(self, row: str) -> bool:
        """Tell whether a switch is on.

        Parameters
        ----------
        row : str
            Row of the plans' file that is a switch.

        Returns
        -------
        bool
            True if it is.
        """
        return bool(self.rows[row].value)


def entitle(
    user: str,
    groups: Sequence[str],
    plans: Plans,
    overrides: Iterable[Override] = (),
    grants: Iterable[Grant] = (),
    now: float = 0.0,
) -> Entitlement:
    """Decide what a person may use.

    Parameters
    ----------
    user : str
        The person.
    groups : sequence of str
        Groups of the person's.
    plans : Plans
        The plans.
    overrides : iterable of Override
        What administrators set, for this person and these groups at least.
    grants : iterable of Grant
        What billing and organisations hand in.
    now : float
        The time, s since 1970.

    Returns
    -------
    Entitlement
        Plan and rows.

    Examples
    --------
    >>> plans = Plans.read(default="explorer")
    >>> week = Override(1, "person", "ada", "gpu_hours", 5, until=700.0, reason="course")
    >>> entitle("ada", ["plan-academic"], plans, [week], now=600.0).amount("gpu_hours")
    5.0
    >>> entitle("ada", ["plan-academic"], plans, [week], now=800.0).rows["gpu_hours"]
    Allowed(value=10, why='plan Academic')
    """
    held = _in_force(overrides, user, groups, now)
    plan, why, grant = _plan(plans, groups, held, list(grants))
    rows = {row: Allowed(plan.limits[row], f"plan {plan.title}") for row in LIMITS}
    given: set[str] = set()
    for row in LIMITS:
        override = _best([each for each in held if each.row == row])
        if override is not None:
            rows[row] = Allowed(override.value, _told(override))
            given.add(row)
    found = Entitlement(user, plan, why, rows)
    if grant is None:
        return found
    for row in ("gpu_hours", "jobs", "storage"):
        cap = grant.caps.get(row)
        if cap is not None and row not in given and cap < found.amount(row):
            rows[row] = Allowed(cap, f"your share: {grant.why}")
    metered = grant.metered and found.has("overage")
    if not grant.pool or not found.has("gpu_hours_shared") or "gpu_hours" in given:
        return Entitlement(user, plan, why, rows, metered=metered)
    pooled = _size(plan.limits["gpu_hours"])
    cap = grant.caps.get("gpu_hours")
    share = Allowed(UNLIMITED, f"shared: {grant.why}") if cap is None else Allowed(cap, f"your share: {grant.why}")
    return Entitlement(user, plan, why, rows | {"gpu_hours": share}, grant.pool, pooled, metered)


def _in_force(overrides: Iterable[Override], user: str, groups: Sequence[str], now: float) -> list[Override]:
    """The newest override of each subject and row, if it has not ended and takes nothing back."""
    newest: dict[tuple[str, str, str], Override] = {}
    for override in sorted(overrides, key=lambda each: each.line):
        mine = override.subject == user if override.kind == "person" else override.subject in groups
        if mine:
            newest[override.kind, override.subject, override.row] = override
    return [each for each in newest.values() if each.value is not None and (each.until is None or now < each.until)]


def _plan(
    plans: Plans, groups: Sequence[str], held: list[Override], grants: list[Grant]
) -> tuple[Plan, str, Grant | None]:
    sizes = {plan.name: size for size, plan in enumerate(plans.tiers)}
    set_by = [each for each in held if each.row == PLAN_ROW and each.value in sizes]
    known = sorted((each for each in grants if each.plan in sizes), key=lambda each: sizes[each.plan])
    for kind in ("person", "group"):
        of_kind = [each for each in set_by if each.kind == kind]
        if of_kind:
            found = max(of_kind, key=lambda each: sizes[each.value])
            plan = plans.tiers[sizes[found.value]]
            # Who is in a pool stays in it when an administrator names the same plan.
            return plan, _told(found), next((each for each in reversed(known) if each.plan == plan.name), None)
    member = [sizes[group.removeprefix(GROUP_PREFIX)] for group in groups if _names_a_plan(group, sizes)]
    if known and sizes[known[-1].plan] >= max(member, default=-1):
        return plans.tiers[sizes[known[-1].plan]], known[-1].why, known[-1]
    if member:
        plan = plans.tiers[max(member)]
        return plan, f"member of the group {plan.group}", None
    return plans.tiers[sizes[plans.default]], "the plan of everybody on this hub", None


def _names_a_plan(group: str, sizes: Mapping[str, int]) -> bool:
    return group.startswith(GROUP_PREFIX) and group.removeprefix(GROUP_PREFIX) in sizes


def _best(held: list[Override]) -> Override | None:
    """The person's own, else the largest of the groups'."""
    own = [each for each in held if each.kind == "person"]
    return max(own or held, key=lambda each: _size(each.value), default=None)


def _size(value: Any) -> float:
    return math.inf if isinstance(value, str) else float(value)


def _told(override: Override) -> str:
    whom = "" if override.kind == "person" else f" for the group {override.subject}"
    until = ""
    if override.until is not None:
        until = f" until {datetime.fromtimestamp(override.until - 1.0, UTC):%Y-%m-%d}"
    return f"set by an administrator{whom}{until}: {override.reason}"


def value_fault(plans: Plans, row: str, value: Any) -> str:
    """Say what is wrong with the value of an override.

    Parameters
    ----------
    plans : Plans
        The plans.
    row : str
        A row of the plans' file, or ``"plan"``.
    value : object
        The value; None takes back.

    Returns
    -------
    str
        Empty if nothing is.
    """
    if row == PLAN_ROW:
        if value is None or plans.named(value if isinstance(value, str) else "") is not None:
            return ""
        return f"plan = {value!r}: use one of {', '.join(plan.name for plan in plans.tiers)}."
    limit = LIMITS.get(row)
    if limit is None or limit.kind == "price":
        known = [name for name, each in LIMITS.items() if each.kind != "price"]
        return f"row = {row[:40]!r}: use plan, {', '.join(known)}."
    if value is None or limit.allows(value):
        return ""
    return f"{row} = {value!r}: {limit.rule}."
