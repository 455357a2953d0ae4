"""The study of a simulation's report: what is read from the parameters, and how it is solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from joulebook.battery import Cell
from joulebook.battery.models import Model, as_model
from joulebook.battery.protocol import Protocol
from joulebook.battery.results import BatteryResult
from joulebook.battery.simulation import simulate
from joulebook.core.errors import InputError, Issue, SolveError
from joulebook.core.progress import Progress

__all__ = ["MOST_INSIDE", "read_model", "read_protocol", "solve", "steps_of_first"]

_FEWEST_POINTS = 4
MOST_INSIDE = 40
"""Steps of a protocol whose profiles are kept; of a longer one the first steps are solved again for them."""
MOST_DRAWN = 2000
"""Steps of a protocol that is solved so finely that curves may be drawn through the points."""


def read_protocol(protocol: str | Sequence[str] | Protocol, cycles: int = 1) -> Protocol:
    """Read what a study does.

    Parameters
    ----------
    protocol : str, sequence of str, or Protocol
        Sentences, the path of a ``.protocol.json`` file, or several of these, one after the other.
    cycles : int
        How often all of it is done.

    Returns
    -------
    Protocol
        As meant.

    Raises
    ------
    InputError
        If a sentence is not understood, there is none, or the number of cycles is not 1 or more.
    """
    if isinstance(cycles, bool) or not isinstance(cycles, int) or cycles < 1:
        raise InputError(Issue("cycles", cycles, "must be a whole number from 1"))
    if isinstance(protocol, Protocol):
        return protocol * cycles if cycles > 1 else protocol
    lines = [protocol] if isinstance(protocol, str) else list(protocol)
    files = [isinstance(line, str) and line.endswith(".json") for line in lines]
    if not any(files):
        whole = Protocol(lines)
    else:
        parts = [Protocol.load(line) if file else Protocol(line) for line, file in zip(lines, files, strict=True)]
        whole = parts[0]
        for part in parts[1:]:
            whole = whole + part
    return whole * cycles if cycles > 1 else whole


def read_model(model: str | Mapping[str, Any] | Model) -> Model:
    """Read the physics of a study.

    Parameters
    ----------
    model : str, mapping or Model
        ``"DFN"``, ``"SPMe"``, ``"SPM"``, or the choices of :class:`joulebook.battery.Model` by name.

    Returns
    -------
    Model
        As meant.

    Raises
    ------
    InputError
        If a choice is unknown.
    """
    if not isinstance(model, Mapping):
        return as_model(model)
    known = tuple(Model.__dataclass_fields__)
    unknown = [name for name in model if name not in known]
    if unknown:
        hint = f"Choices: {', '.join(known)}"
        raise InputError([Issue(f"model.{name}", model[name], "is no choice of a model", hint) for name in unknown])
    return Model(**model)


def solve(
    cell: Cell,
    protocol: Protocol,
    model: Model,
    initial_soc: float | None = None,
    accuracy: str = "standard",
    progress: Progress | bool | None = None,
) -> tuple[BatteryResult, BatteryResult | None]:
    """Solve a study, and its beginning with profiles where the whole is long.

    Parameters
    ----------
    cell : Cell
        The design.
    protocol : Protocol
        What is done.
    model : Model
        The physics.
    initial_soc : float, optional
        State of charge at the start; the cell's own state where left out.
    accuracy : str
        ``"fast"``, ``"standard"`` or ``"reference"``.
    progress : Progress or bool, optional
        Where the work shows.

    Returns
    -------
    tuple of BatteryResult
        The study, and the one with profiles (perhaps the same; None in a model without an inside). A study that stops
        before its end is there as far as it came.
    """
    short = len(protocol) <= MOST_INSIDE
    inside = model.name != "SPM"
    chosen = {"model": model, "initial_soc": initial_soc, "progress": progress}
    options = {"accuracy": accuracy, "curves": len(protocol) <= MOST_DRAWN}
    run = _solved(cell, protocol, {**chosen, "options": options, "profiles": short and inside})
    if not inside or short:
        return run, run if inside else None
    first = Protocol(list(protocol)[: min(MOST_INSIDE, steps_of_first(run))])
    options_inside = {**options, "error_estimate": False}
    return run, _solved(cell, first, {**chosen, "options": options_inside, "profiles": True})


def steps_of_first(run: BatteryResult) -> int:
    """Count the steps up to the end of the first cycle.

    Parameters
    ----------
    run : BatteryResult
        The run.

    Returns
    -------
    int
        All steps where there is no second cycle.
    """
    cycle = run.steps["cycle"].to_numpy()
    later = np.flatnonzero(cycle > 1)
    return int(later[0]) if later.size else len(cycle)


def _solved(cell: Cell, protocol: Protocol, chosen: Mapping[str, Any]) -> BatteryResult:
    try:
        return simulate(cell, protocol, **chosen)
    except SolveError as error:
        partial = error.partial
        if not isinstance(partial, BatteryResult) or partial.time.size < _FEWEST_POINTS:
            raise
        return partial
