"""Write a report as PDF with Typst, in this process, from fonts that come with the packages."""

from __future__ import annotations

import functools
import json
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from joulebook.core.errors import MissingExtraError, ReportError
from joulebook.core.version import __version__
from joulebook.report.equations import break_points, to_typst
from joulebook.report.inline import plain, spans
from joulebook.report.model import Report
from joulebook.report.provenance_section import provenance_section

__all__ = ["render_pages", "write_pdf"]

_MARKED = {"title", "subtitle", "text", "caption", "where", "label", "value"}


def write_pdf(report: Report, path: str | Path) -> Path:
    """Write a report as PDF.

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
    MissingExtraError
        If Typst is not installed.
    ReportError
        If the file cannot be written, or Typst refuses the document.
    """
    path = Path(path)
    content = _compile(report, format="pdf", timestamp=_created(report))
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error.strerror or error}. Check folder and rights") from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def render_pages(report: Report, *, dots_per_inch: float = 96) -> list[bytes]:
    """Draw the pages of a report as pictures.

    Parameters
    ----------
    report : Report
        What it says.
    dots_per_inch : float
        Resolution.

    Returns
    -------
    list of bytes
        One PNG picture per page.
    """
    pages = _compile(report, format="png", ppi=dots_per_inch)
    return pages if isinstance(pages, list) else [pages]


def _compile(report: Report, **options: Any) -> Any:
    try:
        import typst
    except ImportError:
        raise MissingExtraError("Writing a PDF", "report") from None
    template = resources.files("joulebook.report").joinpath("report.typ").read_bytes()
    inputs = {"report": json.dumps(_document(report), ensure_ascii=False)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", typst.TypstWarning)
            return typst.compile(template, font_paths=_fonts(), sys_inputs=inputs, **options)
    except typst.TypstError as error:
        hints = f" ({'; '.join(error.hints)})" if error.hints else ""
        raise ReportError(f"Typst refused the report: {error.message}{hints}", cause=error.diagnostic) from None


@functools.cache
def _fonts() -> Any:
    """Fonts inside the typst package, matplotlib's for signs that those lack, the system's for other scripts."""
    import typst

    paths: list[str] = []
    try:
        import matplotlib
    except ImportError:
        pass
    else:
        paths.append(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf"))
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=paths)


def _created(report: Report) -> datetime:
    try:
        return datetime.fromisoformat(report.provenance.created).astimezone(UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


def _document(report: Report) -> dict[str, Any]:
    """The JSON that the template reads: marks read, equations translated, references numbered."""
    numbers = {reference.key: index for index, reference in enumerate(report.references, start=1)}
    sections = (*report.sections, provenance_section(report))
    return {
        "label": "Joulebook report",
        "version": __version__,
        "plain_title": plain(report.title),
        "keywords": [report.content_digest()],
        "content": report.content_digest()[:32],
        "date": report.provenance.created[:10],
        "title": _spans(report.title, numbers),
        "subtitle": _spans(report.subtitle, numbers),
        "summary": _prepare([block.model_dump() for block in report.summary], numbers),
        "sections": _prepare([section.model_dump() for section in sections], numbers),
        "references": [reference.model_dump() for reference in report.references],
    }


def _prepare(part: Any, numbers: Mapping[str, int]) -> Any:
    if isinstance(part, Mapping):
        out: dict[str, Any] = {}
        for name, value in part.items():
            if name == "rows":
                out[name] = [[_spans(cell, numbers) for cell in row] for row in value]
            elif name == "latex":
                out["pieces"] = [to_typst(piece) for piece in break_points(value)]
            elif name in _MARKED and isinstance(value, str):
                out[name] = _spans(value, numbers)
            else:
                out[name] = _prepare(value, numbers)
        return out
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [_prepare(item, numbers) for item in part]
    return part


def _spans(text: str, numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for span in spans(text):
        entry: dict[str, Any] = {"kind": span.kind, "text": span.text}
        if span.kind == "math":
            entry["typst"] = to_typst(span.text)
        elif span.kind == "citation":
            entry["number"] = numbers[span.text]
        out.append(entry)
    return out
