"""Materials of one's own, as JSON documents: in a file of the workspace, or inside the cell that uses them.

A document holds the properties of :mod:`joulebook.materials.records`, each as a number, a formula or a table
(:mod:`joulebook.materials.properties`) with its source. :meth:`ActiveMaterialDocument.record` gives what the library
would give; equal documents give the identical record.

Example of a file::

    {
      "kind": "joulebook.active_material",
      "schema_version": 1,
      "name": "my graphite",
      "chemistry": "graphite",
      "polarity": "negative",
      "ocp": {"table": {"x": [0.0, 0.1, 0.5, 1.0], "y": [1.2, 0.2, 0.12, 0.08], "interpolation": "pchip"}},
      "maximum_concentration": 31000.0,
      "diffusivity": {"value": 3e-14, "activation_energy": 30000.0},
      "rate_constant": 7e-7,
      "window": {"charged": 0.9, "discharged": 0.02}
    }
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, ValidationError

from joulebook.core.citations import Source
from joulebook.core.design import Part
from joulebook.core.documents import read_document, write_document
from joulebook.core.errors import DataFormatError, InputError, Issue
from joulebook.core.faults import issues_from_validation
from joulebook.core.quantities import Quantity
from joulebook.materials.properties import Property, PropertyKind
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Law, Value

__all__ = [
    "SUFFIX",
    "ActiveMaterialDocument",
    "AnyMaterialDocument",
    "ElectrolyteMaterialDocument",
    "FilmMaterialDocument",
    "MaterialDocument",
    "MaterialWindow",
    "load",
    "material_from_document",
]

SUFFIX = ".material.json"
"""Ending of the names of such files."""
_OWN = Source(method="user")


def _over_stoichiometry(
    unit: str, *, gt: float | None = None, ge: float | None = None, le: float | None = None
) -> PropertyKind:
    return PropertyKind(unit, ("x", "sto"), "stoichiometry", (0.0, 1.0), gt, ge, le)


def _over_salt(unit: str, *, ge: float | None = None, le: float | None = None) -> PropertyKind:
    return PropertyKind(unit, ("c_e", "c", "x"), "salt concentration (mol/m³)", (0.0, 2000.0), None, ge, le)


KINDS: dict[str, PropertyKind] = {
    "ocp": _over_stoichiometry("V", ge=-10.0, le=10.0),
    "entropic": _over_stoichiometry("V/K", ge=-1.0, le=1.0),
    "particle diffusivity": _over_stoichiometry("m²/s", gt=0.0, le=1e-3),
    "rate factor": _over_stoichiometry("1", gt=0.0, le=1e6),
    "maximum_concentration": PropertyKind("mol/m³", gt=0.0, le=1e6),
    "rate_constant": PropertyKind("A/m² (m³/mol)^1.5", gt=0.0, le=1e3),
    "hysteresis_decay": PropertyKind("1", ge=0.0, le=1e9),
    "suggested": PropertyKind("1"),
    "conductivity": _over_salt("S/m", ge=0.0, le=1e3),
    "salt diffusivity": _over_salt("m²/s", ge=0.0, le=1e-3),
    "transference_number": _over_salt("1", ge=-10.0, le=10.0),
    "thermodynamic_factor": _over_salt("1", ge=-100.0, le=1000.0),
    "density": PropertyKind("kg/m³", gt=0.0, le=3e4),
}
"""What each property is; the unit is fixed here."""
_SUGGESTED_UNITS = {
    "porosity": "1",
    "active_fraction": "1",
    "particle_radius": "m",
    "conductivity": "S/m",
    "density": "kg/m³",
    "thickness": "m",
    "bruggeman_electrolyte": "1",
    "bruggeman_electrode": "1",
}


def _of(kind: str) -> Any:
    found = KINDS[kind]
    extra: dict[str, JsonValue] = {"unit": found.unit, **({"variable": found.variable} if found.variable else {})}
    return (AfterValidator(found.check), Field(json_schema_extra=extra))


Ocp = Annotated[Property, *_of("ocp")]
Entropic = Annotated[Property, *_of("entropic")]
ParticleDiffusivity = Annotated[Property, *_of("particle diffusivity")]
RateFactor = Annotated[Property, *_of("rate factor")]
MaximumConcentration = Annotated[Property, *_of("maximum_concentration")]
RateConstant = Annotated[Property, *_of("rate_constant")]
HysteresisDecay = Annotated[Property, *_of("hysteresis_decay")]
Suggested = Annotated[Property, *_of("suggested")]
SaltConductivity = Annotated[Property, *_of("conductivity")]
SaltDiffusivity = Annotated[Property, *_of("salt diffusivity")]
TransferenceNumber = Annotated[Property, *_of("transference_number")]
ThermodynamicFactor = Annotated[Property, *_of("thermodynamic_factor")]
MaterialDensity = Annotated[Property, *_of("density")]
Stoichiometry = Annotated[float, Quantity("1", ge=0, le=1)]
Order = Annotated[float, Quantity("1", ge=0, le=3)]


class MaterialDocument(Part):
    """What the documents of all kinds of materials have in common."""

    schema_version: Literal[1] = 1
    """Version of the layout of the document."""
    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call the material; a cell refers to it as ``own:`` and this name."""
    chemistry: Annotated[str, Field(max_length=200)] = ""
    """What it consists of."""
    note: Annotated[str, Field(max_length=4000)] = ""
    """What a reader should know before trusting the values."""

    suffix: ClassVar[str] = SUFFIX

    def to_document(self) -> dict[str, Any]:
        """Give the JSON document.

        Returns
        -------
        dict
            Values that were left out stay out.
        """
        return self.model_dump(mode="json", exclude_none=True)

    def save(self, path: str | Path) -> Path:
        """Write the document to a file; an existing file is replaced in one step, or not at all.

        Parameters
        ----------
        path : str or Path
            Where to; the name should end in ``.material.json``.

        Returns
        -------
        Path
            The file.
        """
        return write_document(path, self.to_document())


class MaterialWindow(Part):
    """Stoichiometries between which a material is cycled."""

    charged: Stoichiometry
    """At the charged end of the cell."""
    discharged: Stoichiometry
    """At the discharged end."""
    source: Source = _OWN
    """Where they come from."""


class ActiveMaterialDocument(MaterialDocument):
    """An insertion material of one's own.

    Examples
    --------
    >>> graphite = ActiveMaterialDocument(
    ...     name="my graphite",
    ...     polarity="negative",
    ...     ocp="0.1 + 0.9*exp(-30*x) - 0.02*tanh(20*(x - 0.5))",
    ...     maximum_concentration=31000.0,
    ...     diffusivity={"value": 3e-14, "activation_energy": 30e3},
    ...     rate_constant=7e-7,
    ...     window={"charged": 0.9, "discharged": 0.02},
    ... )
    >>> graphite.record().maximum_concentration.value
    31000.0
    """

    kind: Literal["joulebook.active_material"] = "joulebook.active_material"
    """Names the type of document inside its file."""
    polarity: Literal["negative", "positive"]
    """Which electrode it serves."""
    ocp: Ocp
    """Open-circuit potential against lithium over stoichiometry ``x``, V."""
    maximum_concentration: MaximumConcentration
    """Lithium concentration of the full material, mol/m³."""
    diffusivity: ParticleDiffusivity
    """Diffusivity of lithium in the particles, over stoichiometry ``x`` where it depends on it, m²/s."""
    rate_constant: RateConstant
    """Factor of the exchange-current density, A/m² (m³/mol)^1.5 with exponents of one half."""
    window: MaterialWindow
    """Stoichiometries between which it is cycled."""
    entropic: Entropic | None = None
    """Change of the open-circuit potential with temperature over stoichiometry ``x``, V/K."""
    exchange_exponents: tuple[Order, Order, Order] = (0.5, 0.5, 0.5)
    """Exponents of the salt concentration, of the surface concentration, and of the room left for lithium."""
    rate_factor: RateFactor | None = None
    """A factor on the exchange-current density over stoichiometry ``x``."""
    ocp_lithiation: Ocp | None = None
    """Open-circuit potential while lithium goes in, where it differs, V."""
    ocp_delithiation: Ocp | None = None
    """Open-circuit potential while lithium comes out, where it differs, V."""
    hysteresis_decay: HysteresisDecay | None = None
    """How fast the potential moves from one branch to the other, per passed stoichiometry."""
    suggested: dict[str, Suggested] = Field(default_factory=dict)
    """Values of the electrode it was measured in: porosity, active_fraction, particle_radius …, SI units."""

    def record(self) -> ActiveMaterial:
        """Give the record that the solvers read.

        Returns
        -------
        ActiveMaterial
            The identical record for equal documents.
        """
        return _active_record(self)

    def __hash__(self) -> int:
        return hash((self.kind, self.name, self.ocp))


class ElectrolyteMaterialDocument(MaterialDocument):
    """An electrolyte of one's own.

    Examples
    --------
    >>> mine = ElectrolyteMaterialDocument(
    ...     name="my electrolyte",
    ...     conductivity="0.1297*(c_e/1000)**3 - 2.51*(c_e/1000)**1.5 + 3.329*(c_e/1000)",
    ...     diffusivity=3e-10,
    ...     transference_number=0.26,
    ... )
    >>> mine.record().thermodynamic_factor.value
    1.0
    """

    kind: Literal["joulebook.electrolyte_material"] = "joulebook.electrolyte_material"
    """Names the type of document inside its file."""
    conductivity: SaltConductivity
    """Ionic conductivity over salt concentration ``c_e`` in mol/m³, S/m."""
    diffusivity: SaltDiffusivity
    """Salt diffusivity over salt concentration ``c_e`` in mol/m³, m²/s."""
    transference_number: TransferenceNumber
    """Transference number of the cation, over ``c_e`` where it depends on it."""
    thermodynamic_factor: ThermodynamicFactor = Property(
        value=1.0, source=Source(method="assumed", note="1, an ideal solution, where the document gives none")
    )
    """1 + d ln f± / d ln c, over ``c_e`` where it depends on it."""
    density: MaterialDensity | None = None
    """Density of the liquid, kg/m³."""

    def record(self) -> ElectrolyteMaterial:
        """Give the record that the solvers read.

        Returns
        -------
        ElectrolyteMaterial
            The identical record for equal documents.
        """
        return _electrolyte_record(self)

    def __hash__(self) -> int:
        return hash((self.kind, self.name, self.conductivity))


class FilmMaterialDocument(MaterialDocument):
    """A separator film of one's own; its porosity and thickness belong to the cell.

    Examples
    --------
    >>> FilmMaterialDocument(name="my film", chemistry="polyethylene").record().chemistry
    'polyethylene'
    """

    kind: Literal["joulebook.film_material"] = "joulebook.film_material"
    """Names the type of document inside its file."""
    suggested: dict[str, Suggested] = Field(default_factory=dict)
    """Values it was sold or measured with: thickness, porosity, density …, SI units."""

    def record(self) -> FilmMaterial:
        """Give the record that the solvers read.

        Returns
        -------
        FilmMaterial
            The record.
        """
        return FilmMaterial(self.name, self.chemistry, _suggested_values(self.suggested), self.note)


AnyDocument = ActiveMaterialDocument | ElectrolyteMaterialDocument | FilmMaterialDocument
_DOCUMENTS: dict[str, type[AnyDocument]] = {
    "joulebook.active_material": ActiveMaterialDocument,
    "joulebook.electrolyte_material": ElectrolyteMaterialDocument,
    "joulebook.film_material": FilmMaterialDocument,
}


def material_from_document(document: Mapping[str, Any], *, file: str = "") -> AnyDocument:
    """Make a material from its JSON document.

    Parameters
    ----------
    document : mapping
        With ``kind`` and ``schema_version``.
    file : str
        Name for messages.

    Returns
    -------
    ActiveMaterialDocument, ElectrolyteMaterialDocument or FilmMaterialDocument
        The material.

    Raises
    ------
    DataFormatError
        If the document is no material, or of a version that this Joulebook does not read.
    InputError
        With every fault of the values.
    """
    found, version = document.get("kind"), document.get("schema_version", 1)
    known = " or ".join(repr(kind) for kind in _DOCUMENTS)
    model = _DOCUMENTS.get(found) if isinstance(found, str) else None
    if model is None:
        raise DataFormatError(
            f"kind = {found!r}, expected {known}. Is this the file of a material?",
            file=file,
            found=str(found),
            expected=known,
        )
    if version != 1 or isinstance(version, bool):
        raise DataFormatError(
            f"schema_version = {version!r}: this Joulebook reads 1. Was the file written by a newer one?",
            file=file,
            found=str(version),
            expected="1",
        )
    try:
        return model.model_validate(dict(document))
    except ValidationError as error:
        raise InputError(issues_from_validation(model, error), file or str(document.get("name", found))) from None


def load(path: str | Path) -> AnyDocument:
    """Read a material from a file of one's own.

    Parameters
    ----------
    path : str or Path
        A ``.material.json`` file.

    Returns
    -------
    ActiveMaterialDocument, ElectrolyteMaterialDocument or FilmMaterialDocument
        The material; ``cell.with_material(it)`` takes it into a cell.

    Raises
    ------
    DataFormatError
        If the file is missing, too large, not JSON, or no material.
    InputError
        With every fault of the values.
    """
    return material_from_document(read_document(path), file=Path(path).name)


def _inside_a_cell(given: Any) -> Any:
    if isinstance(given, MaterialDocument):
        return given
    if not isinstance(given, Mapping):
        raise InputError(Issue("", None, "must be the document of a material", "Write it as { … } with a kind"))
    try:
        return material_from_document(given)
    except DataFormatError as error:
        raise InputError(Issue("", None, str(error))) from None


AnyMaterialDocument = Annotated[AnyDocument, BeforeValidator(_inside_a_cell)]
"""A material document of any kind, for the ``materials`` of a cell."""


@functools.lru_cache(maxsize=1024)
def _active_record(document: ActiveMaterialDocument) -> ActiveMaterial:
    diffusivity, law = _diffusivity(document)
    window = document.window
    decay = document.hysteresis_decay
    return ActiveMaterial(
        name=document.name,
        chemistry=document.chemistry,
        polarity=document.polarity,
        ocp=KINDS["ocp"].law(document.ocp, f"{document.name} ocp"),
        maximum_concentration=KINDS["maximum_concentration"].number(document.maximum_concentration),
        diffusivity=diffusivity,
        rate_constant=KINDS["rate_constant"].number(document.rate_constant),
        charge_transfer_coefficient=Value(
            0.5, "1", Source(method="assumed", note="Reactions are symmetric in this version")
        ),
        window=(Value(window.charged, "1", window.source), Value(window.discharged, "1", window.source)),
        suggested=_suggested_values(document.suggested),
        note=document.note,
        entropic=_optional_law(document, "entropic", "entropic"),
        diffusivity_law=law,
        diffusivity_activation=_activation(document.diffusivity),
        rate_activation=_activation(document.rate_constant),
        exchange_exponents=document.exchange_exponents,
        rate_law=_optional_law(document, "rate_factor", "rate factor"),
        ocp_lithiation=_optional_law(document, "ocp_lithiation", "ocp"),
        ocp_delithiation=_optional_law(document, "ocp_delithiation", "ocp"),
        hysteresis_decay=None if decay is None else KINDS["hysteresis_decay"].number(decay),
    )


def _suggested_values(given: Mapping[str, Property]) -> dict[str, Value]:
    return {
        name: Value(float(value.value or 0.0), _SUGGESTED_UNITS.get(name, ""), value.source)
        for name, value in given.items()
    }


def _optional_law(document: ActiveMaterialDocument, field: str, kind: str) -> Law | None:
    given = getattr(document, field)
    return None if given is None else KINDS[kind].law(given, f"{document.name} {field}")


def _activation(given: Property) -> Value | None:
    return None if given.activation_energy is None else Value(given.activation_energy, "J/mol", given.source)


def _diffusivity(document: ActiveMaterialDocument) -> tuple[Value, Law | None]:
    """The number and, where it depends on stoichiometry, the law; the number then is that in its middle."""
    given, kind = document.diffusivity, KINDS["particle diffusivity"]
    if given.value is not None:
        return kind.number(given), None
    law = kind.law(given, f"{document.name} diffusivity")
    middle = float(law.function(np, np.clip(0.5, *law.domain)))
    note = "Value of the law at a stoichiometry of 0.5"
    return Value(middle, kind.unit, Source(method="computed", note=note), given.reference_temperature), law


@functools.lru_cache(maxsize=1024)
def _electrolyte_record(document: ElectrolyteMaterialDocument) -> ElectrolyteMaterial:
    transference, transference_law = _number_or_law(document, "transference_number")
    factor, factor_law = _number_or_law(document, "thermodynamic_factor")
    return ElectrolyteMaterial(
        name=document.name,
        chemistry=document.chemistry,
        conductivity=KINDS["conductivity"].law(document.conductivity, f"{document.name} conductivity"),
        diffusivity=KINDS["salt diffusivity"].law(document.diffusivity, f"{document.name} diffusivity"),
        transference_number=transference,
        thermodynamic_factor=factor,
        density=None if document.density is None else KINDS["density"].number(document.density),
        note=document.note,
        transference_law=transference_law,
        thermodynamic_factor_law=factor_law,
    )


def _number_or_law(document: ElectrolyteMaterialDocument, field: str) -> tuple[Value, Law | None]:
    """The number at 1000 mol/m³ and, where it depends on the concentration or the temperature, the law."""
    given, kind = getattr(document, field), KINDS[field]
    if given.value is not None and given.activation_energy is None:
        return kind.number(given), None
    law = kind.law(given, f"{document.name} {field}")
    here = float(law.function(np, np.clip(1000.0, *law.domain)))
    return Value(here, kind.unit, given.source, given.reference_temperature), law
