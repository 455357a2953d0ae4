"""Reports: a typed model, written as PDF and HTML, made by parametrised notebooks.

>>> import joulebook as jb
>>> "cell_design" in jb.report.templates()
True
"""

from joulebook.report.execution import Limits
from joulebook.report.handover import hand_over
from joulebook.report.html_writer import to_html, write_html
from joulebook.report.inline import escape
from joulebook.report.make import ReportResult, run, templates
from joulebook.report.model import (
    Callout,
    Column,
    Equation,
    Figure,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Provenance,
    Reference,
    Report,
    Rows,
    RunRecord,
    Section,
    Table,
)
from joulebook.report.typst_writer import render_pages, write_pdf

__all__ = [
    "Callout",
    "Column",
    "Equation",
    "Figure",
    "KeyFigure",
    "KeyFigures",
    "Limits",
    "Paragraph",
    "Provenance",
    "Reference",
    "Report",
    "ReportResult",
    "Rows",
    "RunRecord",
    "Section",
    "Table",
    "escape",
    "hand_over",
    "render_pages",
    "run",
    "templates",
    "to_html",
    "write_html",
    "write_pdf",
]
