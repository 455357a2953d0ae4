"""The last section of every report: what it was made from and by."""

from __future__ import annotations

from joulebook.report.inline import escape
from joulebook.report.model import Block, Column, Paragraph, Report, Section, Table

__all__ = ["provenance_section"]


def provenance_section(report: Report) -> Section:
    """Put the provenance of a report into words and tables.

    Parameters
    ----------
    report : Report
        The report.

    Returns
    -------
    Section
        To be written after the others.
    """
    made = report.provenance
    blocks: list[Block] = [
        Paragraph(
            text=f"Made {escape(made.created[:19].replace('T', ' '))} UTC"
            + (f" on {escape(made.machine)}" if made.machine else "")
            + ". The footer of every page carries the fingerprint of what the report says; the same inputs and "
            "versions give the same fingerprint on any day."
        )
    ]
    facts = [("Content", f"`{report.content_digest()}`")]
    facts += [(f"Input: {escape(name)}", f"`{_code(digest)}`") for name, digest in made.inputs.items()]
    facts += [(f"Parameter: {escape(name)}", escape(value)) for name, value in made.parameters.items()]
    facts += [(f"Version: {escape(name)}", escape(value)) for name, value in made.versions.items()]
    columns = (Column(title="What"), Column(title="Value", share=1))
    blocks.append(Table.of("Inputs and versions; fingerprints are SHA-256.", columns, facts))
    if made.runs:
        blocks.append(_runs(report))
    return Section(title="Provenance", blocks=tuple(blocks))


def _runs(report: Report) -> Table:
    columns = (
        Column(title="Run", share=2),
        Column(title="Solver", share=2),
        Column(title="End", share=2),
        Column(title="Steps", align="right"),
        Column(title="Iterations", align="right"),
        Column(title="Time", unit="ms", align="right"),
    )
    rows = [
        (
            escape(run.name),
            escape(run.solver),
            escape(run.status),
            str(run.steps),
            str(run.iterations),
            f"{1e3 * run.seconds:.2f}",
        )
        for run in report.provenance.runs
    ]
    return Table.of(
        "Solves that the report rests on; time is spent in array code, the first with the loading of compiled code.",
        columns,
        rows,
    )


def _code(text: str) -> str:
    return text.replace("`", "'")
