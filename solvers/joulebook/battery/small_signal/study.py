"""The public verb: impedance of a cell from its physics."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from joulebook.battery.designs import Cell, InitialState
from joulebook.battery.half_cell import HalfCell, HalfCellState
from joulebook.battery.small_signal.diffusion import Complex
from joulebook.battery.small_signal.linear import Foil, LinearCell
from joulebook.battery.small_signal.linearise import Stoichiometries, linearise, rest_at, rest_from
from joulebook.battery.small_signal.requests import Request, read_request
from joulebook.battery.small_signal.results import PARTS, ImpedanceResult
from joulebook.battery.small_signal.spectra import Spectra, spectra
from joulebook.core.citations import bibliography
from joulebook.core.errors import InputError, Issue
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable

__all__ = ["impedance", "impedance_values"]

State = InitialState | HalfCellState | Mapping[str, Any]
"""Concentrations to start from."""


def impedance(
    cell: Cell | HalfCell,
    frequencies: ArrayLike | None = None,
    *,
    soc: float | Sequence[float] | None = None,
    initial_state: State | None = None,
    model: Any = "DFN",
    temperature: float | Sequence[float] | None = None,
    double_layer: float = 0.2,
) -> ImpedanceResult:
    """Compute the small-signal impedance of a cell at rest.

    The model is linearised and solved exactly at each frequency: no mesh, no discretisation error.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    frequencies : array_like, shape (n_frequencies,), Hz, optional
        More than 0, in any order; 1 mHz to 10 kHz, twenty a decade, where left out.
    soc : float or sequence of float, 1, optional
        State of charge, 0 to 1, as in :func:`joulebook.battery.simulate`; several give a dimension. 0.5 where neither
        this nor ``initial_state`` is given.
    initial_state : InitialState or HalfCellState or mapping, optional
        Concentrations to stand at, in place of ``soc``.
    model : str or Model
        ``"DFN"``, ``"SPMe"`` or ``"SPM"``; or a :class:`joulebook.battery.Model`, whose choice of a film (``sei`` and
        ``film_resistance``) adds the resistance of the cell's films.
    temperature : float or sequence of float, K, optional
        The cell's own where left out; several give a dimension. The lithium content stays that of ``soc``.
    double_layer : float, F/m²
        Capacity of the double layer, per area of particle surface, of electrodes that give none; the result says
        where it was used.

    Returns
    -------
    ImpedanceResult
        The whole, and the parts that a reference electrode would tell apart.

    Raises
    ------
    InputError
        If a frequency, state, temperature or capacity is not allowed, all faults at once; or if a law of a material
        has no sensible value there.

    References
    ----------
    Meyers, Doyle, Darling and Newman 2000, J. Electrochem. Soc. 147, 2930. Sikha and White 2007,
    doi:10.1149/1.2372695. Song and Bazant 2013, doi:10.1149/2.023301jes.

    Examples
    --------
    >>> from joulebook.battery import Cell, impedance
    >>> spectrum = impedance(Cell.named("Chen2020"), [0.01, 1.0, 1000.0], soc=0.5)
    >>> (1e3 * spectrum.impedance).round(2)
    array([35.9 -6.81j, 30.65-2.61j,  3.86-1.37j])
    """
    asked = read_request(cell, frequencies, soc, initial_state, model, temperature, double_layer)
    rests = _rests(cell, asked)
    started = time.perf_counter()
    cells = [
        linearise(cell, rest, kelvin, asked.double_layer, film=asked.film)
        for rest, kelvin in itertools.product(rests, asked.temperatures)
    ]
    found = [spectra(one, asked.frequencies, asked.model) for one in cells]
    seconds = time.perf_counter() - started
    facts: dict[str, Any] = {"model": asked.model, **asked.state_facts(), **_double_layer_fact(cell, asked)}
    warnings = _warnings(cell, cells, rests)
    if warnings:
        facts["warnings"] = "; ".join(warnings)
    return ImpedanceResult(
        variables=_variables(asked, cells, found),
        status=Status.SOLVED,
        stats=Stats(steps=len(found) * asked.frequencies.size, seconds=seconds, device="cpu"),
        provenance=Provenance.record("battery.impedance", cell, asked.record(), _works(cell, asked.model)),
        facts=facts,
    )


def impedance_values(
    cell: Cell | HalfCell,
    frequencies: ArrayLike,
    *,
    soc: float | None = None,
    initial_state: State | None = None,
    model: Any = "DFN",
    temperature: float | None = None,
    double_layer: float = 0.2,
) -> Complex:
    """Compute the impedance as a bare array, for fits and sweeps that call it many times.

    Parameters
    ----------
    cell : Cell or HalfCell
        The design.
    frequencies : array_like, shape (n_frequencies,), Hz
        More than 0, in any order.
    soc, initial_state, model, temperature, double_layer
        As for :func:`impedance`, one of each.

    Returns
    -------
    ndarray, shape (n_frequencies,), Ω
        Impedance.

    Raises
    ------
    InputError
        As for :func:`impedance`; or if several states are asked for.

    Examples
    --------
    >>> from joulebook.battery import Cell, impedance_values
    >>> cell = Cell.named("Chen2020").replace({"negative.particle_radius": 4e-6})
    >>> impedance_values(cell, [1.0]).round(5)
    array([0.02353-0.00194j])
    """
    asked = read_request(cell, frequencies, soc, initial_state, model, temperature, double_layer)
    if asked.dimensions:
        several = ", ".join(asked.dimensions)
        raise InputError(Issue(several, None, "must be one value each", "Several are for impedance(...)"))
    linear = linearise(cell, _rests(cell, asked)[0], asked.temperatures[0], asked.double_layer, film=asked.film)
    return spectra(linear, asked.frequencies, asked.model).whole


def _rests(cell: Cell | HalfCell, asked: Request) -> list[Stoichiometries]:
    if asked.initial_state is not None:
        return [rest_from(cell, asked.initial_state)]
    return [rest_at(cell, soc) for soc in asked.socs]


def _variables(asked: Request, cells: Sequence[LinearCell], found: Sequence[Spectra]) -> dict[str, Variable]:
    states = asked.dimensions
    dims = (*states, "frequency")
    shape = tuple(len(values) for values in states.values())

    def over(values: Sequence[Any]) -> NDArray[Any]:
        stacked = np.array(values)
        return stacked.reshape((*shape, *stacked.shape[1:]))

    variables = {"frequency": Variable(("frequency",), asked.frequencies, "Hz", "Frequency")}
    if "soc" in states:
        variables["soc"] = Variable(("soc",), np.array(asked.socs), "1", "State of charge")
    if "temperature" in states:
        variables["temperature"] = Variable(("temperature",), np.array(asked.temperatures), "K", "Temperature")
    whole = over([one.whole for one in found])
    variables["real"] = Variable(dims, whole.real.copy(), "ohm", "Real part")
    variables["imaginary"] = Variable(dims, whole.imag.copy(), "ohm", "Imaginary part")
    variables["magnitude"] = Variable(dims, np.abs(whole), "ohm", "Magnitude")
    variables["phase"] = Variable(dims, np.angle(whole), "rad", "Phase")
    for name in PARTS:
        part = over([getattr(one, name) for one in found])
        label = f"{name.capitalize()} electrode" if name != "separator" else "Separator"
        variables[f"{name}_real"] = Variable(dims, part.real.copy(), "ohm", f"{label}, real part")
        variables[f"{name}_imaginary"] = Variable(dims, part.imag.copy(), "ohm", f"{label}, imaginary part")
    ohmic = over([one.ohmic_resistance for one in cells])
    variables["ohmic_resistance"] = Variable(tuple(states), ohmic, "ohm", "Ohmic resistance")
    for index, side in enumerate(("negative", "positive")):
        values = over([one.transfer_resistances[index] for one in cells])
        label = f"Charge transfer of the {side} electrode"
        variables[f"{side}_transfer_resistance"] = Variable(tuple(states), values, "ohm", label)
    return variables


def _double_layer_fact(cell: Cell | HalfCell, asked: Request) -> dict[str, str]:
    other = ("counter", cell.counter) if isinstance(cell, HalfCell) else ("negative", cell.negative)
    capacities = {other[0]: other[1].double_layer_capacity, "positive": cell.positive.double_layer_capacity}
    missing = [name for name, capacity in capacities.items() if capacity == 0.0]
    if not missing:
        return {"double_layer": "of the cell"}
    return {"double_layer": f"{asked.double_layer:g} F/m² assumed where the cell gives none: {', '.join(missing)}"}


def _warnings(cell: Cell | HalfCell, cells: Sequence[LinearCell], rests: Sequence[Stoichiometries]) -> list[str]:
    """Where the open-circuit potential rises with lithium, a linear cell at rest is not stable."""
    found = []
    per_rest = len(cells) // len(rests)
    for number, linear in enumerate(cells):
        rest = rests[number // per_rest]
        sides = {} if isinstance(linear.negative, Foil) else {"negative": linear.negative}
        for side, layers in {**sides, "positive": linear.positive}.items():
            for phase, surface in enumerate(layers[0].surfaces):
                if surface.diffusion < 0.0:
                    name = cell.active_material(side, phase).name
                    found.append(
                        f"the open-circuit potential of {name} rises with lithium at the stoichiometry "
                        f"{rest[side][phase]:.4g}: such a state is not stable, and what is said of low "
                        "frequencies there has no meaning"
                    )
    return list(dict.fromkeys(found))


def _works(cell: Cell | HalfCell, model: str) -> list[str]:
    """Keys of the bibliography that a study rests on."""
    found = {"DFN": ["Meyers2000", "Sikha2007"], "SPMe": ["Marquis2019"], "SPM": ["Marquis2019"]}[model]
    found = [*found, "Song2013"]
    for side in ("positive",) if isinstance(cell, HalfCell) else ("negative", "positive"):
        for phase in range(1 + len(getattr(cell, side).additional_phases)):
            record = cell.active_material(side, phase)
            found += [record.ocp.source.ref, record.diffusivity.source.ref, record.rate_constant.source.ref]
    salt = cell.electrolyte_material()
    if model != "SPM":
        found += [salt.conductivity.source.ref, salt.diffusivity.source.ref, salt.transference_number.source.ref]
    found += [source.ref for source in cell.sources.values()]
    known = bibliography()
    return [key for key in dict.fromkeys(found) if key in known]
