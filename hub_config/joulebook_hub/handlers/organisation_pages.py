"""What the pages of organisations share."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from typing import Any

from jupyterhub.handlers.base import BaseHandler

from joulebook_hub.errors import HubError
from joulebook_hub.handlers.quota_pages import minute
from joulebook_hub.organisations.configuration import ROOMS
from joulebook_hub.organisations.doors import running_hub
from joulebook_hub.organisations.records import VALID_DAYS
from joulebook_hub.organisations.rooms import Rooms

__all__ = ["WHOLE", "OrganisationPages"]

WHOLE = re.compile(r"[0-9]{1,9}")


class OrganisationPages(BaseHandler):  # type: ignore[misc]
    """What the pages share."""

    @property
    def rooms(self) -> Rooms:
        """Organisations, projects and folders."""
        rooms: Rooms = self.settings[ROOMS]
        return rooms

    @property
    def me(self) -> str:
        """Name of who is signed in."""
        name: str = self.current_user.name
        return name

    def typed(self, name: str) -> str:
        """What the form sent.

        Parameters
        ----------
        name : str
            Name of the field.

        Returns
        -------
        str
            Empty if it sent nothing.
        """
        value: str = self.get_body_argument(name, "")
        return value

    def number(self) -> int:
        """Number that the form sent.

        Returns
        -------
        int
            0 if it sent none.
        """
        typed = self.typed("number")
        return int(typed) if WHOLE.fullmatch(typed) else 0

    async def show(self, template: str, *, message: str = "", done: str = "", status: int = 400, **values: Any) -> None:
        """Render a page, with a fault or a confirmation on it.

        Parameters
        ----------
        template : str
            The template.
        message : str
            What went wrong.
        done : str
            What was done.
        status : int
            HTTP's status of a page with a fault.
        **values : object
            Variables of the template.
        """
        if message:
            self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        values |= {"infinite": math.inf, "minute": minute, "valid_days": VALID_DAYS}
        self.finish(await self.render_template(template, message=message, done=done, **values))

    async def act(self, actions: dict[str, Callable[[], Any]]) -> Any:
        """Do what the form asks for, in a thread, and let groups and links follow.

        Parameters
        ----------
        actions : dict of str to callable
            What can be asked for.

        Returns
        -------
        object
            What the action gives back.

        Raises
        ------
        HubError
            If there is no such action, or it is refused.
        """
        action = self.typed("action")
        if action not in actions:
            raise HubError("The page sent an action that does not exist. Load it again.", reason="bad_action")
        done = await asyncio.to_thread(actions[action])
        await self.rooms.follow(self.db, running_hub())
        return done
