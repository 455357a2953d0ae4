"""What the rules of an organisation are about: members, invitations, notes for the log; names and tokens."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from joulebook_hub.organisations.roles import Role
from joulebook_hub.service.routes import ServiceError

__all__ = ["GONE", "VALID_DAYS", "Invitation", "Member", "Note", "checked_title", "digest_of", "slug"]

VALID_DAYS = 7
"""How long an invitation can be accepted."""
GONE = "This invitation is not valid any more, or it is for somebody else. Ask for a new one."
"""What everybody is told whose invitation does not work, whatever the reason."""


def digest_of(token: str) -> str:
    """What is kept of a token.

    Parameters
    ----------
    token : str
        The token.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def checked_title(title: str, what: str = "organisation") -> str:
    """Check a title.

    Parameters
    ----------
    title : str
        As it was typed.
    what : str
        What it is the title of.

    Returns
    -------
    str
        Without space around it.

    Raises
    ------
    ServiceError
        If it is empty, too long or not printable.
    """
    title = " ".join(title.split())
    if not 2 <= len(title) <= 60 or not title.isprintable():
        message = f"Name of the {what} = {title[:60]!r}: use 2 to 60 characters that can be printed."
        raise ServiceError(message, reason="bad_title")
    return title


def slug(title: str) -> str:
    """Short name made from a title, safe in a path.

    Parameters
    ----------
    title : str
        The title.

    Returns
    -------
    str
        Lower-case letters, digits and single hyphens, at most 32.

    Examples
    --------
    >>> slug("Cryo Lab – Zürich"), slug("../../etc"), slug("电池")
    ('cryo-lab-z-rich', 'etc', 'x')
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:32].strip("-") or "x"


@dataclass(frozen=True)
class Member:
    """Somebody who belongs to an organisation; ``caps`` are upper bounds by row of the plan."""

    user: str
    role: Role
    since: float
    caps: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Invitation:
    """Somebody who is asked to join; ``state`` is ``open``, ``accepted``, ``declined`` or ``revoked``."""

    number: int | None
    invited: str
    role: Role
    digest: str
    inviter: str
    made: float
    until: float
    state: str = "open"

    def is_open(self, now: float) -> bool:
        """Tell whether it can be accepted.

        Parameters
        ----------
        now : float
            The time, s since 1970.

        Returns
        -------
        bool
            False once it was answered, revoked or has ended.
        """
        return self.state == "open" and now < self.until

    def is_for(self, user: str, digest: str) -> bool:
        """Tell whether somebody may accept it.

        Parameters
        ----------
        user : str
            Who is signed in.
        digest : str
            Of the token of the link; empty without.

        Returns
        -------
        bool
            True for the user of that name, and for who has the link of an address.
        """
        return user.lower() == self.invited or ("@" in self.invited and bool(digest) and digest == self.digest)


@dataclass(frozen=True)
class Note:
    """A line for the organisation's log: who did what, to whom."""

    actor: str
    action: str
    subject: str = ""
