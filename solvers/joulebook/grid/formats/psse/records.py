"""The records of PSS/E RAW and sequence files: sections of lines, fields by name.

A record is free format: fields stand between commas or blanks, text in single quotes, ``/`` begins a comment. What is
left out at the end of a record, or between two commas, has its default. A section ends with a record that begins with
0; ``Q`` ends the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from joulebook.core.errors import DataFormatError
from joulebook.grid.formats.text_files import Place, whole, written_number

__all__ = ["Fields", "Section", "Sections", "split_record", "split_sections"]

_TOKEN = re.compile(r"\s*(?:'([^']*)'|\"([^\"]*)\"|([^,\s'\"]+))\s*(,?)|\s*(,)")
_LAST_NEEDED = "SWITCHED SHUNT"
"""Section that every RAW file has: without it, and without a Q, the file was cut off."""
_BEGIN = re.compile(r"BEGIN\s+(.*?)\s*(?:DATA)?\s*$", re.IGNORECASE)


def split_record(line: str, place: Place) -> list[str]:
    """Split a record into its fields.

    Parameters
    ----------
    line : str
        Without its comment or with it.
    place : Place
        Where it stands.

    Returns
    -------
    list of str
        Fields without quotes; empty where nothing stands between two commas.

    Raises
    ------
    CorruptRecordError
        If a quote has no end.
    """
    line = _without_comment(line)
    if "'" not in line and '"' not in line:
        parts = [part.strip() for part in line.split(",")] if "," in line else line.split()
        if not any(" " in part or "\t" in part for part in parts):
            return parts
    if line.count("'") % 2 and '"' not in line:
        raise place.fault("a quote (') has no end")
    out: list[str] = []
    position, after_comma = 0, True
    while position < len(line):
        found = _TOKEN.match(line, position)
        if found is None:
            break
        if found[5]:
            out.append("")
        else:
            out.append(next(part for part in found.group(1, 2, 3) if part is not None).strip())
            after_comma = bool(found[4])
        position = found.end()
    if after_comma and line.rstrip().endswith(","):
        out.append("")
    return out


def _without_comment(line: str) -> str:
    if "/" not in line:
        return line.rstrip()
    quote = False
    for place, letter in enumerate(line):
        if letter == "'":
            quote = not quote
        elif letter == "/" and not quote:
            return line[:place].rstrip()
    return line.rstrip()


class Fields:
    """Fields of a record by name.

    Parameters
    ----------
    names : sequence of str
        In the order of the record.
    values : sequence of str
        What stands there.
    place : Place
        Where.
    """

    __slots__ = ("_values", "place")

    def __init__(self, names: Sequence[str], values: Sequence[str], place: Place) -> None:
        self._values = dict(zip(names, values, strict=False))
        self.place = place

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name))

    def text(self, name: str, default: str = "") -> str:
        """Give a field as text.

        Parameters
        ----------
        name : str
            Of the field.
        default : str
            Where it is left out.

        Returns
        -------
        str
            Without quotes and blanks around it.
        """
        return self._values.get(name) or default

    def number(self, name: str, default: float | None = None) -> float:
        """Give a field as a number.

        Parameters
        ----------
        name : str
            Of the field.
        default : float, optional
            Where it is left out; there is an error if there is none.

        Returns
        -------
        float
            The number.
        """
        return written_number(self._values.get(name, ""), name, self.place, default)

    def whole(self, name: str, default: int | None = None) -> int:
        """Give a field as a whole number.

        Parameters
        ----------
        name : str
            Of the field.
        default : int, optional
            Where it is left out; there is an error if there is none.

        Returns
        -------
        int
            The number.
        """
        return whole(self._values.get(name, ""), name, self.place, default)


@dataclass
class Section:
    """Records of one kind.

    Parameters
    ----------
    name : str
        Such as ``"BUS"``.
    records : list of tuple
        Fields and place of each.
    """

    name: str
    records: list[tuple[list[str], Place]] = field(default_factory=list)

    def fields(self, names: Sequence[str]) -> list[Fields]:
        """Give the records with named fields.

        Parameters
        ----------
        names : sequence of str
            In the order of the record.

        Returns
        -------
        list of Fields
            One per record.
        """
        return [Fields(names, values, place) for values, place in self.records]


Sections = dict[str, Section]


def split_sections(lines: Sequence[str], first: int, order: Sequence[str], file: str) -> Sections:
    """Sort the records of a file into sections.

    Parameters
    ----------
    lines : sequence of str
        Of the file.
    first : int
        Where the records begin, from 0.
    order : sequence of str
        Sections in the order of this version, used where the ends of sections do not name the next one.
    file : str
        For messages.

    Returns
    -------
    dict of str to Section
        By name; missing ones are empty.

    Raises
    ------
    DataFormatError
        If the file ends within a section.
    """
    sections = {name: Section(name) for name in order}
    at, current = 0, sections[order[0]]
    dangling = True
    last_needed = order.index(_LAST_NEEDED) if _LAST_NEEDED in order else len(order) // 2
    for number, line in enumerate(lines[first:], start=first + 1):
        bare = line.strip()
        if not bare or bare.startswith("@!"):
            continue
        if bare[0] in "Qq" and not bare[1:].strip(" ,/"):
            return sections
        if re.match(r"0\s*(?:/|,?\s*$|,\s*/)", bare) or bare == "0":
            comment = bare.partition("/")[2]
            found = _BEGIN.search(comment)
            named = found[1].upper() if found else ""
            if named in sections:
                current = sections[named]
                at = list(sections).index(named)
            elif named and current.name.startswith("SUBSTATION"):
                continue
            else:  # without a name, or with one of another writer, the order counts
                at += 1
                current = sections[order[at]] if at < len(order) else Section("END")
            dangling = at <= last_needed
            continue
        place = Place(file, number)
        values = split_record(line, place)
        if values:
            current.records.append((values, place))
            dangling = current.name != "END"
    if dangling:
        raise DataFormatError(
            f"ends within or before its {current.name} data (line {len(lines)}). Was the file cut off?", file=file
        )
    return sections
