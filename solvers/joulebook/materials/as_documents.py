"""Materials of the library as documents: to edit them, or to write them into a file of another program.

A law that is a formula becomes that formula, and a published table that table, with the same digits. Any other law
becomes a table with straight lines, fine enough for the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import InputError
from joulebook.core.formula_tracing import trace_formula
from joulebook.materials.documents import (
    KINDS,
    ActiveMaterialDocument,
    ElectrolyteMaterialDocument,
    FilmMaterialDocument,
    MaterialDocument,
    MaterialWindow,
)
from joulebook.materials.interpolation import PublishedTable
from joulebook.materials.properties import Property, Table
from joulebook.materials.records import ActiveMaterial, ElectrolyteMaterial, FilmMaterial, Law, Value

__all__ = ["VOLTAGE_TOLERANCE", "document_of", "fine_table"]

Record = ActiveMaterial | ElectrolyteMaterial | FilmMaterial
VOLTAGE_TOLERANCE = 2e-7
"""V; of tables of open-circuit potentials."""
SHARE_TOLERANCE = 1e-6
"""Of the largest value; of all other tables."""
_MOST_POINTS = 16_000
_START = 513
_NARROWEST = 1e-9
_LOOKS = (0.25, 0.5, 0.75)
"""Places between two samples at which the straight line is compared with the function."""


def document_of(record: Record) -> MaterialDocument:
    """Write a material as a document of one's own.

    Parameters
    ----------
    record : ActiveMaterial, ElectrolyteMaterial or FilmMaterial
        Of the library: ``jb.materials.active("LGM50 NMC811")``.

    Returns
    -------
    ActiveMaterialDocument, ElectrolyteMaterialDocument or FilmMaterialDocument
        To change with ``model_copy(update={...})``, to save, or to take into a cell.

    Examples
    --------
    >>> from joulebook import materials
    >>> document_of(materials.active("LGM50 NMC811")).ocp.expression[:40]
    '-0.809 * x + 4.4875 - 0.0428 * tanh(18.5'
    """
    if isinstance(record, ActiveMaterial):
        return _active(record)
    if isinstance(record, ElectrolyteMaterial):
        return _electrolyte(record)
    return FilmMaterialDocument(
        name=record.name, chemistry=record.chemistry, note=record.note, suggested=_suggested(record.suggested)
    )


def _active(record: ActiveMaterial) -> ActiveMaterialDocument:
    charged, discharged = record.window
    window = (min(charged.value, discharged.value), max(charged.value, discharged.value))

    def curve(law: Law | None, kind: str, activation: Value | None = None) -> Property | None:
        return None if law is None else _sensible(_law(law, "x", activation), kind, window)

    varying = curve(record.diffusivity_law, "particle diffusivity", record.diffusivity_activation)
    return ActiveMaterialDocument(
        name=record.name,
        chemistry=record.chemistry,
        note=record.note,
        polarity=record.polarity,
        ocp=_sensible(_law(record.ocp, "x"), "ocp", window),
        maximum_concentration=_number(record.maximum_concentration),
        diffusivity=varying or _number(record.diffusivity, record.diffusivity_activation),
        rate_constant=_number(record.rate_constant, record.rate_activation),
        window=MaterialWindow(charged=charged.value, discharged=discharged.value, source=charged.source),
        entropic=curve(record.entropic, "entropic"),
        exchange_exponents=record.exchange_exponents,
        rate_factor=curve(record.rate_law, "rate factor"),
        ocp_lithiation=curve(record.ocp_lithiation, "ocp"),
        ocp_delithiation=curve(record.ocp_delithiation, "ocp"),
        hysteresis_decay=None if record.hysteresis_decay is None else _number(record.hysteresis_decay),
        suggested=_suggested(record.suggested),
    )


def _electrolyte(record: ElectrolyteMaterial) -> ElectrolyteMaterialDocument:
    def number_or_law(value: Value, law: Law | None) -> Property:
        return _number(value) if law is None else _law(law, "c_e")

    return ElectrolyteMaterialDocument(
        name=record.name,
        chemistry=record.chemistry,
        note=record.note,
        conductivity=_law(record.conductivity, "c_e"),
        diffusivity=_law(record.diffusivity, "c_e"),
        transference_number=number_or_law(record.transference_number, record.transference_law),
        thermodynamic_factor=number_or_law(record.thermodynamic_factor, record.thermodynamic_factor_law),
        density=None if record.density is None else _number(record.density),
    )


def _suggested(given: dict[str, Value]) -> dict[str, Property]:
    return {name: _number(value) for name, value in given.items()}


def _number(value: Value, activation: Value | None = None) -> Property:
    return Property(
        value=float(value.value),
        activation_energy=None if activation is None else activation.value,
        reference_temperature=value.reference_temperature,
        source=value.source,
    )


def _sensible(given: Property, kind: str, window: tuple[float, float]) -> Property:
    """A law beyond the window may hold anything: it is then offered over the window only."""
    try:
        return KINDS[kind].check(given)
    except InputError:
        return given.model_copy(update={"domain": window})


def _law(law: Law, variable: str, activation: Value | None = None) -> Property:
    energy = law.activation_energy or activation
    kept: dict[str, Any] = {
        "source": law.source,
        "reference_temperature": law.reference_temperature,
        "activation_energy": None if energy is None else energy.value,
    }
    if law.thermal_function is not None:
        text = trace_formula(law.thermal_function, (variable, "T"))
        if text is not None:
            return Property(expression=text, domain=law.domain, **{**kept, "activation_energy": None})
        lost = f"{law.source.note}. Its dependence on temperature could not be written".removeprefix(". ")
        kept["source"] = law.source.model_copy(update={"note": lost})
    if isinstance(law.function, PublishedTable):
        x, y = law.function.points
        table = Table(x=tuple(x.tolist()), y=tuple(y.tolist()), interpolation=law.function.kind)
        return Property(table=table, domain=law.domain, **kept)
    text = trace_formula(law.function, (variable,))
    if text is not None:
        return Property(expression=text, domain=law.domain, **kept)
    low, high = (0.0, 1.0) if law.variable == "stoichiometry" else (law.domain[0], 2.0 * law.domain[1])
    x, y = fine_table(lambda x: law.function(np, x), low, high, VOLTAGE_TOLERANCE if law.unit == "V" else None)
    return Property(table=Table(x=tuple(x.tolist()), y=tuple(y.tolist())), domain=law.domain, **kept)


def fine_table(
    function: Callable[[NDArray[np.float64]], Any], low: float, high: float, tolerance: float | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sample a function so finely that straight lines between the samples are within a tolerance.

    Parameters
    ----------
    function : callable
        From an array to an array.
    low, high : float
        Range; where the function has no value at its very ends, they are moved in a little.
    tolerance : float, optional
        Largest error between samples, in the unit of the function; a share of the largest value otherwise.

    Returns
    -------
    x, y : ndarray, shape (n,)
        At most 16 000 samples.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = fine_table(np.sqrt, 0.0, 1.0, 1e-4)
    >>> bool(abs(np.interp(0.123, x, y) - np.sqrt(0.123)) < 1e-4)
    True
    """

    def evaluate(places: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            return np.asarray(function(places), dtype=np.float64)

    inset = 1e-6 * (high - low)
    ends = np.array([low, high])
    found = np.isfinite(evaluate(ends))
    x = np.linspace(low if found[0] else low + inset, high if found[1] else high - inset, _START)
    y = evaluate(x)
    allowed = SHARE_TOLERANCE * float(np.max(np.abs(y))) if tolerance is None else tolerance
    while len(x) < _MOST_POINTS:
        width, rise = np.diff(x), np.diff(y)
        rough = np.zeros(len(width), dtype=bool)
        for share in _LOOKS:
            rough |= np.abs(evaluate(x[:-1] + share * width) - (y[:-1] + share * rise)) > allowed
        places = np.flatnonzero(rough & (width > _NARROWEST * (high - low)))[: _MOST_POINTS - len(x)]
        if len(places) == 0:
            break
        middle = x[places] + 0.5 * width[places]
        x, y = np.insert(x, places + 1, middle), np.insert(y, places + 1, evaluate(middle))
    return x, y
