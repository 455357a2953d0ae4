"""What the page of plans shows: for each plan its price, its limits and what choosing it would do."""

from __future__ import annotations

from dataclasses import dataclass

from joulebook_hub.billing.charges import cents, dollars
from joulebook_hub.billing.rules import Subscription
from joulebook_hub.plans import BY_AGREEMENT, LIMITS, SET_BY_ADMINISTRATOR, Plan, Plans, cell

__all__ = ["Offer", "change_now", "limits_of", "offers", "price_of", "rows", "titles"]

_HIDDEN = {"price", "seats", "gpu_hours_shared", "queue_weight", "overage"}


@dataclass(frozen=True)
class Offer:
    """One plan on the page.

    Parameters
    ----------
    plan : Plan
        The plan.
    price : str
        In words; empty where the hub does not bill.
    per : str
        What the price is for.
    limits : list of str
        Value of each limit that the hub enforces, in the order of `rows`.
    present : bool
        True for the plan that the person has.
    choice : str
        Words of the button; empty without one.
    note : str
        What stands in place of a button.
    seats : int or None
        Present number of packs where several can be chosen.
    pack : int
        Seats in one pack.
    """

    plan: Plan
    price: str
    per: str
    limits: list[str]
    present: bool
    choice: str
    note: str = ""
    seats: int | None = None
    pack: int = 1


def price_of(plan: Plan) -> int | None:
    """Price of a plan.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    int or None
        Cents in a month; None by agreement.
    """
    price = plan.limits["price"]
    return None if price == BY_AGREEMENT else cents(price)


def rows() -> list[str]:
    """Limits that a person compares.

    Returns
    -------
    list of str
        Rows of the plans' file, in their order.
    """
    return [name for name in LIMITS if name not in _HIDDEN]


def limits_of(plan: Plan) -> list[str]:
    """Limits of a plan, in the order of `rows`.

    Parameters
    ----------
    plan : Plan
        The plan.

    Returns
    -------
    list of str
        Values, for a person.
    """
    shared = " shared" if plan.limits["gpu_hours_shared"] else ""
    values = [
        "as agreed" if plan.limits[name] == SET_BY_ADMINISTRATOR else cell(name, plan.limits[name]) for name in rows()
    ]
    return [value + (shared if name == "gpu_hours" else "") for name, value in zip(rows(), values, strict=True)]


def titles() -> list[str]:
    """Names of the limits, in the order of `rows`.

    Returns
    -------
    list of str
        For a person.
    """
    found = [LIMITS[name].title.removesuffix(", GB") for name in rows()]
    return [title[0].upper() + title[1:] for title in found]


def offers(
    plans: Plans, present: Plan | None, subscription: Subscription | None, *, billed: bool, trial: bool, own: bool
) -> list[Offer]:
    """All plans, as the page shows them to somebody.

    Parameters
    ----------
    plans : Plans
        The plans.
    present : Plan or None
        What the person or the organisation has.
    subscription : Subscription or None
        The subscription that goes on.
    billed : bool
        False where the hub does not bill: no prices, nothing to choose.
    trial : bool
        True if a first subscription would begin with a trial.
    own : bool
        True for a person, False for an organisation.

    Returns
    -------
    list of Offer
        In the order of the file.
    """
    made = []
    for plan in plans.tiers:
        price, seats = price_of(plan), plan.limits["seats"]
        pack = seats if isinstance(seats, int) else 1
        many = bool(plan.limits["gpu_hours_shared"])
        mine = subscription is not None and subscription.plan == plan.name
        per = (
            ""
            if not price
            else f"per month for {pack} people"
            if pack > 1
            else "per person and month"
            if many
            else "per month"
        )
        words = "by agreement" if price is None else "free" if price == 0 else dollars(price)
        choice, note = _choice(plans, plan, price, subscription, trial) if billed else ("", "")
        if choice and many == own:
            choice, note = "", "For organisations." if many else "For one person."
        packs = (subscription.quantity if mine and subscription else 1) if many and choice else None
        made.append(
            Offer(
                plan,
                words if billed else "",
                per if billed else "",
                limits_of(plan),
                present is not None and plan.name == present.name,
                choice,
                note,
                packs,
                pack,
            )
        )
    return made


def _choice(
    plans: Plans, plan: Plan, price: int | None, subscription: Subscription | None, trial: bool
) -> tuple[str, str]:
    if price is None:
        return "", "Ask an administrator."
    if price == 0:
        return "", "Without a subscription."
    if subscription is None:
        return (f"Try {plans.charges.trial_days} days" if trial else f"Choose {plan.title}"), ""
    names = [each.name for each in plans.tiers]
    if subscription.plan == plan.name:
        return ("Change seats" if plan.limits["gpu_hours_shared"] else ""), ""
    larger = subscription.plan not in names or names.index(plan.name) > names.index(subscription.plan)
    return ("Upgrade now" if larger else "Change later"), ""


def change_now(plans: Plans, subscription: Subscription, plan: str, quantity: int, now: float) -> int:
    """What an upgrade charges at once, before reductions and tax.

    Parameters
    ----------
    plans : Plans
        The plans.
    subscription : Subscription
        The present one.
    plan : str
        The plan that is chosen.
    quantity : int
        How many times its price.
    now : float
        Real time, s since 1970.

    Returns
    -------
    int
        Cents; 0 in a trial and for what costs less.
    """
    old, new = plans.named(subscription.plan), plans.named(plan)
    if subscription.status == "trialing" or new is None:
        return 0
    before = (price_of(old) or 0) * subscription.quantity if old else 0
    after = (price_of(new) or 0) * quantity
    whole = max(1, subscription.period_end - subscription.period_start)
    rest = min(max(0, int(subscription.period_end - subscription.time(now))), whole)
    return max(0, (2 * (after - before) * rest + whole) // (2 * whole))
