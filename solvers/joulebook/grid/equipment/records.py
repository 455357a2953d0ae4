"""What every entry of the equipment library has: a name, values in SI units, and the source of each."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from joulebook.core.design import Part
from joulebook.core.display import value_rows
from joulebook.core.errors import InputError, Issue, MissingInputError

__all__ = ["Equipment", "EquipmentSource"]


@dataclass(frozen=True)
class EquipmentSource:
    """Where values come from.

    Parameters
    ----------
    key : str
        Short name.
    title : str
        The work, table and page.
    through : str
        The public data set through which the values came, with its version; empty where none.
    licence : str
        Under which the values may be passed on.
    note : str
        What a reader should know.
    """

    key: str
    title: str
    through: str = ""
    licence: str = ""
    note: str = ""


class Equipment(Part):
    """What every entry has."""

    id: str
    """Name that does not change: kind and name without blanks."""
    name: str
    """As in its source."""
    kind: str
    """Of the library: generator, transformer, line, cable, relay, fuse, breaker, capacitor."""
    origin: Literal["catalogue", "standard part"]
    """From a published catalogue, or made by a rule from the tables of standards."""
    source: str
    """Key of where its values come from."""
    sources: Mapping[str, str] = {}
    """Keys for values that come from elsewhere, by the name of the value."""
    keywords: str = ""
    """Further words that find it."""

    def source_of(self, field: str = "") -> EquipmentSource:
        """Say where a value comes from.

        Parameters
        ----------
        field : str
            Name of a value; the entry as a whole where empty.

        Returns
        -------
        EquipmentSource
            Title, licence and notes.

        Raises
        ------
        InputError
            If the entry has no such value.
        """
        from joulebook.grid.equipment.library import sources

        if field and field not in type(self).model_fields:
            raise InputError(
                Issue("field", field, f"a {self.kind} has no such value", f"It has {', '.join(self.values())}")
            )
        return sources()[self.sources.get(field, self.source)]

    def _repr_html_(self) -> str:
        shown = {path: text for path, text, _ in value_rows(self)}
        left = " style='text-align:left'"
        cells = []
        for field in self.values():
            text = shown.get(field, f"{len(getattr(self, field))} points" if field in {"melting", "clearing"} else "")
            row = "".join(f"<td{left}>{html.escape(part)}</td>" for part in (text, self.source_of(field).title))
            cells.append(f"<tr><th{left}>{html.escape(field.replace('_', ' '))}</th>{row}</tr>")
        title = html.escape(f"{self.name} ({self.kind}, {self.origin})")
        return f"<table><caption{left}><b>{title}</b></caption>{''.join(cells)}</table>"

    def values(self) -> dict[str, Any]:
        """Give the values that are known, in SI units.

        Returns
        -------
        dict of str to object
            By name.
        """
        common = Equipment.model_fields
        return {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name not in common and getattr(self, name) is not None
        }

    def needed(self, field: str) -> float:
        """Give a value that something needs.

        Parameters
        ----------
        field : str
            Name of the value.

        Returns
        -------
        float
            In SI units.

        Raises
        ------
        MissingInputError
            If the entry leaves it open.
        """
        value = getattr(self, field)
        if value is None:
            rule = f"{self.name} leaves it open: {self.source_of().title}"
            raise MissingInputError(Issue(field, None, rule, "Give it yourself"))
        return float(value)
