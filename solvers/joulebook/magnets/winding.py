"""A superconducting winding as a document: conductor, operating point, and what protects it."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from joulebook.core.citations import Source
from joulebook.core.design import Design, Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.materials.superconductors import critical_surface_names

__all__ = ["Conductor", "Winding"]

StrandDiameter = Annotated[float, Quantity("m", ge=1e-5, le=0.05, display=("mm", 1e3))]
CopperShare = Annotated[float, Quantity("1", ge=0.05, le=0.98)]
InsulationShare = Annotated[float, Quantity("1", ge=0, le=0.9)]
Purity = Annotated[float, Quantity("1", ge=1.5, le=3000)]
Strain = Annotated[float, Quantity("1", ge=-0.02, le=0.02, display=("%", 1e2))]
ConductorLength = Annotated[float, Quantity("m", gt=0, le=1e7, display=("km", 1e-3))]
OperatingCurrent = Annotated[float, Quantity("A", gt=0, le=1e6)]
Field_ = Annotated[float, Quantity("T", gt=0, le=30)]
OperatingTemperature = Annotated[float, Quantity("K", ge=1, le=30)]
Inductance = Annotated[float, Quantity("H", gt=0, le=1e5)]
DumpResistance = Annotated[float, Quantity("ohm", ge=0, le=1e5, display=("Ω", 1.0))]
DetectionVoltage = Annotated[float, Quantity("V", gt=0, le=1e4)]
Delay = Annotated[float, Quantity("s", ge=0, le=100, display=("ms", 1e3))]
Ratio = Annotated[float, Quantity("1", ge=0, le=1)]

SUPERCONDUCTORS = critical_surface_names("NbTi") + critical_surface_names("Nb3Sn")
"""Those whose heat capacity is known as well."""


class Conductor(Part):
    """Strands of a superconductor in a copper matrix."""

    superconductor: Annotated[str, Field(max_length=100)]
    """A name of `jb.materials.critical_surface_names()`, of NbTi or Nb3Sn."""
    strand_diameter: StrandDiameter
    """Diameter of a strand, bare."""
    strands: Annotated[int, Field(ge=1, le=100_000)] = 1
    """Strands side by side that share the current."""
    copper_fraction: CopperShare
    """Share of copper in the strand's cross-section."""
    rrr: Purity = 100.0
    """Residual resistance ratio of the copper."""
    strain: Strain = 0.0
    """Applied strain; counts for Nb3Sn."""
    insulation_fraction: InsulationShare = 0.0
    """Share of insulation in the cross-section of the winding."""
    insulation_heats: bool = False
    """Whether the heat capacity of the insulation counts (as G-10); without it the hot spot is an upper bound."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.superconductor not in SUPERCONDUCTORS:
            hint = f"Known: {', '.join(SUPERCONDUCTORS)}"
            issue = Issue("superconductor", self.superconductor, "no strand of that name with a heat capacity", hint)
            raise InputError(issue, "Conductor")
        return self

    @property
    def area(self) -> float:
        """Cross-section of all strands, m²."""
        return self.strands * math.pi / 4.0 * self.strand_diameter**2


class Winding(Design):
    """A superconducting winding in its circuit.

    Parameters
    ----------
    name : str
        What people call it.
    conductor : Conductor
        What it is wound of.

    Examples
    --------
    >>> winding = Winding.named("Laboratory solenoid, NbTi")
    >>> round(winding.stored_energy)
    90000
    """

    kind: ClassVar[str] = "winding"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".winding.json"

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call it."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """What it is."""
    conductor: Conductor
    """What it is wound of."""
    length: ConductorLength
    """Length of the conductor in the winding."""
    current: OperatingCurrent
    """Operating current."""
    field: Field_
    """Magnetic field on the conductor where it quenches, by custom the peak field."""
    temperature: OperatingTemperature
    """Operating temperature."""
    inductance: Inductance
    """Self-inductance."""
    dump_resistance: DumpResistance
    """Resistance across the terminals once the switch has opened."""
    detection_voltage: DetectionVoltage
    """Voltage of the normal zone at which the detector trips."""
    detection_delay: Delay
    """From there until the current flows through the dump: validation and switch."""
    transverse_ratio: Ratio = 0.0
    """Velocity of the normal zone across turns over that along the conductor; 0: it stays in its turn."""
    sources: Annotated[dict[str, Source], Field(exclude_if=lambda sources: not sources)] = Field(default_factory=dict)
    """Where values come from."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the windings that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return tuple(_NAMED)

    @classmethod
    def _make_named(cls, name: str) -> Self:
        return cls.from_document({"kind": cls.kind, "schema_version": 1, "name": name, **_NAMED[name]})

    @property
    def stored_energy(self) -> float:
        """Energy of the field at the operating current, J."""
        return 0.5 * self.inductance * self.current**2


_ASSUMED = {"": {"method": "assumed", "note": "Usual size of such a winding, not a certain magnet"}}
_NAMED = {
    "Laboratory solenoid, NbTi": {
        "description": "A 5 T solenoid with 90 kJ at half its critical current, with a dump resistor for 300 V.",
        "conductor": {
            "superconductor": "NbTi LHC",
            "strand_diameter": 0.8e-3,
            "copper_fraction": 0.6,
            "rrr": 100.0,
            "insulation_fraction": 0.25,
        },
        "length": 5000.0,
        "current": 300.0,
        "field": 5.0,
        "temperature": 4.2,
        "inductance": 2.0,
        "dump_resistance": 1.0,
        "detection_voltage": 0.2,
        "detection_delay": 0.05,
        "transverse_ratio": 0.02,
        "sources": {
            "conductor.superconductor": {"ref": "Bottura2000", "note": "Strand as in the quench runs of the tests"},
            "length": _ASSUMED[""],
        },
    },
    "Insert coil, Nb3Sn": {
        "description": "A 12 T insert with 40 kJ, without a dump: the winding takes its own energy.",
        "conductor": {
            "superconductor": "Nb3Sn WST",
            "strand_diameter": 0.82e-3,
            "copper_fraction": 0.5,
            "rrr": 100.0,
            "strain": -0.002,
            "insulation_fraction": 0.3,
            "insulation_heats": True,
        },
        "length": 3000.0,
        "current": 150.0,
        "field": 12.0,
        "temperature": 4.2,
        "inductance": 3.556,
        "dump_resistance": 0.0,
        "detection_voltage": 0.1,
        "detection_delay": 0.02,
        "transverse_ratio": 0.03,
        "sources": {"length": _ASSUMED[""]},
    },
}
