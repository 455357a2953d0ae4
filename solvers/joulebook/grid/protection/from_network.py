"""Pairs of a scheme from a network: the currents that faults along lines drive through relays and their backups.

Relays look into a line from one of its ends. Faults move from just before that end to the far bus; the largest phase
current at the place of the primary relay and at that of its backup, in the same fault, make a pair. Infeed between the
two is thereby in the numbers. Currents are the initial symmetrical ones of IEC 60909-0, the largest with ``case="max"``
and the smallest with ``case="min"``; decay of generators is not followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.devices import Array
from joulebook.grid.protection.scheme import Pair

if TYPE_CHECKING:
    from joulebook.grid.network import Network

__all__ = ["pairs_from_network"]

_CLOSE: Final = 1e-3
"""Share of the line between the relay and a close-in fault: at the bus itself nothing flows into the line."""
_NOTHING: Final = 1e-3
"""A; smaller currents count as this, which no relay sees."""
_CASES: Final = {"max": "largest currents", "min": "smallest currents"}
Fault = Literal["3ph", "2ph", "2ph-g", "1ph"]


def pairs_from_network(
    network: Network,
    places: Mapping[str, str],
    backups: Mapping[str, Sequence[str]],
    *,
    fault: Fault = "3ph",
    cases: Sequence[Literal["max", "min"]] = ("max", "min"),
    positions: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0),
    **options: Any,
) -> tuple[Pair, ...]:
    """Compute the pairs of a scheme from short circuits along the lines that primary relays protect.

    Parameters
    ----------
    network : Network
        With the data that short circuits need.
    places : mapping of str to str
        Relay to the end of a branch where it stands: ``{"R1": "lines/L1/from", "R2": "transformers/T1/to"}``.
    backups : mapping of str to sequence of str
        Primary relay to its backups; primary relays stand at ends of lines.
    fault : str
        As for :func:`joulebook.grid.short_circuit`; earth faults give phase currents too.
    cases : sequence of str
        ``"max"``, ``"min"`` or both: each gives pairs of its own.
    positions : sequence of float
        Faults as shares of the line from the relay: 0 close to it, 1 at the far bus.
    **options : object
        Of :func:`joulebook.grid.short_circuit`, such as ``fault_impedance``.

    Returns
    -------
    tuple of Pair
        With currents in A at the voltage of each place, joined along the line.

    Raises
    ------
    InputError
        If a relay has no place, a place is no end of a branch, a primary relay is not at a line, or a position or case
        is not allowed.

    References
    ----------
    IEC 60909-0:2016.

    Examples
    --------
    >>> from joulebook.grid import Network
    >>> grid = {"bus": "A", "maximum_fault_power": 1e9, "maximum_rx": 0.1}
    >>> line = {"resistance": 1.2, "reactance": 3.9}
    >>> lines = {"L1": {"from_bus": "A", "to_bus": "B", **line}, "L2": {"from_bus": "B", "to_bus": "C", **line}}
    >>> buses = {name: {"nominal_voltage": 20e3} for name in "ABC"}
    >>> network = Network(name="Feeder", buses=buses, lines=lines, external_grids={"Q": grid})
    >>> places = {"R1": "lines/L1/from", "R2": "lines/L2/from"}
    >>> pair, = pairs_from_network(network, places, {"R2": ["R1"]}, cases=("max",))
    >>> round(pair.primary_current[-1]), round(pair.backup_current[-1])
    (1478, 1478)
    """
    shares = _positions(positions)
    unknown = [case for case in cases if case not in _CASES]
    if unknown or not cases:
        raise InputError(Issue("cases", list(cases), 'must be "max", "min" or both'))
    at = {name: _place(name, places) for name in {*backups, *(b for group in backups.values() for b in group)}}
    for name in backups:
        if at[name][0] != "lines":
            rule = "a primary relay must stand at the end of a line, along which faults move"
            raise InputError(Issue(f"places.{name}", places[name], rule))
    return tuple(
        pair
        for case in cases
        for primary, others in backups.items()
        for pair in _pairs(network, at, primary, others, fault, case, shares, options)
    )


def _pairs(
    network: Network,
    at: Mapping[str, tuple[str, str, str]],
    primary: str,
    others: Sequence[str],
    fault: Fault,
    case: Literal["max", "min"],
    shares: Array,
    options: Mapping[str, Any],
) -> list[Pair]:
    from joulebook.grid.faults.study import short_circuit

    _, line, end = at[primary]
    along = shares if end == "from" else 1.0 - shares
    result = short_circuit(network, fault, case, along={line: [float(value) for value in along]}, **options)
    near = _currents(result, at[primary], primary)
    label = _CASES[case] + ("" if fault == "3ph" else f", {fault}")
    return [
        Pair(
            primary=primary,
            backup=backup,
            primary_current=tuple(near),
            backup_current=tuple(_currents(result, at[backup], backup)),
            label=label,
        )
        for backup in others
    ]


def _currents(result: Any, place: tuple[str, str, str], name: str) -> list[float]:
    """Largest phase current at the end of a branch, A, for each fault."""
    names = {tuple(key) for key in result.branches.index.droplevel("bus")}
    if place not in names:
        some = ", ".join("/".join(key) for key in sorted(names)[:8])
        raise InputError(Issue(f"places.{name}", "/".join(place), "no such end of a branch", f"There are {some}, …"))
    table = result.branches.xs(place, level=("kind", "branch", "end"))
    largest = 1e3 * table[["a_kA", "b_kA", "c_kA"]].to_numpy().max(axis=1)
    return [float(value) for value in np.maximum(largest, _NOTHING)]


def _place(name: str, places: Mapping[str, str]) -> tuple[str, str, str]:
    if name not in places:
        raise InputError(Issue(f"places.{name}", None, "this relay has no place", 'Give one: "lines/L1/from"'))
    kind, _, rest = str(places[name]).partition("/")
    branch, _, end = rest.rpartition("/")
    if not kind or not branch or not end:
        rule = "must be table, identifier and end of a branch"
        raise InputError(Issue(f"places.{name}", places[name], rule, 'Such as "lines/L1/from"'))
    return kind, branch, end


def _positions(given: Sequence[float]) -> Array:
    try:
        shares = np.unique(np.asarray(given, dtype=float))
    except (TypeError, ValueError):
        raise InputError(Issue("positions", given, "must be numbers from 0 to 1")) from None
    if shares.size == 0 or not np.all((shares >= 0) & (shares <= 1)):
        raise InputError(Issue("positions", given, "must be numbers from 0 to 1", "0 is close to the relay"))
    return np.unique(np.clip(shares, _CLOSE, 1.0))
