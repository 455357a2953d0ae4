"""What administrators set for persons and groups, kept in the store; lines are only added."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import and_, func, insert, or_, select

from joulebook_hub.errors import HubError
from joulebook_hub.plans import Plans
from joulebook_hub.quota.entitlements import Override, Subject, value_fault
from joulebook_hub.quota.tables import overrides
from joulebook_hub.store import Transaction

__all__ = ["add_override", "history", "in_force", "overrides_for"]

_SHORTEST_REASON, _LONGEST_REASON = 3, 300


def add_override(
    transaction: Transaction,
    plans: Plans,
    *,
    actor: str,
    kind: Subject,
    subject: str,
    row: str,
    value: Any,
    until: float | None,
    reason: str,
) -> Override:
    """Set a row, or the plan, of a person or a group, or take that back.

    Parameters
    ----------
    transaction : Transaction
        It is written with what else happens there, and into the audit log.
    plans : Plans
        The plans.
    actor : str
        Which administrator.
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
    reason : str
        Why.

    Returns
    -------
    Override
        As written.

    Raises
    ------
    HubError
        If the value is none of this row, the end is past, the reason or the subject is missing.
    """
    fault = value_fault(plans, row, value)
    if fault:
        raise HubError(fault, reason="bad_override")
    if not 1 <= len(subject) <= 255:
        raise HubError(f"{kind} = {subject[:40]!r}: name one, at most 255 characters.", reason="bad_override")
    if until is not None and until <= transaction.now:
        raise HubError("The last day is past. Use a day from today on.", reason="bad_day")
    reason = " ".join(reason.split())
    if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
        message = f"Say why, in {_SHORTEST_REASON} to {_LONGEST_REASON} characters."
        raise HubError(message, reason="no_reason")
    values = {
        "at": transaction.now,
        "actor": actor,
        "kind": kind,
        "subject": subject,
        "row": row,
        "value": json.dumps(value),
        "until": until,
        "reason": reason,
    }
    key = transaction.execute(insert(overrides).values(values)).inserted_primary_key
    made = Override(int(key[0]) if key else 0, kind, subject, row, value, until, reason, actor, transaction.now)
    transaction.note(actor=actor, action=_action(made), subject=_subject(made), reason=reason)
    return made


def _subject(made: Override) -> str:
    return made.subject if made.kind == "person" else f"group {made.subject}"[:255]


def _action(made: Override) -> str:
    from joulebook_hub.lending.records import day_of

    until = "" if made.until is None else f" to the end of {day_of(made.until - 1.0)}"
    what = "as in the plan" if made.value is None else f"= {made.value}"
    if made.row == "plan" and made.value is None:
        what = "as bought, by group or default"
    return f"{made.row} {what}{until}"[:200]


def overrides_for(transaction: Transaction, user: str, groups: Sequence[str]) -> list[Override]:
    """What was set for a person and the person's groups.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.
    groups : sequence of str
        Groups of the person's.

    Returns
    -------
    list of Override
        The newest line of each row, oldest first.
    """
    mine = and_(overrides.c.kind == "person", overrides.c.subject == user)
    if groups:
        mine = or_(mine, and_(overrides.c.kind == "group", overrides.c.subject.in_(list(groups))))
    newest = (
        select(func.max(overrides.c.line)).where(mine).group_by(overrides.c.kind, overrides.c.subject, overrides.c.row)
    )
    return [
        _override(row)
        for row in transaction.execute(select(overrides).where(overrides.c.line.in_(newest)).order_by(overrides.c.line))
    ]


def in_force(transaction: Transaction) -> list[Override]:
    """Everything that is set now.

    Parameters
    ----------
    transaction : Transaction
        Where to look.

    Returns
    -------
    list of Override
        By kind, subject and row.
    """
    newest = select(func.max(overrides.c.line)).group_by(overrides.c.kind, overrides.c.subject, overrides.c.row)
    found = [_override(row) for row in transaction.execute(select(overrides).where(overrides.c.line.in_(newest)))]
    now = transaction.now
    kept = [each for each in found if each.value is not None and (each.until is None or now < each.until)]
    return sorted(kept, key=lambda each: (each.kind, each.subject, each.row))


def history(transaction: Transaction, *, after: int = 0, most: int = 100) -> list[Override]:
    """Every line, also those that have ended or were taken back.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    after : int
        Number of the last line that is known already.
    most : int
        How many.

    Returns
    -------
    list of Override
        Oldest first.
    """
    statement = select(overrides).where(overrides.c.line > after).order_by(overrides.c.line).limit(most)
    return [_override(row) for row in transaction.execute(statement)]


def _override(row: Any) -> Override:
    value = json.loads(row.value)
    kind = cast("Subject", row.kind)
    return Override(row.line, kind, row.subject, row.row, value, row.until, row.reason, row.actor, row.at)
