"""A feeder made ready to be solved: nodes in the order of elimination, admittances, loads and controls as arrays.

A plan depends on the design alone. It is made when a feeder is first solved and kept as long as the feeder is.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import SingularSystemError, TopologyError
from joulebook.grid.feeder.control_plan import capacitor_arrays, regulator_arrays
from joulebook.grid.feeder.labels import Labels, make_labels
from joulebook.grid.feeder.layout import (
    CapacitorArrays,
    LoadArrays,
    NetworkArrays,
    RegulatorArrays,
    StateArrays,
)
from joulebook.grid.feeder.load_plan import Branches, load_branches
from joulebook.grid.feeder.stamping import Stamps, stamp_feeder
from joulebook.grid.feeder.voltage_bases import bus_bases, distances
from joulebook.numerics.elimination import analyse, minimum_degree

if TYPE_CHECKING:
    from joulebook.grid.feeder.design import Feeder

__all__ = ["FeederPlan", "plan_of"]

NEVER = 1e300
ISOLATED_ADMITTANCE = 1.0
"""S to earth of a node that no source feeds: it holds the node's voltage at 0."""


@dataclass(frozen=True)
class FeederPlan:
    """Arrays of a feeder, and what their places mean.

    Nodes have two orders: that of the design (names) and that of elimination (arrays); ``place`` leads from the first
    to the second.
    """

    feeder_document: dict[str, Any]
    digest: str
    names: tuple[str, ...]
    buses: tuple[str, ...]
    bus_of_node: NDArray[np.int64]
    phases: NDArray[np.int64]
    base: NDArray[np.float64]
    distance: NDArray[np.float64]
    place: NDArray[np.int64]
    fed: NDArray[np.bool_]
    stamps: Stamps
    network: NetworkArrays
    loads: LoadArrays
    branches: Branches
    regulators: RegulatorArrays
    capacitors: CapacitorArrays
    labels: Labels
    sources: tuple[str, ...]
    regulator_names: NDArray[Any]
    capacitor_names: NDArray[Any]
    first_taps: NDArray[np.float64]
    first_banks: NDArray[np.float64]

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.names)

    def new_state(self) -> StateArrays:
        """Make the arrays that change while the feeder is solved.

        Returns
        -------
        StateArrays
            Taps and steps as the design has them; voltages are 0.
        """
        n, network = self.n, self.network
        regulators, controls = len(self.regulators.numbers), len(self.capacitors.numbers)
        return StateArrays(
            voltage=np.zeros(n + 1, np.complex128),
            right=np.zeros(n + 1, np.complex128),
            older=np.zeros(n + 1, np.complex128),
            difference=np.zeros(n + 1, np.complex128),
            values=np.zeros(len(network.rows), np.complex128),
            lower=np.zeros(len(network.factor_rows), np.complex128),
            inverse=np.zeros(n, np.complex128),
            work=np.zeros(n, np.complex128),
            taps=self.first_taps.copy(),
            banks=self.first_banks.copy(),
            regulator_due=np.full(regulators, NEVER),
            regulator_change=np.zeros(regulators),
            capacitor_due=np.full(controls, NEVER),
            capacitor_change=np.zeros(controls),
            opened_at=np.full(controls, -NEVER),
            counts=np.zeros(5, np.int64),
            error=np.zeros(1),
        )


_PLANS: dict[int, tuple[weakref.ref[Any], FeederPlan]] = {}


def plan_of(feeder: Feeder) -> FeederPlan:
    """Give the plan of a feeder; made once for each.

    Parameters
    ----------
    feeder : Feeder
        The design.

    Returns
    -------
    FeederPlan
        Arrays.
    """
    kept = _PLANS.get(id(feeder))
    if kept is not None and kept[0]() is feeder:
        return kept[1]
    plan = make_plan(feeder)
    key = id(feeder)
    _PLANS[key] = (weakref.ref(feeder, lambda _: _PLANS.pop(key, None)), plan)
    return plan


def make_plan(feeder: Feeder) -> FeederPlan:
    """Turn a feeder into arrays.

    Parameters
    ----------
    feeder : Feeder
        The design.

    Returns
    -------
    FeederPlan
        Arrays.

    Raises
    ------
    TopologyError
        If nothing is connected.
    """
    stamps = stamp_feeder(feeder)
    branches = load_branches(feeder, stamps.nodes)
    named = stamps.nodes.names()
    n = len(named)
    if not n:
        raise TopologyError("no element of this feeder is connected to a node")
    buses = tuple(stamps.nodes.buses)
    bus_of_node = np.array([stamps.nodes.buses[bus] for bus, _ in named])
    row, node, value = stamps.column("row"), stamps.column("node"), stamps.column("value")
    at = np.array(stamps.conductor_node, np.int64)
    inside = at[row] >= 0
    couplings = [(at[row[inside]], node[inside]), _load_couplings(branches)]
    left, right = (np.concatenate(parts) for parts in zip(*couplings, strict=True))
    fed = _fed_nodes(n, left, right, [node for node, _ in stamps.injections])
    order = minimum_degree(n, left, right)
    place = np.empty(n + 1, np.int64)
    place[order], place[n] = np.arange(n), n
    base = bus_bases(feeder, stamps, buses)[bus_of_node]
    network = _network(stamps, branches, (row, node, value, at), place, fed, base)
    loads = LoadArrays(
        node1=place[branches.node1].astype(np.int32),
        node2=place[branches.node2].astype(np.int32),
        model=branches.model,
        numbers=branches.numbers,
        power=branches.numbers[:, [6, 7]].copy(),
    )
    taps = np.array([1.0, *(feeder.transformers[name].windings[k].tap for name, k in stamps.taps)])
    steps = zip(feeder.capacitors.steps_on.tolist(), feeder.capacitors.steps.tolist(), strict=True)
    document = feeder.to_document()
    return FeederPlan(
        feeder_document=document,
        digest=feeder.digest(),
        names=tuple(f"{bus}.{number}" for bus, number in named),
        buses=buses,
        bus_of_node=bus_of_node,
        phases=np.array([number for _, number in named]),
        base=base,
        distance=distances(feeder, stamps, buses),
        place=place,
        fed=fed,
        stamps=stamps,
        network=network,
        loads=loads,
        branches=branches,
        regulators=regulator_arrays(feeder, stamps, place),
        capacitors=capacitor_arrays(feeder, stamps),
        labels=make_labels(tuple(f"{bus}.{number}" for bus, number in named), stamps, branches),
        sources=feeder.voltage_sources.ids,
        regulator_names=np.array(feeder.regulators.ids, dtype=str),
        capacitor_names=np.array(feeder.capacitors.ids, dtype=str),
        first_taps=taps,
        first_banks=np.array([1.0, *(on / of for on, of in steps)]),
    )


def _load_couplings(branches: Branches) -> tuple[NDArray[Any], NDArray[Any]]:
    both = (branches.node1 >= 0) & (branches.node2 >= 0)
    return branches.node1[both], branches.node2[both]


def _fed_nodes(n: int, left: NDArray[Any], right: NDArray[Any], sources: list[int]) -> NDArray[np.bool_]:
    """Nodes that are joined to a source."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left)), (left, right)), shape=(n, n))
    _, part = connected_components(graph, directed=False)
    return np.isin(part, part[[node for node in sources if node >= 0]])


def _network(
    stamps: Stamps,
    branches: Branches,
    columns: tuple[NDArray[Any], ...],
    place: NDArray[np.int64],
    fed: NDArray[np.bool_],
    base: NDArray[np.float64],
) -> NetworkArrays:
    row, node, value, at = columns
    n = len(fed)
    tap1, tap2, bank = (stamps.column(name) for name in ("tap1", "tap2", "bank"))
    by_row = np.argsort(row, kind="stable")
    row, node, value, tap1, tap2, bank = (item[by_row] for item in (row, node, value, tap1, tap2, bank))
    i, j = place[at[row]], place[node]
    assembled = (at[row] >= 0) & (i <= j)  # earth is in place n, and the last of all
    assembled &= i < n
    pattern_i, pattern_j, pattern_y = _loads_in_matrix(branches, place, n)
    alone = place[np.flatnonzero(~fed)]
    pattern = analyse(
        n, np.concatenate([i[assembled], pattern_i]), np.concatenate([j[assembled], pattern_j]), order=np.arange(n)
    )
    columns_of = np.repeat(np.arange(n), np.diff(pattern.matrix.start))
    upper = pattern.matrix.index <= columns_of  # rows up to the diagonal are columns down to it
    keys = columns_of[upper] * np.int64(n) + pattern.matrix.index[upper]

    def places(low: NDArray[Any], high: NDArray[Any]) -> NDArray[np.int64]:
        return np.searchsorted(keys, high * np.int64(n) + low)

    varies = (tap1 > 0) | (tap2 > 0) | (bank > 0)
    fixed = np.zeros(len(keys), np.complex128)
    still = assembled & ~varies
    np.add.at(fixed, places(i[still], j[still]), value[still])
    np.add.at(fixed, places(pattern_i, pattern_j), pattern_y)
    np.add.at(fixed, places(alone, alone), ISOLATED_ADMITTANCE)
    varying = np.flatnonzero(assembled & varies)
    source = np.zeros(n + 1, np.complex128)
    for at_node, current in stamps.injections:
        if at_node >= 0:
            source[place[at_node]] += current
    ordered_base = np.ones(n + 1)
    ordered_base[place[:n]] = base
    count = len(at)
    return NetworkArrays(
        stamp_start=np.searchsorted(row, np.arange(count + 1)).astype(np.int32),
        stamp_node=place[node].astype(np.int32),
        stamp_value=value,
        stamp_tap1=tap1.astype(np.int32),
        stamp_tap2=tap2.astype(np.int32),
        stamp_bank=bank.astype(np.int32),
        conductor_node=place[at].astype(np.int32),
        varying=varying.astype(np.int32),
        varying_place=places(i[varying], j[varying]).astype(np.int32),
        fixed_values=fixed,
        column_start=np.searchsorted(columns_of[upper], np.arange(n + 1)).astype(np.int32),
        rows=pattern.matrix.index[upper],
        row_start=pattern.lower.start,
        row_columns=pattern.lower.index,
        factor_start=pattern.upper.start,
        factor_rows=pattern.upper.index,
        source_current=source,
        base=ordered_base,
        sources=_source_conductors(stamps),
    )


def _source_conductors(stamps: Stamps) -> int:
    return sum(size for name, size in zip(stamps.elements, stamps.sizes, strict=True) if name.startswith("source."))


def _loads_in_matrix(
    branches: Branches, place: NDArray[np.int64], n: int
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Rated admittances of loads, upper triangle."""
    numbers = branches.numbers
    y = (numbers[:, 6] - 1j * numbers[:, 7]) / numbers[:, 0] ** 2
    one, other = place[branches.node1], place[branches.node2]
    low, high = np.minimum(one, other), np.maximum(one, other)
    rows = np.concatenate([one, other, low])
    columns = np.concatenate([one, other, high])
    values = np.concatenate([y, y, -y])
    keep = (rows < n) & (columns < n)
    return rows[keep], columns[keep], values[keep]


def check_factored(plan: FeederPlan, row: int) -> None:
    """Raise where a matrix could not be factored.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    row : int
        Row without a pivot, in the order of elimination; -1 where all is well.

    Raises
    ------
    SingularSystemError
        With the name of the node.
    """
    if row >= 0:
        node = plan.names[int(np.flatnonzero(plan.place[:-1] == row)[0])]
        raise SingularSystemError(
            f"the voltage of node {node} is not determined: its elements have no path to earth. "
            "Earth a neutral, or give its transformer a floating_susceptance"
        )
