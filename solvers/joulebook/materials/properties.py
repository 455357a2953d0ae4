"""One property of a user's material: a number, a formula or a table, with its source.

What unit a property has, over which variable it runs and which values make sense is fixed by the field that holds
it (:class:`PropertyKind`). Formulas and tables become functions of arrays for NumPy and CuPy; equal properties give
the identical function, because the solvers keep their tables by function.

Between the points of a table the value runs along straight lines, along the monotone cubic of Fritsch and Carlson
("pchip"), or along a cubic spline ("spline", :mod:`joulebook.materials.interpolation`). Beyond the ends it goes on
along the end tangent; a property that must be positive stays above a hundredth of the smallest value of its table.
Where a formula has no value, as a logarithm at the ends of its domain, that of a place a little inside is taken.
Below the domain of a property of the electrolyte its value there is held.

References
----------
Fritsch and Butland 1984, doi:10.1137/0905021, eq. 2.4 for the slopes of the monotone cubic in the form with weights.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from joulebook.core.citations import Source
from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.expressions import LONGEST_FORMULA, parse_expression
from joulebook.core.formula_latex import formula_latex
from joulebook.core.quantities import Quantity, Temperature, range_phrase
from joulebook.materials.interpolation import spline_slopes
from joulebook.materials.records import Law, Value

__all__ = ["Property", "PropertyKind", "Table"]

Function = Callable[[Any, Any], Any]
ThermalFunction = Callable[[Any, Any, Any], Any]
Real = Annotated[float, Quantity("1")]

_CHECKED = 201
"""Places at which a property is looked at when it is read."""
_MOST_POINTS = 20_000
_LEAST = 0.01
"""Of the smallest value of a table: below that nothing that is positive falls beyond its ends."""
_INSET = 1e-6
"""Of the domain: how far inside a formula is asked where it has no value."""
_OWN = Source(method="user")
_BETWEEN = {"linear": "straight lines", "pchip": "monotone cubics", "spline": "a cubic spline"}


class Table(Part):
    """Values at given places."""

    x: Annotated[tuple[Real, ...], Field(min_length=2, max_length=_MOST_POINTS)]
    """Places, rising or falling throughout, in the unit of the property's variable."""
    y: Annotated[tuple[Real, ...], Field(min_length=2, max_length=_MOST_POINTS)]
    """Values, as many, in the unit of the property."""
    interpolation: Literal["linear", "pchip", "spline"] = "linear"
    """Between the points: straight lines, the monotone cubic, or the cubic spline (of at least four points)."""

    @model_validator(mode="after")
    def _is_a_function(self) -> Self:
        if len(self.x) != len(self.y):
            raise InputError(
                Issue("y", None, f"has {len(self.y)} values for {len(self.x)} places", "Give one value per place")
            )
        if self.interpolation == "spline" and len(self.x) < 4:
            raise InputError(Issue("interpolation", "spline", "needs at least four points", "Take pchip or linear"))
        rises = self.x[-1] > self.x[0]
        for index, (here, there) in enumerate(zip(self.x, self.x[1:], strict=False)):
            if here == there or (there > here) != rises:
                raise InputError(
                    Issue(
                        f"x.{index + 1}",
                        there,
                        f"must {'rise' if rises else 'fall'} from place to place; the one before is {here:g}",
                        "Sort the rows and keep one of equal places",
                    )
                )
        return self

    def rising(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give places and values in rising order of the places.

        Returns
        -------
        x, y : ndarray, shape (n,)
            In the units of the variable and of the property.
        """
        x, y = np.array(self.x), np.array(self.y)
        return (x, y) if x[-1] > x[0] else (x[::-1].copy(), y[::-1].copy())


class Property(Part):
    """A number, a formula or a table, exactly one of them; a bare number or text is taken as such."""

    value: Real | None = None
    """The number, where the property is constant."""
    expression: Annotated[str, Field(max_length=LONGEST_FORMULA)] | None = None
    """The formula, in the variable of the field and, where it depends on the temperature, T in K."""
    table: Table | None = None
    """Values over the variable of the field."""
    activation_energy: Annotated[float, Quantity("J/mol", ge=-1e6, le=1e6)] | None = None
    """Of the Arrhenius factor exp(E/R (1/T_ref - 1/T)); left out where the temperature dependence is not known."""
    reference_temperature: Temperature = 298.15
    """At which the values hold."""
    domain: tuple[Real, Real] | None = None
    """Range of the variable over which the property is offered; the field's own, or the table's, where left out."""
    source: Source = _OWN
    """Where the values come from."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"expression": given}
        if isinstance(given, int | float) and not isinstance(given, bool):
            return {"value": given}
        return given

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        given = [name for name in ("value", "expression", "table") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise InputError(
                Issue("", None, f"must have exactly one of value, expression and table, not {found}", "Keep one")
            )
        if self.domain is not None and not self.domain[0] < self.domain[1]:
            raise InputError(Issue("domain", list(self.domain), "must be a lower and a higher value"))
        return self

    def __hash__(self) -> int:
        return hash((self.value, self.expression, self.table, self.activation_energy, self.reference_temperature))


@dataclass(frozen=True)
class PropertyKind:
    """What a property of a field is: its unit, its variable, its sensible values.

    Parameters
    ----------
    unit : str
        Of the values.
    names : tuple of str
        What the variable may be called in a formula; empty where the property must be a number.
    variable : str
        What the variable is, with its unit.
    domain : tuple of float
        Range of the variable where the property does not give its own.
    gt, ge, le : float, optional
        Limits of the values: greater than, at least, at most.
    """

    unit: str
    names: tuple[str, ...] = ()
    variable: str = ""
    domain: tuple[float, float] = (0.0, 1.0)
    gt: float | None = None
    ge: float | None = None
    le: float | None = None

    @property
    def rule(self) -> str:
        """The allowed values in words."""
        return range_phrase(gt=self.gt, ge=self.ge, le=self.le, unit="" if self.unit == "1" else self.unit)

    def check(self, given: Property) -> Property:
        """Refuse a property that makes no sense in this place.

        Parameters
        ----------
        given : Property
            As it was read.

        Returns
        -------
        Property
            The same.

        Raises
        ------
        InputError
            If it is not a number where it must be one, its formula cannot be read, or a value is out of range.
        """
        _check(self, given)
        return given

    def number(self, given: Property) -> Value:
        """Give a constant property as the record of a number.

        Parameters
        ----------
        given : Property
            With a ``value``.

        Returns
        -------
        Value
            The number with unit and source.
        """
        return Value(float(given.value or 0.0), self.unit, given.source, given.reference_temperature)

    def law(self, given: Property, name: str) -> Law:
        """Give a property as the record of a law.

        Parameters
        ----------
        given : Property
            A number, formula or table.
        name : str
            Identifies the law.

        Returns
        -------
        Law
            Whose functions are identical for equal properties.
        """
        function, thermal = self.functions(given)
        energy = given.activation_energy
        return Law(
            name=name,
            function=function,
            variable=self.variable,
            domain=self.domain_of(given),
            unit=self.unit,
            formula=_formula(given, self.names),
            source=given.source,
            reference_temperature=given.reference_temperature,
            activation_energy=None if energy is None else Value(energy, "J/mol", given.source),
            thermal_function=thermal,
        )

    def functions(self, given: Property) -> tuple[Function, ThermalFunction | None]:
        """Give the functions of a property.

        Parameters
        ----------
        given : Property
            A number, formula or table.

        Returns
        -------
        function : callable
            ``f(xp, x)`` at the reference temperature.
        thermal : callable or None
            ``f(xp, x, T)`` where the formula holds the temperature.
        """
        floored = self.gt == 0.0 or self.ge == 0.0
        if given.table is not None:
            return _table_function(given.table, floored), None
        text = repr(given.value) if given.expression is None else given.expression
        domain = self.domain_of(given)
        floor = domain[0] if self.variable.startswith("salt") else -np.inf
        return _formula_functions(text, self.names, given.reference_temperature, domain, floor)

    def domain_of(self, given: Property) -> tuple[float, float]:
        """Range over which a property is offered.

        Parameters
        ----------
        given : Property
            A number, formula or table.

        Returns
        -------
        tuple of float
            Its own; that of its table inside the field's; or the field's.
        """
        if given.domain is not None:
            return given.domain
        if given.table is not None and self.names:
            x, _ = given.table.rising()
            if self.variable == "stoichiometry":
                return max(self.domain[0], float(x[0])), min(self.domain[1], float(x[-1]))
            return float(x[0]), float(x[-1])
        return self.domain


@functools.lru_cache(maxsize=4096)
def _check(kind: PropertyKind, given: Property) -> None:
    if not kind.names and given.value is None:
        raise InputError(Issue("", None, "must be a number here, not a formula or table", f"Give a value, {kind.rule}"))
    if given.value is not None:
        _check_range(kind, np.array([given.value]), None)
        return
    if given.table is not None:
        x, y = given.table.rising()
        slack = 0.02 * (kind.domain[1] - kind.domain[0])
        if kind.variable == "stoichiometry" and (x[0] < -slack or x[-1] > 1.0 + slack):
            raise InputError(
                Issue("table.x", float(x[-1] if x[-1] > 1.0 else x[0]), "stoichiometries lie between 0 and 1")
            )
        low, high = kind.domain_of(given)
        offered = (x >= low) & (x <= high)
        _check_range(kind, y[offered], x[offered])
        return
    expression = parse_expression(given.expression or "", (*kind.names, "T"), "expression")
    if given.activation_energy is not None and "T" in expression.used:
        raise InputError(
            Issue(
                "activation_energy",
                given.activation_energy,
                "the formula holds the temperature already",
                "Leave one of them out",
                "J/mol",
            )
        )
    x = np.linspace(*kind.domain_of(given), _CHECKED)
    _check_range(kind, np.array(kind.functions(given)[0](np, x)), x)


def _check_range(kind: PropertyKind, values: NDArray[np.float64], places: NDArray[np.float64] | None) -> None:
    over = np.zeros(values.shape, dtype=bool) if kind.le is None else values > kind.le
    under = np.zeros(values.shape, dtype=bool) if kind.ge is None else values < kind.ge
    if kind.gt is not None:
        under |= values <= kind.gt
    bad = ~np.isfinite(values) | over | under
    if not np.any(bad):
        return
    first = int(np.argmax(bad))
    where = "" if places is None else f" (at {kind.variable} = {places[first]:.6g})"
    hint = "" if places is None else "Mend the formula or table, or give a narrower domain"
    unit = "" if kind.unit == "1" else kind.unit
    raise InputError(Issue("", float(values[first]), f"must be {kind.rule}{where}", hint, unit))


@functools.lru_cache(maxsize=4096)
def _formula_functions(
    text: str, names: tuple[str, ...], reference_temperature: float, domain: tuple[float, float], floor: float
) -> tuple[Function, ThermalFunction | None]:
    expression = parse_expression(text, (*names, "T"))
    count = len(names)
    inset = _INSET * (domain[1] - domain[0])
    low, high = domain[0] + inset, domain[1] - inset

    def thermal(xp: Any, x: Any, temperature: Any) -> Any:
        x = x if floor == -np.inf else xp.maximum(xp.asarray(x, dtype=np.float64), floor)
        with np.errstate(all="ignore"):
            value = expression(xp, *(x,) * count, temperature)
            if bool(xp.all(xp.isfinite(value))):
                return value
            return xp.where(xp.isfinite(value), value, expression(xp, *(xp.clip(x, low, high),) * count, temperature))

    def function(xp: Any, x: Any) -> Any:
        return thermal(xp, x, reference_temperature)

    return function, thermal if "T" in expression.used else None


@functools.lru_cache(maxsize=4096)
def _table_function(table: Table, floored: bool) -> Function:
    places, values = table.rising()
    make_slopes = {"pchip": _pchip_slopes, "spline": spline_slopes}.get(table.interpolation)
    cubic = make_slopes is not None
    slopes = np.zeros(0) if make_slopes is None else make_slopes(places, values)
    low, high = float(places[0]), float(places[-1])
    first, last = (
        (slopes[0], slopes[-1])
        if cubic
        else (np.diff(values[:2])[0] / np.diff(places[:2])[0], np.diff(values[-2:])[0] / np.diff(places[-2:])[0])
    )
    floor = _LEAST * float(np.min(values)) if floored else -np.inf

    def function(xp: Any, x: Any) -> Any:
        x = xp.asarray(x, dtype=np.float64)
        inside = xp.clip(x, low, high)
        if cubic:
            inner = _cubic(xp, inside, xp.asarray(places), xp.asarray(values), xp.asarray(slopes))
        else:
            inner = xp.interp(inside, xp.asarray(places), xp.asarray(values))
        beyond = xp.minimum(x - low, 0.0) * first + xp.maximum(x - high, 0.0) * last
        return xp.maximum(inner + beyond, floor)

    return function


def _cubic(xp: Any, x: Any, places: Any, values: Any, slopes: Any) -> Any:
    """Cubic Hermite interpolation inside the places."""
    i = xp.clip(xp.searchsorted(places, x, side="right") - 1, 0, len(places) - 2)
    width = places[i + 1] - places[i]
    u = (x - places[i]) / width
    rise = values[i + 1] - values[i]
    start, end = slopes[i] * width, slopes[i + 1] * width
    return values[i] + u * (start + u * (3.0 * rise - 2.0 * start - end + u * (start + end - 2.0 * rise)))


def _pchip_slopes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slopes that keep a cubic monotone wherever the values are: weighted harmonic means of the secants."""
    h = np.diff(x)
    secant = np.diff(y) / h
    if len(x) == 2:
        return np.array([secant[0], secant[0]])
    left, right = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    turns = secant[:-1] * secant[1:] <= 0.0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = (left + right) / (left / secant[:-1] + right / secant[1:])
    inner = np.where(turns, 0.0, mean)
    return np.concatenate(
        ([_end_slope(h[0], h[1], secant[0], secant[1])], inner, [_end_slope(h[-1], h[-2], secant[-1], secant[-2])])
    )


def _end_slope(near: float, far: float, first: float, second: float) -> float:
    """One-sided slope of three points, held to the shape of the first two."""
    slope = ((2.0 * near + far) * first - near * second) / (near + far)
    if slope * first <= 0.0:
        return 0.0
    if first * second <= 0.0 and abs(slope) > 3.0 * abs(first):
        return 3.0 * first
    return float(slope)


def _formula(given: Property, names: tuple[str, ...]) -> str:
    """The property in LaTeX."""
    if given.table is not None:
        between = _BETWEEN[given.table.interpolation]
        return rf"\text{{table of {len(given.table.x)} points, {between} in between}}"
    if given.expression is None:
        return f"{given.value:g}"
    return formula_latex(parse_expression(given.expression, (*names, "T")))
