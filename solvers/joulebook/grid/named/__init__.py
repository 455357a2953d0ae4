"""Networks that come with Joulebook: public test cases, each with its source and licence.

A file holds the columns of the tables as JSON, compressed. ``tools/named_networks.py`` makes them from the public
case files.
"""

from __future__ import annotations

import functools
import json
import lzma
from importlib import resources
from typing import TYPE_CHECKING, Any

from joulebook.core.errors import CorruptRecordError

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["ENDING", "load", "names", "network_of_columns"]

ENDING = ".json.xz"


@functools.cache
def names() -> tuple[str, ...]:
    """List the networks.

    Returns
    -------
    tuple of str
        Smallest first.
    """
    index = json.loads(resources.files(__name__).joinpath("index.json").read_text(encoding="utf-8"))
    return tuple(index)


@functools.cache
def load(name: str) -> Network:
    """Fetch a network.

    Parameters
    ----------
    name : str
        One of :func:`names`.

    Returns
    -------
    Network
        The same object every time; it never changes.
    """
    content = resources.files(__name__).joinpath(name + ENDING).read_bytes()
    return network_of_columns(json.loads(lzma.decompress(content)))


def network_of_columns(document: dict[str, Any]) -> Network:
    """Make a network of a document that holds its tables as columns.

    Parameters
    ----------
    document : dict
        ``tables`` by name, each with ``ids`` and ``columns``; the other fields of a network as they are.

    Returns
    -------
    Network
        The network.

    Raises
    ------
    CorruptRecordError
        If a table is not known.
    """
    from joulebook.grid.network import Network
    from joulebook.grid.record_fields import column_fields
    from joulebook.grid.tables import Table

    values = {name: value for name, value in document.items() if name != "tables"}
    for name, stored in document["tables"].items():
        record = Network.record_of(name)
        if record is None:
            raise CorruptRecordError(f"there is no table {name!r}", found=name)
        fields = column_fields(record)
        columns = {}
        for column, given in stored["columns"].items():
            field = fields[column]
            if field.kind == "float":
                columns[column] = [float("nan") if value is None else value for value in given]
            elif field.kind == "part":
                columns[column] = [
                    field.default if value is None else field.adapter.validate_python(value) for value in given
                ]
            else:
                columns[column] = given
        values[name] = Table(record, stored["ids"], columns)
    return Network(**values)
