"""A pack of cells as a document: one cell, how many of it, how they differ, and how they are joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, field_serializer, field_validator, model_validator

from joulebook.battery.assembly import Described
from joulebook.battery.designs import Cell
from joulebook.battery.pack.parts import MOST_CELLS, Contactor, HeatPaths, Wiring
from joulebook.battery.pack.variants import base_value, vary
from joulebook.core.errors import DataFormatError, InputError, Issue
from joulebook.core.quantities import Quantity

__all__ = ["Pack"]

Deviation = Annotated[float, Quantity("1", ge=0, le=0.3)]
Path = Annotated[str, Field(min_length=1, max_length=200)]


class Pack(Described):
    """Cells in parallel groups that are joined in series.

    Cells are counted from 0, along a group first: cell ``k`` is at place ``k % parallel`` of group ``k // parallel``,
    and place 0 of a group is nearest to the positive terminal.

    Parameters
    ----------
    name : str
        What people call it.
    cell : Cell
        The cell that the pack is made of.
    series : int
        Groups in series.
    parallel : int
        Cells in a group.
    spread : dict of str to float
        Dotted path of a value of the cell to its standard deviation from cell to cell, over the value: normal,
        cut at three deviations.
    seed : int
        Of the drawn values.
    values : dict of str to tuple of float
        Dotted path of a value of the cell to its values, one for each cell.
    wiring : Wiring
        Resistances.
    heat_paths : HeatPaths, optional
        Heat between neighbours.
    contactor : Contactor, optional
        What opens the circuit.
    cell_cutoffs : bool
        Whether steps that hold a current, a power or a load also end when any cell reaches its cut-off.

    Examples
    --------
    >>> from joulebook.battery import Cell, Pack
    >>> pack = Pack(
    ...     name="10s4p",
    ...     cell=Cell.named("Chen2020"),
    ...     series=10,
    ...     parallel=4,
    ...     spread={"electrode_width": 0.01},
    ...     wiring={"joint_resistance": 1e-3, "interconnect_resistance": 5e-4},
    ... )
    >>> pack.n_cells, pack.nominal_capacity, pack.upper_cutoff
    (40, 20.0, 42.0)
    """

    kind: ClassVar[str] = "joulebook.pack"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".pack.json"

    cell: Cell
    """The cell that the pack is made of."""
    series: Annotated[int, Field(ge=1, le=MOST_CELLS, strict=True)]
    """Groups in series."""
    parallel: Annotated[int, Field(ge=1, le=MOST_CELLS, strict=True)]
    """Cells in a group."""
    spread: Annotated[dict[Path, Deviation], Field(max_length=64, exclude_if=lambda given: not given)] = Field(
        default_factory=dict
    )
    """Standard deviation of a value from cell to cell, over the value, by its dotted path in the cell."""
    seed: Annotated[int, Field(ge=0, lt=2**32, strict=True)] = 0
    """Of the drawn values."""
    values: Annotated[
        dict[Path, tuple[Annotated[float, Quantity("that of the value")], ...]],
        Field(max_length=64, exclude_if=lambda given: not given),
    ] = Field(default_factory=dict)
    """Values of each cell, by their dotted path in the cell."""
    wiring: Wiring = Field(default_factory=Wiring)
    """Resistances between the cells and the terminals."""
    heat_paths: HeatPaths | None = None
    """Heat between neighbours; left out, cells only shed heat to the surroundings."""
    contactor: Contactor | None = None
    """What opens the circuit; left out, nothing does."""
    cell_cutoffs: Annotated[bool, Field(strict=True)] = True
    """Whether steps that hold a current, a power or a load also end when any cell reaches its cut-off."""

    @field_validator("cell", mode="before")
    @classmethod
    def _read_cell(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or "kind" not in given:
            return given
        try:
            return Cell.from_document(given)
        except DataFormatError as error:
            raise InputError(Issue("cell", given.get("kind"), str(error))) from None

    @field_serializer("cell")
    def _write_cell(self, cell: Cell) -> dict[str, Any]:
        return cell.to_document()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        issues = self._size_faults() or [*self._path_faults(), *self._link_faults()]
        if issues:
            raise InputError(issues)
        return self

    def _size_faults(self) -> list[Issue]:
        if self.n_cells > MOST_CELLS:
            rule = f"makes {self.n_cells} cells with parallel = {self.parallel}; there may be {MOST_CELLS}"
            return [Issue("series", self.series, rule, "Model a module, or a string")]
        given = len(self.wiring.joint_resistances)
        if given not in {0, self.n_cells}:
            rule = f"must have one value for each of the {self.n_cells} cells"
            return [Issue("wiring.joint_resistances", given, rule, "Or give joint_resistance for all", "ohm")]
        return []

    def _path_faults(self) -> list[Issue]:
        issues = []
        for where, group in (("spread", self.spread), ("values", self.values)):
            for path in group:
                try:
                    base_value(self.cell, path, needed=where == "spread")
                except InputError as error:
                    issues += [Issue(f"{where}.{path}", path, item.rule, item.hint) for item in error.issues]
        for path, values in self.values.items():
            if len(values) != self.n_cells:
                rule = f"must have one value for each of the {self.n_cells} cells"
                issues.append(Issue(f"values.{path}", len(values), rule, "Use spread to draw them"))
            if path in self.spread:
                issues.append(Issue(f"values.{path}", path, "is drawn by spread as well", "Keep one of them"))
        return issues

    def _link_faults(self) -> list[Issue]:
        if self.heat_paths is None:
            return []
        issues = []
        if self.cell.thermal is None:
            rule = "needs the heat capacity of the cell, cell.thermal"
            issues.append(Issue("heat_paths", None, rule, "Give cell.thermal, or leave heat_paths out"))
        for k, link in enumerate(self.heat_paths.links):
            for name in ("one", "other"):
                if getattr(link, name) >= self.n_cells:
                    rule = f"there are {self.n_cells} cells, counted from 0"
                    issues.append(Issue(f"heat_paths.links.{k}.{name}", getattr(link, name), rule))
        return issues

    @property
    def n_cells(self) -> int:
        """Cells in the pack."""
        return self.series * self.parallel

    @property
    def nominal_capacity(self) -> float:
        """Capacity that defines the C-rate of the pack, A h."""
        return self.parallel * self.cell.nominal_capacity

    @property
    def lower_cutoff(self) -> float:
        """Voltage of the pack with all cells at their lower cut-off, V."""
        return self.series * self.cell.lower_cutoff

    @property
    def upper_cutoff(self) -> float:
        """Voltage of the pack with all cells at their upper cut-off, V."""
        return self.series * self.cell.upper_cutoff

    def cells(self) -> list[Cell]:
        """Make the cells of the pack, each with its own values.

        Returns
        -------
        list of Cell
            In the order of their numbers.

        Raises
        ------
        InputError
            If a value is not allowed for a cell.
        """
        return vary(self.cell, self.n_cells, self.spread, self.seed, self.values)

    def links(self) -> list[tuple[int, int, float]]:
        """List the heat paths between cells, those of the grid written out.

        Returns
        -------
        list of tuple
            Two cells and the conductance, W/K.
        """
        paths = self.heat_paths
        if paths is None:
            return []
        found = [(link.one, link.other, link.conductance) for link in paths.links]
        columns = paths.columns or self.parallel
        if paths.neighbour_conductance > 0.0:
            for k in range(self.n_cells):
                if (k + 1) % columns and k + 1 < self.n_cells:
                    found.append((k, k + 1, paths.neighbour_conductance))
                if k + columns < self.n_cells:
                    found.append((k, k + columns, paths.neighbour_conductance))
        return found

    def as_one_cell(self) -> Cell:
        """Make a cell with the capacity and the limits of the pack: what a protocol for the pack refers to.

        Returns
        -------
        Cell
            Of no other use.
        """
        return self.cell.replace(
            {
                "nominal_capacity": self.nominal_capacity,
                "lower_cutoff": self.lower_cutoff,
                "upper_cutoff": self.upper_cutoff,
            }
        )
