"""What a contingency study gives back: every outage with its end, its extremes and its rank."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue, JoulebookError, MissingExtraError
from joulebook.core.provenance import Stats
from joulebook.core.results import Status, Variable
from joulebook.grid.contingency import outage_arrays as loop
from joulebook.grid.contingency.base_case import BaseCase
from joulebook.grid.contingency.machines import machine_of
from joulebook.grid.origins import Origin, OriginResult
from joulebook.grid.power_flow_tables import branch_ids

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.network import Network

__all__ = ["ContingencyResult", "Outages", "result_of"]

ENDINGS = {loop.DONE: "solved", loop.UNSOLVED: "unsolved", loop.ISLANDING: "islanding"}
MACHINE_NAME = "generator "
"""Before the identifier of a generator in the name of an outage."""
WORST = 1e6
"""Severity of an outage without a solution; one that cuts off load comes next, with 1000 and the load in per unit."""


@dataclass(frozen=True, eq=False)
class Outages:
    """The loop's own arrays.

    Parameters
    ----------
    out : ndarray of int32, shape (n, 2)
        Branches of each outage; -1 for none.
    status : ndarray of int64, shape (n,)
        How each ended.
    values : ndarray, shape (n, N_VALUES)
        What was measured.
    lost : ndarray, shape (n,), per unit
        Load that is cut off.
    """

    out: NDArray[np.int32]
    status: NDArray[np.int64]
    values: NDArray[np.float64]
    lost: NDArray[np.float64]


class ContingencyResult(OriginResult):
    """Outages of a network, ranked by severity.

    The severity of a solved outage is the sum of squared loadings beyond 1 and of squared deviations of voltage beyond
    the limits, in widths of the band. Outages without a solution come first, then those that cut off load.
    """

    main_dimension: ClassVar[str] = "outage"
    main_variables: ClassVar[tuple[str, ...]] = ("largest_loading",)

    @property
    def counts(self) -> dict[str, int]:
        """How many outages ended which way."""
        return {name: int(np.sum(self["ending"] == name)) for name in ENDINGS.values()}

    @functools.cached_property
    def table(self) -> pandas.DataFrame:
        """All outages, the most severe first: one row per outage, indexed by what fails."""
        frame = self.to_dataframe()
        frame = frame.sort_values("severity", ascending=False, kind="stable").set_index("outage")
        frame.insert(0, "rank", np.arange(1, len(frame) + 1))
        return frame

    def worst(self, count: int = 10) -> pandas.DataFrame:
        """Give the most severe outages.

        Parameters
        ----------
        count : int
            How many.

        Returns
        -------
        pandas.DataFrame
            Rows of :attr:`table`.
        """
        return self.table.head(count)

    def loadings(self, outages: int = 20, branches: int = 20) -> pandas.DataFrame:
        """Solve the most severe outages again, and give the loadings of the branches that suffer most.

        Parameters
        ----------
        outages, branches : int
            Rows and columns at most.

        Returns
        -------
        pandas.DataFrame
            Loading in per cent: outages down, branches across.
        """
        import pandas

        from joulebook.grid.power_flow_study import power_flow

        network = self.network()
        table = self.table
        rows = {}
        for name in table.index[table.ending == "solved"][:outages]:
            try:
                rows[name] = power_flow(network.replace(_without(network, name))).branches.loading_percent
            except JoulebookError:
                continue
        frame = pandas.DataFrame(rows).T
        frame = frame.dropna(axis=1, how="all")
        worst = frame.max(axis=0).sort_values(ascending=False).index[:branches]
        return frame[worst]

    def plot(self, *names: str) -> Any:
        """Draw a heat map of loadings over the most severe outages, or variables over outages by rank.

        Parameters
        ----------
        *names : str
            Variables to be drawn by rank; the heat map if none are given.

        Returns
        -------
        holoviews.HeatMap, holoviews.Curve or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        InputError
            If a variable is unknown.
        MissingExtraError
            If HoloViews is not installed.
        """
        try:
            import holoviews
        except ImportError:
            raise MissingExtraError("Plotting", "lab") from None
        if not holoviews.Store.renderers:
            holoviews.extension("bokeh")
        if not names:
            frame = self.loadings()
            cells = [
                (str(branch), str(outage), float(frame.loc[outage, branch]))
                for outage in frame.index[::-1]
                for branch in frame.columns
            ]
            return holoviews.HeatMap(
                cells,
                [holoviews.Dimension("branch", label="Branch"), holoviews.Dimension("outage", label="Outage")],
                holoviews.Dimension("loading", label="Loading", unit="%"),
            ).opts(width=760, height=480, tools=["hover"], colorbar=True, cmap="inferno_r", xrotation=60, clim=(0, 150))
        table = self.table.reset_index()
        curves = []
        for name in names:
            column = next((item for item in table.columns if item.split("_")[0:2] == name.split("_")[0:2]), None)
            if column is None:
                raise InputError(Issue("variable", name, "not in this result", f"It has: {', '.join(self.variables)}"))
            curves.append(
                holoviews.Curve((table["rank"], table[column]), "rank", name).opts(
                    width=460, height=280, tools=["hover"]
                )
            )
        return curves[0] if len(curves) == 1 else holoviews.Layout(curves).cols(2)


def _without(network: Network, name: str) -> dict[str, Any]:
    changes = {}
    for item in name.split(" + "):
        if item.startswith(MACHINE_NAME):
            changes[f"generators.{item.removeprefix(MACHINE_NAME)}.in_service"] = False
            continue
        table = "lines" if item in network.lines else "transformers"
        changes[f"{table}.{item}.in_service"] = False
    return changes


def _label(network: Network, names: NDArray[Any], pair: list[int]) -> str:
    known = (
        names[item] if item >= 0 else MACHINE_NAME + network.generators.ids[machine_of(item)]
        for item in pair
        if item != -1
    )
    return " + ".join(known)


def result_of(
    network: Network, case: BaseCase, made: Outages, stats: Stats, options: dict[str, Any]
) -> ContingencyResult:
    """Make the result of the loop's arrays.

    Parameters
    ----------
    network : Network
        The network.
    case : BaseCase
        Its base case.
    made : Outages
        The loop's arrays.
    stats : Stats
        Of the work.
    options : dict
        Of the study.

    Returns
    -------
    ContingencyResult
        With everything by identifier.
    """
    names = branch_ids(network)
    order = case.setup.compiled.plan.elimination.order
    bus_of_node = case.setup.compiled.arrays.bus_of_node
    buses = np.array([*network.buses.ids, ""], object)
    out, status, values = made.out, made.status, made.values
    solved = status == loop.DONE
    labels = np.array([_label(network, names, pair) for pair in out.tolist()], object)

    def of_solved(column: int, factor: float = 1.0) -> NDArray[np.float64]:
        return np.where(solved, values[:, column] * factor, np.nan)

    def bus(column: int) -> NDArray[Any]:
        rows = np.where(solved, values[:, column], 0).astype(int)
        return np.where(solved, buses[bus_of_node[order[rows]]], "")

    severity = values[:, loop.OVERLOAD_INDEX] + values[:, loop.VOLTAGE_INDEX]
    severity = np.where(solved, severity, np.where(status == loop.UNSOLVED, WORST, 0.0))
    severity = np.where((status == loop.ISLANDING) & (made.lost > 0), 1e3 + made.lost, severity)
    loaded = np.where(solved & (values[:, loop.LOADED] >= 0), values[:, loop.LOADED], -1).astype(int)
    known = np.append(names, "")
    mega = network.base_power / 1e6
    ending = np.array([ENDINGS[code] for code in status.tolist()], object)
    columns = {
        "outage": (labels, "", "Outage"),
        "ending": (ending, "", "How it ended"),
        "severity": (severity, "", "Severity"),
        "largest_loading": (
            np.where(loaded >= 0, of_solved(loop.LOADING, 100.0), np.nan),
            "%",
            "Largest loading",
        ),
        "loaded_branch": (known[loaded], "", "Branch with the largest loading"),
        "overloads": (np.where(solved, values[:, loop.OVERLOADS], 0).astype(np.int64), "", "Overloaded branches"),
        "lowest_voltage": (of_solved(loop.LOW), "pu", "Lowest voltage"),
        "lowest_bus": (bus(loop.LOWEST), "", "Bus with the lowest voltage"),
        "highest_voltage": (of_solved(loop.HIGH), "pu", "Highest voltage"),
        "highest_bus": (bus(loop.HIGHEST), "", "Bus with the highest voltage"),
        "lost_load": (np.where(status == loop.ISLANDING, made.lost * mega, 0.0), "MW", "Load that is cut off"),
        "iterations": (values[:, loop.ITERATION].astype(np.int64), "", "Iterations"),
    }
    variables = {name: Variable(("outage",), item[0], item[1], item[2]) for name, item in columns.items()}
    unsolved = int(np.sum(status == loop.UNSOLVED))
    return ContingencyResult(
        variables=variables,
        status=Status.PARTIAL if unsolved else Status.SOLVED,
        stats=stats,
        origin=Origin("grid.contingencies", network, options, ("Alsac1983", "Tinney1967")),
        facts={
            "solved": int(np.sum(solved)),
            "unsolved": unsolved,
            "islanding": int(np.sum(status == loop.ISLANDING)),
            "overloading": int(np.sum(solved & (values[:, loop.OVERLOADS] > 0))),
        },
    )
