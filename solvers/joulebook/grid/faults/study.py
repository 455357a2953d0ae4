"""The study: short circuits at all buses, at some, or along lines, by IEC 60909-0."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from joulebook.core.courtesy import keep_to_plan
from joulebook.core.errors import InputError, Issue, SingularSystemError
from joulebook.core.provenance import Stats
from joulebook.grid.faults import factors
from joulebook.grid.faults.currents import fault_currents, sequence_currents
from joulebook.grid.faults.decay import machine_currents, peak_factors
from joulebook.grid.faults.model import FaultModel, drive_voltage, prepare, seen_from, view_of_units
from joulebook.grid.faults.nodes import BASE_POWER, as_rows, nodes_of
from joulebook.grid.faults.options import FaultOptions
from joulebook.grid.faults.partial import columns_of
from joulebook.grid.faults.results import FaultArrays, Partial, ShortCircuitResult
from joulebook.grid.faults.shares import partial_currents
from joulebook.grid.network import Network

__all__ = ["short_circuit"]

Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]
NO_IMPEDANCE = 1e-12
"""Per unit; 1e-10 ohm at 10 kV."""
MOST_PARTIAL = 20_000_000
"""Faults times ends of branches for which partial currents are kept."""


def short_circuit(
    network: Network,
    fault: Literal["3ph", "2ph", "2ph-g", "1ph"] = "3ph",
    case: Literal["max", "min"] = "max",
    standard: Literal["IEC 60909"] = "IEC 60909",
    *,
    buses: Sequence[str] | str | None = None,
    along: Mapping[str, float | Sequence[float]] | None = None,
    fault_impedance: complex = 0.0,
    peak_method: Literal["A", "B", "C"] = "C",
    duration: float = 1.0,
    breaker_time: float | None = None,
    excitation: float | None = None,
    low_voltage_tolerance: Literal[6, 10] = 10,
    line_capacitance: bool = False,
    defaults: Literal["none", "typical"] = "none",
) -> ShortCircuitResult:
    """Compute short-circuit currents by IEC 60909-0:2016.

    Parameters
    ----------
    network : Network
        The design. Loads, shunts and tap positions do not matter; what is missing is listed, element by element.
    fault : str
        ``"3ph"``, ``"2ph"`` (line to line), ``"2ph-g"`` (line to line with earth) or ``"1ph"`` (line to earth).
    case : str
        ``"max"`` for ratings of equipment, ``"min"`` for settings of protection: without motors and converters, with
        warm conductors.
    standard : str
        ``"IEC 60909"``.
    buses : sequence of str, optional
        Where; all buses if left out. Partial currents of branches and sources come with buses that are named.
    along : mapping of str to float or sequence of float, optional
        Faults on lines: identifier to positions, 0 at the ``from`` end and 1 at the other. Alone, no bus is computed.
    fault_impedance : complex, ohm
        Of the fault itself: per phase, between the phases of ``"2ph"``, to earth in faults to earth.
    peak_method : str
        Of the peak factor κ: ``"A"`` (smallest R/X of the voltage level), ``"B"`` (R/X at the place, times 1.15 in
        meshes), ``"C"`` (equivalent frequency).
    duration : float, s
        Of the short circuit, for the thermal equivalent current.
    breaker_time : float, s, optional
        Minimum time delay of the breaking current, 0.02 or more; without it there is none.
    excitation : float, optional
        Highest excitation of generators over that at rated load, for the steady-state current where sources feed
        separately: 1.3 or 1.6 for turbine generators, 1.6 or 2.0 for salient poles; 0 for no-load excitation. Without
        it the steady-state current is the initial one without motors.
    low_voltage_tolerance : int, %
        6 or 10: of the voltage in low-voltage networks.
    line_capacitance : bool
        Whether capacitances of lines count in the zero sequence, as in networks with isolated star points.
    defaults : str
        ``"typical"`` fills gaps in the data by rules of the trade, each of them noted in ``facts["notes"]``.

    Returns
    -------
    ShortCircuitResult
        Table ``buses``; with named places also ``branches`` and ``feeds``.

    Raises
    ------
    InputError
        If an option, a bus or a line is not there or not allowed.
    MissingInputError
        With every value that is needed and not known.
    SingularSystemError
        If reactances cancel exactly.

    References
    ----------
    IEC 60909-0:2016. The explanation page lists formulas and clauses.

    Examples
    --------
    >>> from joulebook.grid import Network
    >>> grid = {"bus": "A", "maximum_fault_power": 1e9, "maximum_rx": 0.1}
    >>> line = {"from_bus": "A", "to_bus": "B", "resistance": 1.2, "reactance": 3.9}
    >>> buses = {"A": {"nominal_voltage": 20e3}, "B": {"nominal_voltage": 20e3}}
    >>> network = Network(name="Feeder", buses=buses, lines={"L1": line}, external_grids={"Q": grid})
    >>> short_circuit(network).buses["ikss_kA"].round(3).to_dict()
    {'A': 28.868, 'B': 2.815}
    """
    given = {name: value for name, value in locals().items() if name != "network"}
    options = FaultOptions.read(given)
    if not isinstance(network, Network):
        raise InputError(Issue("network", type(network).__name__, "must be a Network", "Load or build one"))
    keep_to_plan("grid_buses", lambda: len(network.buses), network.name)
    started = time.perf_counter()
    nodes = nodes_of(network, options.along)
    model = prepare(nodes, options)
    rows = _rows(model, options)
    arrays = _solve(model, options, rows)
    residual = _residual(model, nodes.places[rows])
    partial = None
    if options.buses is not None or options.along:
        partial = _partial(model, options, rows, arrays)
    stats = Stats(steps=rows.size, residual=residual, seconds=time.perf_counter() - started)
    return ShortCircuitResult(stats=stats, solution=(network, options, arrays, partial, model.notes))


def _rows(model: FaultModel, options: FaultOptions) -> NDArray[np.int32]:
    nodes = model.nodes
    n_buses = len(nodes.network.buses)
    points = np.arange(n_buses, len(nodes.labels))
    if options.buses is None:
        chosen = np.empty(0, int) if options.along else np.arange(n_buses)
    else:
        chosen = np.array(as_rows(nodes.network, options.buses, nodes.labels[:n_buses]), int)
    return np.concatenate((chosen, points)).astype(np.int32)


def _solve(model: FaultModel, options: FaultOptions, rows: NDArray[np.int32]) -> FaultArrays:
    places = model.nodes.places[rows]
    nominal = np.append(model.nodes.nominal, np.nan)[places]
    ohm, base = nominal**2 / BASE_POWER, BASE_POWER / (np.sqrt(3.0) * nominal) * 1e-3
    z1 = seen_from(model, model.positive, places)
    _refuse_nothing(z1, [model.nodes.labels[row] for row in rows])
    z2 = z1 if model.negative is model.positive else seen_from(model, model.negative, places)
    z0 = np.full(places.size, np.nan + 0j)
    if model.zero is not None:
        z0 = seen_from(model, model.zero, places, units=False)
    drive = drive_voltage(model, options, places)
    extra = _converter_drive(model, places)
    zf = options.fault_impedance / np.nan_to_num(ohm, nan=1.0)
    sequences = sequence_currents(options.fault, drive, z1, z2, z0, zf)
    plain, earth = fault_currents(sequences)
    fed = plain * (1.0 + extra / drive)
    kappa = peak_factors(model, options, places)
    m = factors.direct_current_heat(np.nan_to_num(kappa, nan=1.02), model.nodes.network.frequency, options.duration)
    calm, breaking = _later(model, options, places, drive, (z1, z2, z0, zf), sequences, fed - plain)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(calm > 0.0, fed / calm, 1.0)
    n = factors.steady_heat(ratio, options.duration) if options.excitation is not None else np.ones(places.size)
    out = np.where(places < 0, np.nan, 1.0)
    seen = z1 * ohm
    return FaultArrays(
        rows=rows,
        labels=tuple(model.nodes.labels[row] for row in rows),
        nominal=nominal,
        c=drive,
        z1=seen,
        z2=seen if z2 is z1 else z2 * ohm,
        z0=z0 * ohm,
        sequences=sequences * base,
        ikss=fed * base * out,
        earth=earth * (1.0 + extra / drive) * base * out,
        ip=np.sqrt(2.0) * (np.nan_to_num(kappa) * plain + (fed - plain)) * base * out,
        ib=breaking * base * out,
        ik=calm * base * out,
        ith=fed * np.sqrt(m + n) * base * out,
        kappa=kappa,
        m=m,
        n=n,
    )


def _refuse_nothing(impedance: Complexes, labels: list[str]) -> None:
    """End the study where the impedance seen from a place vanishes."""
    gone = np.flatnonzero(np.abs(impedance) < NO_IMPEDANCE)
    if gone.size:
        raise SingularSystemError(
            f"Seen from {labels[gone[0]]!r} the impedances cancel, which means an infinite current: a series capacitor "
            "or a negative reactance makes up for all others. Check the reactances there"
        )


def _converter_drive(model: FaultModel, places: NDArray[np.int32]) -> Reals:
    """What full converters add to the driving voltage, per unit: sizes of mutual impedances times their currents."""
    _, node, current = model.converters
    extra = np.zeros(places.size)
    if node.size:
        mutual = columns_of(model, model.positive, node, units=False)
        if model.units.near.size:
            view, units = view_of_units(model, model.positive), model.units
            at_units = mutual[:, units.near] * view.near_weight + mutual[:, units.far] * view.far_weight
            mutual[:, units.near] = at_units
        total = (np.abs(mutual) * current[:, None]).sum(axis=0)
        extra = np.append(total, 0.0)[places]
    return extra


def _later(
    model: FaultModel,
    options: FaultOptions,
    places: NDArray[np.int32],
    drive: Reals,
    impedances: tuple[Complexes, Complexes, Complexes, Complexes],
    sequences: Complexes,
    converters: Reals,
) -> tuple[Reals, Reals]:
    """Steady-state and breaking current, per unit."""
    _, z2, z0, zf = impedances
    still = seen_from(model, model.without_motors, places)
    other = still if model.negative is model.positive else z2
    without = fault_currents(sequence_currents(options.fault, drive, still, other, z0, zf))[0] + converters
    initial = fault_currents(sequences)[0] + converters
    breaking = np.full(places.size, np.nan)
    if options.fault != "3ph":
        return without, initial if options.breaker_time is not None else breaking
    if options.breaker_time is None and options.excitation is None:
        return without, breaking
    left, steady = machine_currents(model, options, places, drive, sequences[1])
    return np.where(np.isnan(steady), without, steady + converters), np.abs(left) + converters


def _residual(model: FaultModel, places: NDArray[np.int32]) -> float:
    """How well one column of the inverse solves the equations: largest error, a current of 1 being injected."""
    alive = places[(places >= 0) & np.append(model.positive.alive, False)[places]]
    if not alive.size:
        return 0.0
    y, node = model.positive.admittances, alive[:1]
    column = model.positive.factors.columns(node)[0]
    n = model.nodes.n
    current = y.diagonal(n) * column
    np.add.at(current, y.first, y.y_mutual * column[y.second])
    np.add.at(current, y.second, y.y_mutual * column[y.first])
    current[node] -= 1.0
    return float(np.abs(np.where(model.positive.alive, current, 0.0)).max())


def _partial(model: FaultModel, options: FaultOptions, rows: NDArray[np.int32], arrays: FaultArrays) -> Partial:
    ends = sum(size.size for size in model.nodes.ends.values())
    if rows.size * ends > MOST_PARTIAL:
        most = MOST_PARTIAL // max(ends, 1)
        raise InputError(
            Issue("buses", rows.size, f"partial currents of at most {most} places fit here", "Name fewer buses")
        )
    return partial_currents(model, options, rows, arrays.sequences)
