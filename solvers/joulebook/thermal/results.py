"""What a study of a board gives back: temperatures of components, faces and cells, and where the heat goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from joulebook.core.courtesy import need_in_plan
from joulebook.core.results import Result

__all__ = ["BoardResult"]


@dataclass(frozen=True, repr=False)
class BoardResult(Result):
    """Steady temperatures of a board.

    The table of :meth:`to_dataframe` has a row for each component. ``junction`` and ``case`` are not numbers for plain
    sources of heat; ``board`` is the mean of the board's surface below the footprint, ``board_hottest`` its largest
    value. ``into_board`` and ``from_case`` say which way the heat goes. ``temperature`` and ``heat_flux`` hold the
    whole field over ``x``, ``y`` and ``z``, with z up from the board's lower face.
    """

    main_dimension: ClassVar[str] = "component"
    main_variables: ClassVar[tuple[str, ...]] = ("top_temperature", "bottom_temperature")

    @property
    def hottest(self) -> tuple[str, float]:
        """Name and temperature, K, of the component that is hottest, at its junction or else on the board below it."""
        levels = np.where(np.isnan(self["junction"]), self["board_hottest"], self["junction"])
        if not levels.size:
            return "", float(self["temperature"].max())
        k = int(np.argmax(levels))
        return str(self["component"][k]), float(levels[k])

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        said = super().summary()
        name, level = self.hottest
        leaving = self.facts["heat_leaving"]
        said["Power"] = f"{self.facts['power']:.6g} W"
        said["Heat leaving"] = ", ".join(f"{way} {heat:.6g} W" for way, heat in leaving.items())
        field = self["temperature"]
        said["Hottest"] = f"{name or 'board'}, {level - 273.15:.2f} °C"
        said["Board"] = f"{field.min() - 273.15:.2f} to {field.max() - 273.15:.2f} °C in {field.size} cells"
        said["Work"] = (
            f"{self.stats.steps} steps, {self.stats.iterations} iterations, {self.stats.seconds * 1e3:.1f} ms on "
            f"{self.stats.device}; balance of heat to {self.facts['imbalance']:.1e}"
        )
        del said["Variables"], said["Imbalance"]
        return said

    def plot(self, *names: str) -> Any:
        """Draw temperatures of the faces, with the components on them.

        Parameters
        ----------
        *names : str
            ``"top_temperature"``, ``"bottom_temperature"`` or ``"components"``; the two faces if none are given.

        Returns
        -------
        holoviews.Overlay, holoviews.Bars or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        InputError
            If there is no such drawing.
        MissingExtraError
            If HoloViews is not installed.
        """
        from joulebook.thermal.plot import draw

        return draw(self, names or self.main_variables)

    def to_vtk(self, path: str | Path) -> Path:
        """Write the field to a file of VTK, for ParaView and programs like it.

        Parameters
        ----------
        path : str or Path
            By custom ending in ``.vtr``: a rectilinear grid, lengths in m, with the data of cells ``temperature_K``,
            ``heat_flux_W_m2``, ``heat_source_W_m3`` and ``conductivity_W_mK``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InputError
            If the plan of this hub is without VTK export.
        DataFormatError
            If the folder is missing or cannot be written.

        References
        ----------
        Kitware, VTK File Formats, section "XML File Formats".
        """
        need_in_plan("vtk_export", "VTK export", str(self.provenance.design.get("name", "a board")))
        from joulebook.thermal.vtk import write_rectilinear

        along = np.stack([self[f"conductivity_{axis}"] for axis in "xyz"], axis=-1)
        shape = self["temperature"].shape
        data = {
            "temperature_K": self["temperature"],
            "heat_flux_W_m2": self["heat_flux"],
            "heat_source_W_m3": self._sources(),
            "conductivity_W_mK": np.broadcast_to(along, (*shape, 3)),
        }
        return write_rectilinear(path, [self[f"{axis}_line"] for axis in "xyz"], data)

    def _sources(self) -> Any:
        """Heat that enters the outermost cells, per volume, W/m³."""
        out = np.zeros(self["temperature"].shape)
        heights = np.diff(self["z_line"])
        out[:, :, -1] += self["top_source"] / heights[-1]
        out[:, :, 0] += self["bottom_source"] / heights[0]
        return out
