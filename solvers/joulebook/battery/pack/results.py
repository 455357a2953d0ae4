"""What a study of a pack gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.results import BatteryResult
from joulebook.core.errors import InputError, Issue
from joulebook.core.results import Result, Variable

if TYPE_CHECKING:
    import pandas

__all__ = ["PackResult"]

_OF_A_CELL = {
    "cell_voltage": "voltage",
    "cell_current": "current",
    "cell_temperature": "temperature",
    "cell_discharge_capacity": "discharge_capacity",
    "cell_energy": "energy",
    "cell_soc": "soc",
    "cell_heat": "heat",
}


@dataclass(frozen=True, repr=False)
class PackResult(Result):
    """A pack under a protocol: values at the solver's own time points, which all cells share.

    ``voltage``, ``current``, ``power``, ``discharge_capacity``, ``energy``, ``throughput`` and ``connection_heat`` are
    those of the pack, over ``time``. ``cell_voltage``, ``cell_current``, ``cell_temperature``, ``cell_soc``,
    ``cell_discharge_capacity`` and ``cell_heat`` run over ``time`` and ``cell``. Currents are positive on discharge.
    """

    main_variables: ClassVar[tuple[str, ...]] = ("voltage", "current")

    @property
    def time(self) -> NDArray[np.float64]:
        """Time, s."""
        return self["time"]

    @property
    def voltage(self) -> NDArray[np.float64]:
        """Voltage at the terminals of the pack, V."""
        return self["voltage"]

    @property
    def current(self) -> NDArray[np.float64]:
        """Current of the pack, A; positive on discharge."""
        return self["current"]

    @property
    def end_reason(self) -> str:
        """Why the study ended."""
        return str(self.facts["end_reason"])

    @property
    def ended_by(self) -> int | None:
        """Cell that ended the study by meeting a limit; None where no cell did."""
        found = self.facts["ended_by"]
        return None if found is None else int(found)

    @property
    def delivered_energy(self) -> float:
        """Energy taken from the pack from start to end, W h; negative on charge."""
        return float(self["energy"][-1])

    @property
    def steps(self) -> pandas.DataFrame:
        """The steps of the protocol that were done: what, when, how it ended, charge, energy and resistance."""
        import pandas

        return pandas.DataFrame(self.facts["steps"])

    def cell(self, number: int) -> BatteryResult:
        """Give the run of one cell.

        Parameters
        ----------
        number : int
            Cell, from 0.

        Returns
        -------
        BatteryResult
            Its voltage, current, charge, temperature, heat and state of charge.

        Raises
        ------
        InputError
            If there is no such cell.
        """
        k = self._checked(number)
        variables = {name: self.variables[name] for name in ("time", "protocol_step") if name in self.variables}
        for name, short in _OF_A_CELL.items():
            item = self.variables[name]
            label = item.label.removeprefix("Cell ").capitalize()
            variables[short] = Variable(("time",), np.ascontiguousarray(item.values[:, k]), item.unit, label)
        kept = {name: self.facts[name] for name in ("end_reason", "protocol", "model", "steps", "followed")}
        return BatteryResult(variables, self.status, self.stats, self.provenance, {**kept, "cell": k})

    def _checked(self, number: int) -> int:
        count = self["cell"].size
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number < count:
            raise InputError(Issue("cell", number, f"there are {count} cells, counted from 0"))
        return int(number)

    def spread(self, name: str = "cell_soc") -> pandas.DataFrame:
        """Say how far the cells lie apart over time.

        Parameters
        ----------
        name : str
            A variable over time and cell: ``"cell_voltage"``, ``"cell_current"``, ``"cell_soc"``.

        Returns
        -------
        pandas.DataFrame
            ``time_s``, ``lowest``, ``mean``, ``highest``, ``deviation`` (root mean square from the mean), and which
            cell is the lowest and the highest, ``lowest_cell`` and ``highest_cell``.

        Raises
        ------
        InputError
            If there is no such variable over time and cell.
        """
        import pandas

        values = self._over_cells(name)
        return pandas.DataFrame(
            {
                "time_s": self.time,
                "lowest": values.min(axis=1),
                "mean": values.mean(axis=1),
                "highest": values.max(axis=1),
                "deviation": values.std(axis=1),
                "lowest_cell": values.argmin(axis=1),
                "highest_cell": values.argmax(axis=1),
            }
        )

    def _over_cells(self, name: str) -> NDArray[np.float64]:
        item = self.variables.get(name)
        if item is None or item.dims != ("time", "cell"):
            there = [key for key, one in self.variables.items() if one.dims == ("time", "cell")]
            raise InputError(
                Issue("variable", name, "does not run over time and cell", f"Those do: {', '.join(there)}")
            )
        return item.values

    def extremes(self) -> pandas.DataFrame:
        """List the cells that stand out over the whole run.

        Returns
        -------
        pandas.DataFrame
            A row for each figure: which cell has it, at which place of which group, the value and its unit, and the
            mean of that figure over all cells.
        """
        import pandas

        current, temperature = self["cell_current"], self["cell_temperature"]
        size = np.abs(current).max(axis=0)
        figures = (
            ("lowest voltage", self["cell_voltage"].min(axis=0), "V", np.argmin),
            ("highest voltage", self["cell_voltage"].max(axis=0), "V", np.argmax),
            ("largest current", size, "A", np.argmax),
            ("smallest of the largest currents", size, "A", np.argmin),
            ("highest temperature", temperature.max(axis=0), "K", np.argmax),
            ("lowest state of charge at the end", self["cell_soc"][-1], "1", np.argmin),
            ("highest state of charge at the end", self["cell_soc"][-1], "1", np.argmax),
        )
        parallel = int(self.facts["parallel"])
        rows = []
        for what, values, unit, choose in figures:
            k = int(choose(values))
            place = {"cell": k, "group": k // parallel, "place": k % parallel}
            rows.append(
                {"figure": what, **place, "value": float(values[k]), "unit": unit, "mean": float(values.mean())}
            )
        return pandas.DataFrame(rows)

    @property
    def worst_cell(self) -> int:
        """Cell with the lowest voltage of the whole run where the pack discharges, with the highest on charge."""
        voltage = self["cell_voltage"]
        charges = self["discharge_capacity"][-1] < 0.0
        return int(voltage.max(axis=0).argmax() if charges else voltage.min(axis=0).argmin())

    @property
    def best_cell(self) -> int:
        """Cell that stays farthest from that end."""
        voltage = self["cell_voltage"]
        charges = self["discharge_capacity"][-1] < 0.0
        return int(voltage.max(axis=0).argmin() if charges else voltage.min(axis=0).argmax())

    def plot(self, *names: str) -> Any:
        """Draw the pack over time: values of the pack as curves, those of the cells as a band with its extremes.

        Parameters
        ----------
        *names : str
            Which; voltage, current, and the cells' voltage, current, state of charge and, where it changes,
            temperature if none are given.

        Returns
        -------
        holoviews.Layout
            Shown by a notebook.
        """
        from joulebook.battery.pack.drawings import plot_pack

        return plot_pack(self, *names)
