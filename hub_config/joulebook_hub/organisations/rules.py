"""The rules of one organisation, with no input or output: who belongs to it, who is invited, and who may change that.

An `Organisation` is made from what the store holds, takes one event, and is stored again. Time is an argument.

- There is an owner at any time: the last one can neither leave, be removed nor be given another role.
- Members are at most as many as there are seats. An open invitation keeps a seat; where seats were taken away since,
  accepting is refused, so that no order of events puts more people in than there are seats.
- An invitation is for a user's name or an e-mail address, works once and ends after ``VALID_DAYS``. Of its token only
  the digest is kept. Who has the link to an address's invitation may accept it; a name's only the user of that name.
- A wrong, ended, used or somebody else's invitation all get the same answer, and inviting says nothing about whether
  there is such a user: nobody learns here who has an account.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import NoReturn

from joulebook_hub.organisations.records import GONE, VALID_DAYS, Invitation, Member, Note, checked_title
from joulebook_hub.organisations.roles import Act, Role, may
from joulebook_hub.service.routes import ServiceError

__all__ = ["CAPPED", "Organisation"]

CAPPED = ("gpu_hours", "jobs", "storage")
"""Rows of the plans' file that a member can have a cap for."""
_ROWS = {"gpu_hours": "GPU-hours", "jobs": "jobs", "storage": "storage in GB"}
_MOST_OPEN = 200
_INVITED = re.compile(r"[^\s@\x00-\x1f\x7f/\\<>\"']{1,64}(@[a-z0-9-]+(\.[a-z0-9-]+)+)?")


@dataclass
class Organisation:
    """One organisation.

    Parameters
    ----------
    name, title : str
        Short name in paths and groups, and what people read.
    seats : float
        How many members it may have.
    members : dict
        Members by user.
    invitations : list of Invitation
        Those that are open or were changed by this event.
    notes : list of Note
        What this event did.
    """

    name: str
    title: str
    seats: float = math.inf
    members: dict[str, Member] = field(default_factory=dict)
    invitations: list[Invitation] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @classmethod
    def found(cls, name: str, title: str, user: str, now: float) -> Organisation:
        """Make an organisation.

        Parameters
        ----------
        name, title : str
            Its names.
        user : str
            Its first owner.
        now : float
            The time, s since 1970.

        Returns
        -------
        Organisation
            With one member.
        """
        organisation = cls(name, checked_title(title))
        organisation.members[user] = Member(user, Role.OWNER, now)
        organisation._note(user, "founded")
        return organisation

    def require(self, user: str, act: Act, subject: Role | None = None) -> Member:
        """Let somebody through who may do something.

        Parameters
        ----------
        user : str
            Who acts.
        act : Act
            What is done.
        subject : Role, optional
            Role of the person to whom it is done.

        Returns
        -------
        Member
            Who acts.

        Raises
        ------
        ServiceError
            404 if the user does not belong here, 403 if the role does not allow it.
        """
        member = self.members.get(user)
        if member is None:
            raise ServiceError("There is no such organisation of yours.", reason="no_organisation", status=404)
        if not may(member.role, act, subject):
            message = f"As {_called(member.role)} of {self.title} you may not do that. Ask an owner."
            raise ServiceError(message, reason="not_allowed", status=403)
        return member

    def owners(self) -> list[str]:
        """Owners, the longest-standing first.

        Returns
        -------
        list of str
            Never empty.
        """
        found = [member for member in self.members.values() if member.role is Role.OWNER]
        return [member.user for member in sorted(found, key=lambda member: (member.since, member.user))]

    # -- invitations -----------------------------------------------------------------------------------------------

    def invite(self, actor: str, invited: str, role: Role, digest: str, now: float) -> Invitation:
        """Ask somebody to join; an older open invitation of the same person ends.

        Parameters
        ----------
        actor : str
            Who asks.
        invited : str
            A user's name, or an e-mail address.
        role : Role
            What the person will be: admin or member.
        digest : str
            Of the token.
        now : float
            The time, s since 1970.

        Returns
        -------
        Invitation
            Open for ``VALID_DAYS``.

        Raises
        ------
        ServiceError
            If the actor may not, the name cannot be one, the person is a member, or no seat is free (402).
        """
        self.require(actor, Act.INVITE, role)
        invited = invited.strip().lower()
        if len(invited) > 254 or not _INVITED.fullmatch(invited):
            message = f"Person = {invited[:60]!r}: type the user name or the e-mail address of one person."
            raise ServiceError(message, reason="bad_invited")
        if any(user.lower() == invited for user in self.members):
            raise ServiceError(f"{invited} is a member already.", reason="member_already", status=409)
        kept = [each for each in self.invitations if not (each.invited == invited and each.state == "open")]
        ended = [replace(each, state="revoked") for each in self.invitations if each not in kept]
        open_ones = sum(each.is_open(now) for each in kept)
        if open_ones >= _MOST_OPEN:
            message = f"{_MOST_OPEN} invitations are open. Revoke some of them first."
            raise ServiceError(message, reason="too_many_invitations", status=409)
        if len(self.members) + open_ones >= self.seats:
            self._no_seat(f"{open_ones} of them kept for open invitations. " if open_ones else "")
        made = Invitation(None, invited, role, digest, actor, now, now + VALID_DAYS * 86400.0)
        self.invitations = [*kept, *ended, made]
        self._note(actor, f"invited as {role}", invited)
        return made

    def revoke(self, actor: str, number: int) -> None:
        """Take an invitation back.

        Parameters
        ----------
        actor : str
            Who does.
        number : int
            Which invitation.

        Raises
        ------
        ServiceError
            If there is none that is open, or the actor may not.
        """
        self.require(actor, Act.LOOK)
        place = next((at for at, each in enumerate(self.invitations) if each.number == number), None)
        if place is None or self.invitations[place].state != "open":
            raise ServiceError("There is no such open invitation.", reason="no_invitation", status=404)
        found = self.invitations[place]
        self.require(actor, Act.REVOKE, found.role)
        self.invitations[place] = replace(found, state="revoked")
        self._note(actor, "invitation revoked", found.invited)

    def answer(self, user: str, number: int, digest: str, now: float, *, accept: bool) -> None:
        """Accept or decline an invitation.

        Parameters
        ----------
        user : str
            Who is signed in.
        number : int
            Which invitation.
        digest : str
            Of the token of the link; empty without.
        now : float
            The time, s since 1970.
        accept : bool
            True to join.

        Raises
        ------
        ServiceError
            404 for every invitation that this user cannot accept now; 402 if no seat is free.
        """
        place = next((at for at, each in enumerate(self.invitations) if each.number == number), None)
        found = None if place is None else self.invitations[place]
        if place is None or found is None or not found.is_open(now) or not found.is_for(user, digest):
            raise ServiceError(GONE, reason="no_invitation", status=404)
        if accept and user not in self.members:
            if len(self.members) >= self.seats:
                self._no_seat("")
            self.members[user] = Member(user, found.role, now)
        self.invitations[place] = replace(found, state="accepted" if accept else "declined")
        told = f"joined as {found.role}, invited by" if accept else "declined the invitation of"
        self._note(user, f"{told} {found.inviter}")

    def _no_seat(self, kept: str) -> NoReturn:
        seats = "The only seat is" if self.seats == 1 else f"All {self.seats:g} seats are"
        message = (
            f"{seats} taken in {self.title}. {kept}An owner can choose a plan with more seats, or ask an administrator "
            "of this hub."
        )
        raise ServiceError(message, reason="no_seat", status=402)

    # -- members ---------------------------------------------------------------------------------------------------

    def set_role(self, actor: str, user: str, role: Role) -> None:
        """Give a member another role.

        Parameters
        ----------
        actor, user : str
            Who gives it to whom.
        role : Role
            The new role.

        Raises
        ------
        ServiceError
            If the actor may not, there is no such member, or no owner would be left.
        """
        member = self._subject(actor, user, Act.SET_ROLE)
        if member.role is role:
            return
        if member.role is Role.OWNER:
            self._keep_an_owner(user)
        self.members[user] = replace(member, role=role)
        self._note(actor, f"made {role}", user)

    def hand_over(self, actor: str, user: str) -> None:
        """Make another member owner in place of oneself; who hands over stays as admin.

        Parameters
        ----------
        actor, user : str
            Who hands over to whom.

        Raises
        ------
        ServiceError
            If the actor is no owner, or there is no such other member.
        """
        member = self._subject(actor, user, Act.SET_ROLE)
        if user == actor:
            raise ServiceError("Choose another member as the new owner.", reason="oneself", status=409)
        self.members[user] = replace(member, role=Role.OWNER)
        self.members[actor] = replace(self.members[actor], role=Role.ADMIN)
        self._note(actor, "ownership handed over", user)

    def remove(self, actor: str, user: str) -> None:
        """Take a member out; to go oneself is to `leave`.

        Parameters
        ----------
        actor, user : str
            Who removes whom.

        Raises
        ------
        ServiceError
            If the actor may not, or no owner would be left.
        """
        member = self._subject(actor, user, Act.LEAVE if user == actor else Act.REMOVE)
        if member.role is Role.OWNER:
            self._keep_an_owner(user)
        del self.members[user]
        self._note(actor, "left" if user == actor else "removed", "" if user == actor else user)

    def leave(self, user: str) -> None:
        """Go.

        Parameters
        ----------
        user : str
            Who goes.
        """
        self.remove(user, user)

    def set_cap(self, actor: str, user: str, row: str, cap: float | None) -> None:
        """Bound a member's own use of a row of the plan.

        Parameters
        ----------
        actor, user : str
            Who bounds whom.
        row : str
            ``gpu_hours``, ``jobs`` or ``storage``.
        cap : float or None
            The bound, in the row's unit; None for no bound.

        Raises
        ------
        ServiceError
            If the actor may not, or the row or number cannot be.
        """
        member = self._subject(actor, user, Act.SET_CAP)
        if row not in CAPPED:
            raise ServiceError(f"Row = {row[:40]!r}: use one of {', '.join(CAPPED)}.", reason="bad_row")
        if cap is not None and not 0 <= cap <= 1e9:
            raise ServiceError(f"Cap = {cap:g}: use a number from 0 to 1000000000, or none.", reason="bad_cap")
        caps = {name: value for name, value in member.caps.items() if name != row}
        self.members[user] = replace(member, caps=caps if cap is None else {**caps, row: float(cap)})
        self._note(actor, f"limit of {_ROWS[row]} {'taken away' if cap is None else f'set to {cap:g}'}", user)

    def rename(self, actor: str, title: str) -> None:
        """Give the organisation another title; its short name stays.

        Parameters
        ----------
        actor : str
            Who does.
        title : str
            The new title.
        """
        self.require(actor, Act.RENAME)
        self.title = checked_title(title)
        self._note(actor, f"renamed to {self.title}")

    def appoint(self, administrator: str, user: str, now: float) -> None:
        """Make somebody owner by an administrator of the hub, as when the last owner has left the house.

        Parameters
        ----------
        administrator : str
            Who does.
        user : str
            The new owner; joins if not a member yet.
        now : float
            The time, s since 1970.

        Raises
        ------
        ServiceError
            402 if the user is no member and no seat is free.
        """
        member = self.members.get(user)
        if member is None and len(self.members) >= self.seats:
            self._no_seat("")
        joined = member or Member(user, Role.OWNER, now)
        self.members[user] = replace(joined, role=Role.OWNER)
        self._note(administrator, "made owner by the hub's administrator", user)

    def adopt(self, users: list[str], now: float) -> None:
        """Take people in who belonged together before; the seats are not looked at.

        Parameters
        ----------
        users : list of str
            Who.
        now : float
            The time, s since 1970.
        """
        for user in sorted(set(users) - self.members.keys()):
            self.members[user] = Member(user, Role.MEMBER, now)
            self._note(user, "taken over from the group")

    def record(self, actor: str, action: str) -> None:
        """Write down something that happened outside these rules.

        Parameters
        ----------
        actor, action : str
            Who did what.
        """
        self._note(actor, action)

    def dissolve(self, actor: str) -> None:
        """End: everybody leaves, nobody can join any more.

        Parameters
        ----------
        actor : str
            An owner.
        """
        self.require(actor, Act.DISSOLVE)
        self.invitations = [replace(each, state="revoked") for each in self.invitations]
        self.members.clear()
        self._note(actor, "dissolved")

    def _subject(self, actor: str, user: str, act: Act) -> Member:
        self.require(actor, Act.LOOK)
        member = self.members.get(user)
        if member is None:
            raise ServiceError(f"{user[:60]} is no member of {self.title}.", reason="no_member", status=404)
        self.require(actor, act, member.role)
        return member

    def _keep_an_owner(self, user: str) -> None:
        if self.owners() == [user]:
            message = f"{user} is the last owner of {self.title}. Make another member owner first."
            raise ServiceError(message, reason="last_owner", status=409)

    def _note(self, actor: str, action: str, subject: str = "") -> None:
        self.notes.append(Note(actor, action, subject))


def _called(role: Role) -> str:
    return {Role.OWNER: "an owner", Role.ADMIN: "an administrator", Role.MEMBER: "a member"}[role]
