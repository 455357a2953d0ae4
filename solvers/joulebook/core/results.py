"""The base of all results: named arrays with units, a status that gives advice, and where they come from."""

from __future__ import annotations

import enum
import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import DataFormatError, InputError, Issue, MissingExtraError
from joulebook.core.provenance import Provenance, Stats

if TYPE_CHECKING:
    import pandas
    import xarray

__all__ = ["Result", "Status", "Variable"]

_UNIT_SUFFIX = {
    "1/MWh": "per_MWh",
    "1/Mvarh": "per_Mvarh",
    "1/MVAh": "per_MVAh",
    "1/h": "per_h",
    "A h": "Ah",
    "W h": "Wh",
    "mol/m³": "mol_m3",
    "A/m²": "A_m2",
    "1": "",
    "°C": "degC",
    "°": "deg",
    "%": "percent",
    "m²": "m2",
    "m³": "m3",
}


class Status(enum.Enum):
    """How a study ended; the text says what it means and what to try."""

    SOLVED = "Solved."
    PARTIAL = "Stopped early: the values up to the stop are good. See the reason of the end."
    ISLANDED = "Solved where there is supply; loads elsewhere have none. See what has no supply; close a switch."
    UNDETECTED = (
        "Solved, but the detector never tripped, so that nothing protected the winding. Lower its threshold, or make "
        "the normal zone grow faster."
    )
    DIVERGED = "Not solved: no state was found in which everything balances. Ask diagnose() where and why."
    INFEASIBLE = "Not solvable as it stands: more is asked for than can be carried. Lessen it, or strengthen the way."
    FAILED = "Not solved. Loosen the accuracy, start from another state, or check the design's values."


@dataclass(frozen=True)
class Variable:
    """A named array.

    Parameters
    ----------
    dims : tuple of str
        Name of each dimension.
    values : ndarray
        The numbers.
    unit : str
        Of the numbers.
    label : str
        For axes and headings: ``"Voltage"``.
    """

    dims: tuple[str, ...]
    values: NDArray[Any]
    unit: str
    label: str


@dataclass(frozen=True)
class Result:
    """What a study gives back.

    Parameters
    ----------
    variables : mapping of str to Variable
        The arrays; a variable named like its only dimension is that dimension's coordinate.
    status : Status
        How the study ended.
    stats : Stats
        How much work it was.
    provenance : Provenance
        What it was made from.
    facts : mapping
        Single JSON-able values, such as the reason of the end.
    """

    variables: Mapping[str, Variable]
    status: Status
    stats: Stats
    provenance: Provenance
    facts: Mapping[str, Any] = field(default_factory=dict)

    main_dimension: ClassVar[str] = "time"
    """Dimension of the rows of :meth:`to_dataframe`."""
    main_variables: ClassVar[tuple[str, ...]] = ()
    """What :meth:`plot` shows first."""

    _classes: ClassVar[dict[str, type[Result]]] = {}

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        Result._classes[cls.__name__] = cls

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.variables:
            raise InputError(Issue("variable", name, "not in this result", f"It has: {', '.join(self.variables)}"))
        return self.variables[name].values

    def to_xarray(self) -> xarray.Dataset:
        """Give all arrays with named dimensions and units.

        Returns
        -------
        xarray.Dataset
            ``attrs`` of each variable hold ``units`` and ``long_name``; those of the dataset the provenance.
        """
        import xarray

        arrays = {
            name: (item.dims, item.values, {"units": item.unit, "long_name": item.label})
            for name, item in self.variables.items()
        }
        coordinates = {name: arrays[name] for name in arrays if self.variables[name].dims == (name,)}
        data = {name: arrays[name] for name in arrays if name not in coordinates}
        return xarray.Dataset(data, coords=coordinates, attrs=self._attributes())

    def to_dataframe(self) -> pandas.DataFrame:
        """Give the variables along the main dimension as a table.

        Returns
        -------
        pandas.DataFrame
            Columns carry their unit: ``voltage_V``.
        """
        import pandas

        columns = {
            column_name(name, item.unit): item.values
            for name, item in self.variables.items()
            if item.dims == (self.main_dimension,)
        }
        return pandas.DataFrame(columns)

    def plot(self, *names: str) -> Any:
        """Draw variables over the main dimension.

        Parameters
        ----------
        *names : str
            Which; the result's main ones if none are given.

        Returns
        -------
        holoviews.Layout or holoviews.Curve
            Shown by a notebook.

        Raises
        ------
        InputError
            If a variable is unknown or does not run over the main dimension.
        MissingExtraError
            If HoloViews is not installed.
        """
        try:
            import holoviews
        except ImportError:
            raise MissingExtraError("Plotting", "lab") from None
        if not holoviews.Store.renderers:
            holoviews.extension("bokeh")
        across = self.variables[self.main_dimension]
        curves = []
        for name in names or self.main_variables:
            values = self[name]
            item = self.variables[name]
            if item.dims != (self.main_dimension,):
                raise InputError(
                    Issue("variable", name, f"runs over {', '.join(item.dims)}", "Plot it from to_xarray()")
                )
            curve = holoviews.Curve(
                (across.values, values),
                holoviews.Dimension(self.main_dimension, label=across.label, unit=across.unit),
                holoviews.Dimension(name, label=item.label, unit=item.unit),
                label=item.label,
            )
            curves.append(curve.opts(width=460, height=280, tools=["hover"], show_grid=True))
        return curves[0] if len(curves) == 1 else holoviews.Layout(curves).cols(2)

    def save(self, path: str | Path) -> Path:
        """Write everything to a netCDF file, the design inside.

        Parameters
        ----------
        path : str or Path
            By custom ending in ``.run.nc``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        DataFormatError
            If the folder is missing or cannot be written.
        """
        path = Path(path)
        temporary = path.with_name(f".{path.name}.part")
        try:
            self.to_xarray().to_netcdf(temporary, engine="h5netcdf")
            temporary.replace(path)
        except OSError as error:
            raise DataFormatError(f"cannot be written: {error.strerror or error}", file=path.name) from None
        finally:
            temporary.unlink(missing_ok=True)
        return path

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what :meth:`save` wrote.

        Parameters
        ----------
        path : str or Path
            The file.

        Returns
        -------
        Result
            Of the class that was saved.

        Raises
        ------
        DataFormatError
            If it is not such a file, or holds another kind of result.
        """
        import xarray

        path = Path(path)
        try:
            with xarray.open_dataset(path, engine="h5netcdf") as stored:
                data = stored.load()
            kind = str(data.attrs["joulebook_result"])
            made = Result._classes.get(kind, Result)
            if not issubclass(made, cls):
                raise DataFormatError(f"holds a {kind}, not a {cls.__name__}", file=path.name, found=kind)
            variables = {
                str(name): Variable(
                    tuple(str(dim) for dim in item.dims),
                    np.asarray(item.values),
                    str(item.attrs.get("units", "")),
                    str(item.attrs.get("long_name", name)),
                )
                for name, item in data.variables.items()
            }
            return made(
                variables=variables,
                status=Status[data.attrs["status"]],
                stats=Stats(**json.loads(data.attrs["stats"])),
                provenance=Provenance.from_json(data.attrs["provenance"]),
                facts=json.loads(data.attrs["facts"]),
            )
        except DataFormatError:
            raise
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise DataFormatError(
                f"not a saved result of Joulebook ({type(error).__name__}: {error}). Save one with result.save(...)",
                file=path.name,
            ) from None

    def _attributes(self) -> dict[str, str]:
        return {
            "joulebook_result": type(self).__name__,
            "status": self.status.name,
            "stats": json.dumps(asdict(self.stats)),
            "provenance": self.provenance.to_json(),
            "facts": json.dumps(dict(self.facts), ensure_ascii=False),
        }

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text, for screens.
        """
        size = ", ".join(f"{name} [{item.unit}]" for name, item in self.variables.items())
        return {
            "Study": self.provenance.study,
            "Design": str(self.provenance.design.get("name", "")),
            "Status": self.status.value,
            **{str(name).replace("_", " ").capitalize(): str(value) for name, value in self.facts.items()},
            "Variables": size,
            "Work": f"{self.stats.steps} steps, {self.stats.iterations} iterations, "
            f"{self.stats.seconds * 1e3:.2f} ms on {self.stats.device}",
        }

    def __repr__(self) -> str:
        lines = [f"  {name:<12} {text}" for name, text in self.summary().items()]
        return "\n".join([type(self).__name__, *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in self.summary().items()
        )
        return f"<table><caption style='text-align:left'><b>{type(self).__name__}</b></caption>{rows}</table>"


def column_name(name: str, unit: str) -> str:
    """Name a table's column so that it carries its unit.

    Parameters
    ----------
    name : str
        Of the variable.
    unit : str
        Of the variable.

    Returns
    -------
    str
        Such as ``"voltage_V"``; the bare name for pure numbers.
    """
    suffix = _UNIT_SUFFIX.get(unit, unit.replace("/", "_").replace(" ", ""))
    return f"{name}_{suffix}" if suffix else name
