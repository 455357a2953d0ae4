"""What is done to a cell: steps, cycles and repeats.

::

    Protocol("Discharge at 1C until 2.5 V")
    Protocol(["Discharge at 1C until cut-off", "Rest for 1 hour", "Charge at C/2 until 4.2 V"]) * 100
    Protocol([("Discharge at 1C until 2.5 V", "Charge at C/2 until 4.2 V"), "Rest for 1 day"])

Sentences are explained in :mod:`joulebook.battery.sentences`, what ends a step in :mod:`joulebook.battery.step_ends`.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from joulebook.battery import sentences
from joulebook.battery.designs import Cell
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.protocol_documents import document_of, items_of
from joulebook.battery.protocol_pybamm import items_from_pybamm
from joulebook.battery.schedule import Schedule
from joulebook.battery.scheduling import MOST_STEPS, Block, count, make_schedule, unrolled
from joulebook.battery.step_ends import duration_text
from joulebook.battery.steps import Step as ProtocolStep
from joulebook.core.documents import read_document, write_document
from joulebook.core.errors import InputError, Issue

__all__ = ["Protocol"]

DEEPEST: Final = 20
"""Blocks inside blocks."""


class Protocol:
    """Steps that are done to a cell, one after another; immutable.

    Parameters
    ----------
    steps : str, Step, Protocol or sequence of these
        A sentence, or several lines of them; step objects; other protocols. A tuple in the list is a cycle.

    Raises
    ------
    InputError
        If a step is not understood or contradicts itself (all such steps at once), if there is none, or if there are
        more than 200 000 with the loops written out.

    Examples
    --------
    >>> from joulebook.battery import Protocol
    >>> test = Protocol(["Discharge at 1C until cut-off", "Rest for 1 hour", "Charge at C/2 until 4.2 V"]) * 100
    >>> len(test), test.cycles
    (300, 100)
    >>> (Protocol("Rest for 10 s") + test).cycles
    100
    """

    __slots__ = ("_items",)

    examples: ClassVar[tuple[str, ...]] = sentences.EXAMPLES
    """Sentences that are understood."""
    kind: ClassVar[str] = "joulebook.protocol"
    suffix: ClassVar[str] = ".protocol.json"

    def __init__(self, steps: Any) -> None:
        faults: list[Issue] = []
        self._items = tuple(_items(steps, "protocol", faults, 0))
        if not faults:
            faults += _size_faults(self._items)
        if faults:
            raise InputError(faults, "protocol" if len(faults) > 1 else "")

    @property
    def items(self) -> tuple[ProtocolStep | Block, ...]:
        """Steps and blocks as they were put together."""
        return self._items

    @property
    def cycles(self) -> int:
        """Number of cycles; steps outside of repeats and tuples belong to none."""
        return int(unrolled(self._items).cycle.max())

    def compile(self, cell: Cell | HalfCell) -> Schedule:
        """Make the table that the loop reads.

        Parameters
        ----------
        cell : Cell or HalfCell
            Its nominal capacity defines C, its limits the cut-off.

        Returns
        -------
        Schedule
            One row per step, loops written out.

        Raises
        ------
        InputError
            If a step contradicts the cell, or the step before it.

        Examples
        --------
        >>> from joulebook.battery import Cell, Protocol
        >>> Protocol("Discharge at C/2 until cut-off").compile(Cell.named("Chen2020")).rows[0, [1, 3]]
        array([2.5, 2.5])
        """
        return make_schedule(self._items, cell)

    def __mul__(self, times: int) -> Protocol:
        if not isinstance(times, int) or isinstance(times, bool):
            return NotImplemented
        if times < 1:
            raise InputError(Issue("protocol", times, "must be repeated at least once", "Leave it out instead"))
        return self if times == 1 else _made((Block(self._items, times),))

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Protocol:
        if not isinstance(other, Protocol | ProtocolStep | str | list | tuple):
            return NotImplemented
        return _made((*self._items, *Protocol(other)._items))

    def __radd__(self, other: Any) -> Protocol:
        if not isinstance(other, ProtocolStep | str | list | tuple):
            return NotImplemented
        return Protocol(other) + self

    def __len__(self) -> int:
        return count(self._items)

    def __iter__(self) -> Iterator[ProtocolStep]:
        table = unrolled(self._items)
        return (table.steps[k] for k in table.order)

    def __eq__(self, other: object) -> bool:
        return self._items == other._items if isinstance(other, Protocol) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_made, (self._items,))

    def __str__(self) -> str:
        return "\n".join(_lines(self._items, 0))

    def __repr__(self) -> str:
        return f"<Protocol: {self._size()}>\n" + "\n".join(_lines(self._items, 1))

    def _size(self) -> str:
        n, cycles = len(self), self.cycles
        return f"{n} step{'' if n == 1 else 's'}" + (f", {cycles} cycle{'' if cycles == 1 else 's'}" if cycles else "")

    def _repr_html_(self) -> str:
        left = " style='text-align:left'"
        head = "".join(f"<th{left}>{name}</th>" for name in ("What", "Until", "At most"))
        rows = "".join(_html_rows(self._items, 0, left))
        return f"<table><caption{left}><b>Protocol</b> · {self._size()}</caption><tr>{head}</tr>{rows}</table>"

    def to_document(self) -> dict[str, Any]:
        """Give the protocol as JSON-able data.

        Returns
        -------
        dict
            For :meth:`from_document`.
        """
        return {"kind": self.kind, "schema_version": 1, "steps": document_of(self._items)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Protocol:
        """Read what :meth:`to_document` gave.

        Parameters
        ----------
        document : mapping
            The data.

        Returns
        -------
        Protocol
            Equal to the one that was written.

        Raises
        ------
        InputError
            If it is another kind of document, or a step in it is not understood.
        """
        if not isinstance(document, Mapping) or document.get("kind") != cls.kind:
            found = document.get("kind") if isinstance(document, Mapping) else type(document).__name__
            raise InputError(Issue("kind", found, f"must be {cls.kind!r}"))
        if document.get("schema_version") != 1:
            raise InputError(Issue("schema_version", document.get("schema_version"), "must be 1"))
        faults: list[Issue] = []
        items = items_of(document.get("steps"), "steps", faults)
        faults = faults or _size_faults(items)
        if faults:
            raise InputError(faults, "protocol")
        return _made(items)

    @classmethod
    def from_pybamm(cls, experiment: Any) -> Protocol:
        """Read an experiment of PyBaMM.

        Parameters
        ----------
        experiment : pybamm.Experiment or mapping
            The experiment, or what its ``to_config()`` gives; PyBaMM itself is not needed for that.

        Returns
        -------
        Protocol
            The same steps and cycles.

        Raises
        ------
        InputError
            If a step has something that steps here do not have; all of these at once.

        Examples
        --------
        >>> step = {"type": "c-rate", "value": 0.5, "terminations": [{"type": "voltage", "value": 2.5}]}
        >>> print(Protocol.from_pybamm({"cycles": [[step]]}))
        Discharge at C/2 until 2.5 V
        """
        faults: list[Issue] = []
        items = items_from_pybamm(experiment, faults)
        if faults:
            raise InputError(faults, "experiment")
        return _made(items)

    def save(self, path: str | Path) -> Path:
        """Write the protocol to a file.

        Parameters
        ----------
        path : str or Path
            By custom ending in ``.protocol.json``.

        Returns
        -------
        Path
            The file.
        """
        return write_document(path, self.to_document())

    @classmethod
    def load(cls, path: str | Path) -> Protocol:
        """Read a protocol from a file.

        Parameters
        ----------
        path : str or Path
            What :meth:`save` wrote.

        Returns
        -------
        Protocol
            The protocol.
        """
        return cls.from_document(read_document(path))


def _made(items: tuple[ProtocolStep | Block, ...]) -> Protocol:
    """Make a protocol of parts that are known to be good."""
    faults = _size_faults(items)
    if faults:
        raise InputError(faults)
    made = object.__new__(Protocol)
    made._items = items
    return made


def _size_faults(items: Sequence[ProtocolStep | Block]) -> list[Issue]:
    if not items:
        return [Issue("protocol", None, "has no steps", sentences.advice())]
    n = count(items)
    if n > MOST_STEPS:
        return [Issue("protocol", n, f"has {n} steps; at most {MOST_STEPS}", "Repeat it less often")]
    if _depth(items) > DEEPEST:
        return [Issue("protocol", None, f"has blocks inside blocks more than {DEEPEST} deep")]
    return []


def _depth(items: Sequence[ProtocolStep | Block]) -> int:
    return max((1 + _depth(item.items) for item in items if isinstance(item, Block)), default=0)


def _items(given: Any, path: str, faults: list[Issue], depth: int) -> list[ProtocolStep | Block]:
    """Steps and blocks of what a person gave; what is wrong goes to ``faults``."""
    if isinstance(given, Protocol):
        return list(given.items)
    if isinstance(given, ProtocolStep):
        return [given]
    if isinstance(given, str):
        lines = [line for line in given.splitlines() if line.strip()] if "\n" in given.strip() else [given]
        return [step for k, line in enumerate(lines) for step in _step(line, _place(path, k, lines), faults)]
    if not isinstance(given, list | tuple) or depth > DEEPEST:
        rule = "has blocks inside blocks too deep" if isinstance(given, list | tuple) else "must be a sentence"
        faults.append(Issue(path, given, rule, sentences.advice()))
        return []
    made: list[ProtocolStep | Block] = []
    for k, item in enumerate(given):
        inner = _items(item, f"{path}.{k}", faults, depth + 1)
        if isinstance(item, list | tuple) and not inner and not faults:
            faults.append(Issue(f"{path}.{k}", item, "is a cycle without steps", "Leave it out"))
        made += [Block(tuple(inner))] if isinstance(item, list | tuple) and inner else inner
    return made


def _place(path: str, k: int, lines: list[str]) -> str:
    return path if len(lines) == 1 else f"{path}.{k}"


def _step(sentence: str, path: str, faults: list[Issue]) -> list[ProtocolStep]:
    try:
        return [sentences.read_sentence(sentence, path)]
    except InputError as error:
        faults.extend(error.issues)
        return []


def _lines(items: Sequence[ProtocolStep | Block], depth: int) -> Iterator[str]:
    for item in items:
        if isinstance(item, Block):
            yield "  " * depth + (f"{item.times} ×" if item.times > 1 else "cycle")
            yield from _lines(item.items, depth + 1)
        else:
            yield "  " * depth + item.sentence


def _html_rows(items: Sequence[ProtocolStep | Block], depth: int, left: str) -> Iterator[str]:
    indent = f" style='text-align:left;padding-left:{0.5 + 1.5 * depth:g}em'"
    for item in items:
        if isinstance(item, Block):
            yield f"<tr><th colspan='3'{indent}>{f'{item.times} ×' if item.times > 1 else 'Cycle'}</th></tr>"
            yield from _html_rows(item.items, depth + 1, left)
            continue
        until = ", or ".join(str(end) for end in item.until) or "—"
        most = duration_text(item.duration) if item.duration < math.inf else "—"
        cells = "".join(f"<td{left}>{html.escape(text)}</td>" for text in (until, most))
        yield f"<tr><td{indent}>{html.escape(item.what)}</td>{cells}</tr>"
