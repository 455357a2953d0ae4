"""The shell's ``joulebook report notebook``: run a notebook of your own with parameters, and keep it as it ran.

Every cell's status in the kept notebook is what happened to it (see :mod:`joulebook.report.engine`). A notebook whose
cell of parameters has ``report_file`` and that ends with :func:`joulebook.report.hand_over` also becomes a PDF.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from joulebook.core.errors import InputError, Issue, MissingExtraError, ReportError
from joulebook.core.progress import Progress, progress_or_default
from joulebook.report.execution import Limits

__all__ = ["NotebookResult", "read_parameters", "run_notebook"]

_MOST_PARAMETERS = 200
_MOST_TEXT = 100_000


class NotebookResult(NamedTuple):
    """What running a notebook gave.

    Parameters
    ----------
    notebook : Path
        The notebook as it ran.
    pdf : Path or None
        The report that it handed over.
    """

    notebook: Path
    pdf: Path | None


def read_parameters(text: str) -> dict[str, Any]:
    """Read parameters that were typed.

    Parameters
    ----------
    text : str
        A JSON object of names and values.

    Returns
    -------
    dict
        For :func:`run_notebook`.

    Raises
    ------
    InputError
        If it is no such object.

    Examples
    --------
    >>> read_parameters('{"rate": 2, "name": "LG M50"}')
    {'rate': 2, 'name': 'LG M50'}
    """
    hint = "For example: --parameters '{\"rate\": 2}'"
    try:
        values = json.loads(text) if len(text) <= _MOST_TEXT else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict) or len(values) > _MOST_PARAMETERS:
        raise InputError(Issue("parameters", text[:80], "must be a JSON object of names and values", hint))
    return values


def run_notebook(
    source: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    output: str | Path,
    progress: Progress | bool | None = None,
    limits: Limits | None = None,
) -> NotebookResult:
    """Run a notebook and keep it as it ran, also when a cell fails.

    Parameters
    ----------
    source : str or Path
        The notebook.
    parameters : mapping, optional
        Values for its cell tagged ``parameters``: what JSON can hold.
    output : str or Path
        Where the executed notebook is kept; a PDF gets the same name.
    progress : Progress or bool, optional
        Where the work shows; it can also cancel the run.
    limits : Limits, optional
        How long the run may take.

    Returns
    -------
    NotebookResult
        The files.

    Raises
    ------
    InputError
        If there is no such notebook or folder, or it has no such parameter.
    MissingExtraError
        If the extra ``report`` is not installed.
    ReportError
        If a cell fails.
    """
    from joulebook.report import make

    path, kept = Path(source), Path(output)
    if path.suffix != ".ipynb" or not path.is_file():
        raise InputError(Issue("notebook", str(source), "no such notebook", "Give the path of an .ipynb file"))
    if kept.suffix != ".ipynb" or kept.resolve() == path.resolve():
        raise InputError(Issue("output", str(output), "must be another .ipynb file", "Choose another name"))
    make.check_folder(kept)
    values = dict(parameters or {})
    _check_language(path)
    known = _check_parameters(path, values)
    try:
        import papermill
        from papermill.exceptions import PapermillExecutionError

        from joulebook.report.engine import ENGINE, register_engine
    except ImportError:
        raise MissingExtraError("Running a notebook", "report") from None
    register_engine()
    handed_over = kept.with_suffix(".report.json")
    if make.HANDED_OVER in known:
        values.setdefault(make.HANDED_OVER, str(handed_over.resolve()))
    shown = progress_or_default(progress)
    shown.start(make.count_code_cells(path), path.stem)
    try:
        papermill.execute_notebook(
            *(str(path), str(kept)),
            parameters=values,
            engine_name=ENGINE,
            kernel_name="python3",  # read from the notebook by papermill, but not used: see own_interpreter
            language="python",
            progress_bar=False,
            own_interpreter=True,
            progress=shown,
            limits=limits or Limits(),
        )
    except PapermillExecutionError as error:
        failure = make.explain(path.name, error)
        raise ReportError(str(failure), notebook=path.name, cell=error.cell_index, cause=failure.cause) from None
    finally:
        shown.finish()
    return NotebookResult(kept, _written(handed_over))


def _written(handed_over: Path) -> Path | None:
    if not handed_over.exists():
        return None
    from joulebook.report.model import Report
    from joulebook.report.typst_writer import write_pdf

    report = Report.from_document(json.loads(handed_over.read_text(encoding="utf-8")), file=handed_over.name)
    pdf = handed_over.with_suffix(".pdf")
    write_pdf(report, pdf)
    handed_over.unlink()
    return pdf


def _check_language(path: Path) -> None:
    from joulebook.report import make

    make.cells(path)
    named = json.loads(path.read_text(encoding="utf-8")).get("metadata", {}).get("kernelspec", {}).get("language")
    if named not in {None, "", "python"}:
        raise InputError(Issue("notebook", path.name, f"is written in {named}", "Only Python notebooks can be run"))


def _check_parameters(path: Path, values: Mapping[str, Any]) -> list[str]:
    from joulebook.report import make

    try:
        known = make.parameter_names(path)
    except SyntaxError:
        raise InputError(
            Issue("notebook", path.name, "its cell of parameters is not Python", "Write one assignment a line")
        ) from None
    has_cell = any("parameters" in cell.get("metadata", {}).get("tags", []) for cell in make.cells(path))
    if values and not has_cell:
        hint = "Tag the cell that sets their defaults with: parameters"
        raise InputError(Issue("parameters", ", ".join(values), f"{path.name} has no cell of parameters", hint))
    unknown = [name for name in values if name not in known]
    if unknown:
        hint = f"{path.name} takes: {', '.join(known)}"
        raise InputError([Issue(name, values[name], "not a parameter of this notebook", hint) for name in unknown])
    return known


def register_notebook(kinds: Any) -> argparse.ArgumentParser:
    """Add ``joulebook report notebook``.

    Parameters
    ----------
    kinds : argparse subparsers
        Of ``joulebook report``.

    Returns
    -------
    ArgumentParser
        Its ``make`` does the work.
    """
    parser: argparse.ArgumentParser = kinds.add_parser("notebook", help="run a notebook of your own with parameters")
    parser.add_argument("file", metavar="FILE.ipynb", help="the notebook")
    parser.add_argument("-o", "--output", metavar="OUT.ipynb", help="the notebook as it ran (default: FILE.run.ipynb)")
    parser.add_argument("--parameters", metavar="JSON", default="{}", help="values of its cell tagged parameters")
    parser.set_defaults(make=_make)
    return parser


def _make(args: argparse.Namespace, progress: Progress) -> dict[str, str | None]:
    file = Path(args.file)
    output = Path(args.output) if args.output else file.with_name(f"{file.stem}.run.ipynb")
    limits = Limits(total=args.limit, cell=args.limit)
    made = run_notebook(file, read_parameters(args.parameters), output=output, progress=progress, limits=limits)
    return {"notebook": str(made.notebook), "pdf": str(made.pdf) if made.pdf else None}
