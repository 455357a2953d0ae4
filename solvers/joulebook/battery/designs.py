"""The battery cell as a document: electrodes, separator, electrolyte, collectors, format and tabs.

Lengths are metres, concentrations mol/m³. A value that the document leaves out is the material's own.
``sources`` says for each value where it comes from; a value that a user changes loses its source.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field

from joulebook.battery.assembly import Assembly, Described
from joulebook.battery.components import Collector, Electrolyte, Separator, Thermal
from joulebook.battery.electrodes import Electrode, Layer, Phase
from joulebook.battery.housings import Cylindrical, Pouch, Prismatic, Tab, Tabs
from joulebook.battery.named import DOCUMENTS
from joulebook.core.citations import Source
from joulebook.core.design import Part
from joulebook.core.errors import Issue
from joulebook.core.quantities import Concentration, Quantity

__all__ = [
    "Cell",
    "Collector",
    "Cylindrical",
    "Electrode",
    "Electrolyte",
    "InitialState",
    "Layer",
    "Phase",
    "Pouch",
    "Prismatic",
    "Separator",
    "Tab",
    "Tabs",
    "Thermal",
]

PhaseConcentrations = Annotated[
    tuple[Concentration, ...], Field(max_length=8, exclude_if=lambda concentrations: not concentrations)
]

Direction = Annotated[float, Quantity("1", ge=-1, le=1), Field(exclude_if=lambda state: state == 0.0)]


class InitialState(Part):
    """Lithium concentrations at the start of a study."""

    negative_concentration: Concentration
    """In the first active material of the negative electrode."""
    positive_concentration: Concentration
    """In the first active material of the positive electrode."""
    negative_additional: PhaseConcentrations = ()
    """In the additional phases of the negative electrode, mol/m³ each."""
    positive_additional: PhaseConcentrations = ()
    """In the additional phases of the positive electrode, mol/m³ each."""
    negative_hysteresis: Direction = 0.0
    """Open-circuit potential of the negative electrode: -1 as after lithiation, 1 as after delithiation, 0 between."""
    positive_hysteresis: Direction = 0.0
    """The same of the positive electrode."""


class NegativeSide(Described):
    """The side that a full cell has and a half cell lacks; apart, so that a document reads from left to right."""

    negative: Electrode
    """Coating that gives lithium on discharge."""
    negative_collector: Collector | None = None
    """Foil behind the negative electrode; left out where not published."""


class Cell(Assembly, NegativeSide):
    """A battery cell.

    Parameters
    ----------
    name : str
        What people call it.
    negative, positive : Electrode
        The coatings; discharge takes lithium out of the negative one.
    separator : Separator
        The film between them.
    electrolyte : Electrolyte
        The liquid in the pores.
    negative_collector, positive_collector : Collector, optional
        The foils, coated on both sides; left out where not published.
    electrode_height, electrode_width : float, m
        Of one electrode pair, unwound; the width counts both coated sides.
    electrodes_in_parallel : int
        Electrode pairs that share the current.
    format : Cylindrical or Prismatic or Pouch, optional
        The housing; left out where not published.
    tabs : Tabs, optional
        Where the current leaves; left out where not published.
    contact_resistance : float, ohm
        Between the electrodes and the terminals.
    nominal_capacity : float, A h
        Defines the C-rate.
    lower_cutoff, upper_cutoff : float, V
        Limits of the cell voltage.
    temperature : float, K
        Of the cell at the start of a study.
    thermal : Thermal, optional
        Heat capacity and cooling of the cell as a whole.
    initial_state : InitialState
        Where studies start unless they say otherwise.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.

    Examples
    --------
    >>> import joulebook as jb
    >>> cell = jb.battery.Cell.named("Chen2020")
    >>> cell.negative.thickness
    8.52e-05
    >>> cell.replace({"negative.thickness": 100e-6}).negative.thickness
    0.0001
    """

    kind: ClassVar[str] = "joulebook.cell"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".cell.json"

    initial_state: InitialState
    """Where studies start unless they say otherwise."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """Where each value comes from, by its dotted path."""

    def _faults(self) -> list[Issue]:
        issues = super()._faults()
        for side in self._electrode_sides():
            given: tuple[float, ...] = getattr(self.initial_state, f"{side}_additional")
            issues.extend(miscounted(f"initial_state.{side}_additional", given, getattr(self, side)))
        return issues

    @classmethod
    def _electrode_sides(cls) -> tuple[str, ...]:
        return ("negative", "positive")

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the cells that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return tuple(DOCUMENTS)

    @classmethod
    def _make_named(cls, name: str) -> Self:
        return cls.from_document(DOCUMENTS[name])


def miscounted(path: str, given: tuple[float, ...], electrode: Electrode) -> list[Issue]:
    """Find initial concentrations that do not match the phases of their electrode.

    Parameters
    ----------
    path : str
        Where the concentrations stand.
    given : tuple of float, mol/m³
        One per additional phase.
    electrode : Electrode
        With the phases.

    Returns
    -------
    list of Issue
        Empty where the numbers match.
    """
    wanted = len(electrode.additional_phases)
    if len(given) == wanted:
        return []
    rule = f"holds {len(given)} concentrations; the electrode has {wanted} additional phases"
    return [Issue(path, list(given), rule, "Give one concentration for each additional phase", "mol/m³")]
