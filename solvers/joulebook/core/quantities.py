"""Physical quantities as types: SI in code, the unit in the JSON Schema.

``Length = Annotated[float, Quantity("m", gt=0)]`` is a plain float to the code that computes, and carries
unit, allowed range and display unit into the schema, from which the forms, the TypeScript types and the
tables of the documentation are generated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

__all__ = [
    "Area",
    "Capacity",
    "Concentration",
    "Conductivity",
    "Current",
    "Density",
    "Diffusivity",
    "Exponent",
    "Fraction",
    "Length",
    "Mass",
    "MicroLength",
    "Number",
    "Quantity",
    "Resistance",
    "Temperature",
    "Voltage",
    "range_phrase",
]


def range_phrase(
    gt: float | None = None,
    ge: float | None = None,
    lt: float | None = None,
    le: float | None = None,
    unit: str = "",
) -> str:
    """State an allowed range in words.

    Parameters
    ----------
    gt, ge, lt, le : float, optional
        Limits: greater than, at least, less than, at most.
    unit : str
        Unit to print.

    Returns
    -------
    str
        A phrase such as ``"more than 0 and at most 0.002 m"``; ``"a finite number"`` without limits.

    Examples
    --------
    >>> range_phrase(gt=0, le=0.002, unit="m")
    'more than 0 and at most 0.002 m'
    """
    low = f"more than {gt:g}" if gt is not None else f"at least {ge:g}" if ge is not None else ""
    high = f"less than {lt:g}" if lt is not None else f"at most {le:g}" if le is not None else ""
    phrase = " and ".join(part for part in (low, high) if part) or "a finite number"
    return f"{phrase} {unit}".strip() if low or high else phrase + (f" in {unit}" if unit else "")


@dataclass(frozen=True)
class Quantity:
    """Unit and allowed range of a number, for use in ``Annotated[float, Quantity(...)]``.

    Parameters
    ----------
    unit : str
        SI unit (and A h for capacities), as printed: ``"m"``, ``"m²/s"``; ``"1"`` for pure numbers.
    gt, ge, lt, le : float, optional
        Allowed range, in that unit.
    display : tuple of (str, float), optional
        Unit for screens and reports and the factor from the SI value to it: ``("µm", 1e6)``.
    """

    unit: str
    gt: float | None = None
    ge: float | None = None
    lt: float | None = None
    le: float | None = None
    display: tuple[str, float] | None = None

    @property
    def rule(self) -> str:
        """The allowed range in words, in the display unit where there is one."""
        unit, factor = self.display or ("" if self.unit == "1" else self.unit, 1.0)

        def scaled(limit: float | None) -> float | None:
            return None if limit is None else limit * factor

        return range_phrase(scaled(self.gt), scaled(self.ge), scaled(self.lt), scaled(self.le), unit)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.float_schema(
            gt=self.gt, ge=self.ge, lt=self.lt, le=self.le, allow_inf_nan=False, strict=True
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        out = handler(schema)
        out["unit"] = self.unit
        if self.display:
            out["displayUnit"], out["displayFactor"] = self.display
        return out


Length = Annotated[float, Quantity("m", gt=0, le=10, display=("mm", 1e3))]
MicroLength = Annotated[float, Quantity("m", ge=1e-9, le=2e-3, display=("µm", 1e6))]
Area = Annotated[float, Quantity("m²", gt=0, le=1e4)]
Fraction = Annotated[float, Quantity("1", gt=0, lt=1)]
Exponent = Annotated[float, Quantity("1", ge=0, le=10)]
Number = Annotated[float, Quantity("1")]
Mass = Annotated[float, Quantity("kg", ge=0, le=1e4, display=("g", 1e3))]
Density = Annotated[float, Quantity("kg/m³", gt=0, le=3e4)]
Concentration = Annotated[float, Quantity("mol/m³", gt=0, le=5e5)]
Diffusivity = Annotated[float, Quantity("m²/s", gt=0, le=1e-3)]
Conductivity = Annotated[float, Quantity("S/m", gt=0, le=1e9)]
Resistance = Annotated[float, Quantity("ohm", ge=0, le=1e6, display=("mΩ", 1e3))]
Voltage = Annotated[float, Quantity("V", ge=-10, le=1e6)]
Current = Annotated[float, Quantity("A", ge=-1e6, le=1e6)]
Capacity = Annotated[float, Quantity("A h", gt=0, le=1e5)]
Temperature = Annotated[float, Quantity("K", gt=0, le=2000)]
