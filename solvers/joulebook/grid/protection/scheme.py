"""A protection scheme: devices, what they protect, who backs up whom, and the fault currents between them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from joulebook.core.design import Design, Part
from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.devices import Device
from joulebook.grid.protection.examples import EXAMPLES
from joulebook.grid.protection.fuses import Fuse
from joulebook.grid.protection.low_voltage import MiniatureBreaker, TripUnit
from joulebook.grid.protection.quantities import Amperes, Delay, FaultCurrents, Label, SystemVoltage
from joulebook.grid.protection.relays import Relay
from joulebook.grid.protection.withstands import ConductorLimit, MotorLimit, MotorStart, TransformerLimit, Withstand

__all__ = ["FaultMark", "Pair", "Protects", "Scheme", "between"]

Array = NDArray[np.float64]
AnyDevice = Annotated[Relay | Fuse | TripUnit | MiniatureBreaker, Field(discriminator="type")]
AnyLimit = Annotated[TransformerLimit | ConductorLimit | MotorStart | MotorLimit, Field(discriminator="type")]


class FaultMark(Part):
    """A fault current to be marked in drawings."""

    label: Label
    """What it is: ``"3-phase at bus 4"``."""
    current: Amperes
    """At ``voltage``."""
    voltage: SystemVoltage
    """Line-to-line voltage of the place where this current flows."""


class Pair(Part):
    """A device and its backup, with the currents that faults drive through both."""

    primary: Label
    """Device that must clear the fault."""
    backup: Label
    """Device that must clear it when the first one fails, and wait until then."""
    primary_current: FaultCurrents
    """Through the primary device, A at its own voltage, one value for each fault."""
    backup_current: FaultCurrents
    """Through the backup device, A at its own voltage, for the same faults."""
    label: Annotated[str, Field(max_length=200)] = ""
    """What tells it from another pair of the same devices: ``"smallest currents"``."""
    joined: bool = True
    """Whether faults lie between the ones given as well (a fault that moves along a line): they are all checked."""

    @model_validator(mode="after")
    def _matches(self) -> Self:
        if len(self.primary_current) != len(self.backup_current):
            rule = f"must have as many values as primary_current, {len(self.primary_current)}"
            raise InputError(Issue("backup_current", len(self.backup_current), rule))
        if self.primary == self.backup:
            raise InputError(Issue("backup", self.backup, "must be another device than primary"))
        return self

    @property
    def title(self) -> str:
        """Both names, and the label."""
        return f"{self.primary} – {self.backup}" + (f", {self.label}" if self.label else "")

    def faults(self, points: int) -> tuple[Array, Array]:
        """Give the faults to be checked.

        Parameters
        ----------
        points : int
            How many between the first and the last, where they are joined.

        Returns
        -------
        tuple of ndarray, shape (n,), A
            Currents through the primary and the backup device; the given faults are always among them.
        """
        first = np.array(self.primary_current)
        second = np.array(self.backup_current)
        order = np.argsort(first, kind="stable")
        first, second = first[order], second[order]
        if not self.joined or first.size == 1:
            return first, second
        place = np.arange(first.size, dtype=float)
        fine = np.union1d(place, np.linspace(0.0, first.size - 1.0, max(points, first.size)))
        return between(first, fine), between(second, fine)


def between(values: Array, place: Array) -> Array:
    """Interpolate on a logarithmic scale; the values themselves come back exactly.

    Parameters
    ----------
    values : ndarray, shape (n,), any
        More than 0, at the places 0, 1, 2, …
    place : ndarray, shape (m,)
        Where.

    Returns
    -------
    ndarray, shape (m,), unit of values
        In between.
    """
    left = np.clip(np.floor(place).astype(int), 0, values.size - 1)
    right = np.minimum(left + 1, values.size - 1)
    return values[left] * (values[right] / values[left]) ** (place - left)


class Protects(Part):
    """A device and a piece of equipment that it must save, or let start."""

    device: Label
    """The device."""
    limit: Label
    """The equipment's limit, or the start of a motor."""
    least_current: Amperes
    """Smallest current for which it must, A at the device's voltage."""
    highest_current: Amperes
    """Largest fault current, A at the device's voltage."""

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if self.highest_current < self.least_current:
            rule = f"must be at least least_current = {self.least_current:g} A"
            raise InputError(Issue("highest_current", self.highest_current, rule, "Swap them", "A"))
        return self


class Scheme(Design):
    """A protection scheme.

    Examples
    --------
    >>> scheme = Scheme.named("radial feeder 11 kV")
    >>> [device.name for device in scheme.devices]
    ['F3', 'R2', 'R1']
    """

    kind: ClassVar[str] = "joulebook.protection"
    version: ClassVar[int] = 1
    suffix: ClassVar[str] = ".protection.json"

    name: Label
    """What it is called."""
    devices: Annotated[tuple[AnyDevice, ...], Field(min_length=1, max_length=1000)]
    """Relays, fuses, trip units, miniature circuit-breakers."""
    limits: Annotated[tuple[AnyLimit, ...], Field(max_length=1000)] = ()
    """What equipment withstands, and starts of motors."""
    pairs: Annotated[tuple[Pair, ...], Field(max_length=10_000)] = ()
    """Who backs up whom."""
    protects: Annotated[tuple[Protects, ...], Field(max_length=10_000)] = ()
    """Which device saves what."""
    faults: Annotated[tuple[FaultMark, ...], Field(max_length=1000)] = ()
    """Fault currents to be marked in drawings."""
    safety_margin: Delay = 0.1
    """Part of the coordination interval for errors of relays, current transformers and fault currents."""

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """List the schemes that come with Joulebook.

        Returns
        -------
        tuple of str
            Names for :meth:`named`.
        """
        return tuple(EXAMPLES)

    @classmethod
    def _make_named(cls, name: str) -> Self:
        return cls.from_document(EXAMPLES[name]())

    @model_validator(mode="after")
    def _refers(self) -> Self:
        issues: list[Issue] = []
        for group in ("devices", "limits"):
            seen: set[str] = set()
            for k, item in enumerate(getattr(self, group)):
                if item.name in seen:
                    issues.append(Issue(f"{group}.{k}.name", item.name, "another one has this name", "Rename one"))
                seen.add(item.name)
        devices = {device.name for device in self.devices}
        limits = {limit.name for limit in self.limits}
        asked: list[tuple[str, str, set[str]]] = []
        for k, pair in enumerate(self.pairs):
            asked += [(f"pairs.{k}.primary", pair.primary, devices), (f"pairs.{k}.backup", pair.backup, devices)]
        for k, item in enumerate(self.protects):
            asked += [(f"protects.{k}.device", item.device, devices), (f"protects.{k}.limit", item.limit, limits)]
        for path, name, known in asked:
            if name not in known:
                hint = f"There are {', '.join(sorted(known)) or 'none'}"
                issues.append(Issue(path, name, "nothing of that name in this scheme", hint))
        if issues:
            raise InputError(issues)
        return self

    def device(self, name: str) -> Device:
        """Find a device.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Device
            The device.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        return self._find("devices", name)

    def limit(self, name: str) -> Withstand:
        """Find a limit of equipment.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        Withstand
            The limit.

        Raises
        ------
        InputError
            If there is none of that name.
        """
        return self._find("limits", name)

    def _find(self, group: str, name: str) -> Any:
        for item in getattr(self, group):
            if item.name == name:
                return item
        known = ", ".join(item.name for item in getattr(self, group)) or "none"
        raise InputError(Issue("name", name, f"no such entry of {group}", f"There are {known}"))

    def with_device(self, device: Device) -> Self:
        """Put a changed device in the place of the one of its name.

        Parameters
        ----------
        device : Device
            The new one.

        Returns
        -------
        Scheme
            The changed scheme.
        """
        self.device(device.name)
        devices = tuple(device if item.name == device.name else item for item in self.devices)
        return self.model_copy(update={"devices": devices})
