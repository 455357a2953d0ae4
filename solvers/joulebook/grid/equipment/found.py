"""Rows of the equipment library, and what a search gives back."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from joulebook.core.display import quantity_of
from joulebook.core.results import column_name
from joulebook.grid.equipment.kinds import KINDS
from joulebook.grid.equipment.records import Equipment

if TYPE_CHECKING:
    import pandas

__all__ = ["Found", "Row"]


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Parameters
    ----------
    id, name, kind, origin : str
        Of the entry.
    text : str
        Everything that words are looked for in, without accents and in lower case.
    values : dict
        What :class:`joulebook.grid.equipment.Equipment` is made from.
    """

    id: str
    name: str
    kind: str
    origin: str
    text: str
    values: Mapping[str, Any]

    def entry(self) -> Equipment:
        """Make the typed entry.

        Returns
        -------
        Equipment
            Validated.
        """
        return KINDS[self.kind](**self.values)


@dataclass(frozen=True, repr=False)
class Found(Sequence[Equipment]):
    """What a search found: a sequence of entries, the best first.

    Parameters
    ----------
    matches : tuple of Row
        Rows that match, as many as were asked for.
    n_matches : int
        How many there are in all.
    """

    matches: tuple[Row, ...]
    n_matches: int

    def __len__(self) -> int:
        return len(self.matches)

    @overload
    def __getitem__(self, key: int) -> Equipment: ...

    @overload
    def __getitem__(self, key: slice) -> Found: ...

    def __getitem__(self, key: int | slice) -> Equipment | Found:
        if isinstance(key, slice):
            return Found(self.matches[key], self.n_matches)
        return self.matches[key].entry()

    def __iter__(self) -> Iterator[Equipment]:
        return (row.entry() for row in self.matches)

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each entry.

        Returns
        -------
        pandas.DataFrame
            Columns carry their unit: ``rated_current_A``.
        """
        import pandas

        table = []
        for entry in self:
            shown: dict[str, Any] = {"name": entry.name, "kind": entry.kind, "origin": entry.origin}
            for field, value in entry.values().items():
                quantity = quantity_of(type(entry).model_fields[field])
                shown[column_name(field, quantity.unit if quantity else "")] = value
            table.append({**shown, "source": entry.source_of().title})
        return pandas.DataFrame(table)

    def __repr__(self) -> str:
        lines = [f"  {row.name}  ({row.kind}, {row.origin})" for row in self.matches[:20]]
        more = [f"  and {self.n_matches - len(lines)} more"] if self.n_matches > len(lines) else []
        return "\n".join([f"{self.n_matches} entries", *lines, *more])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td style='text-align:left'>{html.escape(row.name)}</td><td>{row.kind}</td><td>{row.origin}</td></tr>"
            for row in self.matches
        )
        return f"<table><caption style='text-align:left'><b>{self.n_matches} entries</b></caption>{cells}</table>"
