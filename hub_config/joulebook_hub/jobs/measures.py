"""Numbers about jobs for Prometheus."""

from __future__ import annotations

from sqlalchemy import func, select

from joulebook_hub.jobs import tables
from joulebook_hub.jobs.records import ACTIVE, ENDED
from joulebook_hub.service.routes import Context, Measure

__all__ = ["measures"]


def measures(context: Context) -> list[Measure]:
    """Count the jobs.

    Parameters
    ----------
    context : Context
        Of nobody.

    Returns
    -------
    list of Measure
        Jobs by state, and for how long the oldest waits.
    """
    table = tables.jobs
    by_state = select(table.c.state, func.count().label("many")).group_by(table.c.state)
    oldest = select(func.min(table.c.submitted)).where(table.c.state == "queued")
    with context.store.read() as transaction:
        found = {str(row.state): float(row.many) for row in transaction.execute(by_state)}
        since = transaction.scalar(oldest)
        waits = 0.0 if since is None else max(transaction.now - float(since), 0.0)
    states: dict[tuple[str, ...], float] = {(state,): found.get(state, 0.0) for state in (*ACTIVE, *ENDED)}
    return [
        Measure("joulebook_jobs", "Jobs by state.", states, ("state",)),
        Measure("joulebook_job_wait_seconds", "For how long the oldest queued job waits, s.", {(): waits}),
    ]
