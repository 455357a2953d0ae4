"""Results of protection studies: coordination, settings, duty of breakers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from joulebook.core.results import Result, column_name
from joulebook.grid.protection.scheme import Scheme

if TYPE_CHECKING:
    import pandas

__all__ = ["CoordinationResult", "DutyResult", "SettingsResult"]


@dataclass(frozen=True, repr=False)
class CoordinationResult(Result):
    """Margins of every pair over the currents of its faults.

    ``primary_current``, ``backup_current`` (A), ``primary_time``, ``backup_time``, ``required`` and ``margin`` (s) run
    over ``pair`` and ``fault``; pairs with fewer faults end in NaN. ``margin`` is the time of the backup less that of
    the primary device and the required interval: negative means not selective. ``worst_margin`` and ``worst_current``
    run over ``pair``.
    """

    main_dimension: ClassVar[str] = "pair"
    main_variables: ClassVar[tuple[str, ...]] = ("worst_margin",)

    @property
    def selective(self) -> bool:
        """Whether every pair keeps its interval at every fault, and every limit is kept."""
        return not self.reasons

    @property
    def reasons(self) -> list[str]:
        """What is wrong, one sentence each; empty where all is well."""
        return [row["reason"] for row in (*self.facts["pairs"], *self.facts["protects"]) if not row["ok"]]

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each pair.

        Returns
        -------
        pandas.DataFrame
            Worst fault, times and margin there, the parts of the required interval, verdict and reason.
        """
        import pandas

        return pandas.DataFrame(self.facts["pairs"])

    def limits_table(self) -> pandas.DataFrame:
        """Give a row for each piece of equipment that a device must save or let start.

        Returns
        -------
        pandas.DataFrame
            Tightest current, times there, verdict and reason.
        """
        import pandas

        return pandas.DataFrame(self.facts["protects"])

    def scheme(self) -> Scheme:
        """Give the scheme that was checked.

        Returns
        -------
        Scheme
            From the document inside the result.
        """
        return Scheme.from_document(self.provenance.design)

    def plot(self, *names: str) -> Any:
        """Draw the margin of pairs over the current through the primary device.

        Parameters
        ----------
        *names : str
            Titles of pairs, such as ``"R2 – R1"``; all where none are given.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.
        """
        from joulebook.grid.protection.margin_plot import margin_plot

        return margin_plot(self, names)


@dataclass(frozen=True, repr=False)
class SettingsResult(Result):
    """Settings that were found: ``multiplier`` and ``pickup`` (A primary) over ``relay``, and margins over ``pair``."""

    main_dimension: ClassVar[str] = "relay"
    main_variables: ClassVar[tuple[str, ...]] = ("multiplier",)

    @property
    def objective(self) -> float:
        """Sum of the times that was made least, s."""
        return float(self.facts["objective"])

    def to_dataframe(self) -> pandas.DataFrame:
        """Give a row for each relay.

        Returns
        -------
        pandas.DataFrame
            Settings before and after, and the time that counts.
        """
        import pandas

        columns = {
            "relay": self["relay"],
            **{
                column_name(name, item.unit): item.values
                for name, item in self.variables.items()
                if item.dims == ("relay",) and name != "relay"
            },
        }
        return pandas.DataFrame(columns)

    def scheme(self) -> Scheme:
        """Give the scheme with the new settings.

        Returns
        -------
        Scheme
            Validated.
        """
        scheme = Scheme.from_document(self.provenance.design)
        for name, multiplier, pickup in zip(self["relay"], self["multiplier"], self["pickup"], strict=True):
            relay: Any = scheme.device(str(name))
            number = relay.inverse_stage
            document = relay.model_dump()
            document["stages"][number]["multiplier"] = float(multiplier)
            document["stages"][number]["pickup"] = float(pickup) / relay.setting_ratio
            scheme = scheme.with_device(type(relay)(**document))
        return scheme


@dataclass(frozen=True, repr=False)
class DutyResult(Result):
    """Duty of circuit-breakers against their ratings: loadings (duty over rating) over ``breaker``."""

    main_dimension: ClassVar[str] = "breaker"
    main_variables: ClassVar[tuple[str, ...]] = ("loading",)

    @property
    def passed(self) -> bool:
        """Whether every breaker has the ratings that its place asks for."""
        return bool(np.all(self["loading"] <= 1.0 + 1e-9))

    @property
    def reasons(self) -> list[str]:
        """What is wrong, one sentence for each rating that is exceeded."""
        return list(self.facts["reasons"])
