"""The elements of equivalent circuits, as records with units and allowed ranges.

What each one computes is in :mod:`joulebook.impedance.formulas`; the order of the values is the order there.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from joulebook.core.design import Part
from joulebook.core.quantities import Quantity

__all__ = ["KINDS", "NAME", "AnyElement", "Element", "parameters_of", "symbol_of"]

Ohms = Annotated[float, Quantity("ohm", gt=0, le=1e15, display=("Ω", 1.0))]
Farads = Annotated[float, Quantity("F", gt=0, le=1e6)]
Henries = Annotated[float, Quantity("H", gt=0, le=1e6)]
Seconds = Annotated[float, Quantity("s", gt=0, le=1e12)]
Admittance = Annotated[float, Quantity("S·s^α", gt=0, le=1e9, display=("S·sᵅ", 1.0))]
Warburg = Annotated[float, Quantity("ohm/s^0.5", gt=0, le=1e15, display=("Ω/√s", 1.0))]
Exponent = Annotated[float, Quantity("1", gt=0, le=1)]
DiffusionExponent = Annotated[float, Quantity("1", gt=0, le=0.5)]


class Element(Part):
    """What all elements have."""

    title: ClassVar[str]
    """What people call it."""
    boukamp: ClassVar[str] = ""
    """Its letter in Boukamp's circuit description code; empty where that code has none."""


class Resistor(Element):
    """A resistance."""

    title: ClassVar[str] = "Resistor"
    boukamp: ClassVar[str] = "R"

    kind: Literal["R"] = "R"
    resistance: Ohms
    """Resistance."""


class Capacitor(Element):
    """A capacitance."""

    title: ClassVar[str] = "Capacitor"
    boukamp: ClassVar[str] = "C"

    kind: Literal["C"] = "C"
    capacitance: Farads
    """Capacitance."""


class Inductor(Element):
    """An inductance: leads and windings at the upper end of a spectrum."""

    title: ClassVar[str] = "Inductor"
    boukamp: ClassVar[str] = "L"

    kind: Literal["L"] = "L"
    inductance: Henries
    """Inductance."""


class ConstantPhaseElement(Element):
    """A constant phase element: the capacitance of a rough or uneven surface."""

    title: ClassVar[str] = "Constant phase element"
    boukamp: ClassVar[str] = "Q"

    kind: Literal["CPE"] = "CPE"
    coefficient: Admittance
    """Coefficient Q; a capacitance in farad where the exponent is 1."""
    exponent: Exponent
    """Exponent α: the phase is −90° times it."""


class SemiInfiniteWarburg(Element):
    """Diffusion into a half space."""

    title: ClassVar[str] = "Warburg, semi-infinite"
    boukamp: ClassVar[str] = "W"

    kind: Literal["W"] = "W"
    coefficient: Warburg
    """Warburg coefficient σ."""


class ShortWarburg(Element):
    """Diffusion through a layer with a constant concentration behind it (transmissive, "short")."""

    title: ClassVar[str] = "Warburg, short"
    boukamp: ClassVar[str] = "O"

    kind: Literal["Ws"] = "Ws"
    resistance: Ohms
    """Resistance towards frequency zero."""
    time_constant: Seconds
    """Time constant L²/D."""
    exponent: DiffusionExponent = 0.5
    """Exponent; 0.5 is ideal diffusion."""


class OpenWarburg(Element):
    """Diffusion in a layer with a wall behind it (reflective, "open")."""

    title: ClassVar[str] = "Warburg, open"
    boukamp: ClassVar[str] = "T"

    kind: Literal["Wo"] = "Wo"
    resistance: Ohms
    """Three times the real part towards frequency zero."""
    time_constant: Seconds
    """Time constant L²/D."""
    exponent: DiffusionExponent = 0.5
    """Exponent; 0.5 is ideal diffusion."""


class Gerischer(Element):
    """Diffusion with a reaction that consumes what diffuses."""

    title: ClassVar[str] = "Gerischer"
    boukamp: ClassVar[str] = "G"

    kind: Literal["G"] = "G"
    resistance: Ohms
    """Resistance towards frequency zero."""
    time_constant: Seconds
    """Time constant 1/k of the reaction."""


class Zarc(Element):
    """A resistance beside a constant phase element, by its time constant (Cole–Cole)."""

    title: ClassVar[str] = "ZARC"

    kind: Literal["Zarc"] = "Zarc"
    resistance: Ohms
    """Width of the arc."""
    time_constant: Seconds
    """Time constant: the top of the arc is at 1/(2π τ)."""
    exponent: Exponent
    """Exponent α; 1 is half a circle."""


class HavriliakNegami(Element):
    """A depressed and skewed arc; Cole–Davidson where the first exponent is 1."""

    title: ClassVar[str] = "Havriliak–Negami"

    kind: Literal["HN"] = "HN"
    resistance: Ohms
    """Width of the arc."""
    time_constant: Seconds
    """Time constant."""
    exponent: Exponent
    """Exponent α, which depresses the arc."""
    skewness: Exponent
    """Exponent β, which skews the arc towards high frequencies; 1 is a ZARC."""


class PorousElectrode(Element):
    """A pore filled with electrolyte whose wall is a constant phase element (de Levie's transmission line)."""

    title: ClassVar[str] = "Transmission line"

    kind: Literal["TLMQ"] = "TLMQ"
    resistance: Ohms
    """Resistance of the electrolyte along the pores."""
    coefficient: Admittance
    """Coefficient of all the walls together."""
    exponent: Exponent
    """Exponent α of the walls."""


AnyElement = Annotated[
    Resistor
    | Capacitor
    | Inductor
    | ConstantPhaseElement
    | SemiInfiniteWarburg
    | ShortWarburg
    | OpenWarburg
    | Gerischer
    | Zarc
    | HavriliakNegami
    | PorousElectrode,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[Element]] = {
    record.model_fields["kind"].default: record for record in get_args(get_args(AnyElement)[0])
}
"""Records by the symbol that names of elements begin with, in the order of the palette."""


NAME = re.compile(r"[A-Za-z]+[0-9]*(?:_[A-Za-z0-9_]+)?")
"""Names of elements: a symbol of :data:`KINDS`, then a number, an underscore with a label, or both."""


def symbol_of(name: str) -> str:
    """Say what kind of element a name stands for.

    Parameters
    ----------
    name : str
        Such as ``"R1"``, ``"R_ct"`` or ``"CPE2"``: a symbol, then nothing, a digit or an underscore.

    Returns
    -------
    str
        Key of :data:`KINDS`; empty if the name begins with no symbol.

    Examples
    --------
    >>> symbol_of("CPE2"), symbol_of("R_ct"), symbol_of("Rct")
    ('CPE', 'R', '')
    """
    length = next((k for k, letter in enumerate(name) if not (letter.isascii() and letter.isalpha())), len(name))
    return name[:length] if name[:length] in KINDS else ""


def parameters_of(kind: str) -> tuple[str, ...]:
    """List the values of an element.

    Parameters
    ----------
    kind : str
        Key of :data:`KINDS`.

    Returns
    -------
    tuple of str
        Names of its fields, in the order of the formula's arguments.
    """
    return tuple(name for name in KINDS[kind].model_fields if name != "kind")
