"""The shell's ``joulebook report``: make a report, with progress for people or for programs."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from joulebook.core.errors import CancelledError, InputError, Issue, JoulebookError
from joulebook.core.progress import NullProgress, Progress, TerminalProgress
from joulebook.report.notebook_command import register_notebook

__all__ = ["JsonProgress", "register"]

THERMAL = ("isothermal", "lumped")
_MODELS = ("DFN", "SPMe", "SPM")
_STARTS = ("auto", "flat", "dc", "case")
_ACCURACIES = ("fast", "standard", "reference")


class Wanted(NamedTuple):
    """What a kind of report needs.

    Parameters
    ----------
    template : str
        Name of the notebook.
    ending : str
        Of the PDF's name, in place of the design's own.
    subject : str
        Parameter that takes the design's file.
    load : callable
        Reads the design; a faulty file is told at once, before a kernel starts.
    parameters : dict
        The others.
    """

    template: str
    ending: str
    subject: str
    load: Callable[[Path], Any]
    parameters: dict[str, Any]


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
    cell.add_argument("--model", choices=_MODELS, default="DFN", help="cell model (default: %(default)s)")
    _shared(cell, _cell_report)
    study = kinds.add_parser("simulation", help="report of one study of a battery cell")
    study.add_argument("file", metavar="FILE", help="the cell, a .cell.json file")
    study.add_argument("-o", "--output", metavar="OUT.pdf", help="PDF to write (default: FILE with .simulation.pdf)")
    study.add_argument("--html", metavar="OUT.html", help="self-contained HTML page to write as well")
    study.add_argument("--notebook", metavar="OUT.ipynb", help="keep the executed notebook")
    study.add_argument(
        "--protocol",
        action="append",
        metavar="STEP",
        required=True,
        help="what is done: a sentence, or a .protocol.json file; given again, the next step",
    )
    study.add_argument("--cycles", type=int, default=1, metavar="N", help="how often it is done (default: %(default)s)")
    study.add_argument(
        "--soc", type=float, metavar="SOC", help="state of charge at the start (default: the cell's own)"
    )
    study.add_argument("--model", choices=_MODELS, default="DFN", help="electrochemistry (default: %(default)s)")
    study.add_argument("--thermal", choices=THERMAL, default="isothermal", help="temperature (default: %(default)s)")
    study.add_argument("--sei", default="none", metavar="LAW", help="what limits the growth of films")
    study.add_argument("--sei-on-cracks", action="store_true", help="cracks grow, and films on them")
    study.add_argument("--plating", default="none", metavar="LAW", help="what becomes of plated lithium")
    study.add_argument("--loss", default="", metavar="WAYS", help="loss of active material: stress,reaction,current")
    study.add_argument("--accuracy", choices=_ACCURACIES, default="standard", help="(default: %(default)s)")
    _shared(study, _simulation_report)
    flow = kinds.add_parser("power-flow", help="report of a network's power flow")
    flow.add_argument("file", metavar="FILE", help="the network: .circuit.json, or a format that Network.load reads")
    flow.add_argument("-o", "--output", metavar="OUT.pdf", help="PDF to write (default: FILE with .power-flow.pdf)")
    flow.add_argument("--html", metavar="OUT.html", help="self-contained HTML page to write as well")
    flow.add_argument("--notebook", metavar="OUT.ipynb", help="keep the executed notebook")
    flow.add_argument(
        "--start", choices=_STARTS, default="auto", help="where the solution starts (default: %(default)s)"
    )
    _shared(flow, _power_flow_report)
    _register_short_circuit(kinds)
    _shared(register_notebook(kinds), None)


def _register_short_circuit(kinds: Any) -> None:
    faults = kinds.add_parser("short-circuit", help="report of the short circuits of a network, by IEC 60909")
    faults.add_argument("file", metavar="FILE", help="the network: .circuit.json, or a format that Network.load reads")
    faults.add_argument(
        "-o", "--output", metavar="OUT.pdf", help="PDF to write (default: FILE with .short-circuit.pdf)"
    )
    faults.add_argument("--html", metavar="OUT.html", help="self-contained HTML page to write as well")
    faults.add_argument("--notebook", metavar="OUT.ipynb", help="keep the executed notebook")
    faults.add_argument("--bus", metavar="BUS", help="place in detail (default: that of the largest current)")
    faults.add_argument(
        "--breaker-time", type=float, default=0.1, metavar="S", help="minimum time delay (default: %(default)s)"
    )
    faults.add_argument("--duration", type=float, default=1.0, metavar="S", help="of the fault (default: %(default)s)")
    faults.add_argument("--peak-method", choices=("A", "B", "C"), default="C", help="(default: %(default)s)")
    faults.add_argument(
        "--tolerance", type=int, choices=(6, 10), default=10, help="of low voltage, per cent (default: %(default)s)"
    )
    faults.add_argument(
        "--typical", action="store_true", help="fill missing data by rules of the trade, which it lists"
    )
    _shared(faults, _short_circuit_report)


def _shared(parser: argparse.ArgumentParser, wanted: Callable[[argparse.Namespace], Wanted] | None) -> None:
    parser.add_argument("--progress", choices=("bar", "json", "none"), default="bar", help="how progress shows")
    parser.add_argument(
        "--limit", type=float, default=1800, metavar="S", help="longest time in seconds (default: 1800)"
    )
    parser.set_defaults(run=_report)
    if wanted is not None:
        parser.set_defaults(wanted=wanted, make=_make)


def _report(args: argparse.Namespace) -> int:
    json_lines = JsonProgress() if args.progress == "json" else None
    progress: Progress = json_lines or (NullProgress() if args.progress == "none" else TerminalProgress())
    _answer_terminate()
    try:
        made = args.make(args, progress)
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
    from joulebook.report.execution import Limits
    from joulebook.report.make import run

    file = Path(args.file)
    wanted = args.wanted(args)
    wanted.load(file)
    output = Path(args.output) if args.output else file.with_name(_stem(file.name) + wanted.ending)
    result = run(
        wanted.template,
        {wanted.subject: file, **wanted.parameters},
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


def _stem(name: str) -> str:
    """A file's name without its ending: ``a.cell.json`` and ``a.m`` both give ``a``."""
    stem = name.removesuffix(".json").removesuffix(".cell").removesuffix(".circuit")
    return stem if stem != name else Path(name).stem


def _cell_report(args: argparse.Namespace) -> Wanted:
    from joulebook.battery import Cell

    parameters = {"rates": _rates(args.rates), "model": args.model}
    return Wanted("cell_design", ".report.pdf", "cell", Cell.load, parameters)


def _simulation_report(args: argparse.Namespace) -> Wanted:
    """Check what was typed before a kernel starts."""
    from joulebook.battery import Cell
    from joulebook.report.battery_simulation import read_model, read_protocol

    losses = [part.strip() for part in args.loss.split(",") if part.strip()]
    model = {
        "name": args.model,
        "thermal": args.thermal,
        "sei": args.sei,
        "sei_on_cracks": args.sei_on_cracks,
        "plating": args.plating,
        "loss_of_active_material": losses,
    }
    read_model(model)
    steps = [str(Path(step).resolve()) if step.endswith(".json") else step for step in args.protocol]
    read_protocol(steps, args.cycles)
    parameters = {
        "protocol": steps,
        "cycles": args.cycles,
        "model": model,
        "initial_soc": args.soc,
        "accuracy": args.accuracy,
    }
    return Wanted("battery_simulation", ".simulation.pdf", "cell", Cell.load, parameters)


def _power_flow_report(args: argparse.Namespace) -> Wanted:
    from joulebook.grid import Network

    return Wanted("power_flow", ".power-flow.pdf", "network", Network.load, {"start": args.start})


def _short_circuit_report(args: argparse.Namespace) -> Wanted:
    """Check file and options before a kernel starts."""
    from joulebook.grid import Network, short_circuit

    options: dict[str, Any] = {
        "breaker_time": args.breaker_time,
        "duration": args.duration,
        "peak_method": args.peak_method,
        "low_voltage_tolerance": args.tolerance,
        "defaults": "typical" if args.typical else "none",
    }

    def check(file: Path) -> None:
        short_circuit(Network.load(file), buses=None if args.bus is None else [args.bus], **options)

    return Wanted("short_circuit", ".short-circuit.pdf", "network", check, {"bus": args.bus, **options})


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
