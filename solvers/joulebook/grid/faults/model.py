"""A network made ready for faults: sequences solved, seen from every place.

Faults at the terminals of a generator that forms a unit with its transformer take other corrections there (K_G for the
machine, none for the transformer). That changes two nodes only, so the solved network is kept and corrected by two
columns of its inverse (Woodbury).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.faults import factors
from joulebook.grid.faults.admittances import (
    SolvedSequence,
    positive_admittances,
    solve_sequence,
    without_sources,
)
from joulebook.grid.faults.branches import Branches, positive_branches
from joulebook.grid.faults.missing import Ledger
from joulebook.grid.faults.nodes import Nodes
from joulebook.grid.faults.options import FaultOptions
from joulebook.grid.faults.sources import MOTOR, Sources, Units, converter_currents, find_sources
from joulebook.grid.faults.zero import zero_admittances

__all__ = ["FaultModel", "UnitView", "prepare", "seen_from"]

Ints = NDArray[np.int32]
Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]
PEAK_FREQUENCY = 0.4
"""Frequency of method C over the nominal one: 20 Hz at 50 Hz, 24 Hz at 60 Hz (IEC 60909-0:2016)."""


@dataclass(frozen=True)
class FaultModel:
    """A network made ready.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    branches : Branches
        Positive sequence.
    sources : Sources
        What feeds.
    units : Units
        Units of generator and transformer.
    positive, negative : SolvedSequence
        The same object where all machines have x₂ = x''.
    zero : SolvedSequence or None
        Only for faults to earth.
    peak : SolvedSequence
        For R/X of the peak factor: at 0.4 of the frequency for method C, at the frequency itself otherwise.
    without_motors : SolvedSequence
        The positive sequence itself where there are none.
    converters : tuple of ndarray
        Rows, nodes and per-unit currents of full converters.
    notes : tuple of str
        What was assumed.
    """

    nodes: Nodes
    branches: Branches
    sources: Sources
    units: Units
    positive: SolvedSequence
    negative: SolvedSequence
    zero: SolvedSequence | None
    peak: SolvedSequence
    without_motors: SolvedSequence
    converters: tuple[Ints, Ints, Reals]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class UnitView:
    """How a sequence looks from the terminals of machines in units.

    Parameters
    ----------
    impedance : ndarray of complex, shape (u,)
        Seen from there.
    near_weight, far_weight : ndarray of complex, shape (u,)
        The corrected column of the inverse is the sum of the columns of both nodes with these weights.
    pull : ndarray of complex, shape (u, 2, 2)
        Any other column loses the columns of both nodes, weighted by this times its own entries there.
    """

    impedance: Complexes
    near_weight: Complexes
    far_weight: Complexes
    pull: Complexes


def prepare(nodes: Nodes, options: FaultOptions) -> FaultModel:
    """Build and solve the sequences.

    Parameters
    ----------
    nodes : Nodes
        The electrical picture.
    options : FaultOptions
        What is asked.

    Returns
    -------
    FaultModel
        Ready for currents.
    """
    ledger = Ledger(nodes.network, options.defaults == "typical")
    with np.errstate(divide="ignore", invalid="ignore"):  # what is missing or zero is noted, and ends the study below
        branches = positive_branches(nodes, options, ledger)
        sources, units = find_sources(nodes, branches, options, ledger)
        converters = converter_currents(nodes, options, ledger)
        zero = zero_admittances(nodes, branches, sources, units, options, ledger) if options.to_earth else None
    if options.excitation is not None:
        used = nodes.of("generators") >= 0
        hint = "Give the saturated x of the direct axis, or leave excitation out"
        synchronous = ledger.column("generators", "synchronous_reactance", used, hint)
        bad = np.flatnonzero(used & (synchronous <= 0.0))
        ledger.need("generators", "synchronous_reactance", bad, "must be more than 0", "Give the saturated x")
    ledger.raise_if_missing()
    normal = positive_admittances(branches, units, sources, sources.impedance)
    positive = solve_sequence(nodes, normal)
    plan = positive.factors.plan
    frequency = PEAK_FREQUENCY if options.peak_method == "C" else 1.0
    fast = positive_admittances(branches, units, sources, sources.peak, frequency)
    negative = positive
    if np.any(sources.negative != sources.impedance):
        other = positive_admittances(branches, units, sources, sources.negative)
        negative = solve_sequence(nodes, other, plan, positive.alive)
    calm = positive
    if np.any(sources.table == MOTOR):
        calm = solve_sequence(nodes, without_sources(normal, sources.table != MOTOR), plan)
    return FaultModel(
        nodes=nodes,
        branches=branches,
        sources=sources,
        units=units,
        positive=positive,
        negative=negative,
        zero=None if zero is None else solve_sequence(nodes, zero),
        peak=solve_sequence(nodes, fast, plan, positive.alive),
        without_motors=calm,
        converters=converters,
        notes=tuple(ledger.notes),
    )


def unit_changes(model: FaultModel, solved: SolvedSequence) -> tuple[Complexes, Complexes, Complexes, Complexes]:
    """Change of admittances for faults at the terminals of machines in units.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        Positive or negative sequence.

    Returns
    -------
    near, mutual, far : ndarray of complex, shape (u,)
        Change at the machine's node, between, and at the other node.
    machines : ndarray of complex, shape (u,)
        The part of ``near`` that comes from the machines.
    """
    units, y = model.units, solved.admittances
    grow = units.factor - 1.0
    swapped = y.first[units.branch] != units.near
    at_first, at_second = y.y_first[units.branch] * grow, y.y_second[units.branch] * grow
    machines = np.zeros(units.near.size, np.complex128)
    inside = machines_of(model, solved)
    for k, chosen in enumerate(inside):
        machines[k] = solved.admittances.source_admittance[chosen].sum() * (units.factor[k] / units.inner[k] - 1.0)
    near = np.where(swapped, at_second, at_first) + machines
    return near, y.y_mutual[units.branch] * grow, np.where(swapped, at_first, at_second), machines


def machines_of(model: FaultModel, solved: SolvedSequence) -> list[Ints]:
    """Sources that belong to each unit.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        Positive or negative sequence.

    Returns
    -------
    list of ndarray of int
        Places among the sources of the sequence.
    """
    table = model.sources.table[solved.admittances.source]
    return [np.flatnonzero((solved.admittances.source_node == near) & (table == 1)) for near in model.units.near]


def view_of_units(model: FaultModel, solved: SolvedSequence) -> UnitView:
    """See a sequence from the terminals of machines in units.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        Positive or negative sequence.

    Returns
    -------
    UnitView
        Corrected.
    """
    near, far = model.units.near, model.units.far
    z_near, z_far = solved.impedance[near], solved.impedance[far]
    z_mutual = solved.factors.entries(near, far)
    change, mutual, other, _ = unit_changes(model, solved)
    a = 1.0 + change * z_near + mutual * z_mutual
    b = change * z_mutual + mutual * z_far
    c = mutual * z_near + other * z_mutual
    d = 1.0 + mutual * z_mutual + other * z_far
    size = a * d - b * c
    near_weight, far_weight = d / size, -c / size
    pull = np.array(
        [
            [(d * change - b * mutual) / size, (d * mutual - b * other) / size],
            [(a * mutual - c * change) / size, (a * other - c * mutual) / size],
        ]
    )
    seen = z_near * near_weight + z_mutual * far_weight
    return UnitView(seen, near_weight, far_weight, np.moveaxis(pull, 2, 0))


def seen_from(model: FaultModel, solved: SolvedSequence, places: Ints, units: bool = True) -> Complexes:
    """Impedance of a sequence seen from places.

    Parameters
    ----------
    model : FaultModel
        The network.
    solved : SolvedSequence
        Any sequence.
    places : ndarray of int, shape (p,)
        Nodes; -1 for none.
    units : bool
        Whether the corrections at machines in units apply; the zero sequence has none.

    Returns
    -------
    ndarray of complex, shape (p,)
        Per unit; NaN where it is infinite.
    """
    impedance = solved.impedance.copy()
    if units and model.units.near.size:
        impedance[model.units.near] = view_of_units(model, solved).impedance
    return np.append(impedance, np.nan)[places]


def drive_voltage(model: FaultModel, options: FaultOptions, places: Ints) -> Reals:
    """Voltage of the equivalent source, per unit of the nominal voltage.

    Parameters
    ----------
    model : FaultModel
        The network.
    options : FaultOptions
        Case and tolerance.
    places : ndarray of int, shape (p,)
        Nodes; -1 for none.

    Returns
    -------
    ndarray, shape (p,)
        The factor c; at the terminals of a machine in a unit, c times rated over nominal voltage.
    """
    nominal = model.nodes.nominal
    drive = factors.voltage_factor(nominal, options.case, options.low_voltage_tolerance)
    drive[model.units.near] *= model.units.voltage / nominal[model.units.near]
    return np.append(drive, np.nan)[places]
