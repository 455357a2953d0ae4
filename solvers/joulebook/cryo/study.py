"""The public verb: the steady state of a cryostat."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import (
    DivergedError,
    InfeasibleError,
    InputError,
    Issue,
    SingularSystemError,
    SolveError,
)
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Status, Variable
from joulebook.cryo.building import Building
from joulebook.cryo.components import COPPER, Blanket, Coax, Conductor, Gas, Wires
from joulebook.cryo.coolers import LIBRARY, TwoStageCooler
from joulebook.cryo.cryostat import Cryostat
from joulebook.cryo.network import End, Solution, solve_network
from joulebook.cryo.results import CryostatResult
from joulebook.materials.integrals import HIGHEST

__all__ = ["solve"]

Float = NDArray[np.float64]
AUDIT = 1e-9
"""Largest part of a stage's heat that may be missing in its balance."""


def solve(cryostat: Cryostat, *, cells: int = 60) -> CryostatResult:
    """Find the temperatures of all stages and the heat that every component carries.

    Parameters
    ----------
    cryostat : Cryostat
        The design.
    cells : int
        Cells along each wire with a current, 4 to 2000; the error falls with their square.

    Returns
    -------
    CryostatResult
        Temperatures, heat by component and stage, loads of the coolers. ``facts["outside"]`` lists fits and maps that
        were used outside their ranges.

    Raises
    ------
    InputError
        If an option is not allowed.
    TopologyError
        If a stage has no path to one that is held or cooled.
    InfeasibleError
        If a cooler would have to take more than its map has, or a stage would be hotter than 400 K; the state is in
        ``error.partial``.
    DivergedError
        If no state was found in which all heat balances.
    SingularSystemError
        If the equations have no unique solution.

    References
    ----------
    Conductivities: :mod:`joulebook.materials.cryogenic`. Laws of the components: :mod:`joulebook.cryo.building`.
    Method: :mod:`joulebook.cryo.network`.

    Examples
    --------
    >>> from joulebook.cryo import Cryostat, solve
    >>> run = solve(Cryostat.named("Drive line of Krinner et al."))
    >>> round(1e3 * run.heat_of("300 K to 50 K", "50K"), 1), run.unit_of("heat")
    (27.2, 'W')
    """
    if not isinstance(cells, int) or isinstance(cells, bool) or not 4 <= cells <= 2000:
        raise InputError(Issue("cells", cells, "must be a whole number, 4 to 2000", "60 is usual"), "solve")
    keep_to_plan("cryostat_components", lambda: len(cryostat.components), cryostat.name)
    building = Building(cryostat, cells)
    started = time.perf_counter()
    found = solve_network(building.network())
    seconds = time.perf_counter() - started
    run = _result(building, found, seconds)
    fault = _failure(building, found, run)
    if fault is not None:
        raise fault
    return run


def _result(building: Building, found: Solution, seconds: float) -> CryostatResult:
    cryostat, stages = building.cryostat, building.stages
    n, names = len(stages), list(cryostat.components)
    heat = np.zeros((len(names), n))
    for (number, first, second, *_), flow in zip(building.links, found.flow, strict=True):
        if first < n:
            heat[number, first] -= flow
        if second < n:
            heat[number, second] += flow
    for number, node, watts in building.power:
        heat[number, node] += watts
    joule = np.zeros(len(names))
    np.add.at(joule, np.array([row[0] for row in building.heated], np.int64), found.source)
    cooling = np.zeros(n)
    for taker, load in zip(building.takers, found.loads, strict=True):
        np.add.at(cooling, taker.nodes, load)
    held = np.array([stage.temperature is not None for stage in cryostat.stages.values()])
    total = heat.sum(axis=0)
    free = ~held
    gross = np.abs(heat).sum(axis=0) + np.abs(cooling)
    missing = np.maximum(np.abs(total - cooling) - found.rounding[:n], 0.0)[free] / np.maximum(gross[free], 1e-300)
    along, both = ("stage",), ("component", "stage")
    variables = {
        "stage": Variable(along, np.array(stages, dtype=object), "", "Stage"),
        "component": Variable(("component",), np.array(names, dtype=object), "", "Component"),
        "temperature": Variable(along, found.temperature[:n].copy(), "K", "Temperature"),
        "held": Variable(along, held.astype(np.int64), "1", "Held at its temperature"),
        "cooling": Variable(along, cooling, "W", "Heat taken by coolers"),
        "bath": Variable(along, np.where(held, total, 0.0), "W", "Heat taken by what holds the temperature"),
        "heat": Variable(both, heat, "W", "Heat into the stage"),
        "joule": Variable(("component",), joule, "W", "Heat of the current"),
    }
    return CryostatResult(
        variables=variables,
        status=Status.SOLVED if found.end is End.SOLVED else Status.DIVERGED,
        stats=Stats(
            iterations=found.iterations, rejected=found.rejected, residual=found.error, seconds=seconds, device="cpu"
        ),
        provenance=Provenance.record("cryo.solve", cryostat, {"cells": building.cells}, _citations(cryostat)),
        facts=_facts(building, found, float(missing.max(initial=0.0))),
    )


def _facts(building: Building, found: Solution, missing: float) -> dict[str, Any]:
    index, temperature = building.index, found.temperature
    names = list(building.cryostat.components)
    inside: dict[str, tuple[float, float]] = {}
    for number, first, second, *_ in building.links:
        name = names[number]
        low, high = inside.get(name, (np.inf, 0.0))
        ends = (float(temperature[first]), float(temperature[second]))
        inside[name] = (min(low, *ends), max(high, *ends))
    used: dict[str, list[str]] = {}
    for name, law in building.laws:
        said = law.outside(*inside[name])
        if said:
            used.setdefault(said, []).append(name)
    outside = [f"{said}: {', '.join(dict.fromkeys(where))}" for said, where in used.items()]
    outside += [
        f"resistivity of {material} derived from its conductivity by Wiedemann and Franz"
        for material in sorted(building.derived)
    ]
    for name, taker, load in zip(building.cryostat.coolers, building.takers, found.loads, strict=True):
        if taker.outside(load):
            loads = " and ".join(f"{watts:.4g} W" for watts in load)
            outside.append(f"{name}: {loads} lie outside the map of the cooler; its nearest piece is continued")
    above = [
        f"{name}: {temperature[index[name]]:.4g} K, limit {stage.limit:g} K"
        for name, stage in building.cryostat.stages.items()
        if stage.limit is not None and temperature[index[name]] > stage.limit
    ]
    return {"outside": outside, "above_limit": above, "balance_missed": missing}


def _failure(building: Building, found: Solution, run: CryostatResult) -> SolveError | None:
    """The error that says what to try, where there is no state that can be used."""
    name = building.cryostat.name
    details: dict[str, Any] = {"partial": run, "stats": run.stats}
    for key, taker, load in zip(building.cryostat.coolers, building.takers, found.loads, strict=True):
        most = taker.loads.max(axis=0)
        for stage, watts, largest in zip(building.cryostat.coolers[key].stages, load, most, strict=True):
            if watts > largest:
                return InfeasibleError(
                    f"{name}: the cooler {key!r} would have to take {watts:.4g} W at {stage!r}, its map ends at "
                    f"{largest:g} W. Lessen the heat into that stage (error.partial.to_dataframe() lists it), add a "
                    "cooler, or give points of the map for larger loads",
                    **details,
                )
    top = np.flatnonzero(found.temperature > HIGHEST * (1.0 - 1e-9))
    hot = {building.name_of(int(node)) for node in top if not building.is_held(int(node))}
    if hot:
        return InfeasibleError(
            f"{name}: {', '.join(sorted(hot))} would be hotter than {HIGHEST:g} K, where the properties end. Give the "
            "heat there a better path to a cooler, or lessen the load or the current",
            **details,
        )
    if found.end is End.SINGULAR:
        return SingularSystemError(
            f"{name}: the balances have no unique solution. Is a stage held by nothing but a path that carries almost "
            "no heat? Check areas and lengths",
            **details,
        )
    if found.end is not End.SOLVED and building.burning:
        return InfeasibleError(
            f"{name}: {', '.join(building.burning)} find no steady state: their resistance grows faster with "
            "temperature than their length lets heat go. Take a thicker or shorter wire, or less current",
            **details,
        )
    if found.end is not End.SOLVED:
        return DivergedError(
            f"{name}: no state found in which all heat balances; {found.error:.1e} of a node's heat is missing after "
            f"{found.iterations} steps. Check the points of the coolers' maps, and sizes that differ by many powers "
            "of ten",
            **details,
        )
    return None


def _citations(cryostat: Cryostat) -> list[str]:
    cited = []
    for part in cryostat.components.values():
        if isinstance(part, Conductor | Coax):
            names = [part.material] if isinstance(part, Conductor) else [part.inner_material, part.outer_material]
            cited.append("HustLankford1984" if COPPER in names else "NISTCryogenics")
        if isinstance(part, Coax) or (isinstance(part, Conductor) and part.material != COPPER):
            cited.append("NISTCryogenics")
        if isinstance(part, Wires) and part.current and part.material == COPPER:
            cited.append("Simon1992")
        if isinstance(part, Blanket):
            cited.append("Keller1974")
        if isinstance(part, Gas):
            cited.append("Corruccini1959")
    maps = [cooler.library for cooler in cryostat.coolers.values() if isinstance(cooler, TwoStageCooler)]
    cited += [LIBRARY[name][1] for name in maps if name is not None]
    return list(dict.fromkeys(cited))
