"""What the steady state of a cryostat gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError, Issue
from joulebook.core.results import Result
from joulebook.cryo.powers import shown

if TYPE_CHECKING:
    import pandas

__all__ = ["CryostatResult"]


@dataclass(frozen=True, repr=False)
class CryostatResult(Result):
    """Temperatures and heat budget of a cryostat.

    ``heat`` over ``component`` and ``stage`` is positive into the stage; ``cooling`` is what coolers take from a stage,
    ``bath`` what flows into one that is held. In a stage that is found, heat less cooling is zero.
    """

    main_dimension: ClassVar[str] = "stage"
    main_variables: ClassVar[tuple[str, ...]] = ("budget", "temperature")

    @property
    def temperatures(self) -> dict[str, float]:
        """Temperature of every stage, K."""
        return {str(name): float(value) for name, value in zip(self["stage"], self["temperature"], strict=True)}

    def heat_of(self, component: str, stage: str) -> float:
        """Give the heat that a component brings into a stage.

        Parameters
        ----------
        component : str
            Its name.
        stage : str
            The stage's name.

        Returns
        -------
        float, W
            Positive into the stage.

        Raises
        ------
        InputError
            If there is no such component or stage.
        """
        return float(self["heat"][self._index("component", component), self._index("stage", stage)])

    def unit_of(self, name: str) -> str:
        """Give the unit of a variable.

        Parameters
        ----------
        name : str
            Of the variable.

        Returns
        -------
        str
            Its unit.

        Raises
        ------
        InputError
            If there is no such variable.
        """
        if name not in self.variables:
            raise InputError(Issue("variable", name, "not in this result", f"It has: {', '.join(self.variables)}"))
        return self.variables[name].unit

    def _index(self, dimension: str, name: str) -> int:
        names = [str(item) for item in self[dimension]]
        if name not in names:
            raise InputError(Issue(dimension, name, "not in this result", f"It has: {', '.join(names)}"))
        return names.index(name)

    def to_dataframe(self) -> pandas.DataFrame:
        """Give the heat budget as a table.

        Returns
        -------
        pandas.DataFrame
            A row for each component, then the coolers and what holds stages at their temperature; a column in watt for
            each stage, ``plate_W``. Columns sum to zero.
        """
        import pandas

        columns = [f"{name}_W" for name in self["stage"]]
        rows = [*self["heat"], 0.0 - self["cooling"], 0.0 - self["bath"]]
        names = [*(str(name) for name in self["component"]), "coolers", "baths"]
        return pandas.DataFrame(rows, index=pandas.Index(names, name="component"), columns=columns)

    def plot(self, *names: str) -> Any:
        """Draw the heat budget.

        Parameters
        ----------
        *names : str
            ``"budget"``: what flows into each stage, by component; ``"temperature"``: of the stages. Both if none are
            given.

        Returns
        -------
        holoviews.Bars or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        InputError
            If there is no such drawing.
        """
        from joulebook.cryo.plots import draw

        return draw(self, names or self.main_variables)

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        said = super().summary()
        for name in ("Outside", "Above limit", "Balance missed", "Variables"):
            said.pop(name, None)
        taken: NDArray[np.float64] = self["cooling"] + self["bath"]
        said["Stages"] = "; ".join(
            f"{name} {temperature:.4g} K ({shown(float(heat))})"
            for name, temperature, heat in zip(self["stage"], self["temperature"], taken, strict=True)
        )
        if self.facts.get("above_limit"):
            said["Above their limit"] = "; ".join(self.facts["above_limit"])
        if self.facts.get("outside"):
            said["Outside of what is known"] = "; ".join(self.facts["outside"])
        said["Work"] = (
            f"{self.stats.iterations} linear systems, {self.stats.seconds * 1e3:.2f} ms; balances miss "
            f"{self.facts['balance_missed']:.0e} of the heat"
        )
        return said
