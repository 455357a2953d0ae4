"""Derivatives of voltage and capacity by any values of a design, through all ends of the protocol."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery import layout as at
from joulebook.battery.designs import Cell
from joulebook.battery.endings import failure
from joulebook.battery.half_cell import HalfCell
from joulebook.battery.march import first_arena
from joulebook.battery.models import Model, as_model
from joulebook.battery.options import BatteryOptions
from joulebook.battery.protocol import Protocol
from joulebook.battery.simulation import as_protocol, checked_options, citations
from joulebook.battery.steps import Step
from joulebook.battery.sweep_results import unit_at
from joulebook.battery.sweeping import Preparation, stack_arenas
from joulebook.core.errors import InputError, Issue, StepLimitError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable

__all__ = ["SensitivityResult", "sensitivities"]

CHANGE = 1e-5
"""Relative change of a parameter by which derivatives are taken."""
TIGHT = 1e-9
"""Error left by Newton's iteration, V: far below the change of a voltage."""
_ROWS = 256
_MOST_ROWS = 400_000


@dataclass(frozen=True, repr=False)
class SensitivityResult(Result):
    """Derivatives of a study by values of the design, each times that value.

    ``voltage_by`` is p dV/dp over ``parameter`` and ``time``: the change of the voltage in V for a relative change of
    the parameter of one, at a fixed time. ``capacity_by`` and ``duration_by`` are the same of the discharged charge
    and the time at the end, and hold the shift of every end on the way.
    """

    main_dimension: ClassVar[str] = "time"
    main_variables: ClassVar[tuple[str, ...]] = ("voltage_by",)

    @property
    def parameters(self) -> list[str]:
        """Dotted paths."""
        return list(self.facts["parameters"])

    def by(self, path: str) -> NDArray[np.float64]:
        """Give dV/dp of one parameter at the times of the result.

        Parameters
        ----------
        path : str
            One of :attr:`parameters`.

        Returns
        -------
        ndarray, shape (n_times,), V per unit of the parameter
            The derivative.

        Raises
        ------
        InputError
            If there is no such parameter.
        """
        if path not in self.parameters:
            raise InputError(Issue("path", path, "was not asked for", f"Known: {', '.join(self.parameters)}"))
        k = self.parameters.index(path)
        return np.asarray(self["voltage_by"][k] / self["value"][k])

    def plot(self, *names: str) -> Any:
        """Draw p dV/dp of every parameter over time.

        Parameters
        ----------
        *names : str
            Parameters; all if none are given.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.
        """
        import holoviews as hv

        hours = self["time"] / 3600.0
        curves = [
            hv.Curve((hours, 1e3 * self["voltage_by"][k]), ("Time", "Time (h)"), ("by", "p dV/dp (mV)"), label=path)
            for k, path in enumerate(self.parameters)
            if not names or path in names
        ]
        return hv.Overlay(curves)


def sensitivities(
    cell: Cell | HalfCell,
    parameters: Sequence[str],
    protocol: str | Sequence[str | Step] | Step | Protocol,
    *,
    model: str | Model = "DFN",
    options: BatteryOptions | Mapping[str, Any] | None = None,
    initial_soc: float | None = None,
    initial_state: Any = None,
) -> SensitivityResult:
    """Find how voltage and capacity change with values of the design.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    parameters : sequence of str
        Dotted paths of values that are not zero, geometry included: ``["negative.thickness"]``.
    protocol : str, Step, sequence of these, or Protocol
        What is done, as for :func:`joulebook.battery.simulate`.
    model, options, initial_soc, initial_state
        As for :func:`joulebook.battery.simulate`.

    Returns
    -------
    SensitivityResult
        Derivatives of the voltage over time, of the capacity and of the duration.

    Raises
    ------
    InputError
        If a path is unknown, is not a number, or is zero.
    StepLimitError
        If the study takes more steps than there may be.

    References
    ----------
    Bock 1981, doi:10.1007/978-3-642-68220-9_8 (internal numerical differentiation).

    Examples
    --------
    >>> from joulebook.battery import Cell, sensitivities
    >>> found = sensitivities(Cell.named("Chen2020"), ["negative.thickness"], "Discharge at 1C until 2.5 V")
    >>> round(float(found["capacity_by"][0]), 2)
    4.87
    """
    paths = [parameters] if isinstance(parameters, str) else list(parameters)
    values = _checked(cell, paths)
    plan, physics, chosen = as_protocol(protocol), as_model(model), checked_options(options)
    physics.check(cell)
    designs, changes = _changed(cell, paths, values)
    prepare = Preparation(physics, chosen, plan, initial_soc, initial_state)
    rows = _ROWS
    started = time.perf_counter()
    while True:
        arenas = []
        for row in [prepare(design) for design in designs]:
            row.arrays.settings[at.NEWTON_TOLERANCE] = TIGHT
            row.arrays.settings[at.CURVES] = 1.0
            arenas.append(first_arena(row.arrays, row.schedule, 0))
        base, others = arenas[0], stack_arenas(arenas[1:])
        columns = base.trace.shape[1]
        base = base._replace(trace=np.empty((rows, columns)))
        others = others._replace(trace=np.empty((len(paths), rows, columns)))
        status = _follow(base, others)
        if status != at.TRACE_FULL:
            break
        rows *= 4
        if rows > _MOST_ROWS:
            raise StepLimitError(f"{rows} time steps did not suffice. Loosen voltage_tolerance in the options")
    if status < 0 or status == at.LIMITED:
        unsolved = failure(status, prepare(cell).schedule, base)
        raise unsolved
    record = {"parameters": paths, "protocol": str(plan), "model": physics.to_dict(), "initial_soc": initial_soc}
    return SensitivityResult(
        variables=_variables(cell, paths, values, base, others, changes),
        status=Status.SOLVED,
        stats=Stats(
            steps=int(base.run[at.ROWS]),
            iterations=int(base.run[at.ITERATIONS]),
            seconds=time.perf_counter() - started,
            device="cpu",
        ),
        provenance=Provenance.record(
            "battery.sensitivities", cell, {**record, **chosen.to_dict(physics.name)}, citations(cell, physics)
        ),
        facts={"parameters": paths, "protocol": str(plan), "model": str(physics)},
    )


def _checked(cell: Cell | HalfCell, paths: list[str]) -> list[float]:
    faults = []
    values = []
    for path in paths:
        value = cell.value_at(path)
        if isinstance(value, bool) or not isinstance(value, int | float) or value == 0.0:
            rule = "must be a number other than zero" if value is not None else "is not given by the cell"
            faults.append(Issue(path, value, rule, "Give it a value with replace()"))
        else:
            values.append(float(value))
    if not paths:
        faults.append(Issue("parameters", paths, "must name at least one value of the design"))
    if faults:
        raise InputError(faults, cell.name)
    return values


def _changed(
    cell: Cell | HalfCell, paths: list[str], values: list[float]
) -> tuple[list[Cell | HalfCell], NDArray[np.float64]]:
    """Give the design and, for each value, one with a slightly larger one, or a smaller one where that is too large."""
    variant = cell.variants(paths)
    given = [cell.value_at(path) for path in paths]
    designs: list[Cell | HalfCell] = [cell]
    changes = np.full(len(paths), CHANGE)
    for k, value in enumerate(values):
        try:
            designs.append(variant([*given[:k], value * (1.0 + CHANGE), *given[k + 1 :]]))
        except InputError:
            designs.append(variant([*given[:k], value * (1.0 - CHANGE), *given[k + 1 :]]))
            changes[k] = -CHANGE
    return designs, changes


def _follow(base: at.Arena, others: at.Arena) -> int:
    from joulebook.battery.loops import TOGETHER

    return int(TOGETHER.cpu(base, others, np.zeros(at.RING)))


def _variables(
    cell: Cell | HalfCell,
    paths: list[str],
    values: list[float],
    base: at.Arena,
    others: at.Arena,
    changes: NDArray[np.float64],
) -> dict[str, Variable]:
    count = int(base.run[at.ROWS])
    trace = base.trace[:count]
    by_step = (others.trace[:, :count] - trace) / changes[:, None, None]
    slopes = _slopes(trace)
    voltage = by_step[:, :, at.TRACE_VOLTAGE] - slopes * by_step[:, :, at.TRACE_TIME]
    over = ("parameter", "time")
    units = [unit_at(cell, path) for path in paths]
    return {
        "parameter": Variable(("parameter",), np.arange(len(paths)), "1", ", ".join(paths)),
        "value": Variable(("parameter",), np.array(values), units[0] if len(set(units)) == 1 else "mixed", "Value"),
        "time": Variable(("time",), np.ascontiguousarray(trace[:, at.TRACE_TIME]), "s", "Time"),
        "voltage": Variable(("time",), np.ascontiguousarray(trace[:, at.TRACE_VOLTAGE]), "V", "Voltage"),
        "current": Variable(("time",), np.ascontiguousarray(trace[:, at.TRACE_CURRENT]), "A", "Current"),
        "voltage_by": Variable(over, voltage, "V", "Voltage by parameter, p dV/dp"),
        "capacity_by": Variable(
            ("parameter",), by_step[:, -1, at.TRACE_CHARGE].copy(), "A h", "Discharged charge at the end, p dQ/dp"
        ),
        "duration_by": Variable(("parameter",), by_step[:, -1, at.TRACE_TIME].copy(), "s", "Time of the end, p dt/dp"),
    }


def _slopes(trace: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rate of the voltage at the points, V/s; 0 where a step has too few."""
    from scipy.interpolate import CubicSpline

    from joulebook.battery.between import FEW, pieces

    slopes = np.zeros(trace.shape[0])
    for part in pieces(trace[:, at.TRACE_TIME], trace[:, at.TRACE_ROW]):
        if part.stop - part.start >= FEW:
            times, voltages = trace[part, at.TRACE_TIME], trace[part, at.TRACE_VOLTAGE]
            slopes[part] = CubicSpline(times, voltages)(times, 1)
    return slopes
