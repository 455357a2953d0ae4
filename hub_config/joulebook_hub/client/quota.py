"""The client's methods for plans, meters and what administrators set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

from joulebook_hub.client.core import Connection
from joulebook_hub.quota.models import (
    CostModel,
    Histories,
    HistoryModel,
    NewOverride,
    OverrideModel,
    Overrides,
    QuotaModel,
    Value,
)

__all__ = ["QuotaMethods"]


class QuotaMethods(Connection):
    """What one may use and what was used; for administrators, what is set for people and groups."""

    def quota(self, name: str = "") -> QuotaModel:
        """Look at what somebody may use, and what was used.

        Parameters
        ----------
        name : str
            The person, for administrators; oneself when left out.

        Returns
        -------
        QuotaModel
            Plan, rows and meters.
        """
        path = f"people/{quote(name, safe='')}/quota" if name else "quota"
        return self.ask("GET", path, {200: QuotaModel})

    def history(self, since: str = "2000-01-01") -> list[HistoryModel]:
        """List what one used by day and project.

        Parameters
        ----------
        since : str
            First day, ``YYYY-MM-DD``.

        Returns
        -------
        list of HistoryModel
            Oldest first.
        """
        return self.ask("GET", "quota/history", {200: Histories}, query={"since": since}).lines

    def estimate(self, project: str = "") -> CostModel:
        """Estimate what a GPU kernel may cost.

        Parameters
        ----------
        project : str
            What it is for.

        Returns
        -------
        CostModel
            From one's own past.
        """
        return self.ask("GET", "quota/estimate", {200: CostModel}, query={"project": project})

    def overrides(self) -> Iterator[OverrideModel]:
        """Go through everything that administrators set, oldest first.

        Yields
        ------
        OverrideModel
            Also what has ended.
        """
        for page in self.pages("overrides", Overrides):
            yield from page.overrides

    def set_override(
        self,
        kind: Literal["person", "group"],
        subject: str,
        row: str,
        value: Value,
        *,
        reason: str,
        last_day: str | None = None,
    ) -> OverrideModel:
        """Set a row or the plan of a person or a group, or take that back.

        Parameters
        ----------
        kind : str
            ``"person"`` or ``"group"``.
        subject : str
            Whose name.
        row : str
            A row of the plans' file, or ``"plan"``.
        value : object
            As in the plans' file; None takes earlier ones back.
        reason : str
            Why; it is written down.
        last_day : str, optional
            ``YYYY-MM-DD``, UTC; no end when left out.

        Returns
        -------
        OverrideModel
            What was set.
        """
        body = NewOverride(kind=kind, subject=subject, row=row, value=value, last_day=last_day, reason=reason)
        return self.ask("POST", "overrides", {201: OverrideModel}, body=body)
