"""A battery test bench that does not exist: a run as an instrument would have written it down.

The bench writes a row at the start and at the end of each step and every ``interval`` in between. Each reading is the
value of the run, times a gain, plus an offset and normally distributed noise, rounded to the resolution of the
converter. The columns are those of the Battery Data Format.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from joulebook.battery.plots.pieces import Stretch, cycle_of, step_of, stretches
from joulebook.core.errors import InputError, Issue

if TYPE_CHECKING:
    import pandas

__all__ = ["virtual_cycler"]

Array = NDArray[np.float64]
ICE = 273.15
MOST_ROWS = 5_000_000


def virtual_cycler(
    run: Any,
    *,
    interval: float = 10.0,
    voltage_noise: float = 5e-4,
    current_noise: float = 1e-3,
    temperature_noise: float = 0.1,
    voltage_resolution: float = 1e-4,
    current_resolution: float = 1e-4,
    voltage_offset: float = 0.0,
    current_gain: float = 1.0,
    positive: str = "discharge",
    seed: int = 0,
) -> pandas.DataFrame:
    """Write a run down as an instrument would have.

    Parameters
    ----------
    run : BatteryResult
        What the cell did.
    interval : float, s
        Time between rows; each step begins and ends with a row of its own.
    voltage_noise, current_noise : float, V and A
        Standard deviation of each reading.
    temperature_noise : float, K
        Standard deviation of the temperature, where the run has one.
    voltage_resolution, current_resolution : float, V and A
        Step of the converter; 0 for none.
    voltage_offset : float, V
        Error of all voltages.
    current_gain : float
        Factor on all currents.
    positive : str
        Whether positive currents mean ``"discharge"``, as everywhere in Joulebook, or ``"charge"``, as in files of the
        Battery Data Format.
    seed : int
        Of the noise: the same seed gives the same table.

    Returns
    -------
    pandas.DataFrame
        ``Test Time / s``, ``Voltage / V``, ``Current / A``, and where the run knows them ``Cycle Count / 1``,
        ``Step Count / 1`` and ``Temperature T1 / degC``.

    Raises
    ------
    InputError
        If a value is not allowed, the run has no voltage and current over time, or there would be over 5 million rows.

    Examples
    --------
    >>> from joulebook.battery import Cell, simulate, virtual_cycler
    >>> run = simulate(Cell.named("Chen2020"), "Discharge at 1C for 1 minute")
    >>> table = virtual_cycler(run, interval=20.0)
    >>> table["Test Time / s"].tolist()
    [0.0, 20.0, 40.0, 60.0]
    """
    faults = [
        Issue(name, value, f"must be a number from {low:g} to {high:g}")
        for name, value, low, high in (
            ("interval", interval, 1e-6, 1e9),
            ("voltage_noise", voltage_noise, 0.0, 10.0),
            ("current_noise", current_noise, 0.0, 1e6),
            ("temperature_noise", temperature_noise, 0.0, 1e3),
            ("voltage_resolution", voltage_resolution, 0.0, 10.0),
            ("current_resolution", current_resolution, 0.0, 1e6),
            ("voltage_offset", voltage_offset, -10.0, 10.0),
            ("current_gain", current_gain, 0.1, 10.0),
        )
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high
    ]
    if positive not in {"discharge", "charge"}:
        faults.append(Issue("positive", positive, "must be “discharge” or “charge”"))
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        faults.append(Issue("seed", seed, "must be a whole number from 0"))
    faults += _run_faults(run, interval if not faults else 1e9)
    if faults:
        raise InputError(faults, "virtual cycler")
    times, read = _sampled(run, interval)
    noise = np.random.default_rng(seed)
    sign = -1.0 if positive == "charge" else 1.0
    voltage = read["voltage"] + voltage_offset + noise.normal(0.0, voltage_noise, times.size)
    current = sign * current_gain * read["current"] + noise.normal(0.0, current_noise, times.size)
    columns: dict[str, Any] = {
        "Test Time / s": times,
        "Voltage / V": _rounded(voltage, voltage_resolution),
        "Current / A": _rounded(current, current_resolution),
    }
    for name, heading in (("cycle", "Cycle Count / 1"), ("step", "Step Count / 1")):
        if name in read:
            columns[heading] = read[name].astype(np.int64)
    if "temperature" in read:
        kelvin = read["temperature"] + noise.normal(0.0, temperature_noise, times.size)
        columns["Temperature T1 / degC"] = _rounded(kelvin - ICE, 0.01)
    import pandas

    table = pandas.DataFrame(columns)
    table.attrs["name"] = f"virtual cycler, seed {seed}"
    return table


def _run_faults(run: Any, interval: float) -> list[Issue]:
    variables = getattr(run, "variables", {})
    for name in ("time", "voltage", "current"):
        if name not in variables or variables[name].dims != ("time",):
            return [Issue("run", type(run).__name__, f"has no {name} over time", "Give the result of simulate")]
    rows = (float(run["time"][-1]) - float(run["time"][0])) / interval
    if rows > MOST_ROWS:
        return [Issue("interval", interval, f"gives {rows:.3g} rows; at most {MOST_ROWS}", "Take a longer one", "s")]
    return []


def _sampled(run: Any, interval: float) -> tuple[Array, dict[str, Array]]:
    """Times of the rows, and what the run has at them."""
    time = np.asarray(run["time"], dtype=np.float64)
    there = [name for name in ("voltage", "current", "temperature") if name in run.variables]
    counted = {"cycle": cycle_of(run), "step": step_of(run)}
    times: list[Array] = []
    read: dict[str, list[Array]] = {name: [] for name in there}
    read |= {name: [] for name, number in counted.items() if number is not None}
    for part in stretches(run):
        t = time[part.rows]
        inner = t[0] + interval * np.arange(1, math.ceil((t[-1] - t[0]) / interval - 1e-9))
        wanted = np.unique(np.concatenate([[t[0]], inner, [t[-1]]]))
        times.append(wanted)
        for name in there:
            values = np.asarray(run[name], dtype=np.float64)
            read[name].append(_read(name, part, time, values, wanted))
        for name, number in counted.items():
            if number is not None:
                read[name].append(np.full(wanted.size, float(number[part.rows.start] + (name == "step"))))
    return np.concatenate(times), {name: np.concatenate(parts) for name, parts in read.items()}


def _read(name: str, part: Stretch, time: Array, values: Array, wanted: Array) -> Array:
    """Between the solver's points: a spline for what is smooth, no overshoot for the current."""
    t = time[part.rows]
    if name == "current" and not part.straight and t.size >= 4:
        from scipy.interpolate import PchipInterpolator

        return np.asarray(PchipInterpolator(t, values[part.rows])(wanted), dtype=np.float64)
    return part.curve(time, values, wanted)


def _rounded(values: Array, resolution: float) -> Array:
    if resolution == 0.0:
        return values
    digits = max(0, math.ceil(-math.log10(resolution)) + 2)
    return np.round(np.round(values / resolution) * resolution, min(digits, 15))
