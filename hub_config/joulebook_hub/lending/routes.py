"""Routes of lending: leases of a user's kernels, and what was used.

| request | answer |
|---|---|
| ``POST leases`` with ``{"kernel": …}`` | 200 lent, 202 waiting, 402 refused; once per kernel, however often |
| the same with ``kind``, ``priority``, ``most`` | which kind of card, standing back or not, for how long at most |
| the same with ``server`` | the lease ends when the hub sees that this server of the user's has ended |
| ``PUT leases/KERNEL`` | 200, or 410 when the lease has ended |
| ``DELETE leases/KERNEL`` | 204, also when there was none |
| ``GET meter`` | plan, GPU time of the month and leases of the token's own user |
| ``GET leases``, ``GET usage?after=LINE&most=N`` | of the token's own user |
"""

from __future__ import annotations

import math
from dataclasses import asdict

from joulebook_hub.billing.account import offer_of
from joulebook_hub.draining import MESSAGE
from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.models import Kernel, Leases, Lent, Line, Meter, NotLent, Usage, Waits, Wanted
from joulebook_hub.lending.records import Card, Gone, Queued, Refused, Standing, Wish
from joulebook_hub.plans import Plan
from joulebook_hub.quota.decisions import Offer
from joulebook_hub.service.routes import Answer, Context, Feature, Measure, PageQuery, Parts, Route

__all__ = ["FEATURE", "ROUTES", "refusal"]


def refusal(found: Refused, offer: Offer | None = None) -> str:
    """Say to a person why there is no card.

    Parameters
    ----------
    found : Refused
        The desk's answer.
    offer : Offer, optional
        Where people get more.

    Returns
    -------
    str
        What is wrong and what to try.
    """
    if found.reason == "draining":
        return MESSAGE
    if found.reason == "no_such_card":
        return "This hub lends no GPU of the kind that the kernel asks for. Choose another kernel."
    if found.reason == "no_cards":
        return "This hub has no GPU to lend. Choose the kernel “Joulebook (CPU)”."
    page = (offer or Offer()).plans_page
    more = f"Choose a larger plan ({page})" if page else "Ask an administrator of this hub for GPU-hours"
    way_out = f"{more}, or choose the kernel “Joulebook (CPU)”."
    if found.reason == "no_gpu_time":
        return f"Your plan has no GPU-hours. {way_out}"
    allowed = f"{found.allowed / 3600:g} GPU-hours"
    if found.reason == "set_aside":
        return f"What is left of this month's {allowed} is set aside for your running GPU kernels. Shut one down first."
    return f"This month's {allowed} are used up. {way_out} New hours come with the next month (UTC)."


def _lender(context: Context) -> Lender:
    lender: Lender = context.features["lending"]
    return lender


def _answer(found: Standing | Queued | Refused | Gone, offer: Offer | None = None) -> Answer:
    if isinstance(found, Standing):
        values = asdict(found)
        return Answer(200, Lent(**values | {"remaining": found.remaining if math.isfinite(found.remaining) else None}))
    if isinstance(found, Queued):
        return Answer(202, Waits(**asdict(found)))
    if isinstance(found, Refused):
        return Answer(402, NotLent(state="refused", reason=found.reason, message=refusal(found, offer)))
    return Answer(410, NotLent(state="gone", reason="gone", message="There is no such lease (any more)."))


def held(context: Context) -> Leases:
    """List what the user holds and waits for.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    Leases
        Leases first, then claims.
    """
    return Leases.model_validate({"leases": _lender(context).leases(context.person.name)})


def meter(context: Context) -> Meter:
    """Tell the user's plan, GPU time and leases; of a shared GPU time, the account with less left.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    Meter
        Of this month.
    """
    lender, person = _lender(context), context.person
    with context.store.read() as transaction:
        terms = lender.terms(transaction, person.name, person.groups)
    accounts = [(terms.allowed, lender.ledger.spent(person.name))]
    if terms.pool:
        accounts.append((terms.pooled, lender.ledger.spent(terms.pool)))
    allowed, used = min(accounts, key=lambda each: each[0] - each[1])
    plan = lender.plans.named(terms.plan)
    return Meter.model_validate(
        {
            "plan": plan.title if isinstance(plan, Plan) else terms.plan,
            "used": used,
            "allowed": allowed if math.isfinite(allowed) else None,
            "leases": lender.leases(person.name),
        }
    )


def acquire(context: Context, body: Wanted) -> Answer:
    """Ask for a card.

    Parameters
    ----------
    context : Context
        Who asks.
    body : Wanted
        For which kernel, and what for.

    Returns
    -------
    Answer
        Lent, waiting or refused.
    """
    person = context.person
    most = math.inf if body.most is None else body.most
    wish = Wish(body.kind, body.priority, most, body.project, body.server)
    lender = _lender(context)
    return _answer(lender.acquire(person.name, person.groups, body.kernel, wish), lender.offer)


def renew(context: Context, path: Kernel) -> Answer:
    """Say that a kernel still has its card.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Kernel
        For which kernel.

    Returns
    -------
    Answer
        Lent, or gone.
    """
    person = context.person
    return _answer(_lender(context).renew(person.name, person.groups, path.kernel))


def release(context: Context, path: Kernel) -> None:
    """Give a card back, or leave the queue.

    Parameters
    ----------
    context : Context
        Who asks.
    path : Kernel
        For which kernel.
    """
    _lender(context).release(context.person.name, context.person.groups, path.kernel)


def usage(context: Context, query: PageQuery) -> Usage:
    """List the user's lines of the ledger, oldest first.

    Parameters
    ----------
    context : Context
        Who asks.
    query : PageQuery
        Which page.

    Returns
    -------
    Usage
        The page.
    """
    lines = _lender(context).ledger.lines(context.person.name, after=query.after, most=query.most)
    following = lines[-1].line if lines and len(lines) == query.most else None
    return Usage(lines=[Line(**asdict(line)) for line in lines], next=following)


def _measures(context: Context) -> list[Measure]:
    lender = _lender(context)
    desk, now = lender.ledger.view(lender.cards)
    desk.expire(now)
    places = sum(card.places for card in lender.cards)
    return [
        Measure("joulebook_gpu_places", "Kernels that all cards have room for.", {(): places}),
        Measure("joulebook_leases", "GPUs that are lent.", {(): len(desk.loans)}),
        Measure("joulebook_queue_length", "Kernels that wait for a GPU.", {(): len(desk.claims)}),
        Measure(
            "joulebook_gpu_seconds_total",
            "GPU time of ended leases, s, by how they ended.",
            {(reason,): seconds for reason, seconds in lender.ledger.totals().items()},
            ("reason",),
        ),
    ]


def _open(parts: Parts) -> Lender:
    cards = Card.listed(parts.environment.get("JOULEBOOK_CARDS", ""))
    return Lender(parts.store, parts.plans, cards, offer_of(parts.environment))


ROUTES = (
    Route("GET", "meter", "Plan, GPU time and leases of the user", meter, {200: Meter}),
    Route("GET", "leases", "What the user holds and waits for", held, {200: Leases}),
    Route("POST", "leases", "Ask for a card", acquire, {200: Lent, 202: Waits, 402: NotLent}, body=Wanted),
    Route(
        "PUT",
        "leases/{kernel}",
        "Heartbeat of a kernel that has a card",
        renew,
        {200: Lent, 410: NotLent},
        path=Kernel,
        limits=(),
    ),
    Route("DELETE", "leases/{kernel}", "Give a card back", release, {204: None}, path=Kernel, limits=()),
    Route("GET", "usage", "Lines of the ledger, oldest first", usage, {200: Usage}, query=PageQuery),
)

FEATURE = Feature("lending", ROUTES, open=_open, measures=_measures)
