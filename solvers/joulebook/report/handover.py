"""What a template calls last: hand the report model over to whoever runs it, or show it to whoever reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from joulebook.report.model import Report

__all__ = ["hand_over"]


def hand_over(report: Report, report_file: str | Path = "") -> Any:
    """Hand a report over.

    Parameters
    ----------
    report : Report
        The finished report.
    report_file : str or Path
        Where the engine wants it; empty when a person runs the notebook.

    Returns
    -------
    IPython.display.HTML or None
        For a person, the report as it will look; nothing for the engine.
    """
    if not report_file:
        from html import escape

        from IPython.display import HTML

        from joulebook.report.html_writer import to_html

        page = escape(to_html(report))
        look = "width:100%;height:40rem;border:0"
        return HTML(f'<div><iframe title="Report" sandbox srcdoc="{page}" style="{look}"></iframe></div>')  # type: ignore[no-untyped-call]
    document = json.dumps(report.to_document(), ensure_ascii=False)
    Path(report_file).write_text(document, encoding="utf-8")
    return None
