"""Pages of organisations: one's own, and one of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from jupyterhub.utils import url_path_join
from tornado import web
from tornado.httputil import url_concat

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.all_organisations import AllOrganisationsPage
from joulebook_hub.handlers.invitations import InvitationPage
from joulebook_hub.handlers.organisation_pages import OrganisationPages
from joulebook_hub.names import folder_name
from joulebook_hub.organisations import reading
from joulebook_hub.organisations.doors import running_hub
from joulebook_hub.organisations.overview import overview
from joulebook_hub.organisations.roles import Role
from joulebook_hub.organisations.rules import CAPPED, Organisation
from joulebook_hub.organisations.together import Place, server_of

__all__ = ["ROUTES"]

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")


_DONE = {
    "invite": "{invited} is invited.",
    "revoke": "The invitation is taken back.",
    "role": "{user} has the new role.",
    "caps": "The limits of {user} are set.",
    "remove": "{user} is no member any more.",
    "hand over": "{user} is the owner now, and you are an administrator.",
    "rename": "The new name is kept.",
    "prefer": "This organisation pays for your GPU kernels.",
    "make project": "The project is in everybody's workspace now.",
    "rename project": "The new name is kept.",
    "close project": "The project is closed; its files are kept.",
    "open project": "The project is in everybody's workspace again.",
    "move project": "The project belongs to the other organisation now.",
    "delete project": "The project and its files are deleted.",
}


def _confirm(typed: str, name: str) -> None:
    if typed.strip() != name:
        raise HubError(f"Nothing was deleted: type {name} to confirm.", reason="not_confirmed")


class OrganisationsPage(OrganisationPages):
    """One's own organisations and invitations, and a form that founds one."""

    async def _list(self, *, message: str = "", done: str = "") -> None:
        with self.rooms.book.store.read() as transaction:
            held = reading.memberships(transaction, self.me)
            asked = reading.open_invitations(transaction, self.me)
        await self.show("organisations.html", message=message, done=done, held=held, asked=asked)

    @web.authenticated
    async def get(self) -> None:
        """Show them."""
        await self._list()

    @web.authenticated
    async def post(self) -> None:
        """Found one, or answer an invitation."""
        try:
            done = await self.act(
                {
                    "found": self._found,
                    "accept": lambda: self._answer(True),
                    "decline": lambda: self._answer(False),
                }
            )
        except HubError as error:
            await self._list(message=error.user_message)
            return
        if done:
            self.redirect(url_path_join(self.hub.base_url, "organisations", done))
        else:
            await self._list(done="The invitation is declined.")

    def _found(self) -> str:
        many = "admin:users" in self.parsed_scopes
        name: str = self.rooms.book.found(self.typed("title"), self.me, many=many).name
        return name

    def _answer(self, accept: bool) -> str:
        number, book = self.number(), self.rooms.book
        with book.store.begin() as transaction:
            asked = reading.open_invitations(transaction, self.me)
            name = next((entry.name for entry, each in asked if each.number == number), "")
            if not name:
                raise HubError("This invitation is not valid any more. Ask for a new one.", reason="no_invitation")
            book.answer(name, self.me, number, "", accept=accept)
        return name if accept else ""


class OrganisationPage(OrganisationPages):
    """One organisation, as far as one's role shows it."""

    async def _show(self, name: str, *, link: tuple[str, str] | None = None, **told: Any) -> None:
        rooms, rules = self.rooms, self.rooms.doors.together

        def look() -> Any:
            with rooms.book.store.read() as transaction:
                found = overview(transaction, rooms.book, name, self.me)
                return found, rules.decision(transaction, found.entry.number) if rules.offered else None

        try:
            found, together = await asyncio.to_thread(look)
        except HubError as error:
            raise web.HTTPError(404, "%s", error.user_message) from error
        servers = {project.name: self.find_user(server_of(project.number)) for project in found.projects}
        open_now = {each for each, user in servers.items() if user is not None and user.spawner.ready}
        here = {"together": together, "open_now": open_now, "link": link, "next_start": rooms.leaving is not None}
        await self.show("organisation.html", it=found, offered=rooms.projects.offered, **here, **told)

    @web.authenticated
    async def get(self, name: str) -> None:
        """Show it."""
        await self._show(name)

    @web.authenticated
    async def post(self, name: str) -> None:
        """Change something."""
        action = self.typed("action")
        try:
            token = await self.act(self._actions(name))
        except HubError as error:
            await self._show(name, message=error.user_message, status=getattr(error, "status", 400))
            return
        if action == "edit together":
            self._enter(*token)
            return
        if action in {"leave", "dissolve"}:
            self.redirect(url_path_join(self.hub.base_url, "organisations"))
            return
        invited = self.typed("invited").strip()
        done = _DONE[action].format(user=self.typed("user"), role=self.typed("role"), invited=invited)
        await self._show(name, done=done, link=(invited, self._address(token)) if action == "invite" else None)

    def _enter(self, name: str, place: Place) -> None:
        """Go to a project's server; JupyterHub starts it on the way, if it does not run."""
        self.user_from_username(name)
        self.rooms.doors.open(running_hub(), self.db, name, place)
        # Everybody has a layout of the Lab of their own there.
        lab = url_path_join(self.base_url, "user", name, "lab", "workspaces", folder_name(self.me))
        self.redirect(url_concat(url_path_join(self.hub.base_url, "spawn", name), {"next": lab}))

    def _address(self, token: str) -> str:
        origin = str(self.settings.get("public_url") or f"{self.request.protocol}://{self.request.host}").rstrip("/")
        path = url_path_join(str(self.hub.base_url), "invitation")
        return f"{origin}{path}?token={token}"

    def _actions(self, name: str) -> dict[str, Callable[[], Any]]:
        rooms, me, typed = self.rooms, self.me, self.typed
        book, projects = rooms.book, rooms.projects
        user, project, title = typed("user"), typed("project"), typed("title")

        def rules(event: Callable[[Organisation], None]) -> None:
            with book.event(name) as organisation:
                event(organisation)

        return {
            "invite": lambda: book.invite(name, me, typed("invited"), self._role()),
            "revoke": lambda: rules(lambda it: it.revoke(me, self.number())),
            "role": lambda: rules(lambda it: it.set_role(me, user, self._role())),
            "caps": lambda: rules(lambda it: self._caps(it, user)),
            "remove": lambda: rules(lambda it: it.remove(me, user)),
            "leave": lambda: rules(lambda it: it.leave(me)),
            "hand over": lambda: rules(lambda it: it.hand_over(me, user)),
            "rename": lambda: rules(lambda it: it.rename(me, title)),
            "prefer": lambda: book.prefer(name, me),
            "dissolve": lambda: self._dissolve(name, title),
            "make project": lambda: projects.make(name, me, title),
            "rename project": lambda: projects.change(name, me, project, title=title),
            "close project": lambda: projects.change(name, me, project, closed=True),
            "open project": lambda: projects.change(name, me, project, closed=False),
            "move project": lambda: projects.move(name, me, project, typed("to")),
            "edit together": lambda: rooms.doors.together.enter(name, me, project),
            "delete project": lambda: self._delete_project(name, project, title),
        }

    def _dissolve(self, name: str, typed: str) -> None:
        _confirm(typed, name)
        self.rooms.book.dissolve(name, self.me)

    def _delete_project(self, name: str, project: str, typed: str) -> None:
        _confirm(typed, project)
        self.rooms.delete_project(name, self.me, project)

    def _role(self) -> Role:
        try:
            return Role(self.typed("role"))
        except ValueError:
            raise HubError("Choose owner, admin or member.", reason="bad_role") from None

    def _caps(self, rules: Organisation, user: str) -> None:
        for row in CAPPED:
            typed = self.typed(row).strip()
            if typed and not _NUMBER.fullmatch(typed):
                raise HubError(f"Limit = {typed[:20]!r}: use a number from 0 on, or leave it empty.", reason="bad_cap")
            cap = float(typed) if typed else None
            if rules.members.get(user) is None or rules.members[user].caps.get(row) != cap:
                rules.set_cap(self.me, user, row, cap)


ROUTES: list[tuple[str, type]] = [
    (r"/organisations", OrganisationsPage),
    (r"/organisations/([a-z0-9-]{1,40})", OrganisationPage),
    (r"/invitation", InvitationPage),
    (r"/all-organisations", AllOrganisationsPage),
]
