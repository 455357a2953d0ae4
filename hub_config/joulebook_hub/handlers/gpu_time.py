"""Pages about GPU time: everybody's own meter, and the administrators' page of plans."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyterhub import orm
from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import needs_scope
from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.lending.ledger import Allowance
from joulebook_hub.lending.lender import Lender
from joulebook_hub.lending.records import day_of
from joulebook_hub.lending.routes import days_as_csv
from joulebook_hub.plans import GROUP_PREFIX

__all__ = ["ROUTES", "colour"]

_HOURS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")
_DAYS_SHOWN = 31


def colour(share: float) -> str:
    """Colour of the meter.

    Parameters
    ----------
    share : float
        Used over allowed.

    Returns
    -------
    str
        ``"green"`` below 80 %, ``"red"`` above 95 %, ``"yellow"`` between.

    Examples
    --------
    >>> [colour(share) for share in (0.0, 0.79, 0.8, 0.95, 0.96)]
    ['green', 'green', 'yellow', 'yellow', 'red']
    """
    return "green" if share < 0.8 else "yellow" if share <= 0.95 else "red"


class _Page(BaseHandler):  # type: ignore[misc]
    @property
    def lender(self) -> Lender:
        lender: Lender = self.settings["joulebook_lender"]
        return lender

    async def show(self, template: str, *, message: str = "", done: str = "", **values: Any) -> None:
        """Render a page, with a fault (status 400) or a confirmation on it."""
        if message:
            self.set_status(400)
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.render_template(template, message=message, done=done, **values))


def _groups(user: Any) -> list[str]:
    return [str(group.name) for group in user.groups]


class UsagePage(_Page):
    """The meter: plan, GPU-hours used of allowed, by day, and what runs and waits now."""

    @web.authenticated
    async def get(self) -> None:
        """Show it."""
        user = self.current_user
        lender = self.lender
        terms = lender.terms(user.name, _groups(user))
        spent = lender.spent(user.name)
        limited = math.isfinite(terms.allowed)
        share = spent / terms.allowed if limited and terms.allowed > 0 else 1.0 if limited else 0.0
        now = lender.ledger.clock()
        days = lender.ledger.days(user.name, since=day_of(now - _DAYS_SHOWN * 86400))
        await self.show(
            "gpu_time.html",
            plan=lender.plan(_groups(user)).title,
            used=spent / 3600,
            allowed=terms.allowed / 3600 if limited else None,
            percent=round(100 * share),
            width=min(100.0, 100 * share),
            colour=colour(share),
            days=[(day, seconds / 3600) for day, seconds in reversed(days.items())],
            longest=max(days.values(), default=0.0) / 3600,
            leases=lender.leases(user.name),
            since=lambda at: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M"),
        )


class UsageTable(_Page):
    """All days as CSV."""

    @web.authenticated
    async def get(self) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="gpu-usage.csv"')
        self.set_header("Cache-Control", "no-store")
        self.finish(days_as_csv(self.lender.ledger.days(self.current_user.name, since="0000")))


class PlansPage(_Page):
    """The administrators' page: who has which plan, GPU-hours for one person, and what was done."""

    async def _list(self, *, message: str = "", done: str = "") -> None:
        lender = self.lender
        people = []
        for user in self.db.query(orm.User).order_by(orm.User.name):
            groups = [group.name for group in user.groups]
            given = lender.ledger.allowance(user.name)
            allowed = lender.terms(user.name, groups).allowed / 3600
            people.append(
                {
                    "name": user.name,
                    "plan": lender.plan(groups),
                    "used": lender.spent(user.name) / 3600,
                    "allowed": allowed if math.isfinite(allowed) else None,
                    "given": given,
                }
            )
        with lender.store.read() as transaction:
            audit = transaction.audit()
        await self.show(
            "plans.html",
            message=message,
            done=done,
            people=people,
            plans=lender.plans.tiers,
            audit=audit,
            day_of=day_of,
            since=lambda at: datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M"),
        )

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show the list."""
        await self._list()

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Give one person a plan, or GPU-hours in place of the plan's."""
        actions = {"plan": self._give_plan, "hours": self._give_hours, "plan's hours": self._take_hours_back}
        try:
            user = orm.User.find(self.db, self.get_body_argument("name", ""))
            if user is None:
                raise HubError("There is no such user of this hub. Look at the list again.", reason="no_such_user")
            action = self.get_body_argument("action", "")
            if action not in actions:
                raise HubError("The page sent an action that does not exist. Load it again.", reason="bad_action")
            reason = self.get_body_argument("reason", "").strip()
            if not 3 <= len(reason) <= 300:
                raise HubError("Say why, in 3 to 300 characters.", reason="no_reason")
            done = actions[action](user, reason)
        except HubError as error:
            await self._list(message=error.user_message)
            return
        await self._list(done=done)

    def _give_plan(self, user: Any, reason: str) -> str:
        plan = self.lender.plans.named(self.get_body_argument("plan", ""))
        if plan is None:
            raise HubError("There is no such plan. Look at the list again.", reason="no_such_plan")
        group = orm.Group.find(self.db, plan.group)
        if group is None:
            raise HubError(f"The group {plan.group} was deleted. Start the hub again.", reason="no_group")
        user.groups = [held for held in user.groups if not held.name.startswith(GROUP_PREFIX)] + [group]
        self.db.commit()
        actor = self.current_user.name
        with self.lender.store.begin() as transaction:
            transaction.note(actor=actor, action=f"plan {plan.name}", subject=user.name, reason=reason)
        return f"{user.name} has the plan {plan.title}. A running kernel learns it within a minute or so."

    def _give_hours(self, user: Any, reason: str) -> str:
        hours = self.get_body_argument("hours", "").strip()
        if not _HOURS.fullmatch(hours):
            raise HubError(f"GPU-hours = {hours[:20]!r}: use a number from 0 to 999999.", reason="bad_hours")
        given = Allowance(float(hours), self._until())
        self.lender.ledger.allow(user.name, given, actor=self.current_user.name, reason=reason)
        return f"{user.name} may use {float(hours):g} GPU-hours per month."

    def _until(self) -> float | None:
        typed = self.get_body_argument("until", "").strip()
        if not typed:
            return None
        try:
            day = datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
        except (ValueError, OverflowError):
            day = datetime.fromtimestamp(0, UTC)
        if day.timestamp() <= self.lender.ledger.clock():
            raise HubError(f"Last day = {typed[:20]!r}: use a day from today on, YYYY-MM-DD.", reason="bad_day")
        return day.timestamp()

    def _take_hours_back(self, user: Any, reason: str) -> str:
        self.lender.ledger.allow(user.name, None, actor=self.current_user.name, reason=reason)
        return f"{user.name} has the plan's GPU-hours again."


ROUTES: list[tuple[str, type]] = [
    (r"/gpu-time", UsagePage),
    (r"/gpu-time\.csv", UsageTable),
    (r"/plans", PlansPage),
]
