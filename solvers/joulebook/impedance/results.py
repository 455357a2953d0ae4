"""What a study of an equivalent circuit gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from joulebook.core.results import Result

__all__ = ["SpectrumResult"]


@dataclass(frozen=True, repr=False)
class SpectrumResult(Result):
    """Impedance of an equivalent circuit over frequency."""

    main_dimension: ClassVar[str] = "frequency"
    main_variables: ClassVar[tuple[str, ...]] = ("magnitude", "phase")

    @property
    def frequency(self) -> NDArray[np.float64]:
        """Frequency, Hz."""
        return self["frequency"]

    @property
    def impedance(self) -> NDArray[np.complex128]:
        """Impedance, Ω."""
        return np.asarray(self["real"] + 1j * self["imaginary"])

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        said = super().summary()
        low, high = (int(k) for k in (np.argmin(self.frequency), np.argmax(self.frequency)))
        ends = (f"{self.impedance[k]:.4g} Ω at {self.frequency[k]:.4g} Hz" for k in (high, low))
        said["Impedance"] = ", ".join(ends)
        said["Work"] = f"{self.stats.steps} frequencies, {self.stats.seconds * 1e3:.3f} ms"
        return said

    def plot(self, *names: str) -> Any:
        """Draw the impedance.

        Parameters
        ----------
        *names : str
            ``"nyquist"``, ``"bode"``, or a variable over frequency; Nyquist and Bode if none are given.

        Returns
        -------
        holoviews.Overlay or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        InputError
            If there is no such picture or variable.
        """
        from joulebook.core.spectrum_plot import nyquist, over_frequency, side_by_side

        pictures = []
        for name in names or ("nyquist", "bode"):
            if name == "nyquist":
                pictures.append(nyquist(self.frequency, [("", self.impedance)]))
            else:
                for one in ("magnitude", "phase") if name == "bode" else (name,):
                    known = "nyquist, bode, real, imaginary, magnitude or phase"
                    pictures.append(over_frequency(self, one, [("", self[one])], ("frequency",), known))
        return side_by_side(pictures)
