"""What a study needs and a network does not say: all of it listed at once, or filled in by cited rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import Issue, MissingInputError
from joulebook.grid.network import Network
from joulebook.grid.record_fields import column_fields

__all__ = ["Ledger"]

_MOST = 60


@dataclass
class Ledger:
    """Collects values that are missing, and notes of what was assumed for them.

    Parameters
    ----------
    network : Network
        The design.
    typical : bool
        Whether rules of the trade may stand in for missing values.
    """

    network: Network
    typical: bool
    issues: list[Issue] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def column(
        self, table: str, name: str, used: NDArray[np.bool_], hint: str, rule: Any = None, source: str = ""
    ) -> NDArray[np.float64]:
        """Give a column, complete where it is used.

        Parameters
        ----------
        table, name : str
            Which.
        used : ndarray of bool, shape (n,)
            Elements that take part.
        hint : str
            What to give.
        rule : array_like, optional
            Typical value; none where there is no rule.
        source : str
            The rule in words, with where it comes from.

        Returns
        -------
        ndarray, shape (n,)
            NaN where it is missing; that is noted.
        """
        elements = getattr(self.network, table)
        values = np.array(elements.column(name), dtype=np.float64)
        gaps = used & np.isnan(values)
        if not gaps.any():
            return values
        if self.typical and rule is not None:
            stand_in = np.broadcast_to(np.asarray(rule, dtype=np.float64), values.shape)
            filled = gaps & np.isfinite(stand_in)
            values[filled] = stand_in[filled]
            if filled.any():
                self.notes.append(f"{table}.{name} of {_listed(elements.ids, filled)}: {source}")
            gaps &= ~filled
        unit = column_fields(elements.record)[name].unit
        extra = ' or take typical values: defaults="typical"' if rule is not None and not self.typical else ""
        for row in np.flatnonzero(gaps):
            path = f"{table}.{elements.ids[row]}.{name}"
            self.issues.append(Issue(path, None, "is not known, and this study needs it", f"{hint}{extra}", unit))
        return values

    def need(self, table: str, name: str, rows: NDArray[Any], rule: str, hint: str) -> None:
        """Note values that are missing or cannot be used.

        Parameters
        ----------
        table, name : str
            Which column.
        rows : ndarray of int
            Of the elements.
        rule, hint : str
            What must be, and what to give.
        """
        elements = getattr(self.network, table)
        for row in rows:
            value = elements.column(name)[row]
            self.issues.append(Issue(f"{table}.{elements.ids[row]}.{name}", value or None, rule, hint))

    def raise_if_missing(self) -> None:
        """End the study if something is missing.

        Raises
        ------
        MissingInputError
            With every element and field.
        """
        if not self.issues:
            return
        shown = self.issues[:_MOST]
        if len(self.issues) > _MOST:
            rest = len(self.issues) - _MOST
            shown = [*shown, Issue("", None, f"{rest} more values are missing", "Give those above first")]
        raise MissingInputError(shown, f"short_circuit of {self.network.name!r}")


def _listed(ids: tuple[str, ...], chosen: NDArray[np.bool_]) -> str:
    names = [ids[row] for row in np.flatnonzero(chosen)]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
