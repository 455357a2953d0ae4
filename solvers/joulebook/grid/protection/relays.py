"""Overcurrent relays: inverse-time and definite-time stages behind a current transformer.

A relay operates at the earliest of its stages (50, 51 and their directional forms 67). Each stage has a setting in
amperes, primary or secondary of the current transformer as ``settings_in`` says. Times are those of the relay's
output; ``breaker_time`` is what the circuit breaker needs on top. Currents are rms magnitudes of the protected
quantity; saturation of the current transformer is not modelled.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue
from joulebook.core.quantities import Quantity
from joulebook.grid.protection.curves import CURVES, inverse_multiple, inverse_time
from joulebook.grid.protection.devices import Array, Device, Handle, currents_from
from joulebook.grid.protection.quantities import Amperes, Delay, Factor, FractionOfOne, Multiple, Multiplier

__all__ = ["CurrentTransformer", "CurveConstants", "DefiniteStage", "InverseStage", "Relay"]

Direction = Literal["none", "forward", "reverse"]
FlatAbove = Annotated[float, Quantity("1", gt=1, le=1e6)]


class CurrentTransformer(Part):
    """Between the line and the relay."""

    primary: Amperes
    """Rated primary current."""
    secondary: Amperes = 1.0
    """Rated secondary current."""

    @property
    def ratio(self) -> float:
        """Primary over secondary current."""
        return self.primary / self.secondary


class CurveConstants(Part):
    """Constants of an inverse-time characteristic of one's own."""

    k: Multiplier
    """Numerator of the formula, s."""
    alpha: Multiple
    """Exponent of the multiple."""
    c: Factor = 0.0
    """Constant part, s."""
    reset: Factor = 0.0
    """Reset constant of the disc, s; 0 for none."""
    reset_exponent: Multiple = 2.0
    """Power of the multiple in the reset time."""


class InverseStage(Part):
    """An inverse-time stage (51, 67)."""

    kind: Literal["inverse"] = "inverse"
    """Tells stages apart."""
    pickup: Amperes
    """Setting, primary or secondary as the relay says."""
    curve: str = "IEC SI"
    """Name of the characteristic, or ``"user"`` with ``constants``."""
    constants: CurveConstants | None = None
    """Of a characteristic of one's own."""
    multiplier: Multiplier = 1.0
    """Time multiplier (IEC) or time dial (IEEE)."""
    additional_time: Delay = 0.0
    """Added to the inverse time."""
    least_time: Delay = 0.0
    """The stage is never faster than this."""
    flat_above: FlatAbove = 20.0
    """Multiple of the setting above which the time stays; a high one, such as 1e6, for never."""
    reset: Literal["immediate", "definite", "disc"] = "immediate"
    """How it forgets a fault: at once, after ``reset_delay``, or as an induction disc runs back."""
    reset_delay: Delay = 0.0
    """For the definite reset."""
    direction: Direction = "none"
    """Which faults it sees: all, those ahead, those behind."""
    multiplier_range: Annotated[tuple[Multiplier, Multiplier], Field()] | None = None
    """Range of the multiplier; the customary one of the characteristic where left out."""
    pickup_choices: Annotated[tuple[Amperes, ...], Field(max_length=200, exclude_if=lambda given: not given)] = ()
    """Settings among which automatic setting may choose, in the unit of ``pickup``; none: it keeps ``pickup``."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        issues = []
        if self.curve == "user" and self.constants is None:
            issues.append(Issue("constants", None, 'needed with curve = "user"', "Give k, alpha and c"))
        if self.curve != "user" and self.constants is not None:
            issues.append(Issue("curve", self.curve, 'must be "user" where constants are given'))
        if self.curve != "user" and self.curve not in CURVES:
            issues.append(Issue("curve", self.curve, "no such characteristic", f"Known: user, {', '.join(CURVES)}"))
        if self.multiplier_range is not None and self.multiplier_range[0] > self.multiplier_range[1]:
            issues.append(Issue("multiplier_range", self.multiplier_range, "must rise", "Swap the two"))
        if issues:
            raise InputError(issues)
        return self

    @property
    def coefficients(self) -> tuple[float, float, float]:
        """Constants k (s), alpha and c (s) of the characteristic."""
        known = self.constants or CURVES[self.curve]
        return known.k, known.alpha, known.c

    @property
    def reset_constants(self) -> tuple[float, float]:
        """Reset constant, s, and power of the multiple; 0 where there is no disc."""
        known = self.constants or CURVES[self.curve]
        return known.reset, known.reset_exponent

    @property
    def multipliers(self) -> tuple[float, float]:
        """Range of the multiplier."""
        if self.multiplier_range is not None:
            return self.multiplier_range
        known = CURVES.get(self.curve)
        return (known.lowest, known.highest) if known else (0.05, 1.1)

    def unit_time(self, multiple: ArrayLike) -> Array:
        """Compute the inverse time at a multiplier of 1, without any additions.

        Parameters
        ----------
        multiple : array_like, any shape, 1
            Current over setting.

        Returns
        -------
        ndarray, shape of multiple, s
            Infinite at and below 1.
        """
        k, alpha, c = self.coefficients
        return inverse_time(multiple, 1.0, k=k, alpha=alpha, c=c, flat_above=self.flat_above)

    def time(self, multiple: ArrayLike) -> Array:
        """Compute the operating time.

        Parameters
        ----------
        multiple : array_like, any shape, 1
            Current over setting.

        Returns
        -------
        ndarray, shape of multiple, s
            Infinite at and below 1.
        """
        return np.maximum(self.multiplier * self.unit_time(multiple) + self.additional_time, self.least_time)


class DefiniteStage(Part):
    """A definite-time or instantaneous stage (50, 51, 67)."""

    kind: Literal["definite"] = "definite"
    """Tells stages apart."""
    pickup: Amperes
    """Setting, primary or secondary as the relay says."""
    delay: Delay = 0.03
    """From the start of the fault to the output; an instantaneous stage has the time of its own element."""
    direction: Direction = "none"
    """Which faults it sees: all, those ahead, those behind."""

    def time(self, multiple: ArrayLike) -> Array:
        """Compute the operating time.

        Parameters
        ----------
        multiple : array_like, any shape, 1
            Current over setting.

        Returns
        -------
        ndarray, shape of multiple, s
            Infinite at and below 1.
        """
        m = np.asarray(multiple, dtype=float)
        return np.where(m > 1.0, self.delay, np.where(np.isnan(m), np.nan, np.inf))


Stage = Annotated[InverseStage | DefiniteStage, Field(discriminator="kind")]


class Relay(Device):
    """An overcurrent relay with its current transformer and circuit breaker.

    Examples
    --------
    >>> relay = Relay(name="R1", voltage=11e3, ct={"primary": 400.0},
    ...     stages=(InverseStage(pickup=400.0, multiplier=0.3),))
    >>> relay.operating_time([300.0, 4000.0]).round(4)
    array([   inf, 0.8912])
    """

    type: Literal["relay"] = "relay"
    """Tells devices apart."""
    ct: CurrentTransformer
    """Current transformer."""
    settings_in: Literal["primary", "secondary"] = "primary"
    """Side of the current transformer on which ``pickup`` is given."""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=20)]
    """The earliest one operates."""
    breaker_time: Delay = 0.06
    """Of the circuit breaker, from the relay's output to the end of the arc."""
    overshoot_time: Delay = 0.03
    """How long the relay runs on after the current has gone; about 0.05 s for discs, 0.02 s to 0.03 s for others."""
    time_error: FractionOfOne = 0.0
    """Relative error of its times."""
    fixed_error: Delay = 0.0
    """Absolute error of its times; the larger of the two counts."""

    @property
    def breaking_time(self) -> float:
        """Time of the circuit breaker, s."""
        return self.breaker_time

    @property
    def overshoot(self) -> float:
        """Time that the relay still runs on, s."""
        return self.overshoot_time

    @property
    def setting_ratio(self) -> float:
        """Primary amperes for each ampere of a setting."""
        return self.ct.ratio if self.settings_in == "secondary" else 1.0

    @property
    def least_current(self) -> float:
        """The lowest setting of all stages, A primary."""
        return min(stage.pickup for stage in self.stages) * self.setting_ratio

    @property
    def inverse_stage(self) -> int | None:
        """Number of the first inverse-time stage; None where there is none."""
        return next((k for k, stage in enumerate(self.stages) if isinstance(stage, InverseStage)), None)

    def corners(self) -> list[float]:
        """List the settings, and where an inverse curve goes flat.

        Returns
        -------
        list of float, A
            In primary amperes.
        """
        out = []
        for stage in self.stages:
            start = stage.pickup * self.setting_ratio
            out.append(start)
            if isinstance(stage, InverseStage):
                out.append(start * min(stage.flat_above, 1e3))
        return sorted(out)

    def operating_time(self, current: ArrayLike, *, direction: Literal["forward", "reverse"] = "forward") -> Array:
        """Compute the nominal operating time.

        Parameters
        ----------
        current : array_like, any shape, A
            In primary amperes.
        direction : str
            Where the fault is, ``"forward"`` or ``"reverse"``; stages that look the other way stay still.

        Returns
        -------
        ndarray, shape of current, s
            Of the earliest stage; infinite where none operates.
        """
        amperes = currents_from(current)
        times = [np.where(np.isnan(amperes), np.nan, np.inf)]
        seeing = (stage for stage in self.stages if stage.direction in {"none", direction})
        times.extend(stage.time(amperes / (stage.pickup * self.setting_ratio)) for stage in seeing)
        return np.minimum.reduce(times)

    def band(self, current: ArrayLike) -> tuple[Array, Array]:
        """Compute the fastest and the slowest operating time.

        Parameters
        ----------
        current : array_like, any shape, A
            In primary amperes, for a fault ahead.

        Returns
        -------
        tuple of ndarray, shape of current, s
            Nominal time less and plus the larger of ``time_error`` times it and ``fixed_error``.
        """
        time = self.operating_time(current)
        known = np.where(np.isfinite(time), time, 0.0)
        error = np.where(np.isfinite(time), np.maximum(self.time_error * known, self.fixed_error), 0.0)
        return np.maximum(time - error, 0.0), time + error

    def current_at(self, time: float) -> float:
        """Find the least current at which the relay is as fast as that.

        Parameters
        ----------
        time : float, s
            Wanted operating time.

        Returns
        -------
        float, A
            In primary amperes; infinite where it is never as fast.

        Examples
        --------
        >>> relay = Relay(name="R", voltage=11e3, ct={"primary": 1.0},
        ...     stages=(InverseStage(pickup=100.0),))
        >>> round(relay.current_at(2.9705927), 2)
        1000.0
        """
        found = [np.inf]
        for stage in self.stages:
            start = stage.pickup * self.setting_ratio
            if isinstance(stage, DefiniteStage):
                found.append(start if stage.delay <= time else np.inf)
                continue
            if time < stage.least_time:
                continue
            k, alpha, c = stage.coefficients
            multiple = float(inverse_multiple(time - stage.additional_time, stage.multiplier, k=k, alpha=alpha, c=c))
            if multiple <= stage.flat_above:
                found.append(start * multiple)
        return float(min(found))

    def handles(self) -> list[Handle]:
        """List the settings that can be dragged: settings of current, multipliers and delays.

        Returns
        -------
        list of Handle
            Pickups are grasped high on the curve, multipliers at ten times the setting.
        """
        out = []
        for k, stage in enumerate(self.stages):
            start = stage.pickup * self.setting_ratio
            if isinstance(stage, InverseStage):
                grip = min(10.0, stage.flat_above)
                out.append(Handle(f"stages.{k}.pickup", "current", start, float(stage.time(1.3))))
                out.append(Handle(f"stages.{k}.multiplier", "time", start * grip, float(stage.time(grip))))
            else:
                longest = float(self.operating_time(start))
                top = longest if np.isfinite(longest) else max(10.0 * stage.delay, 1.0)
                out.append(Handle(f"stages.{k}.pickup", "current", start, float(np.sqrt(top * max(stage.delay, 0.01)))))
                out.append(Handle(f"stages.{k}.delay", "time", start * 1.5, stage.delay))
        return out

    def dragged(self, path: str, current: float, time: float) -> Relay:
        """Give the relay after a handle was dragged.

        Parameters
        ----------
        path : str
            Of the handle.
        current : float, A
            Where it was let go, in primary amperes.
        time : float, s
            Where it was let go.

        Returns
        -------
        Relay
            With the new setting, validated; a multiplier ends at the end of its range.

        Raises
        ------
        InputError
            If there is no such handle, or the new value is not allowed.
        """
        handle = next((found for found in self.handles() if found.path == path), None)
        if handle is None:
            return super().dragged(path, current, time)  # type: ignore[return-value]
        number, setting = int(path.split(".")[1]), path.split(".")[2]
        stage = self.stages[number]
        new: dict[str, Any] = {}
        if setting == "pickup":
            new["pickup"] = float(f"{current / self.setting_ratio:.4g}")
        elif isinstance(stage, InverseStage):
            grip = handle.current / (stage.pickup * self.setting_ratio)
            wanted = (time - stage.additional_time) / float(stage.unit_time(grip))
            low, high = stage.multipliers
            new["multiplier"] = float(f"{min(max(wanted, low), high):.4g}")
        else:
            new["delay"] = float(f"{time:.4g}")
        stages = list(self.stages)
        stages[number] = type(stage)(**{**stage.model_dump(), **new})
        return Relay(**{**self.model_dump(), "stages": tuple(item.model_dump() for item in stages)})
