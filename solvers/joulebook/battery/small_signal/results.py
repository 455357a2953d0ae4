"""What an impedance study gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.results import Result, column_name

if TYPE_CHECKING:
    import pandas

__all__ = ["PARTS", "ImpedanceResult"]

PARTS = ("negative", "separator", "positive")
"""Parts of a cell that a lithium reference electrode at the faces of the separator would tell apart."""


@dataclass(frozen=True, repr=False)
class ImpedanceResult(Result):
    """Impedance of a cell over frequency.

    ``real``, ``imaginary``, ``magnitude`` and ``phase`` run over ``frequency``; over ``soc`` and ``temperature`` as
    well where several were asked for. The same, as ``negative_real``, ``separator_imaginary`` and so on, for the parts
    between the collectors and the faces of the separator; with the contact resistance they sum to the whole.
    """

    main_dimension: ClassVar[str] = "frequency"
    main_variables: ClassVar[tuple[str, ...]] = ("magnitude", "phase")

    @property
    def frequency(self) -> NDArray[np.float64]:
        """Frequency, Hz."""
        return self["frequency"]

    @property
    def impedance(self) -> NDArray[np.complex128]:
        """Impedance, Ω; frequency is the last dimension."""
        return np.asarray(self["real"] + 1j * self["imaginary"])

    def part(self, name: str) -> NDArray[np.complex128]:
        """Give the impedance of a part of the cell.

        Parameters
        ----------
        name : str
            ``"negative"``, ``"separator"`` or ``"positive"``.

        Returns
        -------
        ndarray, shape (..., n_frequencies), Ω
            Between the collectors and the faces of the separator.
        """
        return np.asarray(self[f"{name}_real"] + 1j * self[f"{name}_imaginary"])

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each frequency, and for each state where there are several.

        Returns
        -------
        pandas.DataFrame
            Columns carry their unit: ``real_ohm``.
        """
        whole = self.variables["real"]
        wanted = {name: item for name, item in self.variables.items() if item.dims == whole.dims}
        table = self.to_xarray()[list(wanted)].to_dataframe().reset_index()
        units = {name: item.unit for name, item in self.variables.items()}
        return table[[*whole.dims, *(name for name in wanted if name not in whole.dims)]].rename(
            columns=lambda name: column_name(name, units[name])
        )

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text; resistances where there is a single state.
        """
        said = super().summary()
        if self.variables["real"].values.ndim == 1:
            ohmic, negative, positive = (
                1e3 * float(self[name])
                for name in ("ohmic_resistance", "negative_transfer_resistance", "positive_transfer_resistance")
            )
            said["Resistances"] = (
                f"ohmic {ohmic:.4g} mΩ, charge transfer {negative:.4g} mΩ negative, {positive:.4g} mΩ positive"
            )
        said["Work"] = f"{self.stats.steps} frequencies solved exactly, {self.stats.seconds * 1e3:.2f} ms"
        return said

    def plot(self, *names: str) -> Any:
        """Draw the impedance.

        Parameters
        ----------
        *names : str
            ``"nyquist"``, which is drawn if none are given, ``"bode"``, ``"parts"``, or a variable over frequency.

        Returns
        -------
        holoviews.Overlay or holoviews.Layout
            Shown by a notebook.
        """
        from joulebook.battery.small_signal.drawing import draw

        return draw(self, names or ("nyquist",))
