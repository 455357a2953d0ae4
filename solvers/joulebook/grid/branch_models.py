"""Two-port admittances of lines and transformers, per unit on the system's base.

A branch from node f to node t has an ideal transformer of complex ratio a at f, then a series admittance y with a shunt
at either end of it::

    y_ff = (y + y_from) / |a|²    y_ft = -y / conj(a)
    y_tf = -y / a                 y_tt = y + y_to

A line has a = 1. Ohms are made per unit with the nominal voltages of both ends, so that a line between buses whose
nominal voltages differ slightly stays what it is in ohm. With one end open, what remains is an admittance to earth at
the other end.

References
----------
Zimmerman, Murillo-Sánchez and Thomas 2011, doi:10.1109/TPWRS.2010.2051168; MATPOWER User's Manual, section 3.2
(branch model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from joulebook.grid.elements import TapChanger

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["LINE", "TRANSFORMER", "WINDING", "Branches", "line_branches", "transformer_branches", "winding_branches"]

LINE, TRANSFORMER, WINDING = 0, 1, 2
"""Kinds of branches; a winding leads from its bus to the star point of a three-winding transformer."""
SMALLEST_LEG = 1e-7
"""Per unit; legs of star equivalents may have no impedance at all, and then get this one."""

Float = NDArray[np.float64]
Complex = NDArray[np.complex128]
Index = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Branches:
    """All branches of a network: lines, then transformers, then the windings of three-winding transformers.

    Parameters
    ----------
    kind : ndarray of int8, shape (n,)
        :data:`LINE`, :data:`TRANSFORMER` or :data:`WINDING`.
    row : ndarray of int32, shape (n,)
        Row in the table of its kind.
    winding : ndarray of int8, shape (n,)
        1, 2 or 3; 0 for what has none.
    from_node, to_node : ndarray of int32, shape (n,)
        Nodes; -1 where the bus is out of service.
    in_service : ndarray of bool, shape (n,)
        Whether current can flow.
    impedance : ndarray of complex, shape (n,), per unit
        Series, at the ``to`` end of the ideal transformer.
    ratio : ndarray of complex, shape (n,)
        Of the ideal transformer at the ``from`` end.
    from_shunt, to_shunt : ndarray of complex, shape (n,), per unit
        Admittances to earth.
    rating : ndarray, shape (n,), per unit current
        Continuous; NaN where it is not known.
    """

    kind: NDArray[np.int8]
    row: Index
    winding: NDArray[np.int8]
    from_node: Index
    to_node: Index
    in_service: NDArray[np.bool_]
    impedance: Complex
    ratio: Complex
    from_shunt: Complex
    to_shunt: Complex
    rating: Float

    def __len__(self) -> int:
        return len(self.kind)

    def admittances(self) -> tuple[Complex, Complex, Complex, Complex]:
        """Work out the two-port admittances.

        Returns
        -------
        y_ff, y_ft, y_tf, y_tt : ndarray of complex, shape (n,), per unit
            Zero for branches out of service.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            series = np.where(self.in_service, 1.0 / self.impedance, 0.0)
        y_ff = (series + self.from_shunt) / np.abs(self.ratio) ** 2
        y_ft = -series / np.conj(self.ratio)
        y_tf = -series / self.ratio
        y_tt = series + self.to_shunt
        off = ~self.in_service
        for values in (y_ff, y_ft, y_tf, y_tt):
            values[off] = 0.0
        return y_ff, y_ft, y_tf, y_tt


def line_branches(network: Network, node_of_bus: Index, first: Index, second: Index) -> Branches:
    """Turn lines into branches.

    Parameters
    ----------
    network : Network
        The network.
    node_of_bus : ndarray of int32, shape (n_buses,)
        Node of each bus.
    first, second : ndarray of int32, shape (n,)
        Buses at the ends of each line.

    Returns
    -------
    Branches
        In the order of the table.
    """
    table, base = network.lines, network.base_power
    nominal = network.buses.column("nominal_voltage")
    va, vb = nominal[first], nominal[second]
    ohm = va * vb / base
    n = len(table)
    shunt = 0.5 * (table.column("conductance") + 1j * table.column("susceptance"))
    impedance = (table.column("resistance") + 1j * table.column("reactance")) / ohm
    # between unlike bases the pi section keeps its ohms: its ends see y va²/S, y va vb/S, y vb²/S
    with np.errstate(divide="ignore", invalid="ignore"):
        series = np.where(impedance != 0, 1.0 / impedance, 0.0)
    from_node, to_node = node_of_bus[first], node_of_bus[second]
    return Branches(
        kind=np.full(n, LINE, np.int8),
        row=np.arange(n, dtype=np.int32),
        winding=np.zeros(n, np.int8),
        from_node=from_node,
        to_node=to_node,
        in_service=table.column("in_service") & (from_node >= 0) & (to_node >= 0),
        impedance=impedance,
        ratio=np.ones(n, np.complex128),
        from_shunt=shunt * va**2 / base + series * (va / vb - 1.0),
        to_shunt=shunt * vb**2 / base + series * (vb / va - 1.0),
        rating=table.column("current_rating") * np.sqrt(3.0) * va / base,
    )


def transformer_branches(network: Network, node_of_bus: Index, first: Index, second: Index) -> Branches:
    """Turn two-winding transformers into branches.

    Parameters
    ----------
    network : Network
        The network.
    node_of_bus : ndarray of int32, shape (n_buses,)
        Node of each bus.
    first, second : ndarray of int32, shape (n,)
        Buses at the ends of each transformer.

    Returns
    -------
    Branches
        In the order of the table.
    """
    table, base = network.transformers, network.base_power
    nominal = network.buses.column("nominal_voltage")
    vf, vt = nominal[first], nominal[second]
    rated_f = np.where(table.known("from_rated_voltage"), table.column("from_rated_voltage"), vf)
    rated_t = np.where(table.known("to_rated_voltage"), table.column("to_rated_voltage"), vt)
    power = table.column("rated_power")
    scale = base / power * (rated_t / vt) ** 2
    factor, angle = tap_positions(table.column("tap_changer"))
    magnitude = table.column("tap_ratio") * factor * (rated_f / rated_t) / (vf / vt)
    ratio = magnitude * np.exp(1j * (table.column("phase_shift") + angle))
    nameplate = table.known("from_rated_voltage") | table.known("to_rated_voltage")
    rating = np.where(table.known("rating"), table.column("rating"), np.where(nameplate, power, np.nan))
    n = len(table)
    from_node, to_node = node_of_bus[first], node_of_bus[second]
    return Branches(
        kind=np.full(n, TRANSFORMER, np.int8),
        row=np.arange(n, dtype=np.int32),
        winding=np.zeros(n, np.int8),
        from_node=from_node,
        to_node=to_node,
        in_service=table.column("in_service") & (from_node >= 0) & (to_node >= 0),
        impedance=(table.column("resistance") + 1j * table.column("reactance")) * scale,
        ratio=ratio,
        from_shunt=(table.column("from_conductance") + 1j * table.column("from_susceptance")) / scale,
        to_shunt=(table.column("to_conductance") + 1j * table.column("to_susceptance")) / scale,
        rating=rating / base * vf / rated_f,
    )


def winding_branches(network: Network, node_of_bus: Index, buses: Index, stars: Index) -> Branches:
    """Turn three-winding transformers into three branches each.

    Parameters
    ----------
    network : Network
        The network.
    node_of_bus : ndarray of int32, shape (n_buses,)
        Node of each bus.
    buses : ndarray of int32, shape (n, 3)
        Buses of each transformer.
    stars : ndarray of int32, shape (n,)
        Nodes of the star points.

    Returns
    -------
    Branches
        Winding by winding, 3 n of them.
    """
    table, base = network.three_winding_transformers, network.base_power
    nominal = network.buses.column("nominal_voltage")
    n = len(table)
    power_1 = table.column("rated_power_1")
    factor, angle = tap_positions(table.column("tap_changer"))
    legs: dict[str, list[NDArray]] = {name: [] for name in ("impedance", "ratio", "shunt", "rating", "node")}
    for winding in (1, 2, 3):
        bus = buses[:, winding - 1]
        rated = table.column(f"rated_voltage_{winding}")
        rated = np.where(np.isnan(rated), nominal[bus], rated)
        impedance = table.column(f"resistance_{winding}") + 1j * table.column(f"reactance_{winding}")
        impedance = impedance * base / power_1
        tap = table.column(f"tap_ratio_{winding}") * np.exp(1j * table.column(f"phase_shift_{winding}"))
        shunt = np.zeros(n, np.complex128)
        if winding == 1:
            tap = tap * factor * np.exp(1j * angle)
            shunt = (table.column("conductance") + 1j * table.column("susceptance")) * power_1 / base
        power = table.column(f"rated_power_{winding}")
        legs["impedance"].append(np.where(np.abs(impedance) < SMALLEST_LEG, 1j * SMALLEST_LEG, impedance))
        legs["ratio"].append(tap * rated / nominal[bus])
        legs["shunt"].append(shunt)
        legs["rating"].append(np.where(np.isnan(power), power_1, power) / base * nominal[bus] / rated)
        legs["node"].append(node_of_bus[bus])
    joined = {name: np.concatenate(parts) if n else np.zeros(0) for name, parts in legs.items()}
    node = joined["node"].astype(np.int32)
    return Branches(
        kind=np.full(3 * n, WINDING, np.int8),
        row=np.tile(np.arange(n, dtype=np.int32), 3),
        winding=np.repeat(np.array([1, 2, 3], np.int8), n),
        from_node=node,
        to_node=np.tile(stars, 3).astype(np.int32),
        in_service=np.tile(table.column("in_service"), 3).astype(bool) & (node >= 0),
        impedance=joined["impedance"].astype(np.complex128),
        ratio=joined["ratio"].astype(np.complex128),
        from_shunt=joined["shunt"].astype(np.complex128),
        to_shunt=np.zeros(3 * n, np.complex128),
        rating=joined["rating"].astype(np.float64),
    )


def tap_positions(changers: NDArray) -> tuple[Float, Float]:
    """Work out what tap changers do at their positions.

    Parameters
    ----------
    changers : ndarray of TapChanger or None, shape (n,)
        Column of a table.

    Returns
    -------
    factor : ndarray, shape (n,)
        On the ratio.
    angle : ndarray, shape (n,), rad
        Added to the phase shift.
    """
    factor, angle = np.ones(len(changers)), np.zeros(len(changers))
    for row, changer in enumerate(changers):
        if isinstance(changer, TapChanger):
            steps = changer.position - changer.neutral
            factor[row] += steps * changer.voltage_step
            angle[row] = steps * changer.angle_step
    return factor, angle
