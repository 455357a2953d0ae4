"""Routes for administrators: people with plan and use, and the audit log."""

from __future__ import annotations

import math
from dataclasses import asdict

from joulebook_hub.administration.models import Audit, AuditEntry, Member, People
from joulebook_hub.lending.lender import Lender
from joulebook_hub.service.routes import Context, Feature, PageQuery, Route

__all__ = ["FEATURE", "ROUTES"]

_MOST_PEOPLE = 200


def people(context: Context, query: PageQuery) -> People:
    """List the hub's users with plan and use.

    Parameters
    ----------
    context : Context
        An administrator; the hub is asked with that token, the service itself may not list users.
    query : PageQuery
        Which page; ``after`` counts users.

    Returns
    -------
    People
        In the hub's order.
    """
    most = min(query.most, _MOST_PEOPLE)
    found = context.ask_hub("users", offset=query.after, limit=most)
    lender: Lender = context.features["lending"]
    members = []
    with context.store.read() as transaction:
        desk, now = lender.ledger.view(lender.cards)
        for user in found:
            name, groups = str(user["name"]), sorted(str(group) for group in user.get("groups") or ())
            terms = lender.terms(transaction, name, groups)
            members.append(
                Member(
                    name=name,
                    groups=groups,
                    plan=terms.plan,
                    gpu_used=desk.spent(name, now),
                    gpu_allowed=terms.allowed if math.isfinite(terms.allowed) else None,
                )
            )
    return People(people=members, next=query.after + most if len(found) == most else None)


def audit(context: Context, query: PageQuery) -> Audit:
    """List what administrators did, newest first.

    Parameters
    ----------
    context : Context
        An administrator.
    query : PageQuery
        Which page; ``after`` is the last line that is known already, so the page has older ones.

    Returns
    -------
    Audit
        The page.
    """
    with context.store.read() as transaction:
        lines = transaction.audit(before=query.after or None, most=query.most)
    following = lines[-1].line if lines and len(lines) == query.most else None
    return Audit(lines=[AuditEntry(**asdict(line)) for line in lines], next=following)


ROUTES = (
    Route(
        "GET", "people", "Everybody with plan and use", people, {200: People}, query=PageQuery, who="admin", waits=True
    ),
    Route("GET", "audit", "What administrators did, newest first", audit, {200: Audit}, query=PageQuery, who="admin"),
)

FEATURE = Feature("administration", ROUTES)
