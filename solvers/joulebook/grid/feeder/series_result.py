"""What a time series of unbalanced power flows gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.provenance import Stats
from joulebook.core.results import Result, Status, Variable
from joulebook.grid.feeder.results import record_of, tap_positions

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.feeder.plan import FeederPlan

__all__ = ["UnbalancedSeriesResult", "series_result"]


@dataclass(frozen=True, repr=False)
class UnbalancedSeriesResult(Result):
    """A feeder over time; times are the ends of the steps.

    Over ``time`` and ``node``: ``voltage_pu`` and ``angle``. Over ``time``: ``source_active_power``,
    ``source_reactive_power``, ``load_active_power``, ``load_reactive_power``, ``losses``, ``lowest_voltage``,
    ``highest_voltage``, ``iterations`` and ``settled``, 0 where controls still wanted to act. Over ``time`` and
    ``regulator``: ``tap_position``; over ``time`` and ``capacitor``: ``share_on``.
    """

    main_dimension: ClassVar[str] = "time"
    main_variables: ClassVar[tuple[str, ...]] = (
        "source_active_power",
        "losses",
        "lowest_voltage",
        "highest_voltage",
    )

    @property
    def time(self) -> NDArray[np.float64]:
        """Ends of the steps, s."""
        return self["time"]

    @property
    def voltage_pu(self) -> pandas.DataFrame:
        """Magnitudes, per unit: a row for each time, a column for each node."""
        return self._table("voltage_pu", "node")

    @property
    def taps(self) -> pandas.DataFrame:
        """Positions of the regulated taps: a row for each time, a column for each control."""
        return self._table("tap_position", "regulator").astype(int)

    @property
    def capacitor_states(self) -> pandas.DataFrame:
        """Shares of the steps in service: a row for each time, a column for each bank."""
        return self._table("share_on", "capacitor")

    @property
    def tap_operations(self) -> pandas.Series[Any]:
        """Steps that each tap has moved over the whole series."""
        return self.taps.diff().abs().sum().astype(int)

    @property
    def energy_losses(self) -> float:
        """Energy that lines and transformers have turned into heat, W h."""
        return float(self["losses"].sum() * self.provenance.options["step"] / 3600.0)

    def _table(self, name: str, dimension: str) -> pandas.DataFrame:
        import pandas

        return pandas.DataFrame(
            self[name], index=pandas.Index(self.time, name="time_s"), columns=self[dimension].tolist()
        )


def series_result(
    plan: FeederPlan,
    records: tuple[Any, ...],
    times: NDArray[np.float64],
    status: Status,
    stats: Stats,
    options: dict[str, Any],
) -> UnbalancedSeriesResult:
    """Make a result of what a series wrote down.

    Parameters
    ----------
    plan : FeederPlan
        The feeder.
    records : tuple of ndarray
        See :class:`joulebook.grid.feeder.time_series.Records`.
    times : ndarray, shape (steps,), s
        Ends of the steps.
    status : Status
        How it ended.
    stats : Stats
        Of the work.
    options : dict
        Of the study.

    Returns
    -------
    UnbalancedSeriesResult
        With named dimensions.
    """
    nodes, voltages, taps, banks, powers, steps = records
    design_order = np.argsort(plan.place[:-1])[nodes]
    base = plan.base[design_order]
    size = np.abs(voltages) / base
    alive = plan.fed[design_order]
    both, each = ("time", "node"), ("time",)
    lost = powers[:, 0].real - powers[:, 1].real
    variables = {
        "time": Variable(each, times, "s", "Time"),
        "node": Variable(("node",), plan.labels.nodes[design_order], "", "Node"),
        "voltage_pu": Variable(both, size, "1", "Voltage"),
        "angle": Variable(both, np.degrees(np.angle(voltages)), "deg", "Angle"),
        "lowest_voltage": Variable(each, size[:, alive].min(axis=1), "1", "Lowest voltage"),
        "highest_voltage": Variable(each, size[:, alive].max(axis=1), "1", "Highest voltage"),
        "source_active_power": Variable(each, powers[:, 0].real.copy(), "W", "Active power of the source"),
        "source_reactive_power": Variable(each, powers[:, 0].imag.copy(), "var", "Reactive power of the source"),
        "load_active_power": Variable(each, powers[:, 1].real.copy(), "W", "Active power of the loads"),
        "load_reactive_power": Variable(each, powers[:, 1].imag.copy(), "var", "Reactive power of the loads"),
        "losses": Variable(each, lost, "W", "Losses"),
        "iterations": Variable(each, steps[:, 1].copy(), "1", "Iterations"),
        "settled": Variable(each, (steps[:, 0] == 0).astype(np.int64), "1", "Controls at rest"),
        "regulator": Variable(("regulator",), plan.regulator_names, "", "Regulator"),
        "tap_position": Variable(("time", "regulator"), tap_positions(plan, taps), "1", "Tap position"),
        "capacitor": Variable(("capacitor",), plan.capacitor_names, "", "Capacitor"),
        "share_on": Variable(("time", "capacitor"), banks[:, 1:].copy(), "1", "Share in service"),
    }
    facts = {"unsettled_steps": int((steps[:, 0] != 0).sum())}
    return UnbalancedSeriesResult(
        variables, status, stats, record_of(plan, "grid.unbalanced_time_series", options), facts
    )
