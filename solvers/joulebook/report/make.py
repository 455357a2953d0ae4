"""Make a report: run a template with parameters, take the report model that it hands over, write PDF and HTML."""

from __future__ import annotations

import ast
import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joulebook.core import places
from joulebook.core.design import Design
from joulebook.core.errors import CancelledError, InputError, Issue, MissingExtraError, ReportError
from joulebook.core.progress import Progress, progress_or_default
from joulebook.report.execution import Limits
from joulebook.report.model import Report

__all__ = ["HANDED_OVER", "ReportResult", "run", "templates"]

HANDED_OVER = "report_file"
"""Parameter through which a template learns where to save the report model."""


@dataclass(frozen=True)
class ReportResult:
    """What making a report gave.

    Parameters
    ----------
    report : Report
        The model.
    pdf, html, notebook : Path or None
        The files that were asked for.
    executed : NotebookNode
        The executed notebook; each cell's status is in ``cell.metadata.papermill.status``.
    statuses : tuple of str
        The same, one per cell.
    """

    report: Report
    pdf: Path | None
    html: Path | None
    notebook: Path | None
    executed: Any
    statuses: tuple[str, ...]


def templates() -> tuple[str, ...]:
    """List the report templates that come with Joulebook.

    Returns
    -------
    tuple of str
        Names for :func:`run`.
    """
    return tuple(sorted(path.stem for path in places.notebooks("reports").glob("*.ipynb")))


def run(
    template: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    pdf: str | Path | None = None,
    html: str | Path | None = None,
    notebook: str | Path | None = None,
    progress: Progress | bool | None = None,
    limits: Limits | None = None,
) -> ReportResult:
    """Make a report.

    Parameters
    ----------
    template : str or Path
        One of :func:`templates`, or a notebook of your own with a cell tagged ``parameters``.
    parameters : mapping, optional
        Values for that cell: numbers, texts, lists, designs, paths of files.
    pdf, html : str or Path, optional
        Files to write.
    notebook : str or Path, optional
        Where to keep the executed notebook; it is kept also when the run fails.
    progress : Progress or bool, optional
        Where the work shows; it can also cancel the run.
    limits : Limits, optional
        How long the run may take.

    Returns
    -------
    ReportResult
        The model, the files and the status of every cell.

    Raises
    ------
    CancelledError
        If the run was cancelled.
    InputError
        If the template or a parameter is unknown, or a folder to write to is missing.
    MissingExtraError
        If the extra ``report`` is not installed.
    ReportError
        If a cell fails; it carries the notebook, the cell and the cause.
    """
    source = _find_template(template)
    values = dict(parameters or {})
    _check_parameters(source, values)
    for path in (pdf, html, notebook):
        check_folder(path)
    shown = progress_or_default(progress)
    outputs = sum(path is not None for path in (pdf, html))
    shown.start(count_code_cells(source) + outputs, f"Report {source.stem.replace('_', ' ')}")
    try:
        with tempfile.TemporaryDirectory(prefix="joulebook-report-") as folder:
            executed, report = _execute(source, values, Path(folder), shown, limits, notebook)
        _write(report, pdf, html, shown)
    finally:
        shown.finish()
    from joulebook.report.status import cell_statuses

    return ReportResult(
        report=report,
        pdf=None if pdf is None else Path(pdf),
        html=None if html is None else Path(html),
        notebook=None if notebook is None else Path(notebook),
        executed=executed,
        statuses=tuple(cell_statuses(executed)),
    )


def _execute(
    source: Path,
    values: dict[str, Any],
    folder: Path,
    progress: Progress,
    limits: Limits | None,
    keep: str | Path | None,
) -> tuple[Any, Report]:
    try:
        import papermill
        from papermill.exceptions import PapermillExecutionError

        from joulebook.report.engine import ENGINE, register_engine
    except ImportError:
        raise MissingExtraError("Making a report", "report") from None
    register_engine()
    plain, inputs = _settle(values, folder)
    handed_over = folder / "report.json"
    kept = folder / source.name
    try:
        executed = papermill.execute_notebook(
            str(source),
            str(kept),
            parameters={**plain, HANDED_OVER: str(handed_over)},
            engine_name=ENGINE,
            progress_bar=False,
            own_interpreter=True,
            progress=progress,
            limits=limits or Limits(),
            inputs=inputs,
            environment={"MPLBACKEND": "agg", "IPYTHONDIR": str(folder / "ipython")},
        )
    except PapermillExecutionError as error:
        raise explain(source.name, error) from None
    finally:
        if keep is not None and kept.exists():
            Path(keep).write_bytes(kept.read_bytes())
    if not handed_over.exists():
        hint = f"End the notebook with hand_over(report, {HANDED_OVER})"
        raise ReportError(f"{source.name} ran, but handed over no report. {hint}", notebook=source.name)
    return executed, Report.from_document(json.loads(handed_over.read_text(encoding="utf-8")), file=source.name)


def explain(name: str, error: Any) -> ReportError:
    """Put the failure of a cell into words: our own errors speak for themselves, others name their class.

    Parameters
    ----------
    name : str
        Of the notebook.
    error : PapermillExecutionError
        What papermill raised.

    Returns
    -------
    ReportError
        To raise.
    """
    from joulebook.core import errors

    known = error.ename in errors.__all__
    cause = str(error.evalue) if known else f"{error.ename}: {error.evalue}"
    if known:
        message = cause
    else:
        message = f"{name}, cell {error.cell_index + 1}: {cause}. Keep the executed notebook to see where (notebook=)"
    return ReportError(message, notebook=name, cell=error.cell_index, cause=cause)


def _write(report: Report, pdf: str | Path | None, html: str | Path | None, progress: Progress) -> None:
    from joulebook.report.html_writer import write_html
    from joulebook.report.typst_writer import write_pdf

    for path, write, step in ((pdf, write_pdf, "Writing the PDF"), (html, write_html, "Writing the HTML")):
        if path is None:
            continue
        if progress.cancelled:
            raise CancelledError(f"cancelled before {Path(path).name} was written", partial=report)
        progress.advance(0, step=step)
        write(report, path)
        progress.advance(1, step=step)


def _find_template(template: str | Path) -> Path:
    path = Path(template)
    if path.suffix == ".ipynb":
        if path.is_file():
            return path.resolve()
        raise InputError(Issue("template", str(template), "no such notebook", "Check the path"))
    if str(template) in templates():
        return places.notebooks("reports") / f"{template}.ipynb"
    raise InputError(Issue("template", str(template), "no such report template", f"Known: {', '.join(templates())}"))


def _check_parameters(source: Path, values: Mapping[str, Any]) -> None:
    known = parameter_names(source)
    unknown = [name for name in values if name not in known]
    if unknown:
        hint = f"{source.name} takes: {', '.join(name for name in known if name != HANDED_OVER)}"
        raise InputError([Issue(name, values[name], "not a parameter of this template", hint) for name in unknown])


def parameter_names(source: Path) -> list[str]:
    """List what the cell tagged ``parameters`` sets.

    Parameters
    ----------
    source : Path
        A notebook.

    Returns
    -------
    list of str
        Names, in order.
    """
    names: list[str] = []
    for cell in cells(source):
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            for statement in ast.parse("".join(cell["source"])).body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def count_code_cells(source: Path) -> int:
    """Count the cells that run, with the one that papermill adds.

    Parameters
    ----------
    source : Path
        A notebook.

    Returns
    -------
    int
        How many.
    """
    return 1 + sum(1 for cell in cells(source) if cell["cell_type"] == "code")


def cells(source: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook.

    Parameters
    ----------
    source : Path
        A notebook.

    Returns
    -------
    list of dict
        As its file has them.

    Raises
    ------
    InputError
        If it is not a notebook.
    """
    try:
        return list(json.loads(source.read_text(encoding="utf-8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            Issue("template", source.name, "is not a notebook", "Open and save it in JupyterLab")
        ) from None


def check_folder(path: str | Path | None) -> None:
    """Refuse a path whose folder is missing.

    Parameters
    ----------
    path : str or Path or None
        Of a file to write.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    if path is not None and not Path(path).resolve().parent.is_dir():
        raise InputError(Issue("path", str(path), "its folder does not exist", "Make the folder first"))


def _settle(values: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Make every value plain: designs become files; and take the fingerprint of every file."""
    plain: dict[str, Any] = {}
    inputs: dict[str, str] = {}
    for name, value in values.items():
        settled = value
        if isinstance(value, Design):
            settled = value.save(folder / f"{name}{value.suffix}")
        if isinstance(settled, Path) or (isinstance(settled, str) and Path(settled).suffix and Path(settled).is_file()):
            settled = str(Path(settled).resolve())
            if Path(settled).is_file():
                inputs[name] = hashlib.sha256(Path(settled).read_bytes()).hexdigest()
        elif hasattr(settled, "tolist"):
            settled = settled.tolist()
        elif isinstance(settled, tuple):
            settled = list(settled)
        plain[name] = settled
    return plain, inputs
