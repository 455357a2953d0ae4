"""Numbers about payments for Prometheus."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from joulebook_hub.billing import records, tables
from joulebook_hub.service.routes import Context, Measure

__all__ = ["measures"]


def measures(context: Context) -> list[Measure]:
    """Count subscriptions, charges and news.

    Parameters
    ----------
    context : Context
        Of nobody.

    Returns
    -------
    list of Measure
        No amounts of single people among them.
    """
    with context.store.read() as transaction:
        found = Counter((each.plan, each.status) for each in records.all_subscriptions(transaction))
        billed = float(transaction.scalar(select(func.sum(tables.billed.c.units))) or 0)
        lines = int(
            transaction.scalar(select(func.count()).select_from(tables.billed).where(tables.billed.c.units > 0))
        )
        told = int(transaction.scalar(select(func.count()).select_from(tables.reports)))
        news = float(transaction.scalar(select(func.count()).select_from(tables.events)))
    held: dict[tuple[str, ...], float] = {labels: float(many) for labels, many in found.items()}
    return [
        Measure("joulebook_subscriptions", "Subscriptions by plan and status.", held, ("plan", "status")),
        Measure("joulebook_billed_gpu_seconds_total", "GPU time beyond plans that is billed, s.", {(): billed}),
        Measure(
            "joulebook_charges_untold", "Charges that Stripe's meter does not have yet.", {(): max(lines - told, 0)}
        ),
        Measure("joulebook_webhook_events_total", "Events of Stripe's that were taken.", {(): news}),
    ]
