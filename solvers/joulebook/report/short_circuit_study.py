"""The studies behind a short-circuit report: all faults, both cases, and one place in detail."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from joulebook.core import places
from joulebook.core.errors import InputError, Issue, MissingInputError
from joulebook.grid import Network, ShortCircuitResult, short_circuit
from joulebook.grid.faults.options import FAULTS
from joulebook.report import power_flow

__all__ = ["Studies", "open_network", "solve"]


@dataclass(frozen=True)
class Studies:
    """What was solved.

    Parameters
    ----------
    network : Network
        The design.
    options : dict
        Shared by all studies.
    runs : dict of (str, str) to ShortCircuitResult
        By fault and case.
    focus : str
        The place in detail.
    details : ShortCircuitResult or None
        The fault at that place that drives the largest current to earth, or the three-phase one, with shares.
    gaps : dict of (str, str) to tuple of Issue
        What was missing, by fault and case.
    """

    network: Network
    options: dict[str, Any]
    runs: dict[tuple[str, str], ShortCircuitResult]
    focus: str
    details: ShortCircuitResult | None
    gaps: dict[tuple[str, str], tuple[Issue, ...]] = field(default_factory=dict)

    @property
    def largest(self) -> ShortCircuitResult:
        """The three-phase study of the largest currents."""
        return self.runs["3ph", "max"]


def open_network(network: str | Path | Network) -> Network:
    """Fetch the network that a report is about.

    Parameters
    ----------
    network : str, Path or Network
        A ``.circuit.json`` file or a file of another program, the name of an example or of a network that comes with
        Joulebook, or a network.

    Returns
    -------
    Network
        The design.
    """
    example = places.examples() / f"{network}.circuit.json" if isinstance(network, str) else None
    return power_flow.open_network(example if example is not None and example.exists() else network)


def solve(
    network: Network,
    breaker_time: float = 0.1,
    duration: float = 1.0,
    bus: str | None = None,
    *,
    peak_method: str = "C",
    low_voltage_tolerance: int = 10,
    defaults: str = "none",
) -> Studies:
    """Solve all faults in both cases.

    Parameters
    ----------
    network : Network
        The design.
    breaker_time : float, s
        Minimum time delay.
    duration : float, s
        Of the short circuit.
    bus : str, optional
        Place in detail; that of the largest three-phase current if left out.
    peak_method : str
        ``"A"``, ``"B"`` or ``"C"``.
    low_voltage_tolerance : int, %
        6 or 10.
    defaults : str
        ``"none"`` or ``"typical"``.

    Returns
    -------
    Studies
        Where data are missing for a study, it is left out and the gaps are kept.

    Raises
    ------
    InputError
        If an option is not allowed, the place is unknown, or nothing feeds the network.
    MissingInputError
        If data are missing for the largest three-phase currents.
    """
    options: dict[str, Any] = {
        "breaker_time": breaker_time,
        "duration": duration,
        "peak_method": peak_method,
        "low_voltage_tolerance": low_voltage_tolerance,
        "defaults": defaults,
    }
    runs = {("3ph", "max"): short_circuit(network, "3ph", "max", **options)}
    gaps: dict[tuple[str, str], tuple[Issue, ...]] = {}
    for case in ("max", "min"):
        for fault in FAULTS:
            if (fault, case) in runs:
                continue
            try:
                runs[fault, case] = short_circuit(network, fault, case, **options)
            except MissingInputError as error:
                gaps[fault, case] = error.issues
    table = runs["3ph", "max"].buses
    if not np.nanmax(table["ikss_kA"], initial=0.0) > 0.0:
        raise InputError(
            Issue("network", network.name, "nothing feeds a fault", "Add an external grid, a generator or a motor")
        )
    focus = str(table["ikss_kA"].idxmax()) if bus is None else bus
    kind = "1ph" if ("1ph", "max") in runs and focus in table.index and _to_earth(runs, focus) else "3ph"
    details = short_circuit(network, kind, "max", buses=[focus], **options)
    return Studies(network, options, runs, focus, details, gaps)


def _to_earth(runs: dict[tuple[str, str], ShortCircuitResult], place: str) -> bool:
    return bool(runs["1ph", "max"].buses.loc[place, "ikss_kA"] > 0.0)
