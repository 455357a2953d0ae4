"""Write a report as one HTML page that needs nothing else: styles, drawings and mathematics are inside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape as quote
from importlib import resources
from pathlib import Path

from joulebook.core.errors import MissingExtraError, ReportError
from joulebook.core.version import __version__
from joulebook.report.drawings import follow_theme, prefix_names
from joulebook.report.equations import break_points, parse
from joulebook.report.inline import plain, spans
from joulebook.report.model import (
    Block,
    Callout,
    Column,
    Equation,
    Figure,
    KeyFigures,
    Paragraph,
    Report,
    Section,
    Table,
)
from joulebook.report.provenance_section import provenance_section

__all__ = ["to_html", "write_html"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def write_html(report: Report, path: str | Path) -> Path:
    """Write a report as one self-contained HTML file.

    Parameters
    ----------
    report : Report
        What it says.
    path : str or Path
        Where to; parent folders must exist.

    Returns
    -------
    Path
        The file. The same report gives the same bytes.

    Raises
    ------
    ReportError
        If the file cannot be written.
    """
    path = Path(path)
    content = to_html(report)
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_text(content, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error.strerror or error}. Check folder and rights") from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def to_html(report: Report) -> str:
    """Give a report as one HTML page.

    Parameters
    ----------
    report : Report
        What it says.

    Returns
    -------
    str
        A document with a content policy that forbids scripts and anything fetched.
    """
    return _Page(report).document()


class _Page:
    """Counts figures, tables and equations while a page is written."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.numbers = {reference.key: index for index, reference in enumerate(report.references, start=1)}
        self.figures = self.tables = self.equations = 0

    def document(self) -> str:
        report = self.report
        style = resources.files("joulebook.report").joinpath("report.css").read_text(encoding="utf-8")
        sections = (*report.sections, provenance_section(report))
        subtitle = f'<p class="subtitle">{self.inline(report.subtitle)}</p>' if report.subtitle else ""
        parts = [
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{quote(plain(report.title))}</title>\n<style>\n{style}</style>\n</head>\n<body>",
            f'<header><p class="label">Joulebook report</p><h1>{self.inline(report.title)}</h1>{subtitle}</header>',
            "<main>",
            self.blocks(report.summary),
            self.contents(sections),
            *(self.section(section, str(index)) for index, section in enumerate(sections, start=1)),
            self.references(len(sections) + 1),
            "</main>",
            f"<footer>Joulebook {quote(__version__)} · {quote(report.provenance.created[:10])} · content "
            f"<code>{report.content_digest()}</code></footer>\n</body>\n</html>\n",
        ]
        return "\n".join(part for part in parts if part)

    def contents(self, sections: Sequence[Section]) -> str:
        items = "".join(
            f'<li><a href="#section-{index}">{self.inline(section.title, links=False)}</a></li>'
            for index, section in enumerate(sections, start=1)
        )
        return f'<nav aria-label="Contents"><ol>{items}</ol></nav>'

    def section(self, section: Section, number: str) -> str:
        level = 2 + number.count(".")
        mark = f"section-{number.replace('.', '-')}"
        inner = "\n".join(
            self.section(part, f"{number}.{index}") for index, part in enumerate(section.sections, start=1)
        )
        heading = f'<h{level} id="{mark}">{number} {self.inline(section.title)}</h{level}>'
        return f'<section aria-labelledby="{mark}">\n{heading}\n{self.blocks(section.blocks)}\n{inner}</section>'

    def references(self, number: int) -> str:
        if not self.report.references:
            return ""
        items = []
        for reference in self.report.references:
            authors, title = quote(reference.authors.rstrip(".")), quote(reference.title)
            text = f"{authors}. <em>{title}</em>. {quote(reference.published)}"
            if reference.doi:
                address = quote(f"https://doi.org/{reference.doi}")
                text += f'. <a href="{address}" rel="noreferrer">doi:{quote(reference.doi)}</a>'
            items.append(f'<li id="reference-{reference.key}">{text}</li>')
        return (
            f'<section aria-labelledby="references"><h2 id="references">{number} References</h2>'
            f'<ol class="references">{"".join(items)}</ol></section>'
        )

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(self.block(block) for block in blocks)

    def block(self, block: Block) -> str:
        if isinstance(block, Paragraph):
            return f"<p>{self.inline(block.text)}</p>"
        if isinstance(block, Equation):
            return self.equation(block)
        if isinstance(block, Table):
            return self.table(block)
        if isinstance(block, Figure):
            return self.figure(block)
        if isinstance(block, KeyFigures):
            return self.key_figures(block)
        return self.callout(block)

    def equation(self, block: Equation) -> str:
        self.equations += 1
        where = f"<p>{self.inline(block.where)}</p>" if block.where else ""
        terms = break_points(block.latex)
        drawn = "".join(f"<span>{_mathml(term, 'block' if len(terms) == 1 else 'inline')}</span> " for term in terms)
        return f'<div class="equation"><div>{drawn}</div><span>({self.equations})</span></div>{where}'

    def table(self, block: Table) -> str:
        self.tables += 1
        head = "".join(self.column(column) for column in block.columns)
        body = []
        for group in block.groups:
            if group.title:
                title = self.inline(group.title)
                body.append(f'<tr><th colspan="{len(block.columns)}" scope="rowgroup">{title}</th></tr>')
            for row in group.rows:
                cells = zip(block.columns, row, strict=True)
                body.append("<tr>" + "".join(f"<td{_align(c)}>{self.inline(text)}</td>" for c, text in cells) + "</tr>")
        caption = f"<caption><b>Table {self.tables}</b>{self.inline(block.caption)}</caption>"
        kind = ' class="small"' if block.small else ""
        return (
            f'<div class="scroll" tabindex="0"><table{kind}>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n'
            + "\n".join(body)
            + "\n</tbody></table></div>"
        )

    def column(self, column: Column) -> str:
        unit = f' <span class="unit">({quote(column.unit)})</span>' if column.unit else ""
        return f'<th scope="col"{_align(column)}>{self.inline(column.title)}{unit}</th>'

    def figure(self, block: Figure) -> str:
        self.figures += 1
        svg = follow_theme(prefix_names(block.svg, f"f{self.figures}-"))
        label = f'<svg role="img" aria-label="{quote(block.alt)}" style="width:{100 * block.width:g}%"'
        svg = re.sub(r"<svg\b", lambda _found: label, svg, count=1)
        caption = f"<figcaption><b>Figure {self.figures}</b>{self.inline(block.caption)}</figcaption>"
        return f"<figure>\n{svg}\n{caption}</figure>"

    def key_figures(self, block: KeyFigures) -> str:
        items = "".join(
            f"<div><dt>{self.inline(item.label)}</dt><dd>{self.inline(item.value)} "
            f'<span class="unit">{quote(item.unit)}</span></dd></div>'
            for item in block.items
        )
        return f'<dl class="key-figures">{items}</dl>'

    def callout(self, block: Callout) -> str:
        name = "Warning" if block.kind == "warning" else "Note"
        return f'<div class="callout {block.kind}" role="note"><strong>{name}.</strong> {self.inline(block.text)}</div>'

    def inline(self, text: str, *, links: bool = True) -> str:
        out = []
        for span in spans(text):
            words = quote(span.text, quote=False)
            if span.kind == "text":
                out.append(words)
            elif span.kind == "math":
                out.append(_mathml(span.text, "inline"))
            elif span.kind == "citation":
                number = f"[{self.numbers[span.text]}]"
                out.append(f'<a href="#reference-{span.text}">{number}</a>' if links else number)
            else:
                tag = {"strong": "strong", "emphasis": "em", "code": "code"}[span.kind]
                out.append(f"<{tag}>{words}</{tag}>")
        return "".join(out)


def _align(column: Column) -> str:
    return "" if column.align == "left" else f' class="{column.align}"'


def _mathml(latex: str, display: str) -> str:
    parse(latex)
    try:
        from latex2mathml.converter import convert
    except ImportError:
        raise MissingExtraError("Writing equations as HTML", "report") from None
    return str(convert(latex, display=display))
