"""Follow an OpenDSS script: which objects it makes, and which properties it gives them, in order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from joulebook.core.errors import DataFormatError
from joulebook.grid.feeder.dss.files import DEEPEST, Library
from joulebook.grid.feeder.dss.properties import CARRYING, CLASSES, IGNORED, class_named, property_named
from joulebook.grid.feeder.dss.scanning import (
    Command,
    Place,
    Token,
    as_integer,
    as_name,
    as_number,
    as_numbers,
    as_yes,
    commands,
)

__all__ = ["END_OF_EDIT", "Item", "Script", "follow"]

MOST_SETTINGS = 1_000_000
"""Properties given in one model."""
MOST_NOTES = 500
END_OF_EDIT = "end of edit"
"""Marks in the settings of a load where a command ended: power factors follow from the powers there."""
_DONE_BY_STUDIES = frozenset({"solve", "calcvoltagebases", "calcv"})
_DRAWING = """
? about alignfile allocateloads buildy cktlosses closedi currents doscmd dump estimate export fault fileedit formedit
get guids help init interpolate losses makebuslist plot powers rebuild reset sample save select setkvbase show summary
totals var variable visualize voltages wait
"""
_SILENT = frozenset(_DRAWING.split())
"""Commands that compute, print or draw; a document has no use for them."""
_PATTERN = re.compile(r"(\.\*|\.|[\w\-/#^$])*")
_OUTER = re.compile(r"[A-Za-z_]\w*\.[^\s=]+")


@dataclass
class Item:
    """An object of a script."""

    kind: str
    name: str
    place: Place
    settings: list[tuple[str, Token]] = field(default_factory=list)
    """Properties and values in the order in which they were given."""
    opened: bool = False
    """Whether a command opened one of its terminals."""


@dataclass
class Script:
    """What a script says."""

    items: dict[str, dict[str, Item]] = field(default_factory=lambda: {kind: {} for kind in CLASSES})
    frequency: float = 60.0
    voltage_bases: tuple[float, ...] = ()
    earth_model: str = "Deri"
    load_multiplier: float = 1.0
    control_rounds: int = 100
    controls_held: Place | None = None
    """Where all controls were switched off."""
    coordinates: dict[str, tuple[float, float]] = field(default_factory=dict)
    name: str = ""
    notes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    first: dict[str, Place] = field(default_factory=dict)

    def note(self, place: Place, text: str) -> None:
        """Keep a remark of what has no place in a feeder.

        Parameters
        ----------
        place : Place
            Where it stands.
        text : str
            What is left out.
        """
        if len(self.notes) < MOST_NOTES:
            self.notes.append(f"{place.file}, line {place.line}: {text}"[:900])

    def leave_out(self, what: str, place: Place) -> None:
        """Count something that has no place in a feeder.

        Parameters
        ----------
        what : str
            Its kind.
        place : Place
            Where it stands.
        """
        self.left_out[what] += 1
        self.first.setdefault(what, place)

    def all_notes(self) -> tuple[str, ...]:
        """List the remarks.

        Returns
        -------
        tuple of str
            Those counted come last.
        """
        counted = [
            f"{self.first[what].file}, line {self.first[what].line}: {what} left out"
            + (f", {count} in all" if count > 1 else "")
            for what, count in self.left_out.items()
        ]
        return (*self.notes, *counted)


def follow(library: Library) -> Script:
    """Follow the main script and all that it calls.

    Parameters
    ----------
    library : Library
        The files.

    Returns
    -------
    Script
        What they say.

    Raises
    ------
    DataFormatError
        At the first thing that cannot be understood.
    """
    reader = _Reader(library)
    reader.file(library.main, 0, None)
    return reader.script


class _Reader:
    def __init__(self, library: Library) -> None:
        self.library = library
        self.script = Script()
        self.active: Item | None = None
        self.last = -1
        self.settings = 0

    def file(self, path: Path, depth: int, place: Place | None) -> None:
        if depth > DEEPEST and place is not None:
            raise place.error(f"files call each other more than {DEEPEST} deep: do they call in a circle?")
        for command in commands(self.library.text(path, place), self.library.name(path)):
            self._run(command, path.parent, depth)

    def _run(self, command: Command, beside: Path, depth: int) -> None:
        first = command.tokens[0]
        word = first.value.lower() if not first.name else ""
        rest = command.tokens[1:]
        if first.name and _OUTER.fullmatch(first.name):
            self._outer(first, rest)
        elif word in {"~", "more", "m"} or first.value.startswith("~"):
            self._more(first, rest)
        elif word in {"new", "edit", "batchedit"}:
            self._make(word, command.place, rest)
        elif word in {"redirect", "compile"}:
            self._call(word, rest, command.place, beside, depth)
        elif word in {"set", "clear", "clearall"}:
            self._set(rest) if word == "set" else self._clear()
        elif word in {"open", "close", "enable", "disable"}:
            self._switch(word, rest, command.place)
        elif word in {"buscoords", "latlongcoords"}:
            self._coordinates(rest, command.place, beside)
        elif word in _DONE_BY_STUDIES:
            return
        elif word in _SILENT:
            self.script.leave_out(f"the command {word}", command.place)
        else:
            self.script.note(command.place, f"the command {(word or first.name)[:40]!r} is not known, left out")

    def _clear(self) -> None:
        frequency = self.script.frequency
        self.script = Script(frequency=frequency)
        self.active, self.last = None, -1

    def _outer(self, first: Token, rest: tuple[Token, ...]) -> None:
        """``Class.name.property=value``."""
        words = first.name.split(".")
        kind, name, prop = class_named(words[0]), as_name(".".join(words[1:-1])), words[-1]
        if kind in IGNORED or kind not in CLASSES:
            self.script.leave_out(f"{kind[:40]} objects", first.place)
            self.active = None
            return
        item = self.script.items[kind].get(name)
        if item is None:
            raise first.place.error(f"there is no {kind} {name!r} yet", found=first.name[:60])
        self.active, self.last = item, -1
        self._properties(item, (Token(prop, first.value, first.quoted, first.place), *rest))

    def _more(self, first: Token, rest: tuple[Token, ...]) -> None:
        if first.value != "~" and first.value.startswith("~"):  # the first parameter stands close behind
            rest = (Token("", first.value[1:], first.quoted, first.place), *rest)
        if first.name:
            rest = (Token(first.name.lstrip("~"), first.value, first.quoted, first.place), *rest)
        if self.active is not None:
            self._properties(self.active, rest)

    def _make(self, word: str, place: Place, rest: tuple[Token, ...]) -> None:
        if not rest or rest[0].name not in {"", "object"} or "." not in rest[0].value:
            raise place.error(f"{word} needs Class.name", expected="Class.name")
        kind_word, _, name = rest[0].value.partition(".")
        kind = class_named(kind_word)
        if kind in IGNORED or kind not in CLASSES:
            words = "" if kind in IGNORED else " (class not known)"
            words = ", which would carry current," if kind in CARRYING else words
            self.script.leave_out(f"{kind[:40]} objects{words}", place)
            self.active = None
            return
        if word == "batchedit":
            self._batch(kind, name.lower(), rest)
            return
        name = as_name(name)
        if kind_word.lower() == "circuit":
            self.script.name, name = rest[0].value.partition(".")[2], "source"
        if not name or len(name) > 80:
            raise rest[0].place.error("a name of 1 to 80 characters must follow the class", found=name[:80])
        items = self.script.items[kind]
        if word == "edit" and name not in items:
            raise rest[0].place.error(f"there is no {kind} {name!r} yet", found=rest[0].value[:60])
        if word == "new" and name in items:
            self.script.note(place, f"{kind} {name} is made again: taken as a change")
        self.active, self.last = items.setdefault(name, Item(kind, name, place)), -1
        self._properties(self.active, rest[1:])

    def _batch(self, kind: str, pattern: str, rest: tuple[Token, ...]) -> None:
        if not _PATTERN.fullmatch(pattern) or pattern.count(".*") > 3:
            self.script.note(rest[0].place, f"batchedit with the pattern {pattern[:40]!r} is left out")
            return
        wanted = re.compile(pattern)
        for name, item in self.script.items[kind].items():
            if wanted.search(name):
                self.last = -1
                self._properties(item, rest[1:])

    def _properties(self, item: Item, tokens: tuple[Token, ...]) -> None:
        for token in tokens:
            place = property_named(item.kind, token.name) if token.name else self.last + 1
            names = CLASSES[item.kind]
            if place is None or place >= len(names):
                self.script.note(
                    token.place, f"{item.kind} {item.name}: {(token.name or token.value)[:60]!r} is no property of it"
                )
                continue
            self.last = place
            name = names[place]
            self.settings += 1
            if name == "like":
                other = self.script.items[item.kind].get(as_name(token.value))
                if other is None:
                    raise token.place.error(f"there is no {item.kind} {token.value[:40]!r} yet", found=token.value[:40])
                self.settings += len(other.settings)
                item.settings += list(other.settings)
            else:
                item.settings.append((name, Token(name, token.value, token.quoted, token.place)))
            if self.settings > MOST_SETTINGS:
                raise token.place.error(f"more than {MOST_SETTINGS} properties: this is no feeder")
        if item.kind == "load" and tokens:
            item.settings.append((END_OF_EDIT, tokens[-1]))

    def _call(self, word: str, rest: tuple[Token, ...], place: Place, beside: Path, depth: int) -> None:
        if not rest:
            raise place.error(f"{word} needs the name of a file", expected="a file")
        try:
            path = self.library.find(rest[0].value, beside)
        except OSError:
            raise rest[0].place.error(f"there is no file {rest[0].value[:80]!r} beside this one") from None
        if path is None:
            self.script.note(
                place,
                f"{rest[0].value[:80]!r} lies outside of the folder that may be read, and is left out; "
                "load(..., folder=...) opens a higher one",
            )
            return
        self.file(path, depth + 1, place)

    def _set(self, rest: tuple[Token, ...]) -> None:
        script = self.script
        for token in rest:
            name = token.name
            if name in {"defaultbasefrequency", "frequency"}:
                script.frequency = as_number(token)
                if not 1 <= script.frequency <= 1000:
                    raise token.place.error(f"frequency = {script.frequency:g} Hz: must be 1 to 1000")
            elif name == "voltagebases":
                script.voltage_bases = tuple(value * 1e3 for value in as_numbers(token))
            elif name == "earthmodel":
                models = {"d": "Deri", "c": "Carson", "s": "Carson", "f": "full Carson"}
                script.earth_model = models.get(token.value[:1].lower(), "Deri")
            elif name == "loadmult":
                script.load_multiplier = as_number(token)
            elif name in {"maxcontroliter", "maxcontrol"}:
                script.control_rounds = as_integer(token, 1, 10_000)
            elif name == "controlmode":
                script.controls_held = token.place if token.value[:2].lower() == "of" else None
            else:
                script.leave_out(f"set {name[:40] or token.value[:40]}", token.place)

    def _switch(self, word: str, rest: tuple[Token, ...], place: Place) -> None:
        kind_word, _, name = rest[0].value.partition(".") if rest else ("", "", "")
        item = self.script.items.get(class_named(kind_word), {}).get(as_name(name))
        if item is None:
            self.script.note(place, f"{word} {rest[0].value[:60] if rest else ''}: no such object, left out")
        elif word in {"enable", "disable"}:
            item.settings.append(("enabled", Token("enabled", "y" if word == "enable" else "n", False, place)))
        else:
            item.opened = word == "open"

    def _coordinates(self, rest: tuple[Token, ...], place: Place, beside: Path) -> None:
        try:
            path = self.library.find(rest[0].value, beside) if rest else None
        except OSError:
            path = None
        if path is None:
            self.script.note(place, "the file of coordinates is not to be had, left out")
            return
        for line in self.library.text(path, place).splitlines():
            words = line.replace(",", " ").split()
            if len(words) < 3:
                continue
            try:
                x, y = float(words[1]), float(words[2])
            except ValueError:
                continue
            if abs(x) < 1e9 and abs(y) < 1e9:
                self.script.coordinates[words[0].strip('"').lower()[:120]] = (x, y)


def is_enabled(item: Item) -> bool:
    """Say whether an object takes part.

    Parameters
    ----------
    item : Item
        The object.

    Returns
    -------
    bool
        What it was last told.
    """
    return next((as_yes(token) for name, token in reversed(item.settings) if name == "enabled"), True)


def numbers_in_file(text: str, column: int, skip: int, place: Place) -> list[float]:
    """Read a column of numbers from the text of a file.

    Parameters
    ----------
    text : str
        Of the file.
    column : int
        From 1.
    skip : int
        Lines to leave out at the start.
    place : Place
        Where the file is named.

    Returns
    -------
    list of float
        In order.

    Raises
    ------
    DataFormatError
        If something else stands there.
    """
    values = []
    for number, line in enumerate(text.splitlines()[skip:], skip + 1):
        words = line.replace(",", " ").split()
        if not words:
            continue
        try:
            value = float(words[column - 1])
        except (IndexError, ValueError):
            raise DataFormatError(
                f"no number in column {column}", file=place.file, line=number, found=line[:60], expected="a number"
            ) from None
        values.append(value)
    return values
