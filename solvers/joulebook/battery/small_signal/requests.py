"""What is asked of an impedance study, read and checked: every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.battery.designs import Cell, InitialState
from joulebook.battery.half_cell import HalfCell, HalfCellState
from joulebook.battery.small_signal.spectra import MODELS
from joulebook.core.errors import InputError, Issue

__all__ = ["Request", "read_request"]

LOWEST, HIGHEST = 1e-9, 1e15
"""Frequencies beyond these are slips of the keyboard, Hz."""
MOST = 1_000_000
"""Frequencies, and states, in one study."""
HOTTEST = 2000.0
"""K."""
MOST_DOUBLE_LAYER = 1e3
"""F/m²."""


@dataclass(frozen=True)
class Request:
    """A checked request.

    Parameters
    ----------
    frequencies : ndarray, shape (n_frequencies,), Hz
        As asked for.
    socs : tuple of float
        States of charge; empty where a state is given by its concentrations.
    initial_state : InitialState or HalfCellState, optional
        That state; there if and only if ``socs`` is empty.
    temperatures : tuple of float, K
        At least one.
    model : str
        Name of the model.
    film : bool
        Whether films resist the current.
    double_layer : float, F/m²
        Capacity where the cell gives none.
    dimensions : dict of str to tuple of float
        The states that vary, ``soc`` before ``temperature``.
    """

    frequencies: NDArray[np.float64]
    socs: tuple[float, ...]
    initial_state: InitialState | HalfCellState | None
    temperatures: tuple[float, ...]
    model: str
    film: bool
    double_layer: float
    dimensions: dict[str, tuple[float, ...]]

    def record(self) -> dict[str, Any]:
        """Give everything as JSON-able data, for the provenance.

        Returns
        -------
        dict
            The frequencies by their number and range.
        """
        state = self.initial_state
        return {
            "model": self.model,
            "film": self.film,
            "frequencies": [int(self.frequencies.size), float(self.frequencies.min()), float(self.frequencies.max())],
            "soc": list(self.socs),
            "initial_state": None if state is None else state.model_dump(mode="json"),
            "temperature": list(self.temperatures),
            "double_layer": self.double_layer,
        }

    def state_facts(self) -> dict[str, Any]:
        """Give the states that do not vary.

        Returns
        -------
        dict
            ``soc`` and ``temperature`` where there is one of them.
        """
        facts: dict[str, Any] = {}
        if self.socs and "soc" not in self.dimensions:
            facts["soc"] = self.socs[0]
        if "temperature" not in self.dimensions:
            facts["temperature"] = self.temperatures[0]
        return facts


def read_request(
    cell: Cell | HalfCell,
    frequencies: ArrayLike | None,
    soc: float | Sequence[float] | None,
    initial_state: InitialState | HalfCellState | Mapping[str, Any] | None,
    model: Any,
    temperature: float | Sequence[float] | None,
    double_layer: float,
) -> Request:
    """Check what is asked.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    frequencies, soc, initial_state, model, temperature, double_layer
        As for :func:`joulebook.battery.impedance`.

    Returns
    -------
    Request
        With every default filled in.

    Raises
    ------
    InputError
        With all faults.
    """
    faults: list[Issue] = []
    if not isinstance(cell, Cell | HalfCell):
        raise InputError(Issue("cell", cell, "must be a Cell or a HalfCell", 'Such as Cell.named("Chen2020")'))
    if frequencies is None:
        frequencies = np.logspace(-3.0, 4.0, 141)
    asked = _numbers("frequencies", frequencies, faults, "Hz", LOWEST, HIGHEST)
    socs: tuple[float, ...] = ()
    if soc is not None and initial_state is not None:
        faults.append(Issue("soc", soc, "is given beside initial_state", "Keep one of the two"))
    elif initial_state is None:
        socs = _numbers("soc", 0.5 if soc is None else soc, faults, "", 0.0, 1.0)
    temperatures = _numbers(
        "temperature", cell.temperature if temperature is None else temperature, faults, "K", 1.0, HOTTEST
    )
    capacity = _numbers("double_layer", double_layer, faults, "F/m²", 0.0, MOST_DOUBLE_LAYER)
    name, film = _model(model, faults)
    state = None if initial_state is None else _state(cell, initial_state, faults)
    if np.ndim(double_layer) != 0:
        faults.append(Issue("double_layer", double_layer, "must be one number", unit="F/m²"))
    if faults:
        raise InputError(faults, "impedance")
    varied = {"soc": (soc, socs), "temperature": (temperature, temperatures)}
    return Request(
        frequencies=np.array(asked),
        socs=socs,
        initial_state=state,
        temperatures=temperatures,
        model=name,
        film=film,
        double_layer=capacity[0],
        dimensions={key: values for key, (given, values) in varied.items() if given is not None and np.ndim(given)},
    )


def _numbers(path: str, given: Any, faults: list[Issue], unit: str, low: float, high: float) -> tuple[float, ...]:
    """Finite numbers within limits; a fault is noted and an empty tuple given."""
    rule = f"must be from {low:g} to {high:g} {unit}".rstrip()
    try:
        array = np.atleast_1d(np.asarray(given))
    except (TypeError, ValueError):
        faults.append(Issue(path, given, f"must be numbers in a row; each {rule}"))
        return ()
    if array.dtype.kind not in "iuf" or array.ndim != 1 or not 1 <= array.size <= MOST:
        faults.append(Issue(path, given, f"must be a number or a row of them, at most {MOST}; each {rule}"))
        return ()
    values = array.astype(np.float64)
    wrong = ~((values >= low) & (values <= high))
    if wrong.any():
        faults.append(Issue(path, float(values[wrong][0]), rule, unit=unit))
        return ()
    return tuple(values.tolist())


def _model(model: Any, faults: list[Issue]) -> tuple[str, bool]:
    name = getattr(model, "name", model)
    if not isinstance(name, str) or name not in MODELS:
        faults.append(Issue("model", name, f"must be one of {', '.join(MODELS)}"))
        return "", False
    film = getattr(model, "sei", "none") != "none" and bool(getattr(model, "film_resistance", True))
    return name, film


def _state(cell: Cell | HalfCell, given: Any, faults: list[Issue]) -> InitialState | HalfCellState | None:
    kind: type[InitialState] | type[HalfCellState] = HalfCellState if isinstance(cell, HalfCell) else InitialState
    if isinstance(given, kind):
        return given
    if not isinstance(given, Mapping):
        faults.append(Issue("initial_state", given, f"must be {kind.__name__}, or a mapping with its names"))
        return None
    try:
        return kind(**{str(name): value for name, value in given.items()})
    except InputError as error:
        faults.extend(
            Issue(f"initial_state.{issue.path}", issue.value, issue.rule, issue.hint, issue.unit)
            for issue in error.issues
        )
        return None
