"""Shorthand for entering a published set of parameters: its values and laws with their sources.

The values are those of the sets that PyBaMM 26.10 distributes (BSD-3-Clause), entered from its files; the laws are
written anew from the formulas there. Unless a note says more, how a value was obtained stands in the publication and
was not checked against it, and the label says so.

References
----------
Sulzer et al. 2021, doi:10.5334/jors.309.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from joulebook.core.citations import Source
from joulebook.materials.records import Law, Value

__all__ = ["PublishedSet"]

Function = Callable[[Any, Any], Any]
ThermalFunction = Callable[[Any, Any, Any], Any]
Method = Literal["measured", "fitted", "computed", "datasheet", "assumed", "literature"]

_UNCHECKED = "From PyBaMM's set; method not checked"
_UNITS = {
    "thickness": "m",
    "porosity": "1",
    "active_fraction": "1",
    "particle_radius": "m",
    "conductivity": "S/m",
    "density": "kg/m³",
    "bruggeman_electrolyte": "1",
}
_WINDOW = "Electrode balance of the set's cell between its cut-offs, with the lithium of its initial state"


@dataclass(frozen=True)
class PublishedSet:
    """Makes the values and laws of one set.

    Parameters
    ----------
    ref : str
        Key of the bibliography.
    temperature : float, K
        At which its values hold.
    """

    ref: str
    temperature: float = 298.15

    def source(self, note: str = _UNCHECKED, *, method: Method = "literature", ref: str = "") -> Source:
        """Say where a value comes from.

        Parameters
        ----------
        note : str
            What a reader should know.
        method : str
            How it was obtained.
        ref : str
            Another work than the set's own.

        Returns
        -------
        Source
            The source.
        """
        return Source(ref=ref or self.ref, method=method, note=note)

    def value(
        self, number: float, unit: str, note: str = _UNCHECKED, *, ref: str = "", temperature: float | None = None
    ) -> Value:
        """Enter a number.

        Parameters
        ----------
        number : float
            In ``unit``.
        unit : str
            SI.
        note : str
            What a reader should know.
        ref : str
            Another work than the set's own.
        temperature : float, optional, K
            At which it holds; the set's own where left out.

        Returns
        -------
        Value
            With its source.
        """
        return Value(number, unit, self.source(note, ref=ref), temperature or self.temperature)

    def computed(self, number: float, unit: str, note: str) -> Value:
        """Enter a number that follows from others of the set.

        Parameters
        ----------
        number : float
            In ``unit``.
        unit : str
            SI.
        note : str
            How it follows.

        Returns
        -------
        Value
            With its source.
        """
        return Value(number, unit, self.source(note, method="computed"), self.temperature)

    def middle(self, law: Function, unit: str, temperature: float | None = None) -> Value:
        """Enter the middle of a law over stoichiometry as its representative value.

        Parameters
        ----------
        law : callable
            ``f(xp, x)``.
        unit : str
            SI.
        temperature : float, K, optional
            At which the law holds, where that is not the set's.

        Returns
        -------
        Value
            At a stoichiometry of 0.5.
        """
        source = self.source("The law at a stoichiometry of 0.5", method="computed")
        return Value(float(law(np, np.float64(0.5))), unit, source, temperature or self.temperature)

    def window(self, charged: float, discharged: float) -> tuple[Value, Value]:
        """Enter the stoichiometries between which the material is cycled.

        Parameters
        ----------
        charged, discharged : float
            At the upper and at the lower cut-off.

        Returns
        -------
        tuple of Value
            In that order.
        """
        return self.computed(charged, "1", _WINDOW), self.computed(discharged, "1", _WINDOW)

    def suggested(self, **numbers: float) -> dict[str, Value]:
        """Enter the values that are offered when the material is picked.

        Parameters
        ----------
        **numbers : float
            By the name of the electrode's or separator's field, SI.

        Returns
        -------
        dict of str to Value
            With their sources.
        """
        return {name: self.value(number, _UNITS[name]) for name, number in numbers.items()}

    def over_stoichiometry(
        self,
        name: str,
        function: Function,
        unit: str,
        formula: str,
        note: str = _UNCHECKED,
        *,
        ref: str = "",
        method: Method = "literature",
        activation: Value | None = None,
        temperature: float | None = None,
        domain: tuple[float, float] = (0.0, 1.0),
    ) -> Law:
        """Enter a property over stoichiometry.

        Parameters
        ----------
        name : str
            Identifies the law.
        function : callable
            ``f(xp, x)``.
        unit : str
            Of the property.
        formula : str
            LaTeX.
        note : str
            What a reader should know.
        ref : str
            Another work than the set's own.
        method : str
            How it was obtained.
        activation : Value, optional
            J/mol.
        temperature : float, optional, K
            At which the law holds; the set's own where left out.
        domain : tuple of float
            Range over which it is offered.

        Returns
        -------
        Law
            The law.
        """
        return Law(
            name=name,
            function=function,
            variable="stoichiometry",
            domain=domain,
            unit=unit,
            formula=formula,
            source=self.source(note, ref=ref, method=method),
            reference_temperature=temperature or self.temperature,
            activation_energy=activation,
        )

    def over_salt(
        self,
        name: str,
        function: Function,
        unit: str,
        formula: str,
        note: str = _UNCHECKED,
        *,
        ref: str = "",
        activation: Value | None = None,
        thermal: ThermalFunction | None = None,
        temperature: float | None = None,
        domain: tuple[float, float] = (0.0, 2000.0),
    ) -> Law:
        """Enter a property over salt concentration.

        Parameters
        ----------
        name : str
            Identifies the law.
        function : callable
            ``f(xp, c)``.
        unit : str
            Of the property.
        formula : str
            LaTeX.
        note : str
            What a reader should know.
        ref : str
            Another work than the set's own.
        activation : Value, optional
            J/mol.
        thermal : callable, optional
            ``f(xp, c, T)`` at any temperature.
        temperature : float, optional, K
            At which ``function`` holds; the set's own where left out.
        domain : tuple of float, mol/m³
            Range over which it is offered.

        Returns
        -------
        Law
            The law.
        """
        return Law(
            name=name,
            function=function,
            variable="salt concentration (mol/m³)",
            domain=domain,
            unit=unit,
            formula=formula,
            source=self.source(note, ref=ref),
            reference_temperature=temperature or self.temperature,
            activation_energy=activation,
            thermal_function=thermal,
        )
