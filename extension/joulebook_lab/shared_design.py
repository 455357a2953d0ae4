"""A design that several people edit at once: a map of maps with an entry for each value, never merged as text.

Every group of values of the document (the design itself, its elements by their identity, an element) is a map of its
own, so that two people who change different values both keep theirs, and an element that is deleted takes its values
along. What is no group (numbers, texts, lists) is one entry, of which the last change counts. An entry keeps its rank
among its neighbours, so that the file keeps its order: ``[rank, value]``, and for a group its rank under the empty
name, which no value has. The file's text is kept beside it, so that a design that nobody changes stays as it was.

The same in the browser is ``extension/src/hosts/lab/together``. A text that is no design is kept as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from jupyter_ydoc.ybasedoc import YBaseDoc
from pycrdt import Awareness, Doc, Map

__all__ = ["DEEPEST", "RANK", "SharedDesign"]

RANK = ""
DEEPEST = 30
"""Groups and lists within each other that a design may have."""
_LARGEST = 2**53
"""Whole numbers beyond it are not the same in a browser."""


class SharedDesign(YBaseDoc):  # type: ignore[misc]
    """The server's side of a shared design; jupyter-collaboration makes one for each open file.

    Parameters
    ----------
    ydoc : Doc, optional
        The document that is shared.
    awareness : Awareness, optional
        Who is there.

    Examples
    --------
    >>> shared = SharedDesign()
    >>> shared.set('{"kind": "cell", "negative": {"thickness": 8e-05}}')
    >>> shared.get()
    '{"kind": "cell", "negative": {"thickness": 8e-05}}'
    """

    def __init__(self, ydoc: Doc | None = None, awareness: Awareness | None = None) -> None:
        super().__init__(ydoc, awareness)
        self._design: Map = self._ydoc.get("design", type=Map)
        self._file: Map = self._ydoc.get("file", type=Map)
        self.undo_manager.expand_scope(self._design)

    @property
    def version(self) -> str:
        """Version of this form of a document."""
        return "1.0.0"

    def get(self) -> str:
        """Text of the design.

        Returns
        -------
        str
            The file's own text as long as nothing in it was changed.
        """
        text, source = self._file.get("text"), self._file.get("source")
        if isinstance(text, str):
            return text
        document = _read(self._design)
        earlier = _parsed(source) if isinstance(source, str) else None
        if document == earlier:
            return str(source)
        return json.dumps(_like(document, earlier), indent=2, ensure_ascii=False) + "\n"

    def set(self, value: str) -> None:
        """Bring the design to what a text says; what is the same in both stays, with what others do to it.

        Parameters
        ----------
        value : str
            The file's text.
        """
        document = _parsed(value)
        with self._ydoc.transaction():
            if document is None:
                self._design.clear()
            else:
                _merge(self._design, document)
            for name, kept in (("text", document is None), ("source", document is not None)):
                if kept and self._file.get(name) != value:
                    self._file[name] = value
                elif not kept and name in self._file:
                    del self._file[name]

    def observe(self, callback: Callable[[str, Any], None]) -> None:
        """Be told of changes.

        Parameters
        ----------
        callback : callable
            Gets the name of what has changed and the change.
        """
        self.unobserve()
        self._subscriptions[self._ystate] = self._ystate.observe(partial(callback, "state"))
        self._subscriptions[self._file] = self._file.observe(partial(callback, "file"))
        self._subscriptions[self._design] = self._design.observe_deep(partial(callback, "design"))


def _refuse(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is no number of JSON", name, 0)


def _parsed(text: str) -> dict[str, Any] | None:
    """The document of a text; None if it is no JSON object that a design can be."""
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found and _fits(found, DEEPEST) else None


def _fits(value: Any, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and RANK not in value and all(_fits(each, levels - 1) for each in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_fits(each, levels - 1) for each in value)
    return not isinstance(value, int) or abs(value) <= _LARGEST


def _as_numbers(value: Any) -> Any:
    """Whole numbers as a browser keeps them."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, list):
        return [_as_numbers(each) for each in value]
    return {name: _as_numbers(each) for name, each in value.items()} if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    """Whole numbers as a file has them."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST:
        return int(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value


def _like(value: Any, earlier: Any) -> Any:
    """Numbers of a document written as they were in the file: 1.0 stays 1.0 beside a value that was changed."""
    if isinstance(value, dict) and isinstance(earlier, dict):
        return {name: _like(each, earlier.get(name)) for name, each in value.items()}
    if isinstance(value, list) and isinstance(earlier, list):
        padded = [*earlier, *[None] * len(value)]
        return [_like(each, before) for each, before in zip(value, padded, strict=False)]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_whole and isinstance(earlier, float) else value


def _rank(entry: Any) -> float:
    """Place of an entry among its neighbours; one that says none stands first."""
    found = entry.get(RANK) if isinstance(entry, Map) else entry[0] if isinstance(entry, list) and entry else 0.0
    return float(found) if isinstance(found, int | float) else 0.0


def _read(group: Map) -> dict[str, Any]:
    entries = [(name, group[name]) for name in group if name != RANK]
    entries.sort(key=lambda entry: (_rank(entry[1]), entry[0]))
    found: dict[str, Any] = {}
    for name, entry in entries:
        if isinstance(entry, Map):
            found[name] = _read(entry)
        elif isinstance(entry, list) and len(entry) == 2:  # [rank, value]
            found[name] = _plain(entry[1])
    return found


def _merge(group: Map, document: dict[str, Any]) -> None:
    entries = {name: group[name] for name in group if name != RANK}
    for name in entries.keys() - document.keys():
        del group[name]
    following = max((_rank(entry) for entry in entries.values()), default=0.0)
    for name, value in document.items():
        entry = entries.get(name)
        if entry is None:
            following += 1.0
        rank = following if entry is None else _rank(entry)
        if isinstance(value, dict):
            if not isinstance(entry, Map):
                group[name] = Map({RANK: rank})
            _merge(group[name], value)
        elif not isinstance(entry, list) or json.dumps(_plain(entry[1])) != json.dumps(_plain(value)):
            group[name] = [rank, _as_numbers(value)]
