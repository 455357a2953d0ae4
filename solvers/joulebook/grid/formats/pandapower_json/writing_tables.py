"""Tables of a pandapower document under way."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["Tables"]

_WHOLE = {
    "bus", "from_bus", "to_bus", "hv_bus", "mv_bus", "lv_bus", "element", "parallel", "max_step",
}  # fmt: skip
_FLAGS = {"in_service", "slack", "controllable", "closed", "current_source", "tap_dependency_table",
          "tap_at_star_point",          "step_dependency_table"}  # fmt: skip
_TEXT = {"name", "type", "zone", "std_type", "tap_side", "tap_changer_type", "et", "vector_group"}
_TEMPLATE = {
    "_module": "pandas.core.frame",
    "_class": "DataFrame",
    "orient": "split",
    "is_multiindex": False,
    "is_multicolumn": False,
}


class Tables:
    """Rows by table.

    Parameters
    ----------
    network : Network
        Whose buses get their indices: their identifiers where all are whole numbers, else 0, 1, 2, …
    """

    def __init__(self, network: Network) -> None:
        ids = list(network.buses)
        numbers = [
            int(bus) for bus in ids if bus.isascii() and bus.isdigit() and len(bus) < 10 and str(int(bus)) == bus
        ]
        if len(numbers) != len(ids):
            numbers = list(range(len(ids)))
        self.bus = dict(zip(ids, numbers, strict=True))
        self.rows: dict[str, dict[int, dict[str, Any]]] = {}
        self.notes: Counter[str] = Counter()
        self.index: dict[tuple[str, str], int] = {}

    def note(self, text: str) -> None:
        """Remember what could not be written.

        Parameters
        ----------
        text : str
            One line.
        """
        self.notes[text] += 1

    def note_lines(self) -> tuple[str, ...]:
        """List the notes.

        Returns
        -------
        tuple of str
            Each once.
        """
        return tuple(text if count == 1 else f"{text} ({count} times)" for text, count in self.notes.items())

    def add(self, table: str, index: int | None, **values: Any) -> int:
        """Add a row.

        Parameters
        ----------
        table : str
            Its name.
        index : int or None
            Of the row; the next one where left out.
        **values : object
            By column; None and NaN where not known.

        Returns
        -------
        int
            The index.
        """
        rows = self.rows.setdefault(table, {})
        index = len(rows) if index is None else index
        rows[index] = values
        return index

    def add_shunt(self, name: str, bus: str, power: complex, in_service: bool, steps: int = 1, most: int = 1) -> None:
        """Add a shunt.

        Parameters
        ----------
        name : str
            Of the shunt.
        bus : str
            Of the network.
        power : complex, VA
            Conductance and susceptance of one step, times the square of the nominal voltage.
        in_service : bool
            Whether.
        steps, most : int
            Switched on, and there are.
        """
        self.add("shunt", None, bus=self.bus[bus], name=name, q_mvar=-power.imag / 1e6, p_mw=power.real / 1e6,
                 vn_kv=None, step=float(steps), max_step=most, step_dependency_table=False,
                 in_service=in_service)  # fmt: skip

    def documents(self) -> dict[str, dict[str, Any]]:
        """Give the tables as pandapower writes them.

        Returns
        -------
        dict of str to dict
            By name.
        """
        return {table: _document(rows) for table, rows in self.rows.items()}


def _document(rows: dict[int, dict[str, Any]]) -> dict[str, Any]:
    columns = list(dict.fromkeys(name for values in rows.values() for name in values))
    data = [[_plain(name, values.get(name)) for name in columns] for values in rows.values()]
    text = json.dumps({"columns": columns, "index": list(rows), "data": data}, ensure_ascii=False, allow_nan=False)
    return {**_TEMPLATE, "_object": text, "dtype": {name: _dtype(name) for name in columns}}


def _dtype(name: str) -> str:
    if name in _WHOLE:
        return "int64"
    if name in _FLAGS:
        return "bool"
    return "object" if name in _TEXT else "float64"


def _plain(name: str, value: Any) -> Any:
    if value is None or value != value:
        return None
    kind = _dtype(name)
    if kind == "bool":
        return bool(value)
    if kind == "int64":
        return int(value)
    return str(value) if kind == "object" else float(value)
