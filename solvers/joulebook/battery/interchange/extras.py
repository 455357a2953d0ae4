"""Values of a cell document that a foreign format has no place for, as names with numbers.

A value at ``negative.layers.0.porosity`` is written as ``"Joulebook: negative.layers.0.porosity": 0.3``; text, which
such formats do not allow, as ``"Joulebook: format.shape = cylindrical": 1``. They are read back into the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from joulebook.core.errors import InputError, Issue

__all__ = ["PREFIX", "flatten", "unflatten"]

PREFIX = "Joulebook: "
_DEEPEST = 8


def flatten(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give the numbers and texts of a document by their dotted paths.

    Parameters
    ----------
    value : object
        Groups, lists, numbers, texts.
    path : str
        Of the value itself.

    Yields
    ------
    name : str
        With :data:`PREFIX`.
    number : object
        The number; 1 where the name holds the text.

    Examples
    --------
    >>> dict(flatten({"format": {"shape": "pouch", "width": 0.1}, "layers": [{"share": 1.0}]}))
    {'Joulebook: format.shape = pouch': 1, 'Joulebook: format.width': 0.1, 'Joulebook: layers.0.share': 1.0}
    """
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from flatten(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from flatten(inner, f"{path}.{index}" if path else str(index))
    elif isinstance(value, str):
        yield f"{PREFIX}{path} = {value}", 1
    else:
        yield f"{PREFIX}{path}", value


def unflatten(named: Mapping[str, Any]) -> dict[str, Any]:
    """Make the groups and lists that :func:`flatten` took apart.

    Parameters
    ----------
    named : mapping of str to object
        Names with :data:`PREFIX` to values.

    Returns
    -------
    dict
        The document.

    Raises
    ------
    InputError
        If a name leads through a value.

    Examples
    --------
    >>> unflatten({"Joulebook: layers.0.share": 1.0, "Joulebook: format.shape = pouch": 1})
    {'layers': [{'share': 1.0}], 'format': {'shape': 'pouch'}}
    """
    tree: dict[str, Any] = {}
    for name, number in named.items():
        path, is_text, text = name.removeprefix(PREFIX).partition(" = ")
        *folders, last = path.split(".")
        here: Any = tree
        for folder in folders:
            here = here.setdefault(folder, {}) if isinstance(here, dict) else None
        if not isinstance(here, dict) or last in here or len(folders) > _DEEPEST:
            raise InputError(Issue(name, number, "leads through another value, or stands twice"))
        here[last] = text if is_text else number
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(item) for name, item in value.items()}
    if inner and set(inner) == {str(index) for index in range(len(inner))}:
        return [inner[str(index)] for index in range(len(inner))]
    return inner
