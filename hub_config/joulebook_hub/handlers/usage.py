"""Everybody's page of what the plan allows and what was used; the largest files of the workspace go from here, too."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.quota_pages import QuotaPage, groups_of_user, minute
from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.records import day_of
from joulebook_hub.names import folder_name
from joulebook_hub.plans import LIMITS, cell
from joulebook_hub.quota.decisions import tidy
from joulebook_hub.quota.homes import home_of, measure_now
from joulebook_hub.quota.meters import METERED_ROWS, HistoryLine, estimate, history, history_as_csv, meters
from joulebook_hub.quota.people import entitlement
from joulebook_hub.quota.storage import remove_file

__all__ = ["ROUTES", "UsagePage", "UsageTable"]

_DAYS_SHOWN = 31
_FILES_SHOWN = 10
_NOT_SHOWN = {*METERED_ROWS, "queue_weight", "gpu_hours_shared", "overage", "seats", "price"}


class UsagePage(QuotaPage):
    """Meters, history by day and project, what runs and waits now, and the largest files."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        await self._page()

    @web.authenticated
    async def post(self) -> None:
        """Remove one of the largest files."""
        try:
            workspaces = self.gates.workspaces
            if workspaces is None:
                raise HubError(
                    "This hub does not see the workspaces. Delete the file in JupyterLab.", reason="no_homes"
                )
            name = self.get_body_argument("file", "", strip=False)
            user = self.current_user.name
            freed = await asyncio.to_thread(remove_file, workspaces / folder_name(user), name)
            await asyncio.to_thread(measure_now, self.gates.store, workspaces, user)
        except HubError as error:
            await self._page(message=error.user_message)
            return
        await self._page(done=f"{name} is deleted; {freed / 1e6:,.1f} MB are free again.")

    async def _page(self, *, message: str = "", done: str = "") -> None:
        user = self.current_user
        values = await asyncio.to_thread(self._values, user.name, groups_of_user(user))
        await self.show("usage.html", message=message, done=done, since=minute, **values)

    def _values(self, user: str, groups: list[str]) -> dict[str, Any]:
        gates, lender = self.gates, self._lender
        with gates.store.read() as transaction:
            found = entitlement(transaction, gates.plans, user, groups)
            lines = history(transaction, user, since=day_of(transaction.now - _DAYS_SHOWN * 86400))
            home = home_of(transaction, user)
            cost = estimate(transaction, user)
        rest = {row: each for row, each in found.rows.items() if row not in _NOT_SHOWN}
        return {
            "plan": found.plan.title,
            "why": found.why,
            "offer": gates.offer,
            "meters": meters(gates.store, found),
            "rest": [(LIMITS[row].title, cell(row, each.value), each.why) for row, each in rest.items()],
            "lends": bool(lender.cards),
            "leases": lender.leases(user) if lender.cards else [],
            "cost": cost if lender.cards else None,
            "lines": lines[::-1],
            "longest": max((line.gpu_seconds for line in lines), default=0.0),
            "projects": _by_project(lines),
            "largest": [] if home is None or gates.workspaces is None else home.measured.largest[:_FILES_SHOWN],
            "infinite": math.inf,
            "amount": tidy,
        }

    @property
    def _lender(self) -> Lender:
        lender: Lender = self.settings["joulebook_lender"]
        return lender


def _by_project(lines: list[HistoryLine]) -> list[tuple[str, float, int]]:
    sums: dict[str, tuple[float, int]] = {}
    for line in lines:
        seconds, jobs = sums.get(line.project, (0.0, 0))
        sums[line.project] = (seconds + line.gpu_seconds, jobs + line.jobs)
    return sorted(((name, seconds, jobs) for name, (seconds, jobs) in sums.items()), key=lambda each: -each[1])


class UsageTable(QuotaPage):
    """All days and projects as CSV."""

    @web.authenticated
    async def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="usage.csv"')
        self.set_header("Cache-Control", "no-store")
        self.finish(await asyncio.to_thread(self._table, self.current_user.name))

    def _table(self, user: str) -> str:
        with self.gates.store.read() as transaction:
            return history_as_csv(history(transaction, user))


ROUTES: list[tuple[str, type]] = [(r"/usage", UsagePage), (r"/usage\.csv", UsageTable)]
