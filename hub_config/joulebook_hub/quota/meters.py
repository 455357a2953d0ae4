"""What was used of the rows that can be used up: meters, history by day and project, and what an action may cost."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import func, select

from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import day_of
from joulebook_hub.lending.tables import loans, usage
from joulebook_hub.plans import LIMITS
from joulebook_hub.quota.decisions import colour
from joulebook_hub.quota.entitlements import Entitlement
from joulebook_hub.quota.homes import home_of
from joulebook_hub.quota.tables import units
from joulebook_hub.quota.units import COUNTED, units_used
from joulebook_hub.store import Store, Transaction

__all__ = ["METERED_ROWS", "Cost", "HistoryLine", "Meter", "estimate", "history", "history_as_csv", "meters"]

METERED_ROWS = ("gpu_hours", "jobs", "projects", "storage", "named_servers")
_RECENT = 20
_LEAST_HOURS = 0.01


@dataclass(frozen=True)
class Meter:
    """What was used of one row.

    Parameters
    ----------
    row, title, unit : str
        The row, what it limits, and the unit of its amounts.
    used : float
        What was used.
    most : float
        What is allowed; infinity where nothing limits it.
    why : str
        Where the limit comes from.
    note : str
        What else a person should know.
    """

    row: str
    title: str
    unit: str
    used: float
    most: float
    why: str
    note: str = ""

    @property
    def share(self) -> float:
        """Used over allowed; 0 where nothing limits it, 1 where nothing is allowed and something was used."""
        if self.most > 0:
            return 0.0 if math.isinf(self.most) else self.used / self.most
        return 1.0 if self.used > 0 else 0.0

    @property
    def colour(self) -> str:
        """``"green"``, ``"yellow"`` or ``"red"``."""
        return colour(self.share)


def meters(store: Store, entitlement: Entitlement) -> list[Meter]:
    """Read a person's meters.

    Parameters
    ----------
    store : Store
        Where to look.
    entitlement : Entitlement
        Whose, and what is allowed.

    Returns
    -------
    list of Meter
        One for each row that can be used up.
    """
    ledger = Ledger(store)
    with store.read() as transaction:
        found = []
        for row in METERED_ROWS:
            if row == "gpu_hours":
                found += _gpu_meters(ledger, entitlement)
                continue
            used, note = _used(transaction, entitlement.user, row)
            limit = LIMITS[row]
            why = entitlement.rows[row].why
            found.append(Meter(row, limit.title, limit.unit, used, entitlement.amount(row), why, note))
        return found


def _gpu_meters(ledger: Ledger, entitlement: Entitlement) -> list[Meter]:
    limit = LIMITS["gpu_hours"]
    own = ledger.spent(entitlement.user) / 3600.0
    metered = " Time beyond is lent on and billed by the meter." if entitlement.metered else ""
    if not entitlement.pool:
        most, why = entitlement.amount("gpu_hours"), entitlement.rows["gpu_hours"].why
        return [Meter("gpu_hours", limit.title, limit.unit, own, most, why, metered.strip())]
    pool = entitlement.pool.partition("/")[2] or entitlement.pool
    shared = ledger.spent(entitlement.pool) / 3600.0
    title = f"{limit.title}, shared by {pool}"
    found = [Meter("gpu_hours", title, limit.unit, shared, entitlement.pooled, entitlement.why, metered.strip())]
    own_title = f"{limit.title}, your part"
    own_row = entitlement.rows["gpu_hours"]
    return [*found, Meter("gpu_hours", own_title, limit.unit, own, entitlement.amount("gpu_hours"), own_row.why)]


def _used(transaction: Transaction, user: str, row: str) -> tuple[float, str]:
    if row in COUNTED:
        return float(units_used(transaction, user, row)), ""
    home = home_of(transaction, user)
    if home is None:
        return 0.0, "Not measured yet."
    least = "" if home.measured.complete else " At least: there are more files than were looked at."
    return home.gigabytes, f"Measured {_minutes(transaction.now - home.at)} ago.{least}"


def _minutes(seconds: float) -> str:
    minutes = max(round(seconds / 60.0), 0)
    return "less than a minute" if minutes < 1 else f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


@dataclass(frozen=True)
class HistoryLine:
    """What was used on one day for one project.

    Parameters
    ----------
    day : str
        ``YYYY-MM-DD``, UTC.
    project : str
        The folder that kernels or jobs worked in; empty for the top of the workspace.
    gpu_seconds : float
        GPU time, s, all that was lent.
    grace_seconds, metered_seconds : float
        Parts of it that were not charged, and that were billed by the meter.
    jobs : int
        Jobs that were started.
    """

    day: str
    project: str
    gpu_seconds: float = 0.0
    grace_seconds: float = 0.0
    metered_seconds: float = 0.0
    jobs: int = 0


def history(transaction: Transaction, user: str, *, since: str = "0000") -> list[HistoryLine]:
    """What a person used, by day and project, running leases included.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.
    since : str
        First day.

    Returns
    -------
    list of HistoryLine
        By day, oldest first, then by project.
    """
    sums: dict[tuple[str, str], list[float]] = {}

    def add(day: str, project: str, *values: float) -> None:
        line = sums.setdefault((day, project), [0.0, 0.0, 0.0, 0.0])
        for place, value in enumerate(values):
            line[place] += value

    columns = [func.sum(usage.c[name]) for name in ("seconds", "grace", "metered")]
    written = (
        select(usage.c.day, usage.c.project, *columns)
        .where(usage.c.user == user, usage.c.day >= since)
        .group_by(usage.c.day, usage.c.project)
    )
    found: Any = transaction.execute(written)
    for day, project, *values in found:
        add(day, project, *map(float, values))
    running = select(loans.c.beat, loans.c.project, loans.c.seconds, loans.c.grace, loans.c.metered)
    for row in transaction.execute(running.where(loans.c.user == user)):
        if day_of(row.beat) >= since:
            add(day_of(row.beat), row.project, row.seconds, row.grace, row.metered)
    counted = (
        select(units.c.day, units.c.project, func.count())
        .where(units.c.user == user, units.c.row == "jobs", units.c.day >= since)
        .group_by(units.c.day, units.c.project)
    )
    found = transaction.execute(counted)
    for day, project, count in found:
        add(day, project, 0.0, 0.0, 0.0, float(count))
    return [
        HistoryLine(day, project, gpu, grace, metered, int(jobs))
        for (day, project), (gpu, grace, metered, jobs) in sorted(sums.items())
    ]


def history_as_csv(lines: Sequence[HistoryLine]) -> str:
    """Write a history as a table.

    Parameters
    ----------
    lines : sequence of HistoryLine
        The history.

    Returns
    -------
    str
        Comma-separated, with a head. A project that begins like a formula gets an apostrophe, so that no spreadsheet
        computes with it.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("day", "project", "gpu_time_s", "grace_s", "metered_s", "jobs"))
    for line in lines:
        project = "'" + line.project if line.project[:1] in {"=", "+", "-", "@", "\t", "\r"} else line.project
        numbers = (f"{value:.1f}" for value in (line.gpu_seconds, line.grace_seconds, line.metered_seconds))
        writer.writerow((line.day, project, *numbers, line.jobs))
    return stream.getvalue()


@dataclass(frozen=True)
class Cost:
    """What an action may cost, from the person's own past.

    Parameters
    ----------
    gpu_hours : float or None
        Median of what such actions took; None without a past.
    low, high : float or None
        Quartiles, GPU-hours.
    cases : int
        How many past actions that is.
    project : str
        Which project they were for; empty for all.
    sentence : str
        For the person: ``"about 0.1 GPU-hours"``.
    """

    gpu_hours: float | None
    low: float | None
    high: float | None
    cases: int
    project: str
    sentence: str


def estimate(transaction: Transaction, user: str, project: str = "") -> Cost:
    """Estimate the GPU time of a kernel from the person's last ones: those for the same project, else all.

    Parameters
    ----------
    transaction : Transaction
        Where to look.
    user : str
        The person.
    project : str
        What the kernel is for.

    Returns
    -------
    Cost
        The median of the last 20.
    """
    for chosen in dict.fromkeys((project, "")):
        seconds = func.sum(usage.c.seconds)
        statement = select(seconds).where(usage.c.user == user).group_by(usage.c.loan)
        if chosen:
            statement = statement.where(usage.c.project == chosen)
        statement = statement.having(seconds > 0).order_by(func.max(usage.c.line).desc()).limit(_RECENT)
        found = sorted(float(value) / 3600.0 for value in transaction.execute(statement).scalars())
        if found:
            middle = median(found)
            low, high = found[(len(found) - 1) // 4], found[-1 - (len(found) - 1) // 4]
            return Cost(middle, low, high, len(found), chosen, _about(middle))
    return Cost(None, None, None, 0, "", "no GPU kernel of yours has ended yet, so there is nothing to go by")


def _about(hours: float) -> str:
    if hours < _LEAST_HOURS:
        return f"less than {_LEAST_HOURS} GPU-hours"
    return f"about {float(f'{hours:.1g}' if hours < 1 else f'{hours:.2g}'):g} GPU-hours"
