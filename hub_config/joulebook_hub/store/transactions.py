"""What a feature works with inside the store: one connection, one instant, marks and audit lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, insert, select, update

from joulebook_hub.store import tables

__all__ = ["AuditLine", "Transaction"]


@dataclass(frozen=True)
class AuditLine:
    """Something that an administrator did, or that was done in an administrator's place.

    Parameters
    ----------
    line : int
        Its number; later lines have larger ones.
    at : float
        When, s since 1970.
    actor, action, subject, reason : str
        Who did what to whom, and why.
    """

    line: int
    at: float
    actor: str
    action: str
    subject: str
    reason: str


@dataclass(frozen=True)
class Transaction:
    """An open transaction of the store.

    Parameters
    ----------
    connection : Connection
        SQLAlchemy's, for everything that the shortcuts here do not cover.
    now : float
        The instant at which all of it happens, s since 1970.
    """

    connection: Connection
    now: float

    def execute(self, statement: Executable, rows: Iterable[Mapping[str, Any]] | None = None) -> CursorResult[Any]:
        """Run a statement of SQLAlchemy's.

        Parameters
        ----------
        statement : Executable
            The statement.
        rows : iterable of mapping, optional
            Values of a statement that writes many rows.

        Returns
        -------
        CursorResult
            Its rows.
        """
        if rows is None:
            return self.connection.execute(statement)
        return self.connection.execute(statement, [dict(row) for row in rows])

    def scalar(self, statement: Executable) -> Any:
        """First value of the first row.

        Parameters
        ----------
        statement : Executable
            The statement.

        Returns
        -------
        object
            None without a row.
        """
        return self.connection.scalar(statement)

    def mark(self, name: str, otherwise: float) -> float:
        """Read a number that is kept by name.

        Parameters
        ----------
        name : str
            At most 32 characters.
        otherwise : float
            What it is as long as nobody has set it.

        Returns
        -------
        float
            The number.
        """
        value = self.scalar(select(tables.marks.c.value).where(tables.marks.c.name == name))
        return otherwise if value is None else float(value)

    def set_mark(self, name: str, value: float) -> None:
        """Keep a number by name.

        Parameters
        ----------
        name : str
            At most 32 characters.
        value : float
            The number.
        """
        changed = self.execute(update(tables.marks).where(tables.marks.c.name == name).values(value=value))
        if changed.rowcount == 0:
            self.execute(insert(tables.marks).values(name=name, value=value))

    def note(self, *, actor: str, action: str, subject: str, reason: str) -> int:
        """Write a line into the audit log.

        Parameters
        ----------
        actor : str
            Who.
        action : str
            What, at most 200 characters.
        subject : str
            To whom.
        reason : str
            Why.

        Returns
        -------
        int
            Number of the line.
        """
        line = {"at": self.now, "actor": actor, "action": action, "subject": subject, "reason": reason}
        key = self.execute(insert(tables.audit).values(line)).inserted_primary_key
        return int(key[0]) if key else 0

    def audit(self, *, before: int | None = None, most: int = 50) -> list[AuditLine]:
        """Lines of the audit log, newest first.

        Parameters
        ----------
        before : int, optional
            Number of the last line that is known already.
        most : int
            How many.

        Returns
        -------
        list of AuditLine
            The lines.
        """
        statement = select(tables.audit).order_by(tables.audit.c.line.desc()).limit(most)
        if before is not None:
            statement = statement.where(tables.audit.c.line < before)
        return [AuditLine(**row._mapping) for row in self.execute(statement)]
