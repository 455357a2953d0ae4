"""Duty of circuit-breakers: the fault at their bus against their ratings.

The current through a breaker in a feeder is that of its bus less what the feeder itself feeds back; the whole current
of the bus is taken, which is never less. Comparison and sentences come from :mod:`joulebook.grid.protection.duty`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.faults.results import ShortCircuitResult

__all__ = ["duty_table"]

_FREQUENCIES = (50.0, 60.0)
HIGHEST_VOLTAGE = 1.1
"""Highest voltage of equipment over nominal voltage, which c·Un must not pass (IEC 60909-0:2016, table 1, note)."""


def duty_table(result: ShortCircuitResult) -> pandas.DataFrame:
    """Compare every switch that has a rated breaking current with the fault at its bus.

    Parameters
    ----------
    result : ShortCircuitResult
        Largest currents. Without a breaker time the initial current stands for the breaking current.

    Returns
    -------
    pandas.DataFrame
        By switch: ``bus``, currents in kA, loadings (duty over rating: ``breaking_loading``, ``making_loading``,
        ``thermal_loading``), the worst of them, whether it holds, and the sentences for what does not.

    Raises
    ------
    InputError
        If the study was one of the smallest currents, or no switch at its places has a rating.
    """
    import pandas

    if result.facts["case"] != "max":
        raise InputError(Issue("case", result.facts["case"], 'ratings are compared with case="max"', "Run that"))
    network, buses = result.network, result.buses
    switches = network.switches
    places = {str(place): row for row, place in enumerate(buses.index)}
    rated = [
        row
        for row in np.flatnonzero(switches.known("breaking_current"))
        if str(switches.bus[row]) in places and np.isfinite(buses["ikss_kA"].iloc[places[str(switches.bus[row])]])
    ]
    if not rated:
        hint = "Give breaking_current of the switches, and making_current and withstand_current where they are known"
        raise InputError(Issue("switches", None, "no switch at these places has a rated breaking current", hint))
    items = [_item(result, row, places[str(switches.bus[row])]) for row in rated]
    from joulebook.grid.protection.duty import breaker_duty

    frequency = min(_FREQUENCIES, key=lambda value: abs(value - network.frequency))
    found = breaker_duty(items, frequency=frequency)
    breaking = "ib_kA" if "ib_kA" in buses else "ikss_kA"
    at = [places[str(switches.bus[row])] for row in rated]
    table = pandas.DataFrame(
        {
            "bus": [str(switches.bus[row]) for row in rated],
            "breaking_kA": buses[breaking].to_numpy()[at],
            "peak_kA": buses["ip_kA"].to_numpy()[at],
            "thermal_kA": buses["ith_kA"].to_numpy()[at],
            **{name: found[name] for name in ("breaking_loading", "making_loading", "thermal_loading")},
        },
        index=pandas.Index([switches.ids[row] for row in rated], name="switch"),
    )
    table["loading"] = table[["breaking_loading", "making_loading", "thermal_loading"]].max(axis=1)
    table["holds"] = table["loading"] <= 1.0 + 1e-9
    reasons = [str(text) for text in found.facts["reasons"]]
    table["reason"] = ["; ".join(text for text in reasons if text.startswith(f"{name}: ")) for name in table.index]
    return table


def _item(result: ShortCircuitResult, row: int, place: int) -> object:
    from joulebook.grid.protection.duty import BreakerDuty, BreakerRating

    switches, buses = result.network.switches, result.buses

    def known(name: str) -> float | None:
        value = float(switches.column(name)[row])
        return None if np.isnan(value) else value

    voltage = HIGHEST_VOLTAGE * 1e3 * float(buses["nominal_voltage_kV"].iloc[place])
    breaking = "ib_kA" if "ib_kA" in buses else "ikss_kA"
    rating = BreakerRating(
        voltage=voltage,
        breaking_current=float(switches.breaking_current[row]),
        making_current=known("making_current"),
        short_time_current=known("withstand_current"),
        short_time=known("withstand_time") or 1.0,
        rated_current=known("rated_current"),
    )
    return BreakerDuty(
        name=switches.ids[row],
        rating=rating,
        voltage=voltage,
        breaking_current=1e3 * max(float(buses[breaking].iloc[place]), 1e-9),
        peak_current=1e3 * max(float(buses["ip_kA"].iloc[place]), 1e-9),
        thermal_current=1e3 * max(float(buses["ith_kA"].iloc[place]), 1e-9),
        fault_duration=float(result.provenance.options["duration"]),
    )
