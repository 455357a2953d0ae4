"""Lines of a script: line codes and the lines themselves, in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from joulebook.grid.feeder.dss.geometries import MOST_CONDUCTORS, conductor_record, geometry_record
from joulebook.grid.feeder.dss.scanning import Place, Token, as_integer, as_matrix, as_name, as_number, as_yes
from joulebook.grid.feeder.dss.script import Item, Script, is_enabled
from joulebook.grid.feeder.dss.units import METRES, conversion, terminal, unit_of

__all__ = ["Impedance", "LineTables", "line_tables"]

_SEQUENCE = ("r1", "x1", "r0", "x0", "c1", "c0")


@dataclass
class Impedance:
    """Impedance of a unit of length, by sequences or as matrices, as the script has it."""

    phases: int = 3
    sequence: dict[str, float] = field(
        default_factory=lambda: {"r1": 0.058, "x1": 0.1206, "r0": 0.1784, "x0": 0.4047, "c1": 3.4, "c0": 1.6}
    )
    """Ohm and nF per unit of length; the defaults of OpenDSS are per 1000 ft."""
    matrices: tuple[Any, Any, Any] | None = None
    """Resistance, reactance, capacitance (nF)."""
    unit: str = ""
    rating: float | None = None
    base_frequency: float | None = None

    def from_sequence(self, one_phase: bool = False) -> tuple[Any, Any, Any]:
        """Matrices of the sequence values.

        Parameters
        ----------
        one_phase : bool
            Whether a single conductor has its positive-sequence values.

        Returns
        -------
        tuple of ndarray
            Resistance, reactance, capacitance.
        """
        values = self.sequence
        out = []
        for letter in "rxc":
            one, zero = values[letter + "1"], values[letter + "0"]
            if one_phase and self.phases == 1:
                zero = one
            off = (zero - one) / 3.0
            out.append(np.full((self.phases, self.phases), off) + np.eye(self.phases) * one)
        return tuple(out)  # type: ignore[return-value]

    def set(self, name: str, token: Token, frequency: float) -> bool:
        """Take a property.

        Parameters
        ----------
        name : str
            Of the property.
        token : Token
            Its value.
        frequency : float, Hz
            For susceptances.

        Returns
        -------
        bool
            Whether it is one of an impedance.
        """
        if name in _SEQUENCE:
            self.sequence[name] = as_number(token)
            self.matrices = None
        elif name in {"b1", "b0"}:  # µS
            self.sequence["c" + name[1]] = as_number(token) * 1e3 / (2 * math.pi * frequency)
            self.matrices = None
        elif name in {"rmatrix", "xmatrix", "cmatrix"}:
            held = list(self.matrices or self.from_sequence())
            rows = as_matrix(token, self.phases)
            full = np.zeros((self.phases, self.phases))
            for k, row in enumerate(rows):
                full[k, : k + 1] = row
                full[: k + 1, k] = row
            held["rxc".index(name[0])] = full
            self.matrices = (held[0], held[1], held[2])
        else:
            return False
        return True

    def reduced(self, conductor: int, place: Place) -> None:
        """Reduce an earthed conductor out (Kron).

        Parameters
        ----------
        conductor : int
            Which, from 1.
        place : Place
            For messages.

        Raises
        ------
        DataFormatError
            If that cannot be done.
        """
        if self.matrices is None or self.phases < 2:
            return
        resistance, reactance, capacitance = self.matrices
        z = resistance + 1j * reactance
        k, keep = conductor - 1, [n for n in range(self.phases) if n != conductor - 1]
        if not 0 <= k < self.phases or z[k, k] == 0:
            raise place.error(f"conductor {conductor} cannot be reduced out")
        z = z[np.ix_(keep, keep)] - np.outer(z[keep, k], z[k, keep]) / z[k, k]
        self.matrices = (z.real, z.imag, capacitance[np.ix_(keep, keep)])
        self.phases -= 1


@dataclass
class LineTables:
    """Records of the tables that lines need, by table and identifier."""

    line_codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    conductors: dict[str, dict[str, Any]] = field(default_factory=dict)
    geometries: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)


def line_tables(script: Script) -> LineTables:
    """Convert all lines of a script, and what they refer to.

    Parameters
    ----------
    script : Script
        What the script says.

    Returns
    -------
    LineTables
        Records.
    """
    return _Lines(script).convert()


class _Lines:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.tables = LineTables()
        self.codes: dict[str, Impedance] = {}
        self.own: dict[tuple[Any, ...], str] = {}
        self.variants: dict[tuple[str, float], str] = {}

    def convert(self) -> LineTables:
        for item in self.script.items["line"].values():
            if is_enabled(item):
                self.tables.lines[item.name] = self._line(item)
            else:
                self.script.leave_out("lines that are not enabled", item.place)
        return self.tables

    def _code(self, name: str, token: Token) -> Impedance:
        if name not in self.codes:
            item = self.script.items["linecode"].get(name)
            if item is None:
                raise token.place.error(f"there is no line code {name!r}", found=name)
            self.codes[name] = line_code(item, self.script.frequency)
        return self.codes[name]

    def _line(self, item: Item) -> dict[str, Any]:
        own, code, geometry = Impedance(), "", ""
        length, unit, convert = 1.0, "", 1.0
        switch, rating, capacitance_given = False, None, False
        buses: dict[str, Token] = {}
        for name, token in item.settings:
            if name in {"bus1", "bus2"}:
                buses[name] = token
            elif name == "linecode":
                code, geometry = as_name(token.value), ""
                found = self._code(code, token)
                own = replace(found, sequence=dict(found.sequence))
                convert, rating = conversion(own.unit, unit), own.rating
                capacitance_given = True
            elif name == "geometry":
                code, geometry = "", as_name(token.value)
                own.phases, rating = self._geometry(geometry, token)
            elif name == "length":
                length = as_number(token)
            elif name == "units":
                new = unit_of(token)
                convert = conversion(own.unit, new) if code else convert * conversion(unit, new)
                unit = new
            elif name == "phases":
                if not geometry and own.matrices is None:
                    own.phases = as_integer(token, 1, MOST_CONDUCTORS)
            elif name == "switch":
                switch = as_yes(token)
                if switch:
                    own = Impedance(own.phases, {"r1": 1.0, "x1": 1.0, "r0": 1.0, "x0": 1.0, "c1": 1.1, "c0": 1.0})
                    code, geometry, length, unit, convert = "", "", 0.001, "", 1.0
                    capacitance_given = True
            elif own.set(name, token, self.script.frequency):
                code, geometry, unit, convert = "", "", "", 1.0
                capacitance_given = capacitance_given or name[0] in "cb"
            elif name in {"spacing", "wires", "cncables", "tscables"}:
                raise token.place.error(f"lines with {name} are not read: define a LineGeometry", found=name)
            elif name == "normamps":
                rating = as_number(token)
        if not capacitance_given and not code and not geometry and unit:
            for name in ("c1", "c0"):  # the defaults are per 1000 ft
                own.sequence[name] /= conversion("kft", unit)
        return self._record(item, own, code, geometry, (length, unit, convert), (switch, rating), buses)

    def _record(
        self,
        item: Item,
        own: Impedance,
        code: str,
        geometry: str,
        measured: tuple[float, str, float],
        facts: tuple[bool, float | None],
        buses: dict[str, Token],
    ) -> dict[str, Any]:
        for end in ("bus1", "bus2"):
            if end not in buses:
                raise item.place.error(f"line {item.name} has no {end}")
        length, unit, convert = measured
        shown = unit or own.unit or "km"
        metres = length * METRES[shown]
        if not metres > 0:
            raise item.place.error(f"line {item.name}: length = {length:g}: must be more than 0")
        out: dict[str, Any] = {
            "bus1": terminal(buses["bus1"], own.phases, own.phases),
            "bus2": terminal(buses["bus2"], own.phases, own.phases),
            "phases": own.phases,
            "length": metres,
        }
        if geometry:
            out["geometry"] = geometry
        else:
            out["code"] = self._named(code, own, convert * METRES[shown], item)
        switch, rating = facts
        if switch:
            out["switch"] = True
        if item.opened:
            out["closed"] = False
        if rating is not None and rating > 0:
            out["current_rating"] = rating
        return out

    def _named(self, code: str, impedance: Impedance, metres: float, item: Item) -> str:
        """Enter an impedance as a code per metre; codes without a unit differ with the unit of the line."""
        if code and (code, metres) in self.variants:
            return self.variants[code, metres]
        ratio = 1.0
        if impedance.base_frequency and impedance.base_frequency != self.script.frequency:
            ratio = self.script.frequency / impedance.base_frequency
            self.script.note(
                item.place, f"line code {code}: reactances are for {impedance.base_frequency:g} Hz, taken in proportion"
            )
        matrices = impedance.matrices or impedance.from_sequence(one_phase=True)
        per_metre = [
            _triangle(matrix / metres * factor) for matrix, factor in zip(matrices, (1.0, ratio, 1e-9), strict=True)
        ]
        key = tuple(per_metre)
        if code:
            name = code if code not in self.tables.line_codes else f"{code} per {metres:.0f} m"
            self.variants[code, metres] = name
        elif key in self.own:
            return self.own[key]
        else:
            name = self.own[key] = f"own {len(self.own) + 1}"
        record = {"resistance": per_metre[0], "reactance": per_metre[1]}
        if np.any(matrices[2]):
            record["capacitance"] = per_metre[2]
        if code and impedance.rating is not None and impedance.rating > 0:
            record["current_rating"] = impedance.rating
        self.tables.line_codes[name] = record
        return name

    def _geometry(self, name: str, token: Token) -> tuple[int, float | None]:
        known = self.tables.geometries.get(name)
        if known is None:
            item = self.script.items["linegeometry"].get(name)
            if item is None:
                raise token.place.error(f"there is no line geometry {name!r}", found=name)
            known = geometry_record(self.script, item)
            self.tables.geometries[name] = known
            for placed in known["conductors"]:
                if placed["conductor"] not in self.tables.conductors:
                    self.tables.conductors[placed["conductor"]] = conductor_record(self.script, placed["conductor"])
        phases = known["phases"] if known["reduce"] else len(known["conductors"])
        return phases, self.tables.conductors[known["conductors"][0]["conductor"]].get("current_rating")


def line_code(item: Item, frequency: float) -> Impedance:
    """Read a line code.

    Parameters
    ----------
    item : Item
        The object.
    frequency : float, Hz
        Of the feeder.

    Returns
    -------
    Impedance
        Per its own unit of length.
    """
    out = Impedance()
    neutral = 3
    for name, token in item.settings:
        if name == "nphases":
            out.phases = neutral = as_integer(token, 1, MOST_CONDUCTORS)
            out.matrices = None
        elif name == "units":
            out.unit = unit_of(token)
        elif name == "basefreq":
            out.base_frequency = as_number(token)
            if not out.base_frequency > 0:
                raise token.place.error(f"basefreq = {out.base_frequency:g}: must be more than 0")
        elif name == "normamps":
            out.rating = as_number(token)
        elif name == "neutral":
            neutral = as_integer(token, 1, MOST_CONDUCTORS)
        elif name == "kron":
            if as_yes(token):
                out.reduced(neutral, token.place)
        else:
            out.set(name, token, frequency)
    return out


def _triangle(matrix: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row[: k + 1]) for k, row in enumerate(matrix))
