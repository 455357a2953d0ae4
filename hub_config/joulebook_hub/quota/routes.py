"""Routes of quota: what a person may use, what was used, what an action may cost; and what administrators set."""

from __future__ import annotations

import asyncio
import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from joulebook_hub.errors import HubError
from joulebook_hub.quota.entitlements import Entitlement, Override
from joulebook_hub.quota.homes import measure_all
from joulebook_hub.quota.meters import Meter, estimate, history, history_as_csv, meters
from joulebook_hub.quota.models import (
    CostModel,
    EstimateQuery,
    Histories,
    HistoryModel,
    HistoryQuery,
    MeterModel,
    NewOverride,
    OverrideModel,
    Overrides,
    PersonPath,
    QuotaModel,
    RowModel,
)
from joulebook_hub.quota.overrides import add_override, in_force
from joulebook_hub.quota.overrides import history as all_overrides
from joulebook_hub.quota.people import entitlement, remember_groups
from joulebook_hub.service.routes import (
    Answer,
    Context,
    Fault,
    Feature,
    PageQuery,
    Parts,
    Route,
    ServiceError,
    Text,
)
from joulebook_hub.store import Store

__all__ = ["FEATURE", "ROUTES", "end_of_day"]

_EVERY = 600.0


def end_of_day(day: str) -> float:
    """End of a day.

    Parameters
    ----------
    day : str
        ``YYYY-MM-DD``, UTC.

    Returns
    -------
    float
        The first instant of the next day, s since 1970.

    Raises
    ------
    HubError
        If there is no such day.
    """
    try:
        return (datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)).timestamp()
    except (ValueError, OverflowError) as error:
        raise HubError(f"Last day = {day[:20]!r}: use a day from today on, YYYY-MM-DD.", reason="bad_day") from error


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _meter(found: Meter) -> MeterModel:
    colour: Any = found.colour
    values = {name: getattr(found, name) for name in ("row", "title", "unit", "used", "share", "why", "note")}
    return MeterModel(**values, most=_finite(found.most), colour=colour)


def _quota(store: Store, found: Entitlement) -> QuotaModel:
    return QuotaModel(
        user=found.user,
        plan=found.plan.name,
        title=found.plan.title,
        why=found.why,
        pool=found.pool,
        metered=found.metered,
        rows={row: RowModel(value=each.value, why=each.why) for row, each in found.rows.items()},
        meters=[_meter(each) for each in meters(store, found)],
    )


def _own(context: Context) -> Entitlement:
    with context.store.begin() as transaction:
        remember_groups(transaction, context.person.name, context.person.groups)
        return entitlement(transaction, context.plans, context.person.name, context.person.groups)


def own_quota(context: Context) -> QuotaModel:
    """Say what the person may use, and what was used.

    Parameters
    ----------
    context : Context
        Who asks.

    Returns
    -------
    QuotaModel
        Plan, rows and meters.
    """
    return _quota(context.store, _own(context))


def quota_of(context: Context, path: PersonPath) -> QuotaModel:
    """Say the same of somebody else, by the groups that were seen last.

    Parameters
    ----------
    context : Context
        An administrator.
    path : PersonPath
        Whose.

    Returns
    -------
    QuotaModel
        Plan, rows and meters.
    """
    with context.store.read() as transaction:
        found = entitlement(transaction, context.plans, path.name)
    return _quota(context.store, found)


def own_history(context: Context, query: HistoryQuery) -> Histories:
    """List what was used, by day and project.

    Parameters
    ----------
    context : Context
        Who asks.
    query : HistoryQuery
        Which days.

    Returns
    -------
    Histories
        Oldest first.
    """
    with context.store.read() as transaction:
        lines = history(transaction, context.person.name, since=query.since)
    return Histories(lines=[HistoryModel(**asdict(line)) for line in lines])


def own_history_table(context: Context, query: HistoryQuery) -> Text:
    """Write the history as a table.

    Parameters
    ----------
    context : Context
        Who asks.
    query : HistoryQuery
        Which days.

    Returns
    -------
    Text
        As CSV.
    """
    with context.store.read() as transaction:
        lines = history(transaction, context.person.name, since=query.since)
    return Text(history_as_csv(lines), "text/csv", "usage.csv")


def own_estimate(context: Context, query: EstimateQuery) -> CostModel:
    """Estimate what a GPU kernel may cost.

    Parameters
    ----------
    context : Context
        Who asks.
    query : EstimateQuery
        Which action.

    Returns
    -------
    CostModel
        From the person's own past.
    """
    found = _own(context)
    gpu = [meter for meter in meters(context.store, found) if meter.row == "gpu_hours"]
    left = min((max(meter.most - meter.used, 0.0) for meter in gpu), default=math.inf)
    with context.store.read() as transaction:
        cost = estimate(transaction, context.person.name, query.project)
    return CostModel(**asdict(cost), left=_finite(left))


def _model(made: Override) -> OverrideModel:
    return OverrideModel(**asdict(made))


def list_overrides(context: Context, query: PageQuery) -> Overrides:
    """List everything that administrators set, also what has ended.

    Parameters
    ----------
    context : Context
        An administrator.
    query : PageQuery
        Which page.

    Returns
    -------
    Overrides
        Oldest first.
    """
    with context.store.read() as transaction:
        lines = all_overrides(transaction, after=query.after, most=query.most)
    return Overrides(
        overrides=[_model(line) for line in lines], next=lines[-1].line if lines and len(lines) == query.most else None
    )


def list_in_force(context: Context) -> Overrides:
    """List what is set now.

    Parameters
    ----------
    context : Context
        An administrator.

    Returns
    -------
    Overrides
        By kind, subject and row.
    """
    with context.store.read() as transaction:
        return Overrides(overrides=[_model(each) for each in in_force(transaction)])


def set_override(context: Context, body: NewOverride) -> Answer:
    """Set a row or the plan of a person or a group, or take that back.

    Parameters
    ----------
    context : Context
        An administrator.
    body : NewOverride
        What.

    Returns
    -------
    Answer
        201 with the line.

    Raises
    ------
    ServiceError
        If a value is wrong.
    """
    try:
        until = None if body.last_day is None else end_of_day(body.last_day)
        with context.store.begin() as transaction:
            made = add_override(
                transaction,
                context.plans,
                actor=context.person.name,
                until=until,
                **body.model_dump(include={"kind", "subject", "row", "value", "reason"}),
            )
    except HubError as error:
        raise ServiceError(error.user_message, reason=error.reason) from error
    return Answer(201, _model(made))


def _open(parts: Parts) -> tuple[Store, Path | None]:
    home = parts.environment.get("JOULEBOOK_HOME")
    return parts.store, Path(home) / "workspaces" / "users" if home else None


async def _measure(made: tuple[Store, Path | None]) -> None:
    """Measure the homes again and again, beside the database's thread."""
    store, workspaces = made
    while workspaces is not None:
        await asyncio.to_thread(measure_all, store, workspaces)
        await asyncio.sleep(_EVERY)


ROUTES = (
    Route("GET", "quota", "What you may use, and what was used", own_quota, {200: QuotaModel}),
    Route(
        "GET", "quota/history", "What was used, by day and project", own_history, {200: Histories}, query=HistoryQuery
    ),
    Route("GET", "quota/history.csv", "The same as a table", own_history_table, {200: "text/csv"}, query=HistoryQuery),
    Route("GET", "quota/estimate", "What a GPU kernel may cost", own_estimate, {200: CostModel}, query=EstimateQuery),
    Route(
        "GET", "people/{name}/quota", "What somebody may use", quota_of, {200: QuotaModel}, path=PersonPath, who="admin"
    ),
    Route("GET", "overrides", "All that was set", list_overrides, {200: Overrides}, query=PageQuery, who="admin"),
    Route("GET", "overrides/now", "What is set now", list_in_force, {200: Overrides}, who="admin"),
    Route(
        *("POST", "overrides", "Set a row or the plan of a person or a group", set_override),
        {201: OverrideModel, 400: Fault},
        body=NewOverride,
        who="admin",
    ),
)

FEATURE = Feature("quota", ROUTES, open=_open, run=_measure)
