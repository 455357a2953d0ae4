"""What a cell gives the faster it is emptied: delivered energy against mean power, the Ragone plot.

Each point is a discharge of the full cell to its lower cut-off at a constant power, or at a constant current; the mean
power is the delivered energy over the time it took. Both are divided by the mass of the cell where the mass of its
case is known, and stand for the whole cell otherwise. A power that the cell cannot hold gives no point; one that it
cannot hold to the end gives what it delivered until then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.analysis.weighing import STACK, mass_of, missing_parts
from joulebook.battery.designs import Cell
from joulebook.battery.simulation import simulate
from joulebook.core.errors import CancelledError, InputError, Issue, JoulebookError
from joulebook.core.plot_style import COLOURS, axis, holoviews
from joulebook.core.progress import Progress, check_cancelled, progress_or_default
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable

if TYPE_CHECKING:
    import pandas

__all__ = ["RagoneResult", "ragone"]

BASES = ("auto", "mass", "cell")
_RATES = tuple(float(f"{rate:.3g}") for rate in np.geomspace(0.1, 5.0, 13))
_MOST = 10_000


@dataclass(frozen=True, repr=False)
class RagoneResult(Result):
    """Energy and power of one or more cells.

    Variables run over ``cell`` and ``point``; ``energy`` and ``power`` are per kilogram if ``per_mass``, otherwise of
    the whole cell. Points without a discharge hold not-a-number and are listed in ``failed``.
    """

    main_dimension: ClassVar[str] = "point"

    @property
    def cells(self) -> tuple[str, ...]:
        """Names of the cells."""
        return tuple(str(name) for name in self["cell"])

    @property
    def per_mass(self) -> bool:
        """Whether energy and power are per kilogram."""
        return bool(self.facts["per_mass"])

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Points without a discharge: ``cell``, ``step`` and ``reason`` of each."""
        return list(self.facts["failed"])

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each point that was delivered.

        Returns
        -------
        pandas.DataFrame
            Columns carry their unit.
        """
        import pandas

        from joulebook.core.results import column_name

        shape = self["energy"].shape
        columns: dict[str, Any] = {"cell": np.repeat(self["cell"], shape[1])}
        for name, item in self.variables.items():
            if item.dims == ("cell", "point"):
                columns[column_name(name, item.unit)] = item.values.ravel()
            elif item.dims == ("point",) and name != "point":
                columns[column_name(name, item.unit)] = np.tile(item.values, shape[0])
        table = pandas.DataFrame(columns)
        return pandas.DataFrame(table[np.isfinite(self["energy"].ravel())]).reset_index(drop=True)

    def plot(self, *names: str) -> Any:
        """Draw energy against power, both axes logarithmic, a curve for each cell.

        Parameters
        ----------
        *names : str
            Which cells; all if none are given.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.

        Raises
        ------
        InputError
            If there is no such cell.
        """
        hv = holoviews()
        drawn = []
        per = "Specific " if self.per_mass else ""
        for name in names or self.cells:
            if name not in self.cells:
                raise InputError(Issue("cell", name, f"must be one of {', '.join(self.cells)}"))
            row = self.cells.index(name)
            order = np.argsort(self["power"][row])
            good = order[np.isfinite(self["energy"][row, order])]
            points = self["power"][row, good], self["energy"][row, good]
            across = axis("power", f"{per}power".capitalize(), self.variables["power"].unit)
            up = axis("energy", f"{per}energy".capitalize(), self.variables["energy"].unit)
            colour = COLOURS[row % len(COLOURS)]
            drawn.append(hv.Curve(points, across, up, label=name).opts(color=colour, line_width=2))
            drawn.append(hv.Scatter(points, across, up).opts(color=colour, size=6, tools=["hover"]))
        return hv.Overlay(drawn).opts(
            hv.opts.Curve(logx=True, logy=True, width=560, height=420, show_grid=True, padding=0.1),
            hv.opts.Overlay(legend_position="bottom_left"),
        )

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        said = {"Study": self.provenance.study}
        units = self.variables["power"].unit, self.variables["energy"].unit
        for row, name in enumerate(self.cells):
            power, energy = self["power"][row], self["energy"][row]
            if np.isfinite(energy).any():
                slow, fast = np.nanargmin(power), np.nanargmax(power)
                said[name] = (
                    f"{energy[slow]:.4g} {units[1]} at {power[slow]:.4g} {units[0]}, "
                    f"{energy[fast]:.4g} {units[1]} at {power[fast]:.4g} {units[0]}"
                )
        failed = self.failed
        said["Mass"] = "; ".join(self.facts["masses"])
        said["Failed"] = f"{len(failed)} ({failed[0]['step']}: {failed[0]['reason']})" if failed else "none"
        return said


def ragone(
    cell: Cell | Sequence[Cell] | Mapping[str, Cell],
    rates: Sequence[float] | None = None,
    *,
    powers: Sequence[float] | None = None,
    model: Any = "DFN",
    options: Any = None,
    initial_soc: float | None = 1.0,
    basis: str = "auto",
    progress: Progress | bool | None = None,
) -> RagoneResult:
    """Find the energy that cells deliver at different powers.

    Parameters
    ----------
    cell : Cell, sequence of Cell, or mapping of str to Cell
        One cell or several; names of the curves are those of the mapping, or of the cells.
    rates : sequence of float, 1/h
        Constant currents in C; C/10 to 5C where neither these nor ``powers`` are given.
    powers : sequence of float, W/kg or W
        Constant powers, in the unit of the plot, instead of ``rates``.
    model, options, initial_soc
        As for :func:`joulebook.battery.simulate`.
    basis : str
        ``"mass"``: per kilogram, the case left out where its mass is not known; ``"cell"``: of the whole cell;
        ``"auto"``: per kilogram if the mass of every cell is known with its case.
    progress : Progress or bool, optional
        Where the progress shows.

    Returns
    -------
    RagoneResult
        Energy and power of each point.

    Raises
    ------
    InputError
        If a rate, a power or ``basis`` is not allowed, both rates and powers are given, or a mass is not known.
    CancelledError
        If a person cancelled.

    Examples
    --------
    >>> from joulebook.battery import Cell, ragone
    >>> found = ragone(Cell.named("Chen2020"), rates=[0.5, 1, 2], model="SPM")
    >>> energy = found["energy"][0]
    >>> bool(energy[0] > energy[1] > energy[2])
    True
    """
    cells = _named_cells(cell)
    if basis not in BASES:
        raise InputError(Issue("basis", basis, f"must be one of {', '.join(BASES)}"))
    if rates is not None and powers is not None:
        raise InputError(Issue("powers", list(powers), "cannot be given together with rates"))
    levels = (
        _levels("powers", powers) if powers is not None else _levels("rates", rates if rates is not None else _RATES)
    )
    per_mass = basis == "mass" or (basis == "auto" and not any(missing_parts(one) for one in cells.values()))
    weights = np.array([mass_of(one) if per_mass else 1.0 for one in cells.values()])
    steps = [
        [_sentence(level * weight if powers is not None else level, powers is not None) for level in levels]
        for weight in weights
    ]
    shown = progress_or_default(progress)
    found, failed, seconds = _discharges(cells, steps, model, options, initial_soc, shown)
    unit = ("W h/kg", "W/kg") if per_mass else ("W h", "W")
    over = ("cell", "point")
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.where(found["duration"] > 0.0, found["energy"] / found["duration"] * 3600.0, np.nan)
    variables = {
        "cell": Variable(("cell",), np.array(list(cells)), "1", "Cell"),
        "point": Variable(("point",), np.arange(levels.size), "1", "Point"),
        "power_held" if powers is not None else "rate": Variable(
            ("point",),
            levels,
            unit[1] if powers is not None else "1/h",
            "Constant power" if powers is not None else "Rate",
        ),
        "energy": Variable(over, found["energy"] / weights[:, None], unit[0], "Delivered energy"),
        "power": Variable(over, power / weights[:, None], unit[1], "Mean power"),
        "capacity": Variable(over, found["capacity"], "A h", "Delivered capacity"),
        "duration": Variable(over, found["duration"], "s", "Duration"),
    }
    record = {"model": str(model), "options": str(options), "initial_soc": initial_soc, "basis": basis, "steps": steps}
    others = [one.to_document() for one in list(cells.values())[1:]]
    return RagoneResult(
        variables=variables,
        status=Status.PARTIAL if failed else Status.SOLVED,
        stats=Stats(seconds=seconds),
        provenance=Provenance.record(
            "battery.ragone", next(iter(cells.values())), {**record, "other_cells": others}, found["citations"]
        ),
        facts={"per_mass": per_mass, "failed": failed, "masses": _mass_notes(cells), "ends": found["ends"]},
    )


def _named_cells(cell: Cell | Sequence[Cell] | Mapping[str, Cell]) -> dict[str, Cell]:
    if isinstance(cell, Cell):
        return {cell.name: cell}
    if isinstance(cell, Mapping):
        named = {str(name): one for name, one in cell.items()}
    else:
        listed: list[Any] = list(cell) if isinstance(cell, list | tuple) else [cell]
        named = {}
        for one in listed:
            name = getattr(one, "name", "")
            named[f"{name} ({len(named) + 1})" if name in named else name] = one
    wrong = [name for name, one in named.items() if not isinstance(one, Cell)]
    if wrong or not named:
        raise InputError(Issue("cell", wrong or None, "must be a Cell, several of them, or a mapping of names to them"))
    return named


def _levels(name: str, given: Sequence[float]) -> NDArray[np.float64]:
    try:
        levels = np.atleast_1d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        raise InputError(Issue(name, given, "must be a list of numbers")) from None
    if levels.ndim != 1 or not 1 <= levels.size <= _MOST or not np.all((levels >= 1e-6) & (levels <= 1e6)):
        raise InputError(Issue(name, given, f"must be 1 to {_MOST} numbers from 1e-6 to 1e6"))
    return np.sort(levels)


def _sentence(level: float, is_power: bool) -> str:
    return f"Discharge at {float(level):.10g}{' W' if is_power else 'C'} until cut-off"


def _discharges(
    cells: Mapping[str, Cell],
    steps: Sequence[Sequence[str]],
    model: Any,
    options: Any,
    initial_soc: float | None,
    progress: Progress,
) -> tuple[dict[str, Any], list[dict[str, str]], float]:
    shape = len(cells), len(steps[0])
    found: dict[str, Any] = {name: np.full(shape, np.nan) for name in ("energy", "capacity", "duration")}
    failed: list[dict[str, str]] = []
    citations: list[str] = []
    ends = []
    seconds = 0.0
    progress.start(shape[0] * shape[1], "Ragone")
    try:
        for row, (name, one) in enumerate(cells.items()):
            for column, step in enumerate(steps[row]):
                check_cancelled(progress)
                try:
                    run = simulate(one, step, model=model, options=options, initial_soc=initial_soc, progress=False)
                except CancelledError:
                    raise
                except JoulebookError as error:
                    failed.append({"cell": name, "step": step, "reason": str(error)})
                    continue
                finally:
                    progress.advance(1)
                found["energy"][row, column] = run.delivered_energy
                found["capacity"][row, column] = run.discharge_capacity[-1]
                found["duration"][row, column] = run.time[-1] - run.time[0]
                ends.append(f"{name}, {step}: {run.end_reason}")
                seconds += run.stats.seconds
                citations += run.provenance.citations
    finally:
        progress.finish()
    return {**found, "ends": ends, "citations": citations}, failed, seconds


def _mass_notes(cells: Mapping[str, Cell]) -> list[str]:
    said = []
    for name, one in cells.items():
        missing = missing_parts(one)
        if set(missing) & set(STACK):
            said.append(f"{name} not known ({', '.join(missing)})")
        else:
            said.append(f"{name} {1e3 * mass_of(one):.4g} g" + (" without its case, not known" if missing else ""))
    return said
