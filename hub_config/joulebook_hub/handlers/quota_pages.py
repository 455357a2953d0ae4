"""What the pages about plans and usage share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jupyterhub.handlers.base import BaseHandler

from joulebook_hub.quota.gates import Gates

__all__ = ["QuotaPage", "groups_of_user", "minute"]


class QuotaPage(BaseHandler):  # type: ignore[misc]
    """A page about plans or usage."""

    @property
    def gates(self) -> Gates:
        """Store, plans and where people get more."""
        gates: Gates = self.settings["joulebook_gates"]
        return gates

    async def show(self, template: str, *, message: str = "", done: str = "", **values: Any) -> None:
        """Render a page, with a fault (status 400) or a confirmation on it.

        Parameters
        ----------
        template : str
            The template.
        message : str
            What went wrong.
        done : str
            What was done.
        **values : object
            Variables of the template.
        """
        if message:
            self.set_status(400)
        self.set_header("Cache-Control", "no-store")
        self.finish(await self.render_template(template, message=message, done=done, **values))


def groups_of_user(user: Any) -> list[str]:
    """Names of a user's groups.

    Parameters
    ----------
    user : User
        JupyterHub's user.

    Returns
    -------
    list of str
        The names.
    """
    return [str(group.name) for group in user.groups]


def minute(at: float) -> str:
    """Write an instant for a person.

    Parameters
    ----------
    at : float
        s since 1970.

    Returns
    -------
    str
        Day and time, UTC.

    Examples
    --------
    >>> minute(0.0)
    '1970-01-01 00:00'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
