"""The administrators' page: who has which plan and why, what is set for persons and groups, and what was done."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from jupyterhub import orm
from jupyterhub.scopes import needs_scope
from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.quota_pages import QuotaPage, groups_of_user, minute
from joulebook_hub.lending.ledger import Ledger
from joulebook_hub.lending.records import day_of
from joulebook_hub.plans import GROUP_PREFIX, LIMITS, SET_BY_ADMINISTRATOR, UNLIMITED, cell
from joulebook_hub.quota.entitlements import PLAN_ROW
from joulebook_hub.quota.overrides import add_override, in_force
from joulebook_hub.quota.people import entitlement
from joulebook_hub.quota.routes import end_of_day

__all__ = ["ROUTES", "PlansPage", "value_typed"]

_PEOPLE_SHOWN = 200
_SWITCHES = {"yes": True, "no": False}


def value_typed(row: str, typed: str) -> Any:
    """Understand the value that a person typed for a row.

    Parameters
    ----------
    row : str
        Row of the plans' file, or ``"plan"``.
    typed : str
        What was typed.

    Returns
    -------
    object
        As in the plans' file; the text itself where it is no number and no switch, which is refused later by name.

    Examples
    --------
    >>> value_typed("gpu_hours", "12.5"), value_typed("jobs", "30"), value_typed("api_tokens", "yes")
    (12.5, 30, True)
    """
    text = typed.strip()
    if row in LIMITS and LIMITS[row].kind == "switch":
        return _SWITCHES.get(text.lower(), text)
    if row == PLAN_ROW or text in {UNLIMITED, SET_BY_ADMINISTRATOR} or not text.isascii() or "_" in text:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() else number


class PlansPage(QuotaPage):
    """Show what is set, and set it."""

    async def _list(self, *, message: str = "", done: str = "") -> None:
        wanted = self.get_query_argument("person", "")[:255]
        query = self.db.query(orm.User).order_by(orm.User.name)
        if wanted:
            query = query.filter(orm.User.name.contains(wanted, autoescape=True))
        users = [(user.name, groups_of_user(user)) for user in query.limit(_PEOPLE_SHOWN + 1)]
        groups = [group.name for group in self.db.query(orm.Group).order_by(orm.Group.name)]
        values = await asyncio.to_thread(self._values, users[:_PEOPLE_SHOWN])
        rows = [(row, limit.title) for row, limit in LIMITS.items() if limit.kind != "price"]
        await self.show(
            "plans.html",
            message=message,
            done=done,
            groups=[name for name in groups if not name.startswith(GROUP_PREFIX)],
            plans=self.gates.plans.tiers,
            rows=rows,
            wanted=wanted,
            more=len(users) > _PEOPLE_SHOWN,
            day_of=day_of,
            since=minute,
            cell=cell,
            titles={PLAN_ROW: "plan"} | dict(rows),
            **values,
        )

    def _values(self, users: list[tuple[str, list[str]]]) -> dict[str, Any]:
        desk, now = Ledger(self.gates.store).view(())
        people = []
        with self.gates.store.read() as transaction:
            for name, groups in users:
                found = entitlement(transaction, self.gates.plans, name, groups)
                allowed = found.amount("gpu_hours")
                used = desk.spent(name, now) / 3600
                people.append({"name": name, "found": found, "used": used, "allowed": allowed})
            return {"people": people, "set_now": in_force(transaction), "audit": transaction.audit()}

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show the list."""
        await self._list()

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Set the plan or a row for a person or a group, or take that back."""
        try:
            done = self._set()
        except HubError as error:
            await self._list(message=error.user_message)
            return
        await self._list(done=done)

    def _set(self) -> str:
        kind, _, subject = self.get_body_argument("whom", "").partition(":")
        table = {"person": orm.User, "group": orm.Group}.get(kind)
        if table is None or table.find(self.db, subject) is None:
            raise HubError("There is no such person or group here. Look at the list again.", reason="no_such_subject")
        action = self.get_body_argument("action", "")
        if action not in {"plan", "row", "take back"}:
            raise HubError("The page sent an action that does not exist. Load it again.", reason="bad_action")
        row = PLAN_ROW if action == "plan" else self.get_body_argument("row", "")
        typed = self.get_body_argument("plan" if action == "plan" else "value", "")[:40]
        value = None if action == "take back" else value_typed(row, typed)
        last_day = self.get_body_argument("until", "").strip()
        until = end_of_day(last_day) if last_day and value is not None else None
        with self.gates.store.begin() as transaction:
            add_override(
                transaction,
                self.gates.plans,
                actor=self.current_user.name,
                kind=kind,
                subject=subject,
                row=row,
                value=value,
                until=until,
                reason=self.get_body_argument("reason", ""),
            )
        whom = subject if kind == "person" else f"The group {subject}"
        if value is None:
            return f"{whom}: {row} is as before."
        return f"{whom}: {row} = {value}. A running kernel learns it with its next heartbeat, about 10 s."


ROUTES: list[tuple[str, type]] = [(r"/plans", PlansPage)]
