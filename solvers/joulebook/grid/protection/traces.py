"""The time-current drawing as data: every curve at one voltage, its band, fault marks and handles.

Currents of devices that stand at another voltage are referred by the ratio of the voltages, as through transformers
without phase shift; for faults that change their shape through a transformer, use ``current_factor`` of the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from joulebook.core.errors import InputError, Issue
from joulebook.grid.protection.devices import Array, Device
from joulebook.grid.protection.scheme import Scheme
from joulebook.grid.protection.withstands import ConductorLimit, MotorLimit, MotorStart, TransformerLimit, Withstand

__all__ = ["DragHandle", "Mark", "TimeCurrent", "Trace", "time_current"]

TIMES: Final = (0.01, 1000.0)
_BESIDE: Final = 1e-6


@dataclass(frozen=True)
class Trace:
    """A curve of the drawing.

    Parameters
    ----------
    name : str
        Of the device or the limit.
    kind : str
        ``"device"``, ``"limit"`` (what equipment withstands) or ``"load"`` (a motor's start).
    current : ndarray, shape (n,), A
        At the drawing's voltage, rising.
    fastest, slowest, nominal : ndarray, shape (n,), s
        Infinite where it never operates; the same where there is no band.
    """

    name: str
    kind: str
    current: Array
    fastest: Array
    slowest: Array
    nominal: Array

    @property
    def has_band(self) -> bool:
        """Whether fastest and slowest differ."""
        known = np.isfinite(self.fastest)
        return bool(np.any(np.abs(self.slowest[known] - self.fastest[known]) > 1e-9 * self.fastest[known]))


@dataclass(frozen=True)
class Mark:
    """A fault current that is marked.

    Parameters
    ----------
    label : str
        What it is.
    current : float, A
        At the drawing's voltage.
    """

    label: str
    current: float


@dataclass(frozen=True)
class DragHandle:
    """A setting that can be dragged.

    Parameters
    ----------
    device : str
        Name of the device.
    path : str
        Of the setting inside the device.
    axis : str
        ``"current"`` or ``"time"``.
    current : float, A
        Where it is grasped, at the drawing's voltage.
    time : float, s
        Where it is grasped.
    """

    device: str
    path: str
    axis: str
    current: float
    time: float


@dataclass(frozen=True)
class TimeCurrent:
    """A time-current drawing.

    Parameters
    ----------
    scheme : Scheme
        What is drawn.
    voltage : float, V
        To which all currents are referred.
    traces : tuple of Trace
        The curves.
    marks : tuple of Mark
        Fault currents.
    handles : tuple of DragHandle
        Settings that can be dragged.
    current_range, time_range : tuple of float, A and s
        Of the axes.
    """

    scheme: Scheme
    voltage: float
    traces: tuple[Trace, ...]
    marks: tuple[Mark, ...]
    handles: tuple[DragHandle, ...]
    current_range: tuple[float, float]
    time_range: tuple[float, float]

    def dragged(self, device: str, path: str, current: float, time: float) -> Scheme:
        """Give the scheme after a handle was dragged.

        Parameters
        ----------
        device : str
            Name of the device.
        path : str
            Of the handle.
        current : float, A
            Where it was let go, at the drawing's voltage.
        time : float, s
            Where it was let go.

        Returns
        -------
        Scheme
            With the new setting.

        Raises
        ------
        InputError
            If there is no such handle, the point is not more than 0, or the new setting is not allowed.
        """
        if not (0 < current < np.inf and 0 <= time < np.inf):
            raise InputError(Issue(path, (current, time), "must be a current and a time of more than 0"))
        item = self.scheme.device(device)
        return self.scheme.with_device(item.dragged(path, current * self.voltage / item.voltage, time))

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values, for a browser.

        Returns
        -------
        dict
            Points in A and s; ``None`` stands for never, and for where a limit says nothing.
        """

        def plain(values: Array) -> list[float | None]:
            return [float(f"{v:.5g}") if np.isfinite(v) else None for v in values]

        return {
            "name": self.scheme.name,
            "voltage": self.voltage,
            "current_range": list(self.current_range),
            "time_range": list(self.time_range),
            "traces": [
                {
                    "name": trace.name,
                    "kind": trace.kind,
                    "current": [float(f"{v:.6g}") for v in trace.current],
                    "fastest": plain(trace.fastest),
                    "slowest": plain(trace.slowest),
                }
                for trace in self.traces
            ],
            "marks": [{"label": mark.label, "current": mark.current} for mark in self.marks],
            "handles": [
                {"device": h.device, "path": h.path, "axis": h.axis, "current": h.current, "time": h.time}
                for h in self.handles
            ],
        }

    def plot(self, *, width: int = 900, height: int = 640) -> Any:
        """Draw for a notebook.

        Parameters
        ----------
        width, height : int, pixels
            Of the whole drawing.

        Returns
        -------
        holoviews.Overlay
            Shown by a notebook.
        """
        from joulebook.grid.protection.drawings import holoviews_drawing

        return holoviews_drawing(self, width=width, height=height)

    def figure(self, *, width: float = 17.0, height: float = 13.0) -> Any:
        """Draw for a report.

        Parameters
        ----------
        width, height : float, cm
            Of the page's column.

        Returns
        -------
        matplotlib.figure.Figure
            Vector drawing, not bound to any screen.
        """
        from joulebook.grid.protection.drawings import matplotlib_drawing

        return matplotlib_drawing(self, width=width, height=height)


def time_current(
    scheme: Scheme,
    *,
    voltage: float | None = None,
    names: Sequence[str] | None = None,
    current_range: tuple[float, float] | None = None,
    time_range: tuple[float, float] = TIMES,
    points: int = 300,
) -> TimeCurrent:
    """Put the curves of a scheme on one drawing.

    Parameters
    ----------
    scheme : Scheme
        The design.
    voltage : float, V, optional
        To which currents are referred; that of the first device where left out.
    names : sequence of str, optional
        Devices and limits to draw; all where left out.
    current_range : tuple of float, A, optional
        Of the axis, at that voltage; chosen so that all curves and marks are seen where left out.
    time_range : tuple of float, s
        Of the axis.
    points : int
        Of each curve, 10 to 5000; both sides of every step come on top.

    Returns
    -------
    TimeCurrent
        ``plot()`` draws it for a notebook, ``figure()`` for a report.

    Raises
    ------
    InputError
        If a name is unknown, or a range or number is not allowed.

    Examples
    --------
    >>> drawing = time_current(Scheme.named("radial feeder 11 kV"), voltage=11e3)
    >>> [trace.name for trace in drawing.traces], len(drawing.handles)
    (['F3', 'R2', 'R1', 'T3', 'C2'], 6)
    """
    items = _chosen(scheme, names)
    base = scheme.devices[0].voltage if voltage is None else voltage
    if not 0 < base < np.inf:
        raise InputError(Issue("voltage", voltage, "must be more than 0", "Give the line-to-line voltage", "V"))
    if not 10 <= points <= 5000:
        raise InputError(Issue("points", points, "must be from 10 to 5000"))
    marks = tuple(Mark(mark.label, mark.current * mark.voltage / base) for mark in scheme.faults)
    span = current_range or _span(items, marks, base)
    for name, given in (("current_range", span), ("time_range", time_range)):
        if not 0 < given[0] < given[1] < np.inf:
            raise InputError(Issue(name, given, "must be two numbers of more than 0 that rise"))
    handles = tuple(
        DragHandle(item.name, h.path, h.axis, h.current * item.voltage / base, h.time)
        for item in items
        if isinstance(item, Device)
        for h in item.handles()
    )
    traces = tuple(_trace(item, base, span, points) for item in items)
    return TimeCurrent(scheme, float(base), traces, marks, handles, span, time_range)


def _chosen(scheme: Scheme, names: Sequence[str] | None) -> list[Device | Withstand]:
    items: list[Device | Withstand] = [*scheme.devices, *scheme.limits]
    if names is None:
        return items
    unknown = [name for name in names if name not in {item.name for item in items}]
    if unknown or not names:
        known = ", ".join(item.name for item in items)
        raise InputError(Issue("names", ", ".join(unknown), "nothing of that name in the scheme", f"It has: {known}"))
    return [item for item in items if item.name in set(names)]


def _starts(item: Device | Withstand) -> list[float]:
    """Currents that should be seen of an item."""
    if isinstance(item, Device):
        return [item.least_current, item.least_current * 20.0]
    if isinstance(item, TransformerLimit):
        return [2.0 * item.rated_current, item.rated_current / item.impedance]
    if isinstance(item, ConductorLimit):
        return [float(np.sqrt(item.energy / 5.0)), float(np.sqrt(item.energy / 0.1))]
    if isinstance(item, MotorStart | MotorLimit):
        return [item.rated_current, item.rated_current * item.start_ratio]
    return item.corners()


def _span(items: Sequence[Device | Withstand], marks: Sequence[Mark], base: float) -> tuple[float, float]:
    seen = [start * item.voltage / base for item in items for start in _starts(item)]
    seen += [mark.current for mark in marks]
    return float(min(seen) / 1.5), float(max(seen) * 1.5)


def _trace(item: Device | Withstand, base: float, span: tuple[float, float], points: int) -> Trace:
    scale = item.voltage / base
    corners = [corner * scale * (1.0 + sign * _BESIDE) for corner in item.corners() for sign in (-1, 0, 1)]
    current = np.union1d(np.geomspace(*span, points), [c for c in corners if span[0] < c < span[1]])
    own = current / scale
    if isinstance(item, Device):
        fastest, slowest = item.band(own)
        return Trace(item.name, "device", current, fastest, slowest, item.operating_time(own))
    time = item.withstand_time(own)
    if isinstance(item, TransformerLimit):  # its curve ends at the largest current that its impedance lets through
        most = item.rated_current * item.current_factor / (item.impedance + item.system_impedance)
        time = np.where(own <= most * (1 + _BESIDE), time, np.nan)
    if isinstance(item, MotorStart):
        time = np.where(time > 0, time, np.nan)
    return Trace(item.name, "load" if item.is_load else "limit", current, time, time, time)
