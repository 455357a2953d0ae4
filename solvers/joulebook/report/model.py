"""What a report says, before anybody decides how it looks: sections, equations, tables, figures, references.

Running text may carry a few marks (see :mod:`joulebook.report.inline`): ``**strong**``, ``*emphasis*``,
```code```, ``$LaTeX$`` and ``[@Key]`` for a citation. Equations are LaTeX of the subset in
:mod:`joulebook.report.equations`. Figures are SVG drawings without scripts and without outside references.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from joulebook.core.citations import Citation
from joulebook.core.design import Design, Part
from joulebook.core.errors import InputError, Issue
from joulebook.report.drawings import check_svg
from joulebook.report.equations import parse
from joulebook.report.inline import citations_in

__all__ = [
    "Block",
    "Callout",
    "Column",
    "Equation",
    "Figure",
    "KeyFigure",
    "KeyFigures",
    "Paragraph",
    "Provenance",
    "Reference",
    "Report",
    "Rows",
    "RunRecord",
    "Section",
    "Table",
]

Text = Annotated[str, Field(max_length=20_000)]
Line = Annotated[str, Field(max_length=1_000)]


class Paragraph(Part):
    """Running text."""

    block: Literal["paragraph"] = "paragraph"
    """Kind of block."""
    text: Text
    """With marks."""


class Equation(Part):
    """A displayed equation."""

    block: Literal["equation"] = "equation"
    """Kind of block."""
    latex: Text
    """In the subset that both writers draw."""
    where: Text = ""
    """What the symbols mean, with marks."""

    @model_validator(mode="after")
    def _can_be_drawn(self) -> Self:
        parse(self.latex)
        return self


class Column(Part):
    """A column of a table."""

    title: Line
    """Heading, with marks."""
    unit: Annotated[str, Field(max_length=60)] = ""
    """Unit of all its values; empty where the cells carry their own."""
    align: Literal["left", "right", "center"] = "left"
    """Where its cells stand."""
    share: Annotated[float, Field(gt=0, le=100)] | None = None
    """Part of the free width that it takes; left out: as wide as its content."""

    @classmethod
    def number(cls, title: str, unit: str = "") -> Self:
        """Make a column of numbers.

        Parameters
        ----------
        title : str
            Heading.
        unit : str
            Of its values.

        Returns
        -------
        Column
            Aligned to the right.
        """
        return cls(title=title, unit=unit, align="right")


class Rows(Part):
    """Rows of a table that belong together."""

    title: Line = ""
    """Heading across all columns, with marks; empty for none."""
    rows: tuple[tuple[Text, ...], ...]
    """Cells with marks, one per column."""


class Table(Part):
    """Values in rows and columns."""

    block: Literal["table"] = "table"
    """Kind of block."""
    caption: Text
    """What the table holds, with marks."""
    columns: Annotated[tuple[Column, ...], Field(min_length=1, max_length=12)]
    """From left to right."""
    groups: tuple[Rows, ...]
    """From top to bottom."""
    small: bool = False
    """Set in small type."""

    @classmethod
    def of(cls, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Self:
        """Make a table without groups.

        Parameters
        ----------
        caption : str
            What it holds.
        columns : sequence of Column
            From left to right.
        rows : sequence of sequence of str
            One text per column.

        Returns
        -------
        Table
            The table.
        """
        return cls(caption=caption, columns=tuple(columns), groups=(Rows(rows=tuple(tuple(row) for row in rows)),))

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        for group in self.groups:
            for number, row in enumerate(group.rows, start=1):
                if len(row) != len(self.columns):
                    rule = f"row {number} has {len(row)} cells for {len(self.columns)} columns"
                    raise InputError(Issue("groups", row, rule, "Give every row one text per column"))
        return self


class Figure(Part):
    """A drawing."""

    block: Literal["figure"] = "figure"
    """Kind of block."""
    svg: Annotated[str, Field(max_length=3_000_000)]
    """The drawing."""
    caption: Text
    """What it shows, with marks."""
    alt: Annotated[str, Field(min_length=1, max_length=2_000)]
    """The same in words, for those who do not see it."""
    width: Annotated[float, Field(gt=0.1, le=1)] = 1.0
    """Part of the text width."""

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        check_svg(self.svg)
        return self


class KeyFigure(Part):
    """One number that a reader looks for first."""

    label: Line
    """What it is."""
    value: Line
    """The number, as printed."""
    unit: Annotated[str, Field(max_length=60)] = ""
    """Its unit."""


class KeyFigures(Part):
    """The numbers that a reader looks for first, side by side."""

    block: Literal["key_figures"] = "key_figures"
    """Kind of block."""
    items: Annotated[tuple[KeyFigure, ...], Field(min_length=1, max_length=8)]
    """From left to right."""


class Callout(Part):
    """A note or a warning that stands out."""

    block: Literal["callout"] = "callout"
    """Kind of block."""
    kind: Literal["note", "warning"] = "note"
    """How much it stands out."""
    text: Text
    """With marks."""


Block = Annotated[
    Paragraph | Equation | Table | Figure | KeyFigures | Callout,
    Field(discriminator="block"),
]


class Section(Part):
    """A heading and what stands under it."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    """Heading, with marks."""
    blocks: tuple[Block, ...] = ()
    """From top to bottom."""
    sections: tuple[Section, ...] = ()
    """Sections one level below."""
    new_page: bool = False
    """Starts on a new page."""


class Reference(Part):
    """An entry of the list of references."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
    """Name for ``[@Key]``."""
    authors: Line
    """As printed."""
    title: Line
    """As printed."""
    published: Line
    """Journal, volume, page, year."""
    doi: Annotated[str, Field(max_length=200)] = ""
    """Without resolver."""

    @classmethod
    def from_citation(cls, citation: Citation) -> Self:
        """Take an entry of the bibliography.

        Parameters
        ----------
        citation : Citation
            The entry.

        Returns
        -------
        Reference
            The same, as part of a report.
        """
        return cls(
            key=citation.key,
            authors=citation.authors,
            title=citation.title,
            published=citation.published,
            doi=citation.doi,
        )


class RunRecord(Part):
    """One solve that the report rests on."""

    name: Line
    """Which."""
    solver: Line = ""
    """Model and device."""
    status: Line = ""
    """How it ended."""
    steps: int = 0
    """Time steps taken."""
    iterations: int = 0
    """Newton iterations."""
    seconds: float = 0.0
    """Time in array code, s."""


class Provenance(Part):
    """What the report was made from and by."""

    created: Line
    """Time in UTC, ISO 8601."""
    machine: Line = ""
    """Operating system and processor."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Of the software."""
    inputs: dict[str, str] = Field(default_factory=dict)
    """Name of an input to its SHA-256."""
    parameters: dict[str, str] = Field(default_factory=dict)
    """What the template was asked for, as text."""
    runs: tuple[RunRecord, ...] = ()
    """The solves."""


class Report(Design):
    """A report, ready for a writer.

    Parameters
    ----------
    title, subtitle : str
        On the title page.
    summary : tuple of Block
        On the title page, below the titles.
    sections : tuple of Section
        The body.
    references : tuple of Reference
        Works that the text cites, in the order of their numbers.
    provenance : Provenance
        What the report was made from.

    Examples
    --------
    >>> from joulebook.report import Paragraph, Provenance, Report, Section
    >>> body = Section(title="Result", blocks=(Paragraph(text="It holds **5 A h**."),))
    >>> report = Report(title="A cell", sections=(body,), provenance=Provenance(created="2026-01-01T00:00:00+00:00"))
    >>> report.content_digest()[:8]
    'fc1a4f0b'
    """

    kind: ClassVar[str] = "joulebook.report"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".report.json"

    title: Annotated[str, Field(min_length=1, max_length=300)]
    """On the title page; with marks."""
    subtitle: Line = ""
    """Below the title; with marks."""
    summary: tuple[Block, ...] = ()
    """On the title page."""
    sections: tuple[Section, ...] = ()
    """The body."""
    references: tuple[Reference, ...] = ()
    """In the order of their numbers."""
    provenance: Provenance
    """What it was made from."""

    @model_validator(mode="after")
    def _citations_resolve(self) -> Self:
        known = [reference.key for reference in self.references]
        for text in texts_of(self):
            for key in citations_in(text):
                if key not in known:
                    hint = f"References: {', '.join(known) or 'none'}"
                    raise InputError(Issue("references", key, "cited, but not among the references", hint))
        return self

    def content_digest(self) -> str:
        """Fingerprint of what the report says; the same inputs give the same one on any day.

        Returns
        -------
        str
            SHA-256 over everything but the provenance, in hexadecimal.
        """
        document = self.to_document()
        document.pop("provenance")
        text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def texts_of(part: Any) -> Iterator[str]:
    """Walk over all texts that may carry marks.

    Parameters
    ----------
    part : Part or collection
        Where to look.

    Yields
    ------
    str
        Text with marks; drawings, LaTeX and references are left out.
    """
    if isinstance(part, str):
        yield part
    elif isinstance(part, Part):
        skipped = {"svg", "latex", "alt", "block", "references", "provenance"}
        for name in type(part).model_fields:
            if name not in skipped:
                yield from texts_of(getattr(part, name))
    elif isinstance(part, Mapping):
        yield from texts_of(tuple(part.values()))
    elif isinstance(part, tuple | list):
        for item in part:
            yield from texts_of(item)
