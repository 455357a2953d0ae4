"""What a power flow gives back: voltages, flows and losses, as tables by the case's own identifiers.

Everything but the solver's own arrays is made when it is first asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable
from joulebook.grid.power_flow_tables import (
    branch_columns,
    branch_ids,
    bus_columns,
    generator_columns,
    identifiers,
    source_powers,
)

if TYPE_CHECKING:
    import pandas

    from joulebook.grid.diagnosis import Diagnosis
    from joulebook.grid.network import Network
    from joulebook.grid.newton import State
    from joulebook.grid.setup import Setup

__all__ = ["PowerFlowResult", "Solution"]

Float = NDArray[np.float64]


class Solution:
    """The solver's own arrays: what a result is made from.

    Parameters
    ----------
    network : Network
        What was solved.
    setup : Setup
        Of that network.
    state : State
        Voltages in the order of the plan, and what is missing in the balances.
    through : ndarray, shape (n_branches, 6), per unit
        Flows.
    into : ndarray, shape (n_nodes, 2), per unit
        Power from each node into the network, in the order of the plan.
    options : dict
        Of the study.
    facts : dict
        What else the study found out.
    shift : ndarray, shape (n_sources,), per unit, or None
        Active power that sources give beyond their schedule.
    """

    __slots__ = ("facts", "into", "network", "options", "setup", "shift", "state", "through")

    def __init__(
        self,
        network: Network,
        setup: Setup,
        state: State,
        through: Float,
        into: Float,
        options: dict[str, Any],
        facts: dict[str, Any],
        shift: Float | None,
    ) -> None:
        self.network, self.setup, self.options, self.facts = network, setup, options, facts
        self.state, self.through, self.into, self.shift = state, through, into, shift


class PowerFlowResult(Result):
    """Voltages and flows of a network in steady state.

    ``buses``, ``branches`` and ``generators`` are tables indexed by the network's identifiers (numbers where all of
    them are). Powers of buses and generators are positive into the network, powers of branches are positive into the
    branch. Losses are the sum of what enters branches at both ends; a network with equivalents of negative resistance
    may have negative ones.
    """

    main_dimension: ClassVar[str] = "bus"
    main_variables: ClassVar[tuple[str, ...]] = ("voltage",)

    def __init__(
        self,
        variables: Mapping[str, Variable] | None = None,
        status: Status = Status.SOLVED,
        stats: Stats | None = None,
        provenance: Provenance | None = None,
        facts: Mapping[str, Any] | None = None,
        *,
        solution: Solution | None = None,
    ) -> None:
        own = self.__dict__
        own["status"], own["stats"] = status, stats
        own["solution"] = solution
        if variables is not None:
            own["variables"] = variables
        if provenance is not None:
            own["provenance"] = provenance
        if facts is not None:
            own["facts"] = facts

    @functools.cached_property
    def variables(self) -> Mapping[str, Variable]:  # type: ignore[override]
        """The arrays, by name."""
        found = self.solution
        if found is None:
            return {}
        network = found.network
        powers = source_powers(found)
        made = {
            "bus": Variable(("bus",), identifiers(network.buses.ids), "", "Bus"),
            "branch": Variable(("branch",), branch_ids(network), "", "Branch"),
            "generator": Variable(("generator",), identifiers(network.generators.ids), "", "Generator"),
        }
        for name, (values, unit, label) in bus_columns(found, powers).items():
            made[name] = Variable(("bus",), values, unit, label)
        for name, (values, unit, label) in branch_columns(found).items():
            made[name] = Variable(("branch",), values, unit, label)
        for name, (values, unit, label) in generator_columns(found, powers).items():
            made[f"generator_{name}"] = Variable(("generator",), values, unit, label)
        return made

    @functools.cached_property
    def provenance(self) -> Provenance:  # type: ignore[override]
        """What it was made from."""
        found = self.solution
        method = {"fast_decoupled": "Stott1974", "dc": "Stott2009"}.get(str(found.options["method"]), "Tinney1967")
        citations = [method, "Zimmerman2011"]
        return Provenance.record("grid.power_flow", found.network, found.options, citations)

    @functools.cached_property
    def facts(self) -> Mapping[str, Any]:  # type: ignore[override]
        """Single values: losses, slack, islands."""
        from joulebook.grid.power_flow_tables import facts_of

        return facts_of(self.solution)

    @functools.cached_property
    def buses(self) -> pandas.DataFrame:
        """By bus: ``voltage_pu``, ``angle_deg``, and power into the network ``p_MW``, ``q_Mvar``."""
        return self._table("bus", ("voltage", "angle", "p", "q"))

    @functools.cached_property
    def branches(self) -> pandas.DataFrame:
        """By line, transformer and winding: power into the branch at both ends, losses, loading in per cent."""
        table = self._table("branch", ("p_from", "q_from", "p_to", "q_to", "loss", "loading"))
        table = table.rename(columns={"loss_MW": "p_loss_MW"})
        if self.solution is not None:
            from joulebook.grid.power_flow_tables import branch_ends

            kinds, first, second = branch_ends(self.solution.network)
            table.insert(0, "kind", kinds)
            table.insert(1, "from_bus", first)
            table.insert(2, "to_bus", second)
        return table

    @functools.cached_property
    def generators(self) -> pandas.DataFrame:
        """By generator: power into the network ``p_MW``, ``q_Mvar``, and ``voltage_pu`` at its bus."""
        table = self._table("generator", ("generator_p", "generator_q", "generator_voltage"))
        return table.rename(columns={name: name.removeprefix("generator_") for name in table.columns})

    @property
    def losses_MW(self) -> float:  # noqa: N802 - the unit's own letters
        """Active power lost in all branches, MW."""
        return float(self.facts["losses_MW"])

    def diagnose(self) -> Diagnosis:
        """Say where a power flow that was not solved fails, and what may be wrong with the data.

        Returns
        -------
        Diagnosis
            Worst buses, the weak area, how much of the load can be carried, suspects; reads as text.

        Raises
        ------
        InputError
            If the result was read from a file, which holds no network to try things on.
        """
        from joulebook.grid.diagnosis import diagnose

        if self.solution is None:
            raise InputError(
                "A result from a file cannot be diagnosed. Solve the network again: "
                "power_flow(Network.from_document(result.provenance.design))"
            )
        return diagnose(self.solution)

    def plot(self, *names: str) -> Any:
        """Draw the voltages of all buses with their limits, and the loadings of the branches that carry most.

        Parameters
        ----------
        *names : str
            ``"voltage"``, ``"loading"`` or both; both if none are given.

        Returns
        -------
        holoviews.Overlay, holoviews.Bars or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        InputError
            If there is no such drawing.
        MissingExtraError
            If HoloViews is not installed.
        """
        from joulebook.grid.power_flow_plot import draw

        return draw(self, names or ("voltage", "loading"))

    def _table(self, dimension: str, names: tuple[str, ...]) -> pandas.DataFrame:
        import pandas

        from joulebook.core.results import column_name

        columns = {column_name(name, self.variables[name].unit): self[name] for name in names}
        return pandas.DataFrame(columns, index=pandas.Index(self[dimension], name=dimension))
