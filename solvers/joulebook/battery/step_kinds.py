"""Steps by their name in the trade: discharge, charge, rest, hold, drive cycle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from joulebook.battery.drive_files import read_drive
from joulebook.battery.sentences import read_rate
from joulebook.battery.series import Series
from joulebook.battery.step_ends import End
from joulebook.battery.steps import HELD, Step

__all__ = ["Charge", "Discharge", "Drive", "Hold", "Rest"]


class Discharge(Step):
    """Discharge at a rate.

    Parameters
    ----------
    rate : str
        ``"1C"``, ``"C/2"``, ``"5 A"``, ``"18 W"`` or ``"4 ohm"``.
    until : str, End or sequence of these
        What ends the step; see :class:`Step`.
    duration : float or str, optional
        Longest time, s, or text such as ``"30 minutes"``.

    Raises
    ------
    InputError
        If the values contradict each other.

    Examples
    --------
    >>> print(Discharge("1C", until="2.5 V"))
    Discharge at 1C until 2.5 V
    """

    __slots__ = ()

    def __init__(
        self, rate: str, *, until: str | End | Sequence[str | End] = (), duration: float | str | None = None
    ) -> None:
        held, value = read_rate(rate, "rate")
        super().__init__(**{held: value}, until=until, duration=duration)  # type: ignore[arg-type]


class Charge(Step):
    """Charge at a rate.

    Parameters
    ----------
    rate : str
        ``"1C"``, ``"C/2"``, ``"5 A"`` or ``"18 W"``.
    until : str, End or sequence of these
        What ends the step; see :class:`Step`.
    duration : float or str, optional
        Longest time, s, or text such as ``"30 minutes"``.

    Raises
    ------
    InputError
        If the values contradict each other.

    Examples
    --------
    >>> print(Charge("C/2", until="4.2 V"))
    Charge at C/2 until 4.2 V
    """

    __slots__ = ()

    def __init__(
        self, rate: str, *, until: str | End | Sequence[str | End] = (), duration: float | str | None = None
    ) -> None:
        held, value = read_rate(rate, "rate")
        super().__init__(**{held: -value}, until=until, duration=duration)  # type: ignore[arg-type]


class Rest(Step):
    """Let no current flow.

    Parameters
    ----------
    duration : float or str, optional
        How long, s, or text such as ``"1 hour"``.
    until : str, End or sequence of these
        What else ends the rest; a voltage with its side: ``"> 3 V"``.

    Raises
    ------
    InputError
        If nothing ends it.

    Examples
    --------
    >>> print(Rest("1 hour"))
    Rest for 1 hour
    """

    __slots__ = ()

    def __init__(self, duration: float | str | None = None, *, until: str | End | Sequence[str | End] = ()) -> None:
        super().__init__(current=0.0, until=until, duration=duration)


class Hold(Step):
    """Hold a voltage.

    Parameters
    ----------
    voltage : float, V
        Held voltage.
    until : str, End or sequence of these
        What ends the step, such as ``"C/50"`` or ``"50 mA"``.
    duration : float or str, optional
        Longest time, s, or text such as ``"30 minutes"``.

    Raises
    ------
    InputError
        If nothing ends it.

    Examples
    --------
    >>> print(Hold(4.2, until="C/50"))
    Hold at 4.2 V until C/50
    """

    __slots__ = ()

    def __init__(
        self,
        voltage: float,
        *,
        until: str | End | Sequence[str | End] = (),
        duration: float | str | None = None,
    ) -> None:
        super().__init__(voltage=voltage, until=until, duration=duration)


class Drive(Step):
    """Follow a drive cycle: a current, power or other quantity over time, linear between the points.

    Parameters
    ----------
    time : array_like of float, shape (n,), s
        Rising; counted from the first point on.
    current, c_rate, power, voltage, resistance : array_like of float, shape (n,)
        Exactly one of them, A, 1/h, W, V or ohm; positive on discharge.
    until : str, End or sequence of these
        What else ends the step; without it, the cell's cut-offs do.
    duration : float or str, optional
        Shorter than the series: it is cut there.

    Raises
    ------
    InputError
        If a number is missing, time does not rise, or the values contradict each other.

    Examples
    --------
    >>> print(Drive([0.0, 10.0, 20.0], current=[0.0, 5.0, -2.0]))
    Drive 3 points of current, -2 to 5 A, 20 s
    """

    __slots__ = ()

    def __init__(
        self,
        time: Any,
        *,
        current: Any = None,
        c_rate: Any = None,
        power: Any = None,
        voltage: Any = None,
        resistance: Any = None,
        until: str | End | Sequence[str | End] = (),
        duration: float | str | None = None,
    ) -> None:
        given = dict(zip(HELD, (current, c_rate, power, voltage, resistance), strict=True))
        made: dict[str, Any] = {name: Series(time, values) for name, values in given.items() if values is not None}
        super().__init__(**made, until=until, duration=duration)

    @classmethod
    def read(cls, path: str | Path, *, held: str = "", positive: str = "discharge") -> Step:
        """Read a drive cycle from a table of text.

        Parameters
        ----------
        path : str or Path
            A file of columns parted by commas, semicolons, tabs or spaces, with headings that name quantity and unit,
            such as ``Time / s`` and ``Current / mA``.
        held : str
            Which column to follow: ``"current"``, ``"c_rate"``, ``"power"``, ``"voltage"`` or ``"resistance"``; if not
            given, the first of these that there is.
        positive : str
            Whether positive numbers of the file mean ``"discharge"`` or ``"charge"``.

        Returns
        -------
        Step
            The drive cycle.

        Raises
        ------
        DataFormatError
            If the table or its headings are not understood.
        InputError
            If the numbers cannot be used.
        """
        name, time, values = read_drive(Path(path), held, positive)
        made: dict[str, Any] = {name: values}
        return cls(time, **made)
