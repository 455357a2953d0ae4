"""Which plan a subscription gives, now: a pure function of its newest state and the time.

A subscription that is paid, or in its trial, gives its plan. When a payment fails it gives it for `GRACE` more, counted
from the oldest unpaid invoice, then nothing. One that is to end at the end of its period gives nothing from that
instant on, also when the news of its end never came. Everything else gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from joulebook_hub.plans import Plan, Plans

__all__ = ["ALIVE", "GRACE", "Standing", "Subscription", "best", "newest", "read_subscription", "standing"]

GRACE = 7 * 86400.0
"""How long a plan lasts after a payment failed, s."""
ALIVE = frozenset({"active", "trialing", "past_due"})
"""States in which a subscription still goes on."""


@dataclass(frozen=True)
class Subscription:
    """What Stripe said about one subscription, at one instant.

    Parameters
    ----------
    identity : str
        Stripe's.
    customer : str
        Stripe's identity of who pays.
    subject : str
        Whose it is: ``person/ada`` or ``organisation/acme``.
    plan : str
        Name of the plan.
    quantity : int
        How many times its price is paid.
    status : str
        Stripe's.
    period_end : int
        End of the present period, s since 1970.
    period_start : int
        Its beginning.
    ends : bool
        True if it ends then.
    unpaid_since : int or None
        When the oldest unpaid invoice was made.
    next_plan : str
        What it becomes at the end of the period; empty: the same.
    next_quantity : int
        How many times then.
    schedule : str
        Stripe's identity of the plan of that change; empty without one.
    trial_end : int or None
        When the trial ends or ended.
    clock : str
        The test clock that it lives on; empty for real time.
    clock_time : int or None
        What that clock showed.
    seen : float
        When Stripe was asked, s since 1970: of two states the later one is newer.
    """

    identity: str
    customer: str
    subject: str
    plan: str
    quantity: int
    status: str
    period_end: int
    period_start: int = 0
    ends: bool = False
    unpaid_since: int | None = None
    next_plan: str = ""
    next_quantity: int = 0
    schedule: str = ""
    trial_end: int | None = None
    clock: str = ""
    clock_time: int | None = None
    seen: float = 0.0

    def time(self, now: float) -> float:
        """The time in which it lives.

        Parameters
        ----------
        now : float
            Real time, s since 1970.

        Returns
        -------
        float
            The test clock's where there is one.
        """
        return now if self.clock_time is None else float(self.clock_time)

    def gives(self, now: float) -> bool:
        """Tell whether it gives its plan.

        Parameters
        ----------
        now : float
            Real time, s since 1970.

        Returns
        -------
        bool
            See the module.
        """
        at = self.time(now)
        if self.status not in ALIVE or (self.ends and at >= self.period_end):
            return False
        return self.status != "past_due" or at < self.grace_end

    @property
    def grace_end(self) -> float:
        """When the plan ends if an unpaid invoice stays so."""
        return (self.period_end if self.unpaid_since is None else self.unpaid_since) + GRACE

    def same(self, other: Subscription) -> bool:
        """Tell whether another state says the same.

        Parameters
        ----------
        other : Subscription
            Another state.

        Returns
        -------
        bool
            True if they differ in nothing but when they were seen.
        """
        return replace(self, seen=0.0) == replace(other, seen=0.0)

    def as_dict(self) -> dict[str, Any]:
        """Values by name.

        Returns
        -------
        dict
            For JSON.
        """
        return asdict(self)


@dataclass(frozen=True)
class Standing:
    """What a subscription gives now.

    Parameters
    ----------
    plan : Plan
        The plan.
    seats : int
        For how many people.
    why : str
        For the person: where it comes from.
    notice : str
        What the person should know or do; empty: nothing.
    subscription : Subscription
        What it comes from.
    """

    plan: Plan
    seats: int
    why: str
    notice: str
    subscription: Subscription


def newest(old: Subscription | None, new: Subscription) -> Subscription:
    """Of two states of one subscription, the later one; of two equally late ones always the same.

    Parameters
    ----------
    old : Subscription or None
        What is known.
    new : Subscription
        What was learned.

    Returns
    -------
    Subscription
        One of them.
    """
    if old is None or (new.seen, repr(new)) > (old.seen, repr(old)):
        return new
    return old


def best(subscriptions: Iterable[Subscription], plans: Plans, now: float) -> Subscription | None:
    """The subscription that counts: of those that give something the one with the largest plan, then the newest.

    Parameters
    ----------
    subscriptions : iterable of Subscription
        All of one subject, each in its newest state.
    plans : Plans
        The plans.
    now : float
        Real time, s since 1970.

    Returns
    -------
    Subscription or None
        None if none gives anything.
    """
    sizes = {plan.name: size for size, plan in enumerate(plans.tiers)}
    giving = [each for each in subscriptions if each.plan in sizes and each.gives(now)]
    return max(giving, key=lambda each: (sizes[each.plan], each.quantity, each.period_end, each.identity), default=None)


def standing(subscriptions: Iterable[Subscription], plans: Plans, now: float) -> Standing | None:
    """What the subscriptions of one subject give now.

    Parameters
    ----------
    subscriptions : iterable of Subscription
        All of one subject, each in its newest state.
    plans : Plans
        The plans.
    now : float
        Real time, s since 1970.

    Returns
    -------
    Standing or None
        None if they give nothing.
    """
    found = best(subscriptions, plans, now)
    plan = plans.named(found.plan) if found else None
    if found is None or plan is None:
        return None
    seats = plan.limits["seats"]
    many = found.quantity * (seats if isinstance(seats, int) else 1)
    return Standing(plan, many, _why(found), _notice(found, plans), found)


def _why(found: Subscription) -> str:
    if found.status == "past_due":
        return f"subscription, payment due, until {_day(found.grace_end)}"
    if found.ends:
        return f"subscription, until {_day(found.period_end)}"
    if found.status == "trialing":
        return f"subscription, free trial until {_day(found.period_end)}"
    return f"subscription, paid until {_day(found.period_end)}"


def _notice(found: Subscription, plans: Plans) -> str:
    if found.status == "past_due":
        return (
            f"The last payment failed. Pay the open invoice or change the card by {_day(found.grace_end)}; "
            "after that day the plan ends."
        )
    if found.ends:
        return f"The subscription ends on {_day(found.period_end)}. Your files stay."
    following = plans.named(found.next_plan)
    if following and (found.next_plan, found.next_quantity) != (found.plan, found.quantity):
        return f"On {_day(found.period_end)} the plan changes to {following.title}."
    return ""


def _day(at: float) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def read_subscription(
    body: Mapping[str, Any], *, subject: str, seen: float, unpaid_since: int | None, clock_time: int | None
) -> Subscription | None:
    """Read Stripe's object.

    Parameters
    ----------
    body : mapping
        A subscription with its schedule expanded.
    subject : str
        Whose it is.
    seen : float
        When it was asked for, s since 1970.
    unpaid_since : int or None
        When the oldest open invoice was made.
    clock_time : int or None
        What its test clock shows.

    Returns
    -------
    Subscription or None
        None if no item of it is a plan's price.
    """
    items = body["items"]["data"]
    licensed = [item for item in items if item["price"]["metadata"].get("plan")]
    if not licensed:
        return None
    item = licensed[0]
    following, quantity, schedule = _following(body.get("schedule"), item)
    return Subscription(
        identity=str(body["id"]),
        customer=str(body["customer"]),
        subject=subject,
        plan=str(item["price"]["metadata"]["plan"]),
        quantity=int(item.get("quantity") or 1),
        status=str(body["status"]),
        period_end=int(item["current_period_end"]),
        period_start=int(item["current_period_start"]),
        ends=bool(body["cancel_at_period_end"]),
        unpaid_since=unpaid_since if body["status"] == "past_due" else None,
        next_plan=following,
        next_quantity=quantity,
        schedule=schedule,
        trial_end=body.get("trial_end"),
        clock=str(body.get("test_clock") or ""),
        clock_time=clock_time,
        seen=seen,
    )


def _following(schedule: Any, item: Mapping[str, Any]) -> tuple[str, int, str]:
    """Plan and quantity of the phase that follows the present one."""
    if not isinstance(schedule, Mapping) or schedule.get("status") not in {"active", "not_started"}:
        return "", 0, ""
    present = schedule.get("current_phase") or {"end_date": 0}
    for phase in schedule["phases"]:
        if phase["start_date"] < present["end_date"]:
            continue
        for one in phase["items"]:
            name = (phase.get("metadata") or {}).get("plan") or ""
            if name and "quantity" in one:
                return str(name), int(one["quantity"]), str(schedule["id"])
    return "", 0, str(schedule["id"])
