"""Circuit description codes: what people type for a circuit, read into a tree.

Two ways of writing are read, and told apart by themselves:

- as impedance.py has it, ``R0-p(R1,CPE1)-W1``: series with ``-``, parallel groups as ``p(…,…)``;
- Boukamp's code, ``R(RQ)W``: elements in series side by side, a group in parentheses in parallel, a series inside it in
  brackets ``[…]`` or, as older programs write it, in parentheses again: ``R(C[RW])`` is ``R(C(RW))``. Numbers and
  labels with an underscore may follow the letters; elements without one are numbered.

A fault is told with its column. Nothing in a code is ever evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

from joulebook.core.errors import InputError, Issue
from joulebook.impedance.elements import KINDS, NAME, symbol_of
from joulebook.impedance.tree import Leaf, Node, Series, leaves, parallel, series

__all__ = ["LONGEST_CODE", "read_code"]

LONGEST_CODE = 4000
"""Characters of a code."""
MOST_ELEMENTS = 300
DEEPEST = 40

_LETTER = re.compile(r"([A-Z][a-z]*)([0-9]*(?:_[A-Za-z0-9_]+)?)")
_LETTERS = {record.boukamp: kind for kind, record in KINDS.items() if record.boukamp} | {
    kind: kind for kind in ("Ws", "Wo", "Zarc")
}


def read_code(text: str) -> Node:
    """Read a circuit description code of either kind.

    Parameters
    ----------
    text : str
        What was typed; blanks do not matter.

    Returns
    -------
    Node
        The tree; an empty series for an empty text.

    Raises
    ------
    InputError
        If the text is no circuit; the message names the column.

    Examples
    --------
    >>> from joulebook.impedance.tree import to_code
    >>> to_code(read_code("R(Q[RW])"))
    'R1-p(CPE1,R2-W1)'
    """
    if len(text) > LONGEST_CODE:
        raise InputError(Issue("code", f"{len(text)} characters", f"at most {LONGEST_CODE} characters"))
    if not text.strip():
        return Series(())
    reader = _Boukamp(text) if _is_boukamp(text) else _Named(text)
    node = reader.whole()
    reader.check_names(tuple(leaves(node)))
    return node


def _is_boukamp(text: str) -> bool:
    """Whether a text is not written as impedance.py does: groups without their ``p``, or letters side by side."""
    if re.search(r"[-,]|\bp\s*\(", text):
        return False
    bare = re.sub(r"\s", "", text)
    return any(mark in text for mark in "([") or not (NAME.fullmatch(bare) and symbol_of(bare))


class _Reader:
    """A place in a text, and how to complain about it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: list[tuple[str, int]] = []
        self.depth = 0

    def skip(self) -> str:
        """Go to the next character that is no blank; empty at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def fault(self, rule: str, hint: str = "", at: int | None = None) -> NoReturn:
        column = (self.at if at is None else at) + 1
        raise InputError(Issue("code", self.text, f"column {column}: {rule}", hint))

    def whole(self) -> Node:
        node = self.row()
        left = self.skip()
        if left and left in ")]":
            self.fault(f"{left!r} closes nothing", "Take it away, or open a group before it")
        if left == ",":
            self.fault("a comma outside of a group", "Parallel branches are written p(…,…)")
        if left:
            self.fault(f"{left!r} is out of place", "Elements in series are joined by '-'")
        return node

    def row(self) -> Node:
        raise NotImplementedError

    def enter(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.fault(f"more than {DEEPEST} groups inside each other")

    def note(self, name: str, start: int) -> Leaf:
        self.places.append((name, start))
        if len(self.places) > MOST_ELEMENTS:
            self.fault(f"more than {MOST_ELEMENTS} elements", at=start)
        return Leaf(name)

    def check_names(self, names: Sequence[str]) -> None:
        known: set[str] = set()
        for name, start in sorted(self.places, key=lambda place: place[1]):
            if name in known:
                self.fault(f"{name} a second time", "Every element has a name of its own", start)
            known.add(name)


class _Named(_Reader):
    """``R0-p(R1,CPE1)-W1``."""

    def row(self) -> Node:
        parts = [self.part()]
        while self.skip() == "-":
            self.at += 1
            parts.append(self.part())
        return series(tuple(parts))

    def part(self) -> Node:
        first, start = self.skip(), self.at
        if first == "":
            self.fault("an element is missing at the end")
        if first in "-,)":
            self.fault(f"an element is missing before {first!r}", "A branch without elements would be a short circuit")
        found = NAME.match(self.text, self.at)
        if found is None:
            self.fault(f"{first!r} begins no element", "Write one like R0, CPE1 or W1, or a group p(…,…)")
        name = found.group()
        self.at = found.end()
        if name == "p" and self.skip() == "(":
            self.at += 1
            return self.group(start)
        if not symbol_of(name):
            self.fault(f"{name} is not a known element", _known(name, KINDS), start)
        return self.note(name, start)

    def group(self, start: int) -> Node:
        self.enter()
        branches = [self.row()]
        while (mark := self.skip()) == ",":
            self.at += 1
            branches.append(self.row())
        if not mark:
            self.fault("the group is not closed", "Add ')'", start)
        if mark != ")":
            self.fault(f"{mark!r} is out of place", "Between elements of a group stands '-' or ','")
        self.at += 1
        self.depth -= 1
        if len(branches) < 2:
            self.fault("a parallel group of one branch", "Add a branch, p(…,…), or take the group away", start)
        return parallel(tuple(branches))


class _Boukamp(_Reader):
    """``R(Q[RW])``."""

    def whole(self) -> Node:
        node = super().whole()
        return self.numbered(node)

    def row(self) -> Node:
        return series(self.parts("", in_parallel=False))

    def parts(self, closing: str, *, in_parallel: bool) -> tuple[Node, ...]:
        parts: list[Node] = []
        while (first := self.skip()) and first not in ")]":
            parts.append(self.group(first, in_parallel) if first in "([" else self.element(first))
        if not parts:
            self.fault("a group without elements", "Such a branch would be a short circuit")
        if closing and self.skip() != closing:
            self.fault(f"{closing!r} is missing")
        return tuple(parts)

    def group(self, opening: str, in_parallel: bool) -> Node:
        start = self.at
        self.enter()
        self.at += 1
        as_series = opening == "[" or in_parallel
        parts = self.parts(")" if opening == "(" else "]", in_parallel=not as_series)
        self.at += 1
        self.depth -= 1
        if not as_series and len(parts) < 2:
            self.fault("a parallel group of one element", "Add an element, or take the parentheses away", start)
        return series(parts) if as_series else parallel(parts)

    def element(self, first: str) -> Node:
        start = self.at
        found = _LETTER.match(self.text, self.at)
        if found is None:
            self.fault(f"{first!r} begins no element", f"Letters: {', '.join(_LETTERS)}")
        letter, label = found.groups()
        if letter not in _LETTERS:
            self.fault(f"{letter} is not a known element", _known(letter, _LETTERS))
        self.at = found.end()
        return self.note(f"{_LETTERS[letter]}{label}" if label else f"{_LETTERS[letter]} {start}", start)

    def numbered(self, node: Node) -> Node:
        """Give numbers to the elements that have none."""
        taken = {name for name, _ in self.places}
        renamed: dict[str, str] = {}
        counts: dict[str, int] = {}
        for name, _ in sorted(self.places, key=lambda place: place[1]):
            kind, blank, _ = name.partition(" ")
            if blank:
                counts[kind] = counts.get(kind, 0) + 1
                while f"{kind}{counts[kind]}" in taken:
                    counts[kind] += 1
                renamed[name] = f"{kind}{counts[kind]}"
        self.places = [(renamed.get(name, name), start) for name, start in self.places]
        return _renamed(node, renamed)


def _renamed(node: Node, names: dict[str, str]) -> Node:
    if isinstance(node, Leaf):
        return Leaf(names.get(node.name, node.name))
    return type(node)(tuple(_renamed(part, names) for part in node.parts))


def _known(name: str, symbols: Iterable[str]) -> str:
    """What to write instead of a name that begins with no symbol."""
    begins = max((symbol for symbol in symbols if name.startswith(symbol)), key=len, default="")
    rest = name[len(begins) :].lstrip("_0123456789")
    return f"Write {begins}_{rest} if it is of kind {begins}" if begins and rest else f"Known: {', '.join(symbols)}"
