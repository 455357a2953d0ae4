"""Discharge curves for a designer: what the engine says about a document, small enough to draw at once.

The notebook widget calls :func:`curves`; the document editor in the Lab sends a request to its kernel, which
runs :func:`answer` and prints the JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["MARK", "POINTS", "answer", "curves"]

POINTS = 300
"""Points of a curve, at even steps of time."""

OPTIONS = {"error_estimate": False}
"""A curve for the screen needs no second solve for its error: a third of the time."""

MARK = "joulebook-preview:"
"""What the line with the answer begins with, so that other output of the kernel is not taken for it."""


def curves(
    document: Mapping[str, Any],
    rates: Sequence[float],
    model: str = "SPM",
    *,
    on_rate: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Discharge a cell at several C-rates.

    Parameters
    ----------
    document : mapping
        A cell document, as the designer holds it.
    rates : sequence of float
        C-rates, positive.
    model : str
        ``"DFN"``, ``"SPMe"`` or ``"SPM"``.
    on_rate : callable
        Told after each rate how many of how many are done.

    Returns
    -------
    dict
        ``curves``: for each rate ``rate``, ``time_s``, ``capacity_Ah``, ``voltage_V`` (lists of 300 numbers)
        and ``end_reason``; ``errors``: ``rate`` (None where it concerns the document) and ``message``;
        ``seconds`` of computing.

    Examples
    --------
    >>> import joulebook as jb
    >>> found = curves(jb.battery.Cell.named("Chen2020").to_document(), [1.0])
    >>> [curve["rate"] for curve in found["curves"]], found["errors"]
    ([1.0], [])
    """
    from joulebook.battery import Cell, simulate
    from joulebook.core.errors import JoulebookError

    started = time.perf_counter()
    found: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    try:
        cell = Cell.from_document(document)
    except JoulebookError as error:
        return {"curves": [], "errors": [{"rate": None, "message": str(error)}], "seconds": 0.0}
    for number, rate in enumerate(rates, start=1):
        try:
            study = f"Discharge at {rate:g}C until {cell.lower_cutoff:g} V"
            found.append(_curve(rate, simulate(cell, study, model=model, options=OPTIONS, progress=False)))
        except JoulebookError as error:
            errors.append({"rate": rate, "message": str(error)})
        if on_rate is not None:
            on_rate(number, len(rates))
    return {"curves": found, "errors": errors, "seconds": time.perf_counter() - started}


def answer(request: str) -> None:
    """Answer the document editor in marked lines of JSON: one after each rate, then the curves.

    Parameters
    ----------
    request : str
        JSON with ``document``, ``rates`` and ``model``.
    """
    asked = json.loads(request)

    def say(**facts: Any) -> None:
        print(MARK + json.dumps(facts, allow_nan=False), flush=True)

    model = asked.get("model", "SPM")
    say(**curves(asked["document"], asked["rates"], model, on_rate=lambda done, total: say(done=done, total=total)))


def _curve(rate: float, run: Any) -> dict[str, Any]:
    even = run.even(POINTS)
    return {
        "rate": rate,
        "time_s": _numbers(even.time),
        "capacity_Ah": _numbers(even.discharge_capacity),
        "voltage_V": _numbers(even.voltage),
        "end_reason": str(run.end_reason),
    }


def _numbers(values: Any) -> list[float]:
    return [float(f"{value:.7g}") for value in values]
