"""A power network as a document: tables of elements, and where they stand in the one-line diagram."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, model_validator

from joulebook.core.citations import Source
from joulebook.core.conversion import warn_of
from joulebook.core.design import Design, Part
from joulebook.core.errors import InputError
from joulebook.core.faults import issues_from_validation
from joulebook.core.quantities import Quantity
from joulebook.grid.changes import changed_tables, is_table_path
from joulebook.grid.elements import (
    Bus,
    Converter,
    ExternalGrid,
    Generator,
    HvdcLine,
    Line,
    Load,
    Motor,
    Shunt,
    Switch,
    ThreeWindingTransformer,
    Transformer,
)
from joulebook.grid.interchange.formats import content_of, name_of, read_network, write_network
from joulebook.grid.quantities import ApparentPower, Frequency
from joulebook.grid.tables import Table, TableOf
from joulebook.grid.topology import reference_issues

__all__ = ["Diagram", "Network", "Placement"]

Coordinate = Annotated[float, Quantity("1", ge=-1e6, le=1e6)]


def _no_elements(table: Table[Part]) -> bool:
    return not len(table)


class Placement(Part):
    """Where an element stands in the diagram, in grid squares."""

    x: Coordinate
    """To the right."""
    y: Coordinate
    """Downwards."""
    rotation: Literal[0, 90, 180, 270] = 0
    """Clockwise, degrees."""
    length: Annotated[float, Quantity("1", gt=0, le=1e4)] | None = None
    """Of a busbar."""


class Diagram(Part):
    """The one-line drawing: what is not placed is laid out by the designer."""

    symbols: Literal["IEC", "ANSI"] = "IEC"
    """Set of symbols."""
    placements: dict[str, Placement] = Field(default_factory=dict)
    """By table and identifier: ``"buses/1"``."""
    routes: dict[str, tuple[tuple[Coordinate, Coordinate], ...]] = Field(default_factory=dict)
    """Corners of connections that a person has drawn, by table, identifier and end: ``"lines/1/from"``."""
    labels: dict[str, Annotated[str, Field(max_length=400)]] = Field(default_factory=dict)
    """Notes by identifier of their own."""


class Network(Design):
    """A power network.

    Parameters
    ----------
    name : str
        What people call it.
    base_power : float, VA
        Base of per-unit powers in results and files.
    frequency : float, Hz
        Nominal.
    buses, lines, transformers, … : Table
        The elements by identifier; see :mod:`joulebook.grid.elements`.
    diagram : Diagram
        The one-line drawing.
    sources : dict of str to Source
        Dotted path of a value to where it comes from.
    """

    kind: ClassVar[str] = "circuit"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".circuit.json"
    largest_document: ClassVar[int] = 200_000_000

    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=4000)] = ""
    base_power: ApparentPower = 100e6
    frequency: Frequency = 50.0
    buses: Annotated[Table[Bus], TableOf(Bus)]
    lines: Annotated[Table[Line], TableOf(Line), Field(default_factory=partial(Table, Line), exclude_if=_no_elements)]
    transformers: Annotated[
        Table[Transformer],
        TableOf(Transformer),
        Field(default_factory=partial(Table, Transformer), exclude_if=_no_elements),
    ]
    three_winding_transformers: Annotated[
        Table[ThreeWindingTransformer],
        TableOf(ThreeWindingTransformer),
        Field(default_factory=partial(Table, ThreeWindingTransformer), exclude_if=_no_elements),
    ]
    generators: Annotated[
        Table[Generator], TableOf(Generator), Field(default_factory=partial(Table, Generator), exclude_if=_no_elements)
    ]
    external_grids: Annotated[
        Table[ExternalGrid],
        TableOf(ExternalGrid),
        Field(default_factory=partial(Table, ExternalGrid), exclude_if=_no_elements),
    ]
    loads: Annotated[Table[Load], TableOf(Load), Field(default_factory=partial(Table, Load), exclude_if=_no_elements)]
    shunts: Annotated[
        Table[Shunt], TableOf(Shunt), Field(default_factory=partial(Table, Shunt), exclude_if=_no_elements)
    ]
    switches: Annotated[
        Table[Switch], TableOf(Switch), Field(default_factory=partial(Table, Switch), exclude_if=_no_elements)
    ]
    hvdc_lines: Annotated[
        Table[HvdcLine], TableOf(HvdcLine), Field(default_factory=partial(Table, HvdcLine), exclude_if=_no_elements)
    ]
    converters: Annotated[
        Table[Converter], TableOf(Converter), Field(default_factory=partial(Table, Converter), exclude_if=_no_elements)
    ]
    motors: Annotated[
        Table[Motor], TableOf(Motor), Field(default_factory=partial(Table, Motor), exclude_if=_no_elements)
    ]
    diagram: Diagram = Diagram()
    sources: Annotated[dict[str, Source], Field(exclude_if=lambda sources: not sources)] = Field(default_factory=dict)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the networks that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`: IEEE and PEGASE test cases and feeders from publications, smallest first.
        """
        from joulebook.grid import named

        return named.names()

    @classmethod
    def _make_named(cls, name: str) -> Self:
        from joulebook.grid import named

        return named.load(name)

    @classmethod
    def record_of(cls, table: str) -> type[Part] | None:
        """Say what the rows of a table are.

        Parameters
        ----------
        table : str
            Name of the table.

        Returns
        -------
        type of Part or None
            None if there is no such table.
        """
        field = cls.model_fields.get(table)
        marks = [item for item in field.metadata if isinstance(item, TableOf)] if field is not None else []
        return marks[0].record if marks else None

    @model_validator(mode="after")
    def _references(self) -> Self:
        issues = reference_issues(self)
        if issues:
            raise InputError(issues, self.name)
        return self

    @classmethod
    def load(cls, path: str | Path | Sequence[str | Path]) -> Self:
        """Read a network from a file, whatever format it is.

        Parameters
        ----------
        path : str, Path or sequence of these
            A document of Joulebook or a file of another program; several files where the format comes in parts. The
            format is found by content, not by the ending.

        Returns
        -------
        Network
            The network. A :class:`joulebook.core.conversion.ConversionWarning` lists what could not be carried over.

        Raises
        ------
        UnknownFormatError
            If no reader knows the content.
        DataFormatError
            If the file is faulty; the message names the place.
        InputError
            With every fault of the values.
        """
        name = name_of(path)
        if isinstance(path, str | Path) and not Path(path).is_dir():
            content = content_of(path)
            ours = any(mark in content for mark in (f'"{cls.kind}"'.encode(), b'"schema_version"'))
            if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and ours:
                return super().load(path)
        network, notes = read_network(path)
        warn_of(name, notes)
        return network

    def save(self, path: str | Path) -> Path:
        """Write the network to a file; the ending of the name says the format.

        Parameters
        ----------
        path : str or Path
            ``.circuit.json`` or ``.json`` for a document of Joulebook, ``.m`` for MATPOWER, and so on.

        Returns
        -------
        Path
            The file. A :class:`joulebook.core.conversion.ConversionWarning` lists what the format cannot hold.

        Raises
        ------
        InputError
            If the ending is not known.
        DataFormatError
            If the file cannot be written.
        """
        if Path(path).name.endswith(self.suffix):
            return super().save(path)
        return write_network(self, path)

    def replace(self, changes: Mapping[str, Any]) -> Self:
        """Make a network that differs in some values.

        Parameters
        ----------
        changes : mapping of str to object
            A value by its path, ``{"loads.7.active_power": 1e6}``; a column by its own,
            ``{"loads.active_power": array}`` (one number stands for all); an element, which may be new,
            ``{"loads.8": {"bus": "8", "active_power": 1e6}}``; a whole table, ``{"loads": table}``.

        Returns
        -------
        Network
            The changed network, validated; this one stays as it is. Sources of the changed values are dropped.

        Raises
        ------
        InputError
            If a path does not exist or a value is not allowed; all faults at once.
        """
        of_tables = {path: value for path, value in changes.items() if is_table_path(self, path)}
        rest = {path: value for path, value in changes.items() if path not in of_tables}
        base = self
        if rest:
            tables = {name: getattr(self, name) for name in type(self).model_fields if is_table_path(self, name)}
            bare = type(self).model_construct(**{**dict(self), **{name: Table(t.record) for name, t in tables.items()}})
            base = super(Network, bare).replace(rest)
            base = type(self).model_construct(**{**dict(base), **tables})
        values = {**dict(base), **changed_tables(self, of_tables)}
        gone = tuple(of_tables)
        values["sources"] = {
            path: source
            for path, source in base.sources.items()
            if path not in gone and not path.startswith(tuple(f"{item}." for item in gone))
        }
        try:
            return type(self).model_validate(values)
        except ValidationError as error:
            raise InputError(issues_from_validation(type(self), error), self.name) from None

    def __copy__(self) -> Self:
        return self._without_kept(super().__copy__())

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self._without_kept(super().__deepcopy__(memo))

    @staticmethod
    def _without_kept(copied: Any) -> Any:
        """Drop what studies keep with a network: a copy may be given other tables."""
        for name in [name for name in copied.__dict__ if name not in type(copied).model_fields]:
            del copied.__dict__[name]
        return copied

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state["__dict__"] = {
            name: value for name, value in state["__dict__"].items() if name in type(self).model_fields
        }
        return state
