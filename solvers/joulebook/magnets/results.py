"""What a quench gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from joulebook.core.results import Result

__all__ = ["QuenchResult"]


@dataclass(frozen=True, repr=False)
class QuenchResult(Result):
    """Current, hot spot, voltages and energies of a quench over time.

    ``facts`` holds the operating point (critical current, temperatures, velocity), the times of detection and opening,
    the hot spot, the largest voltages, the energies and how well they balance.
    """

    main_dimension: ClassVar[str] = "time"
    main_variables: ClassVar[tuple[str, ...]] = ("current", "hot_spot", "voltage")

    @property
    def hot_spot(self) -> float:
        """Highest temperature, K."""
        return float(self.facts["hot_spot_K"])

    @property
    def miits(self) -> float:
        """Integral of the current squared over time, MA² s."""
        return float(self.facts["miits_MA2s"])

    @property
    def peak_voltage(self) -> float:
        """Largest voltage of the dump or of the normal zone, V."""
        return float(max(self.facts["peak_dump_voltage_V"], self.facts["peak_normal_voltage_V"]))

    def plot(self, *names: str) -> Any:
        """Draw a quench over time.

        Parameters
        ----------
        *names : str
            ``"voltage"`` (dump and normal zone), or a variable over time; current, hot spot and voltages if none are
            given.

        Returns
        -------
        holoviews.Overlay or holoviews.Layout
            Shown by a notebook.

        Raises
        ------
        InputError
            If there is no such variable.
        """
        from joulebook.magnets.plots import draw

        return draw(self, names or self.main_variables)

    def summary(self) -> dict[str, str]:
        """Say in a few lines what this is.

        Returns
        -------
        dict of str to str
            Heading to text.
        """
        facts = self.facts
        said = {key: text for key, text in super().summary().items() if key in {"Study", "Design", "Status"}}
        seen = facts["detected_s"]
        opened = facts["opened_s"]
        said["Operating point"] = (
            f"critical current {facts['critical_current_A']:.4g} A, current sharing at "
            f"{facts['sharing_temperature_K']:.4g} K, margin {facts['temperature_margin_K']:.3g} K"
        )
        said["Detected"] = "never" if seen is None else f"after {1e3 * seen:.4g} ms"
        said["Switch"] = "never opened" if opened is None else f"open after {1e3 * opened:.4g} ms"
        said["Hot spot"] = f"{self.hot_spot:.4g} K, {self.miits:.4g} MA² s"
        said["Voltages"] = (
            f"dump {facts['peak_dump_voltage_V']:.4g} V, normal zone {facts['peak_normal_voltage_V']:.4g} V"
        )
        stored, dumped, heated = (
            f"{value / 1e3:.4g} kJ"
            for value in (facts["stored_energy_J"], self["energy_dump"][-1], self["energy_winding"][-1])
        )
        missed = f"balance to {facts['energy_missed']:.0e}"
        said["Energy"] = f"{stored} stored; {dumped} in the dump, {heated} in the winding; {missed}"
        said["End"] = facts["end"]
        if facts["outside"]:
            said["Outside of what is known"] = "; ".join(facts["outside"])
        said["Work"] = f"{self.stats.steps} steps, {self.stats.seconds * 1e3:.0f} ms"
        return said
