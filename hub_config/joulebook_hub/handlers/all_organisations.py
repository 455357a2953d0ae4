"""The administrators' page of all organisations."""

from __future__ import annotations

from jupyterhub import orm
from jupyterhub.scopes import needs_scope
from tornado import web

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.organisation_pages import WHOLE, OrganisationPages
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.reading import Given
from joulebook_hub.plans import GROUP_PREFIX
from joulebook_hub.quota.routes import end_of_day

__all__ = ["AllOrganisationsPage"]


class AllOrganisationsPage(OrganisationPages):
    """The administrators' list: who runs which organisation, on which plan; groups that can become one."""

    async def _list(self, *, message: str = "", done: str = "") -> None:
        book = self.rooms.book
        listed = []
        with book.store.read() as transaction:
            entries = reading.all_organisations(transaction)
            for entry in entries:
                rules = reading.load(transaction, book.plans, entry.number)
                given = reading.given_plans(transaction, entry.number)
                plan = reading.plan_of(transaction, book.plans, entry.number)
                listed.append({"entry": entry, "rules": rules, "given": given, "plan": plan})
        kept = {entry.group for entry in entries}
        names = [group.name for group in self.db.query(orm.Group).order_by(orm.Group.name) if group.users]
        groups = [name for name in names if name not in kept and not name.startswith(GROUP_PREFIX)]
        people = [user.name for user in self.db.query(orm.User).order_by(orm.User.name).limit(500)]
        await self.show(
            "all_organisations.html",
            message=message,
            done=done,
            listed=listed,
            plans=book.plans.tiers,
            groups=groups,
            people=people,
        )

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        """Show the list."""
        await self._list()

    @web.authenticated
    @needs_scope("admin:users")  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        """Give a plan, name an owner, or make an organisation of a group."""
        try:
            reason = self.typed("reason").strip()
            if not 3 <= len(reason) <= 300:
                raise HubError("Say why, in 3 to 300 characters.", reason="no_reason")
            group = self._group() if self.typed("action") == "adopt" else ("", [])
            if self.typed("action") == "appoint" and orm.User.find(self.db, self.typed("user")) is None:
                raise HubError("There is no such user of this hub. Look at the list again.", reason="no_such_user")
            done = await self.act(
                {
                    "plan": lambda: self._plan(reason),
                    "no plan": lambda: self._no_plan(reason),
                    "appoint": lambda: self._appoint(reason),
                    "adopt": lambda: self._adopt(*group, reason),
                }
            )
        except HubError as error:
            await self._list(message=error.user_message)
            return
        await self._list(done=done)

    def _plan(self, reason: str) -> str:
        seats = self.typed("seats").strip()
        if seats and not WHOLE.fullmatch(seats):
            raise HubError(f"Seats = {seats[:20]!r}: use a whole number, or leave it empty.", reason="bad_seats")
        typed = self.typed("until").strip()
        until = end_of_day(typed) if typed else None
        if until is not None and until <= self.rooms.book.store.clock():
            raise HubError(f"Last day = {typed[:20]!r}: use a day from today on, YYYY-MM-DD.", reason="bad_day")
        given = Given("administrator", self.typed("plan"), int(seats) if seats else None, until)
        name = self.typed("name")
        self.rooms.book.give_plan(name, given, source="administrator", actor=self.me, reason=reason)
        return f"{name} has the plan."

    def _no_plan(self, reason: str) -> str:
        name = self.typed("name")
        self.rooms.book.give_plan(name, None, source="administrator", actor=self.me, reason=reason)
        return f"{name} has no plan from an administrator any more."

    def _appoint(self, reason: str) -> str:
        name, user = self.typed("name"), self.typed("user")
        self.rooms.book.appoint(name, self.me, user, reason)
        return f"{user} is an owner of {name} now."

    def _group(self) -> tuple[str, list[str]]:
        group = orm.Group.find(self.db, self.typed("group"))
        if group is None or not group.users or group.name.startswith(GROUP_PREFIX):
            raise HubError("There is no such group with members. Look at the list again.", reason="no_group")
        return str(group.name), sorted(user.name for user in group.users)

    def _adopt(self, group: str, members: list[str], reason: str) -> str:
        owner = self.typed("user")
        if owner not in members:
            raise HubError(f"The first owner must be one of {', '.join(members[:20])}.", reason="no_member")
        with self.rooms.book.store.begin() as transaction:
            entry = self.rooms.adopt_group(group, owner, members)
            subject = f"organisation {entry.name}"
            transaction.note(actor=self.me, action="made of a group", subject=subject, reason=reason)
        return f"{entry.title} is an organisation now; its folder stays where it was."
