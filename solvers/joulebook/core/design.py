"""The base of all designs: frozen documents that report every fault at once.

A design is data: a pydantic model that is validated when it is made, saved as JSON with a ``kind`` and a
``schema_version``, and brought forward from older versions by a chain of pure functions.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from joulebook.core.display import html_table
from joulebook.core.documents import LARGEST_DOCUMENT, read_document, write_document
from joulebook.core.errors import DataFormatError, InputError, Issue
from joulebook.core.faults import issues_from_validation

__all__ = ["Design", "Migration", "Part"]

Migration = Callable[[dict[str, Any]], dict[str, Any]]


class Part(BaseModel):
    """A piece of a design: frozen, closed, no NaN, every fault reported at once."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=False,
    )

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InputError(issues_from_validation(type(self), error), type(self).__name__) from None

    # pydantic calls a foreign __init__ for every nested part, which would stop at the first faulty one
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    def _repr_html_(self) -> str:
        return html_table(self)

    def value_at(self, path: str) -> Any:
        """Value at a dotted path.

        Parameters
        ----------
        path : str
            For example ``"negative.thickness"``; an entry of a list by its number, counted from 0:
            ``"negative.layers.0.porosity"``.

        Returns
        -------
        object
            The value or part found there.

        Raises
        ------
        InputError
            If the path does not exist; the message lists what does.
        """
        here: Any = self
        walked: list[str] = []
        for name in path.split("."):
            if isinstance(here, Mapping):
                if name not in here:
                    raise InputError(Issue(path, None, f"no entry {name!r}", f"known: {', '.join(here)}"))
                here = here[name]
                walked.append(name)
                continue
            if isinstance(here, tuple):
                here = here[_index(path, name, walked, len(here))]
                walked.append(name)
                continue
            fields = type(here).model_fields if isinstance(here, BaseModel) else {}
            if name not in fields:
                known = ", ".join(fields) or "nothing below it"
                raise InputError(
                    Issue(path, None, f"{'.'.join(walked) or type(self).__name__} has no {name!r}", f"It has: {known}")
                )
            here = getattr(here, name)
            walked.append(name)
        return here


class Design(Part):
    """A document that can be drawn, solved, saved and handed on.

    A subclass sets ``kind`` and ``version``, and registers migrations from older versions.
    """

    kind: ClassVar[str]
    """Names the type of document inside its file."""
    version: ClassVar[int] = 1
    """Schema version that this code writes."""
    suffix: ClassVar[str]
    """Ending of its file names, such as ``.cell.json``."""
    largest_document: ClassVar[int] = LARGEST_DOCUMENT
    """Bytes that a file of this kind may have."""
    migrations: ClassVar[Mapping[int, Migration]] = {}
    """From version ``n`` (key) to ``n + 1``: pure functions from document to document."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the designs that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return ()

    @classmethod
    def named(cls, name: str) -> Self:
        """Fetch a design that comes with Joulebook.

        Parameters
        ----------
        name : str
            One of :meth:`names`.

        Returns
        -------
        Design
            The design.

        Raises
        ------
        InputError
            If there is none of that name; the message lists those there are.
        """
        known = cls.names()
        if name not in known:
            raise InputError(Issue("name", name, f"no such {cls.__name__}", f"Known: {', '.join(known) or 'none'}"))
        return cls._make_named(name)

    @classmethod
    def _make_named(cls, name: str) -> Self:
        raise InputError(Issue("name", name, f"{cls.__name__} has no named designs"))

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, file: str = "") -> Self:
        """Make a design from its JSON document, bringing older versions forward.

        Parameters
        ----------
        document : mapping
            With ``kind`` and ``schema_version``.
        file : str
            Name for messages.

        Returns
        -------
        Design
            The design.

        Raises
        ------
        DataFormatError
            If the document is of another kind, or of a version that cannot be brought forward.
        InputError
            With every fault of the values.
        """
        data = dict(document)
        found = data.pop("kind", None)
        if found != cls.kind:
            raise DataFormatError(
                f"kind = {found!r}, expected {cls.kind!r}. Is this the right file for a {cls.__name__}?",
                file=file,
                found=str(found),
                expected=cls.kind,
            )
        data = cls._migrate(data, file)
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise InputError(issues_from_validation(cls, error), file or cls.__name__) from None

    @classmethod
    def _migrate(cls, data: dict[str, Any], file: str) -> dict[str, Any]:
        version = data.pop("schema_version", None)
        oldest = min(cls.migrations, default=cls.version)
        if not isinstance(version, int) or isinstance(version, bool) or version > cls.version or version < oldest:
            newer = isinstance(version, int) and version > cls.version
            hint = (
                "The file was written by a newer Joulebook: update this one."
                if newer
                else "Open the file in the Joulebook that wrote it and save it there, or start from a named design."
            )
            readable = f"{oldest} to {cls.version}" if oldest < cls.version else f"{cls.version}"
            raise DataFormatError(
                f"schema_version = {version!r}: this Joulebook reads {readable}. {hint}",
                file=file,
                found=str(version),
                expected=readable,
            )
        while version < cls.version:
            data = cls.migrations[version](dict(data))
            version += 1
        return data

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a design from its file.

        Parameters
        ----------
        path : str or Path
            A JSON file as :meth:`save` writes it.

        Returns
        -------
        Design
            The design.

        Raises
        ------
        DataFormatError
            If the file is missing, too large, not JSON, or another kind of document.
        InputError
            With every fault of the values.
        """
        return cls.from_document(read_document(path, cls.largest_document), file=Path(path).name)

    def save(self, path: str | Path) -> Path:
        """Write the design to a file; an existing file is replaced in one step, or not at all.

        Parameters
        ----------
        path : str or Path
            Where to; parent folders must exist.

        Returns
        -------
        Path
            The file.
        """
        return write_document(path, self.to_document())

    def to_document(self) -> dict[str, Any]:
        """Give the JSON document of this design.

        Returns
        -------
        dict
            ``kind``, ``schema_version`` and the values; values that were left out stay out.
        """
        return {
            "kind": self.kind,
            "schema_version": self.version,
            **self.model_dump(mode="json", exclude_none=True),
        }

    def replace(self, changes: Mapping[str, Any]) -> Self:
        """Make a design that differs in some values.

        Parameters
        ----------
        changes : mapping of str to object
            Dotted path to new value: ``{"negative.thickness": 90e-6}``.

        Returns
        -------
        Design
            The changed design, validated; this one stays as it is. Sources of the changed values are dropped.

        Raises
        ------
        InputError
            If a path does not exist or a value is not allowed; all faults at once.
        """
        document = self._without_sources(changes)
        return self._variant(document, tuple(changes), tuple(changes.values()))

    def _without_sources(self, paths: Iterable[str]) -> dict[str, Any]:
        """Give the document without the sources of some values; their paths must lead somewhere."""
        document = self.to_document()
        changed = tuple(path for path in paths if not path.startswith("sources"))
        sources = document.get("sources", {})
        for gone in [key for key in sources if key in changed or key.startswith(tuple(f"{path}." for path in changed))]:
            del sources[gone]
        for path in paths:
            group = path.rpartition(".")[0]
            if not group or not isinstance(self.value_at(group), Mapping):  # a mapping takes entries of any name
                self.value_at(path)
        return document

    def variants(self, paths: Sequence[str]) -> Callable[[Sequence[Any]], Self]:
        """Give a function that makes many designs which differ in the same values; faster than :meth:`replace`.

        Parameters
        ----------
        paths : sequence of str
            Dotted paths, as for :meth:`replace`.

        Returns
        -------
        callable
            From the new values, in the order of the paths, to the changed design, validated as by :meth:`replace`.
            It raises what that raises.

        Raises
        ------
        InputError
            If a path does not exist.
        """
        return functools.partial(self._variant, self._without_sources(paths), tuple(paths))

    def _variant(self, document: dict[str, Any], paths: Sequence[str], values: Sequence[Any]) -> Self:
        for path, value in zip(paths, values, strict=True):
            document = _with(document, path.split("."), path, _plain(value))
        return self.from_document(document)

    def digest(self) -> str:
        """Fingerprint of the values.

        Returns
        -------
        str
            SHA-256 of the canonical JSON document, in hexadecimal.
        """
        text = json.dumps(self.to_document(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def _index(path: str, name: str, walked: list[str], length: int) -> int:
    if name.isdecimal() and int(name) < length:
        return int(name)
    known = f"It has entries 0 to {length - 1}" if length else "It is empty"
    raise InputError(Issue(path, None, f"{'.'.join(walked)} has no entry {name!r}", known))


def _plain(value: Any) -> Any:
    """What a value is in a document."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _with(here: Any, names: Sequence[str], path: str, value: Any) -> Any:
    """Give a document with another value; what leads there is copied, and may have been changed just before."""
    first, *others = names
    if isinstance(here, dict):
        return {**here, first: _with(here.get(first, {}), others, path, value) if others else value}
    entry = _entry(here, first, path)
    new = list(here)
    new[int(first)] = _with(entry, others, path, value) if others else value
    return new


def _entry(here: Any, name: str, path: str) -> Any:
    if isinstance(here, list):
        return here[_index(path, name, path.split("."), len(here))]
    raise InputError(Issue(path, None, "another change leaves nothing there to be changed", "Make one of the two"))
