"""What an optimal power flow gives back: the dispatch, prices at every bus, and which limits bind."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.core.results import Result, column_name
from joulebook.grid.network import Network

if TYPE_CHECKING:
    import pandas

__all__ = ["OptimalPowerFlowResult"]


class OptimalPowerFlowResult(Result):
    """Cheapest dispatch of a network.

    ``buses``, ``branches`` and ``generators`` are tables indexed by the network's identifiers. The price of a bus is
    the cost of drawing one more megawatt there for an hour (locational marginal price); the price of a branch is what
    one more megavolt-ampere of rating would save. ``conflict`` lists, where no dispatch satisfies all limits, what is
    missing and which limits cause it.
    """

    main_dimension: ClassVar[str] = "bus"
    main_variables: ClassVar[tuple[str, ...]] = ("price", "voltage")

    @property
    def cost(self) -> float:
        """Of generation per hour, in the currency of the costs."""
        return float(self.facts["cost"])

    @functools.cached_property
    def buses(self) -> pandas.DataFrame:
        """By bus: voltage, angle, prices of active and reactive power, prices of the voltage limits."""
        return self._table("bus", "")

    @functools.cached_property
    def branches(self) -> pandas.DataFrame:
        """By branch: power into it at both ends, loading in per cent of the rating, price of the rating."""
        return self._table("branch", "branch_")

    @functools.cached_property
    def generators(self) -> pandas.DataFrame:
        """By generator: dispatch, limits, cost per hour, cost of one more megawatt-hour."""
        return self._table("generator", "generator_")

    @functools.cached_property
    def secured(self) -> pandas.DataFrame:
        """Security constraints that bind: branch, outage and price."""
        import pandas

        return pandas.DataFrame(self.facts.get("secured", []), columns=["branch", "outage", "price_per_MWh"])

    @functools.cached_property
    def conflict(self) -> pandas.DataFrame:
        """What is missing and which limits cause it; empty where a dispatch was found."""
        import pandas

        columns = ["element", "limit", "value", "unit", "price"]
        return pandas.DataFrame(self.facts.get("conflict", []), columns=columns)

    def to_network(self) -> Network:
        """Give the network with the dispatch as set points.

        Returns
        -------
        Network
            Generators give what was found and hold the voltages found; a power flow confirms it.

        Raises
        ------
        InputError
            If the result has no dispatch.
        """
        if "generator_p" not in self.variables or self.facts.get("conflict"):
            raise InputError(Issue("result", None, "no dispatch was found", "Loosen the limits that .conflict lists"))
        return _with_dispatch(Network.from_document(self.provenance.design), self)

    def _table(self, dimension: str, prefix: str) -> pandas.DataFrame:
        import pandas

        columns = {
            column_name(name.removeprefix(prefix), item.unit): item.values
            for name, item in self.variables.items()
            if item.dims == (dimension,) and name != dimension and name.startswith(prefix)
        }
        return pandas.DataFrame(columns, index=pandas.Index(self[dimension], name=dimension))

    def plot(self, *names: str) -> Any:
        """Draw prices over buses, and what each generator gives within its limits.

        Parameters
        ----------
        *names : str
            Variables of buses to draw instead.

        Returns
        -------
        holoviews.Layout
            Shown by a notebook.
        """
        if names:
            return super().plot(*names)
        from joulebook.grid.dispatch.plots import dispatch_layout

        return dispatch_layout(self)


def _with_dispatch(network: Network, result: OptimalPowerFlowResult) -> Network:
    table = network.generators
    p, q = result["generator_p"] * 1e6, result["generator_q"] * 1e6
    voltage = result["voltage"][network.buses.positions(table.column("bus"))]
    on = table.column("in_service") & ~np.isnan(p)
    generators = table.with_columns(
        {
            "active_power": np.where(on, p, table.column("active_power")),
            "reactive_power": np.where(on & ~np.isnan(q), q, table.column("reactive_power")),
            "voltage": np.where(on & ~np.isnan(voltage), voltage, table.column("voltage")),
        }
    )
    buses = network.buses.with_columns(
        {
            "start_voltage": np.where(
                np.isnan(result["voltage"]), network.buses.column("start_voltage"), result["voltage"]
            ),
            "start_angle": np.nan_to_num(np.deg2rad(result["angle"])),
        }
    )
    grids = network.external_grids
    if len(grids):
        at = network.buses.positions(grids.column("bus"))
        found = result["voltage"][at]
        grids = grids.with_columns({"voltage": np.where(np.isnan(found), grids.column("voltage"), found)})
    fields: Mapping[str, Any] = {name: getattr(network, name) for name in Network.model_fields}
    return Network(**{**fields, "generators": generators, "buses": buses, "external_grids": grids})
