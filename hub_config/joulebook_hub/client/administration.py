"""The client's methods for administrators."""

from __future__ import annotations

from collections.abc import Iterator

from joulebook_hub.administration.models import Audit, AuditEntry, Member, People
from joulebook_hub.client.core import Connection

__all__ = ["AdministrationMethods"]


class AdministrationMethods(Connection):
    """People and the audit log, with a token that has ``admin:users``."""

    def people(self) -> Iterator[Member]:
        """Go through everybody with plan and GPU time.

        Yields
        ------
        Member
            In the hub's order.
        """
        for page in self.pages("people", People, most=100):
            yield from page.people

    def audit(self) -> Iterator[AuditEntry]:
        """Go through what administrators did, newest first.

        Yields
        ------
        AuditEntry
            The lines of the log.
        """
        for page in self.pages("audit", Audit):
            yield from page.lines
