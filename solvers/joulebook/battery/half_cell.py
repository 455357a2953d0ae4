"""A half cell as a document: one porous electrode against lithium metal.

The exchange-current density of the metal is ``j0 = rate_constant * c_e^salt_exponent``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import Field

from joulebook.battery.assembly import Assembly, Described
from joulebook.battery.designs import Direction, PhaseConcentrations, miscounted
from joulebook.battery.named import HALF_CELL_DOCUMENTS
from joulebook.core.citations import Source
from joulebook.core.design import Part
from joulebook.core.errors import Issue
from joulebook.core.quantities import Concentration, Conductivity, MicroLength, Quantity

__all__ = ["HalfCell", "HalfCellState", "LithiumMetal"]


class LithiumMetal(Part):
    """A flat foil of lithium metal as counter electrode."""

    rate_constant: Annotated[float, Quantity("A/m² (m³/mol)^salt_exponent", gt=0, le=1e6)]
    """Exchange-current density over the power of the salt concentration."""
    salt_exponent: Annotated[float, Quantity("1", ge=0, le=2)] = 0.5
    """Power of the salt concentration in the exchange-current density."""
    thickness: MicroLength | None = None
    """Thickness of the foil; left out where not published."""
    conductivity: Conductivity | None = None
    """Electronic conductivity; left out where not published."""
    double_layer_capacity: Annotated[float, Quantity("F/m²", ge=0, le=1e3)] = 0.0
    """Capacity of the double layer per area of the foil; 0 for none."""


class HalfCellState(Part):
    """Lithium concentrations at the start of a study."""

    positive_concentration: Concentration
    """In the first active material of the electrode."""
    positive_additional: PhaseConcentrations = ()
    """In its additional phases, mol/m³ each."""
    positive_hysteresis: Direction = 0.0
    """Open-circuit potential: -1 as after lithiation, 1 as after delithiation, 0 between."""


class LithiumSide(Described):
    """The side of the lithium metal; apart, so that a document reads from left to right."""

    counter: LithiumMetal
    """Lithium metal that the electrode is measured against."""


class HalfCell(Assembly, LithiumSide):
    """A porous electrode against lithium metal.

    The porous electrode is called ``positive`` whatever its material is, because its potential lies above lithium.

    Parameters
    ----------
    name : str
        What people call it.
    counter : LithiumMetal
        The lithium metal.
    positive : Electrode
        The porous electrode; discharge puts lithium into it.
    separator : Separator
        The film between them.
    electrolyte : Electrolyte
        The liquid in the pores.
    positive_collector : Collector, optional
        The foil behind the porous electrode; left out where not published.
    electrode_height, electrode_width : float, m
        Of the coated area.
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
        Limits of the voltage against lithium.
    temperature : float, K
        Of the cell at the start of a study.
    thermal : Thermal, optional
        Heat capacity and cooling of the cell as a whole.
    initial_state : HalfCellState
        Where studies start unless they say otherwise.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.
    """

    kind: ClassVar[str] = "joulebook.half_cell"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".halfcell.json"

    initial_state: HalfCellState
    """Where studies start unless they say otherwise."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """Where each value comes from, by its dotted path."""

    def _faults(self) -> list[Issue]:
        given = self.initial_state.positive_additional
        return [*super()._faults(), *miscounted("initial_state.positive_additional", given, self.positive)]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the half cells that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return tuple(HALF_CELL_DOCUMENTS)

    @classmethod
    def _make_named(cls, name: str) -> Self:
        return cls.from_document(HALF_CELL_DOCUMENTS[name])
