"""A distribution feeder as a document: its elements and their controls, conductor by conductor."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from joulebook.core.design import Design
from joulebook.core.documents import parse_document
from joulebook.core.errors import InputError
from joulebook.core.quantities import Quantity
from joulebook.grid.feeder.checks import feeder_issues
from joulebook.grid.feeder.elements import (
    Capacitor,
    CapacitorControl,
    Generator,
    Load,
    LoadShape,
    Reactor,
    RegulatorControl,
    Transformer,
    VoltageSource,
)
from joulebook.grid.feeder.line_elements import Conductor, Line, LineCode, LineGeometry
from joulebook.grid.quantities import Frequency, NominalVoltage
from joulebook.grid.tables import Table, TableOf

__all__ = ["Feeder"]

NAMED = ("IEEE4", "IEEE13", "IEEE34", "IEEE37", "IEEE123")
Coordinate = Annotated[float, Quantity("1", ge=-1e9, le=1e9)]


def _none(table: Any) -> bool:
    return not len(table)


class Feeder(Design):
    """A distribution feeder of one to four wires.

    Parameters
    ----------
    name : str
        What people call it.
    frequency : float, Hz
        Nominal.
    voltage_bases : tuple of float, V
        Line-to-line voltages, one of which is the base of every bus. Left out, the bases follow from the sources and
        the ratios of the transformers.
    voltage_sources, lines, transformers, … : Table
        The elements by identifier; see :mod:`joulebook.grid.feeder.elements`.
    earth_model : str
        How the return through earth enters line constants that follow from a geometry.
    earth_resistivity : float, ohm m
        Of the earth below the lines.
    most_control_rounds : int
        Rounds of control actions that a solution may take.
    coordinates : dict of str to (float, float)
        Where the buses are, in the map's own units.
    notes : tuple of str
        What an import left out.

    Examples
    --------
    >>> from joulebook.grid import Feeder
    >>> feeder = Feeder.named("IEEE13")
    >>> feeder.lines["650632"].bus2
    '632.1.2.3'
    >>> float(feeder.loads.active_power.sum() / 1e3)
    3466.0
    """

    kind: ClassVar[str] = "feeder"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".feeder.json"
    largest_document: ClassVar[int] = 100_000_000

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """What people call it."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """What it is and where it comes from."""
    frequency: Frequency = 50.0
    """Nominal."""
    voltage_bases: Annotated[tuple[NominalVoltage, ...], Field(max_length=100)] = ()
    """Line to line; one of them is the base of every bus. Left out, bases follow from sources and ratios."""
    voltage_sources: Annotated[Table[VoltageSource], TableOf(VoltageSource)]
    """Supplies."""
    line_codes: Annotated[
        Table[LineCode], TableOf(LineCode), Field(default_factory=partial(Table, LineCode), exclude_if=_none)
    ]
    """Makes of line, per metre."""
    conductors: Annotated[
        Table[Conductor], TableOf(Conductor), Field(default_factory=partial(Table, Conductor), exclude_if=_none)
    ]
    """Wires and cables that geometries place."""
    geometries: Annotated[
        Table[LineGeometry],
        TableOf(LineGeometry),
        Field(default_factory=partial(Table, LineGeometry), exclude_if=_none),
    ]
    """Conductors side by side, from which line constants follow."""
    lines: Annotated[Table[Line], TableOf(Line), Field(default_factory=partial(Table, Line), exclude_if=_none)]
    """Lines, cables and switches."""
    transformers: Annotated[
        Table[Transformer], TableOf(Transformer), Field(default_factory=partial(Table, Transformer), exclude_if=_none)
    ]
    """Transformers, those of regulators included."""
    regulators: Annotated[
        Table[RegulatorControl],
        TableOf(RegulatorControl),
        Field(default_factory=partial(Table, RegulatorControl), exclude_if=_none),
    ]
    """Controls of taps."""
    capacitors: Annotated[
        Table[Capacitor], TableOf(Capacitor), Field(default_factory=partial(Table, Capacitor), exclude_if=_none)
    ]
    """Capacitor banks."""
    capacitor_controls: Annotated[
        Table[CapacitorControl],
        TableOf(CapacitorControl),
        Field(default_factory=partial(Table, CapacitorControl), exclude_if=_none),
    ]
    """Controls of capacitor banks."""
    reactors: Annotated[
        Table[Reactor], TableOf(Reactor), Field(default_factory=partial(Table, Reactor), exclude_if=_none)
    ]
    """Series and shunt impedances."""
    loads: Annotated[Table[Load], TableOf(Load), Field(default_factory=partial(Table, Load), exclude_if=_none)]
    """What customers draw."""
    generators: Annotated[
        Table[Generator], TableOf(Generator), Field(default_factory=partial(Table, Generator), exclude_if=_none)
    ]
    """What small plants inject."""
    load_shapes: Annotated[
        Table[LoadShape], TableOf(LoadShape), Field(default_factory=partial(Table, LoadShape), exclude_if=_none)
    ]
    """How loads change over time."""
    load_multiplier: Annotated[float, Quantity("1", ge=0, le=1000)] = 1.0
    """Of all loads that are not fixed."""
    earth_model: Literal["Deri", "Carson", "full Carson"] = "Deri"
    """How the return through earth enters the constants of lines that have a geometry."""
    earth_resistivity: Annotated[float, Quantity("ohm m", gt=0, le=1e6)] = 100.0
    """Of the earth below the lines."""
    most_control_rounds: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Rounds of control actions that a solution may take."""
    coordinates: Annotated[dict[str, tuple[Coordinate, Coordinate]], Field(exclude_if=_none)] = Field(
        default_factory=dict
    )
    """Where the buses are, in the map's own units."""
    notes: Annotated[tuple[Annotated[str, Field(max_length=1000)], ...], Field(exclude_if=_none)] = ()
    """What an import left out."""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        issues = feeder_issues(self)
        if issues:
            raise InputError(issues)
        return self

    def __repr__(self) -> str:
        held = {
            "lines": self.lines,
            "transformers": self.transformers,
            "loads": self.loads,
            "regulators": self.regulators,
            "capacitors": self.capacitors,
        }
        return (
            f"<Feeder {self.name}: {', '.join(f'{len(table)} {name}' for name, table in held.items() if len(table))}>"
        )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the feeders that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return NAMED

    @classmethod
    def _make_named(cls, name: str) -> Self:
        file = f"{name}{cls.suffix}"
        text = files("joulebook.grid.feeder").joinpath("named", file).read_text(encoding="utf-8")
        return cls.from_document(parse_document(text, file=file), file=file)

    @classmethod
    def load(cls, path: str | Path, *, folder: str | Path | None = None) -> Self:
        """Read a feeder from its document or from an OpenDSS script; the content decides which it is.

        Parameters
        ----------
        path : str or Path
            A JSON file as :meth:`save` writes it, or the main script of an OpenDSS model.
        folder : str or Path, optional
            Highest folder that a script may read other files from; its own if left out.

        Returns
        -------
        Feeder
            The feeder; ``notes`` lists what of a script has no place in it.

        Raises
        ------
        DataFormatError
            If the file is missing, too large or not understood; the message names file, line and column.
        InputError
            With every fault of the values.

        Examples
        --------
        >>> Feeder.load("IEEE13Nodeckt.dss")  # doctest: +SKIP
        """
        from joulebook.grid.feeder.dss.reading import is_document, read_dss

        if is_document(path):
            return super().load(path)
        return read_dss(cls, path, folder=folder)

    def buses(self) -> tuple[str, ...]:
        """List the buses.

        Returns
        -------
        tuple of str
            In the order in which elements name them.
        """
        from joulebook.grid.feeder.nodes import bus_names

        return bus_names(self)
