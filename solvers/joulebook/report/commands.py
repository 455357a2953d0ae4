"""The shell's ``joulebook report``: make a report, with progress for people or for programs."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from joulebook.core.errors import CancelledError, InputError, Issue, JoulebookError
from joulebook.core.progress import NullProgress, Progress, TerminalProgress

__all__ = ["JsonProgress", "register"]


class JsonProgress:
    """Progress as one JSON object a line, for a program that reads our output."""

    cancelled = False

    def __init__(self, stream: Any = None) -> None:
        self._stream = stream or sys.stdout
        self._done = self._total = 0.0
        self._stage = ""

    def start(self, total: float, label: str) -> None:
        """Begin a piece of work; writes its first line."""
        self._done, self._total, self._stage = 0.0, total, label
        self._write(label)

    def advance(self, amount: float = 1, **facts: Any) -> None:
        """Report work done; writes a line."""
        self._done = min(self._done + amount, self._total)
        self._write(str(facts.get("step", "")))

    def finish(self) -> None:
        """End the piece of work; the result line follows from the command."""

    def _write(self, label: str) -> None:
        self.say({"stage": self._stage, "label": label, "done": self._done, "total": self._total})

    def say(self, message: dict[str, Any]) -> None:
        """Write one line.

        Parameters
        ----------
        message : dict
            JSON-able.
        """
        print(json.dumps(message, ensure_ascii=False), file=self._stream, flush=True)


def register(subparsers: Any) -> None:
    """Add ``joulebook report`` to the shell command.

    Parameters
    ----------
    subparsers : argparse subparsers
        Of the ``joulebook`` command.
    """
    report = subparsers.add_parser("report", help="make a report as PDF or HTML")
    kinds = report.add_subparsers(metavar="kind", required=True)
    cell = kinds.add_parser("cell", help="design report of a battery cell")
    cell.add_argument("file", metavar="FILE", help="the cell, a .cell.json file")
    cell.add_argument("-o", "--output", metavar="OUT.pdf", help="PDF to write (default: FILE with .report.pdf)")
    cell.add_argument("--html", metavar="OUT.html", help="self-contained HTML page to write as well")
    cell.add_argument("--notebook", metavar="OUT.ipynb", help="keep the executed notebook")
    cell.add_argument("--rates", default="0.5,1,2", help="C-rates of the discharges (default: %(default)s)")
    cell.add_argument("--model", choices=("DFN", "SPM"), default="DFN", help="cell model (default: %(default)s)")
    cell.add_argument("--progress", choices=("bar", "json", "none"), default="bar", help="how progress shows")
    cell.add_argument("--limit", type=float, default=1800, metavar="S", help="longest time in seconds (default: 1800)")
    cell.set_defaults(run=_report_cell)


def _report_cell(args: argparse.Namespace) -> int:
    json_lines = JsonProgress() if args.progress == "json" else None
    progress: Progress = json_lines or (NullProgress() if args.progress == "none" else TerminalProgress())
    _answer_terminate()
    try:
        made = _make(args, progress)
    except (CancelledError, KeyboardInterrupt) as error:
        _say_error(json_lines, str(error) or "interrupted")
        return 130
    except JoulebookError as error:
        _say_error(json_lines, str(error))
        return 1
    if json_lines:
        json_lines.say({"result": made})
    else:
        print("\n".join(path for path in made.values() if path))
    return 0


def _make(args: argparse.Namespace, progress: Progress) -> dict[str, str | None]:
    from joulebook.battery import Cell
    from joulebook.report.execution import Limits
    from joulebook.report.make import run

    file = Path(args.file)
    Cell.load(file)  # a faulty file is told at once, before a kernel starts
    output = Path(args.output) if args.output else file.with_name(file.name.removesuffix(".cell.json") + ".report.pdf")
    result = run(
        "cell_design",
        {"cell": file, "rates": _rates(args.rates), "model": args.model},
        pdf=output,
        html=args.html,
        notebook=args.notebook,
        progress=progress,
        limits=Limits(total=args.limit, cell=args.limit),
    )
    return {
        "pdf": str(result.pdf) if result.pdf else None,
        "html": str(result.html) if result.html else None,
    }


def _rates(text: str) -> list[float]:
    try:
        rates = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        rates = []
    if not rates or not all(0.01 <= rate <= 20 for rate in rates) or len(rates) > 8:
        hint = "For example: --rates 0.5,1,2"
        raise InputError(Issue("rates", text, "one to eight numbers from 0.01 to 20, with commas between", hint))
    return rates


def _answer_terminate() -> None:
    """Answer a request to terminate like Ctrl+C, so that the kernel is ended as well."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _say_error(json_lines: JsonProgress | None, text: str) -> None:
    if json_lines:
        json_lines.say({"error": text})
    print(f"joulebook: {text}", file=sys.stderr)
