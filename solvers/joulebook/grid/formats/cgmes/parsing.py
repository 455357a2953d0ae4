"""Profile files (CIM/XML) into columns.

Every profile file describes objects (``rdf:ID``) or adds to them (``rdf:about``); here the properties of an object come
together from all files. The parser is expat, driven by events: nothing but the columns is kept. A document type
declaration is refused, so there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

from joulebook.core.errors import DataFormatError, UnknownFormatError
from joulebook.grid.formats.cgmes.archive import ProfileFile, Source, open_profiles
from joulebook.grid.formats.cgmes.objects import Model, Objects, bare_identifier

__all__ = ["read_model"]

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
_ROOT, _ID, _ABOUT, _RESOURCE = f"{_RDF}RDF", f"{_RDF}ID", f"{_RDF}about", f"{_RDF}resource"
_CIM = {
    "http://iec.ch/TC57/2013/CIM-schema-cim16#": "2.4.15",
    "http://iec.ch/TC57/CIM100#": "3.0",
}
_MANY = {"TopologicalIsland.TopologicalNodes", "DCTopologicalIsland.DCTopologicalNodes"}
_FREE = ("IdentifiedObject.", "Model.")


def read_model(sources: Source | Sequence[Source]) -> Model:
    """Read all profile files of a set.

    Parameters
    ----------
    sources : str, Path, bytes or sequence of them
        Zips, folders, XML files, or what stands in one.

    Returns
    -------
    Model
        The objects.

    Raises
    ------
    UnknownFormatError
        If there is no profile file.
    DataFormatError
        If a file is damaged, no CIM/XML, holds a document type, or contradicts another.
    """
    model = Model()
    for file in open_profiles(sources):
        _Reader(model, file).read()
        model.files.append(file.name)
    if not model.files:
        raise UnknownFormatError("holds no profile file (.xml)", file=_names(sources))
    return model


def _names(sources: Source | Sequence[Source]) -> str:
    if isinstance(sources, bytes):
        return ""
    listed = [sources] if isinstance(sources, str | Path) else sources
    return ", ".join(Path(item).name for item in listed if not isinstance(item, bytes))


class _Reader:
    """Events of one file on their way into the columns."""

    def __init__(self, model: Model, file: ProfileFile) -> None:
        self.model, self.file = model, file
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.local: dict[str, str] = {}
        self.by_tag: dict[str, Objects] = {}

    def read(self) -> None:
        parser = self.parser
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._root
        try:
            for piece in self.file.chunks():
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            advice = "was the file cut off?" if error.code in {3, 4, 5, 6} else "not well-formed XML"
            raise DataFormatError(
                f"{expat.ErrorString(error.code)}: {advice}",
                file=self.file.name,
                line=error.lineno,
                column=error.offset + 1,
            ) from None
        except (LookupError, ValueError) as error:
            if isinstance(error, DataFormatError):
                raise
            raise DataFormatError(f"in an encoding that is not known here: {error}", file=self.file.name) from None

    def _fault(self, message: str) -> DataFormatError:
        return DataFormatError(message, file=self.file.name, line=self.parser.CurrentLineNumber)

    def _doctype(self, *_: Any) -> None:
        raise self._fault(
            "holds a document type declaration, which profile files have no need of; nothing was expanded"
        )

    def _root(self, name: str, _: list[str]) -> None:
        if name != _ROOT:
            raise UnknownFormatError(
                f"starts with <{name.rpartition(' ')[2][:40]}>: expected <rdf:RDF> of CIM/XML", file=self.file.name
            )
        self._handlers()

    def _class(self, tag: str) -> Objects:
        """Find the columns of a class that this file names for the first time."""
        space, _, local = tag.rpartition(" ")
        if local == "DifferenceModel":
            raise self._fault("is a difference model: read the full models that it changes")
        if space.startswith("http://iec.ch/TC57/") and "CIM" in space and "European" not in space:
            version = _CIM.get(space)
            if version is None:
                raise self._fault(f"is of the CIM schema {space}: known are CGMES 2.4.15 (CIM16) and 3.0 (CIM100)")
            if self.model.version not in {"", version}:
                raise self._fault(f"is CGMES {version}, other files of the set are {self.model.version}")
            self.model.version = version
        objects = self.model.classes.setdefault(local, Objects(local))
        self.by_tag[tag] = objects
        return objects

    def _property(self, tag: str) -> str:
        return self.local.setdefault(tag, tag.rpartition(" ")[2])

    def _handlers(self) -> None:
        """Set the handlers of the two levels below the root: objects and their properties."""
        parser, by_tag, local, file = self.parser, self.by_tag, self.local, self.file.name
        objects: Objects = Objects("")
        values: dict[str, dict[int, str]] = {}
        row = deeper = 0
        text = ""

        def start_object(tag: str, attributes: list[str]) -> None:
            nonlocal objects, values, row
            objects = by_tag.get(tag) or self._class(tag)
            identifier = _attribute(attributes, (_ID, _ABOUT))
            if not identifier:
                raise self._fault(f"{objects.name} has neither rdf:ID nor rdf:about")
            identifier, values = bare_identifier(identifier), objects.values
            row = objects.rows.setdefault(identifier, len(objects.rows))
            if row == len(objects.lines):
                objects.lines.append((file, parser.CurrentLineNumber))
            parser.StartElementHandler, parser.EndElementHandler = start_property, end_object

        def end_object(_: str) -> None:
            parser.StartElementHandler, parser.EndElementHandler = start_object, None

        def start_property(_: str, attributes: list[str]) -> None:
            nonlocal text
            text = _attribute(attributes, (_RESOURCE,)) if attributes else ""
            parser.StartElementHandler, parser.EndElementHandler = start_deeper, end_property
            parser.CharacterDataHandler = characters

        def start_deeper(*_: Any) -> None:
            nonlocal deeper
            deeper += 1

        def characters(data: str) -> None:
            nonlocal text
            text += data

        def end_property(tag: str) -> None:
            nonlocal deeper
            if deeper:
                deeper -= 1
                return
            name = local.get(tag) or self._property(tag)
            column = values.get(name)
            if column is None:
                column = values[name] = {}
            if row in column and column[row] != text:
                self._again(objects, row, name, text)
            else:
                column[row] = text
            parser.StartElementHandler, parser.EndElementHandler = start_property, end_object
            parser.CharacterDataHandler = None

        parser.StartElementHandler = start_object

    def _again(self, objects: Objects, row: int, name: str, text: str) -> None:
        """A second value of a property: one more of many, a repeated name, or a contradiction."""
        column = objects.values[name]
        if name in _MANY:
            column[row] += f" {text}"
        elif not name.startswith(_FREE) and not _equal(column[row], text):
            first_file, first_line = objects.lines[row]
            raise self._fault(
                f"{objects.name} {objects.ids[row]}: {name} = {text.strip()[:40]!r}, but {column[row].strip()[:40]!r} "
                f"before ({first_file}, line {first_line}). Is this more than one state or version of the network?"
            )


def _attribute(attributes: list[str], names: tuple[str, ...]) -> str:
    for position in range(0, len(attributes), 2):
        if attributes[position] in names:
            return attributes[position + 1]
    return ""


def _equal(left: str, right: str) -> bool:
    if left.strip() == right.strip() or bare_identifier(left) == bare_identifier(right):
        return True
    try:
        return float(left) == float(right)
    except ValueError:
        return False
