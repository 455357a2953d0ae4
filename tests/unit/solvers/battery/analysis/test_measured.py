"""Measured data as people have them: headings, units, clocks, faults, and the protocol that a current is."""

from __future__ import annotations

import numpy as np
import pandas
import pytest

from joulebook.battery.analysis.headings import find_columns
from joulebook.battery.analysis.measured import read_spectrum, read_time_series
from joulebook.battery.analysis.measured_protocol import is_constant, knots, noise_of, protocol_of
from joulebook.core.errors import DataFormatError, InputError

TIME = np.linspace(0.0, 3600.0, 13)
VOLTAGE = np.linspace(4.1, 3.0, 13)
CURRENT = np.full(13, 5.0)


@pytest.mark.parametrize(
    ("headings", "factors"),
    [
        (("time", "current", "voltage"), (1, 1, 1)),
        (("Test Time / s", "Current / mA", "Voltage / V"), (1, 1e-3, 1)),
        (("Test_Time(s)", "Current(A)", "Voltage(V)"), (1, 1, 1)),
        (("test_time_s", "current_A", "voltage_V"), (1, 1, 1)),
        (("Seconds", "Amps", "Volts"), (1, 1, 1)),
        (("time/s", "<I>/mA", "Ewe/V"), (1, 1e-3, 1)),
        (("Total Time [min]", "I [µA]", "U [mV]"), (60, 1e-6, 1e-3)),
        (("Hours", "Milliamps", "Millivolts"), (3600, 1e-3, 1e-3)),
        (("Elapsed Time (h)", "Cell Current (A)", "Cell Voltage (V)"), (3600, 1, 1)),
        (("t", "i", "v"), (1, 1, 1)),
    ],
)
def test_headings_of_the_trade(headings, factors) -> None:
    found, faults = find_columns(headings, ("time", "current", "voltage"))
    assert not faults
    assert [found[name] for name in ("time", "current", "voltage")] == list(zip(headings, factors, strict=True))


def test_the_time_of_the_test_is_better_than_that_of_the_step() -> None:
    headings = ("Step_Time", "DateTime", "dV/dt", "Time", "Test_Time", "Voltage", "Current", "Internal_Resistance")
    found, _ = find_columns(headings, ("time", "current", "voltage"))
    assert [item.heading for item in found.values()] == ["Test_Time", "Current", "Voltage"]


def test_a_unit_that_is_not_known_is_a_fault() -> None:
    _, faults = find_columns(["Time (fortnights)", "Voltage (V)"], ("time", "voltage"))
    assert len(faults) == 1 and "fortnights" in str(faults[0]) and "hours" in str(faults[0])


def test_a_mapping_a_table_and_a_file_are_alike(tmp_path) -> None:
    columns = {"Test Time / h": TIME / 3600.0, "Current / mA": 1e3 * CURRENT, "Voltage / V": VOLTAGE}
    table = pandas.DataFrame(columns)
    table.to_csv(tmp_path / "cell 7.csv", index=False)
    table.to_csv(tmp_path / "semicolons.csv", index=False, sep=";")
    table.attrs["name"] = "bench 3"
    found = [read_time_series(data) for data in (columns, table, tmp_path / "cell 7.csv", tmp_path / "semicolons.csv")]
    assert [item.name for item in found] == ["", "bench 3", "cell 7.csv", "semicolons.csv"]
    for item in found:
        np.testing.assert_allclose(item.time, TIME, atol=1e-9)
        np.testing.assert_allclose(item.current, CURRENT)


def test_clocks_and_time_deltas() -> None:
    clock = ["00:00:00", "00:05:00", "01:00:00"]
    found = read_time_series({"Cumulative Time": clock, "Voltage(V)": [4.0, 3.9, 3.5], "Current(A)": [1, 1, 1]})
    assert found.time.tolist() == [0.0, 300.0, 3600.0]
    deltas = pandas.to_timedelta(clock).to_numpy()
    again = read_time_series({"time": deltas, "voltage": [4.0, 3.9, 3.5], "current": [1, 1, 1]})
    assert again.time.tolist() == found.time.tolist()


def test_rows_at_one_time_are_merged_to_the_last() -> None:
    found = read_time_series({"time": [0, 10, 10, 20], "current": [0, 0, 1, 1], "voltage": [4.0, 4.0, 3.9, 3.8]})
    assert found.time.tolist() == [0, 10, 20] and found.current.tolist() == [0, 1, 1]
    assert found.notes == ("1 rows at the time of the row after them were left out",)


def test_columns_can_be_chosen() -> None:
    data = {"A": TIME, "B": VOLTAGE, "Current": CURRENT, "Current 2 / mA": 2e3 * CURRENT}
    chosen = {"time": "A", "voltage": "B", "current": "Current 2 / mA"}
    found = read_time_series(data, columns=chosen)
    np.testing.assert_allclose(found.current, 2.0 * CURRENT)
    with pytest.raises(InputError, match="must name columns that there are"):
        read_time_series(data, columns={**chosen, "current": "C"})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"time": TIME, "voltage": VOLTAGE}, "no column of current was recognised"),
        ({"current": CURRENT, "voltage": VOLTAGE}, "There are: current, voltage"),
        ({}, "There are: none"),
        (3, "must be a DataFrame"),
        ({"time": TIME, "current": CURRENT, "voltage": [*VOLTAGE[:-1], np.nan]}, "row 12 is not a number"),
        ({"time": TIME, "current": CURRENT, "voltage": ["x"] * 13}, "voltage = 'x': is not a number"),
        ({"time": TIME, "current": CURRENT[:5], "voltage": VOLTAGE}, "equally long"),
        ({"time": TIME[:1], "current": CURRENT[:1], "voltage": VOLTAGE[:1]}, "at least 2 rows"),
        ({"time": [0, 60, 30], "current": [1, 1, 1], "voltage": [4, 3.9, 3.8]}, "goes back from 60 to 30 s in row 2"),
        ({"time": [5, 5, 5], "current": [1, 1, 1], "voltage": [4, 3.9, 3.8]}, "does not change"),
        ({"time": TIME, "current": CURRENT, "voltage": 1e3 * VOLTAGE}, "voltage_mV"),
        ({"time": TIME, "current": CURRENT + 0j, "voltage": VOLTAGE}, "real numbers"),
        ({"time": TIME, "current": CURRENT[None], "voltage": VOLTAGE}, "one column"),
        ({"time": TIME, "current": -CURRENT, "voltage": VOLTAGE}, "charge_positive=True"),
    ],
)
def test_faults_are_named(data, message) -> None:
    with pytest.raises(InputError, match=message):
        read_time_series(data)


def test_several_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_time_series({"time": ["x", "y"], "current": [1, np.inf], "voltage": [1.0, np.nan]})
    assert len(caught.value.issues) == 3


def test_current_that_charges_positively() -> None:
    data = {"time": TIME, "current": -CURRENT, "voltage": VOLTAGE}
    np.testing.assert_allclose(read_time_series(data, charge_positive=True).current, CURRENT)
    with pytest.raises(InputError, match="Leave charge_positive out"):
        read_time_series({**data, "current": CURRENT}, charge_positive=True)


def test_pulses_tell_the_sign_too() -> None:
    current = np.tile([0.0, 0.0, 2.0, 2.0], 10)
    voltage = 3.7 - 0.02 * current
    data = {"time": np.arange(40.0), "current": current, "voltage": voltage}
    assert read_time_series(data).current is not None
    with pytest.raises(InputError, match="charge_positive"):
        read_time_series({**data, "current": -current})


def test_files_that_are_no_tables(tmp_path) -> None:
    with pytest.raises(DataFormatError, match="cannot be read"):
        read_time_series(tmp_path / "missing.csv")
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    with pytest.raises(DataFormatError, match="line of headings"):
        read_time_series(empty)
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)))
    with pytest.raises((DataFormatError, InputError)):
        read_time_series(noise)


@pytest.mark.parametrize(
    "columns",
    [
        {"Frequency / Hz": 1.0, "Re(Z)/Ohm": 1.0, "Im(Z)/Ohm": 1.0},
        {"freq/Hz": 1.0, "Re(Z)/Ohm": 1.0, "-Im(Z)/Ohm": -1.0},
        {"frequency_Hz": 1.0, "real_ohm": 1.0, "imaginary_ohm": 1.0},
        {"f [kHz]": 1e-3, "Zre [mOhm]": 1e3, "Zim [mOhm]": 1e3},
    ],
)
def test_spectra(columns) -> None:
    frequency, real, imaginary = np.geomspace(1e-2, 1e3, 5), np.full(5, 0.02), np.full(5, -0.005)
    parts = zip(columns.items(), (frequency, real, imaginary), strict=True)
    found = read_spectrum(0.5, {name: values * factor for (name, factor), values in parts})
    np.testing.assert_allclose(found.frequency, frequency)
    np.testing.assert_allclose(found.impedance, real + 1j * imaginary)


def test_complex_spectra_and_their_faults() -> None:
    found = read_spectrum(0.2, {"frequency": [1.0, 2.0], "impedance": [0.02 - 0.01j, 0.03]})
    assert found.impedance.tolist() == [0.02 - 0.01j, 0.03]
    for soc, data, message in (
        (1.2, {}, "0 to 1"),
        ("x", {}, "0 to 1"),
        (0.5, {"frequency": [1.0, 2.0], "real": [1.0, 1.0]}, "imaginary part"),
        (0.5, {"frequency": [1.0, -2.0], "real": [1.0, 1.0], "imag": [1.0, 1.0]}, "more than 0, row 1"),
        (0.5, {"real": [1.0, 1.0], "imag": [1.0, 1.0]}, "frequency"),
    ):
        with pytest.raises(InputError, match=message):
            read_spectrum(soc, data)


def test_a_constant_current_is_a_sentence() -> None:
    assert protocol_of(TIME, CURRENT) == "Discharge at 5 A for 3600 seconds"
    assert protocol_of(TIME, -CURRENT) == "Charge at 5 A for 3600 seconds"
    assert not is_constant(np.array([1.0, 1.1])) and not is_constant(np.zeros(3))
    with pytest.raises(InputError, match="zero everywhere"):
        protocol_of(TIME, np.zeros(13))


def test_another_current_is_a_drive_cycle_of_few_points() -> None:
    time = np.arange(0.0, 1000.0)
    current = np.where((time > 300) & (time < 600), 4.0, 0.0) + np.where(time >= 800, 0.01 * (time - 800.0), 0.0)
    drive = protocol_of(time, current)
    series = drive.value
    assert len(series) <= 8
    np.testing.assert_allclose(np.interp(time, series.time, series.values), current, atol=4e-3)


def test_thinning_keeps_a_noisy_line_within_its_tolerance() -> None:
    rng = np.random.default_rng(0)
    time, values = np.arange(500.0), rng.normal(size=500).cumsum()
    chosen = knots(time, values)
    assert chosen[0] == 0 and chosen[-1] == 499
    off = np.abs(np.interp(time, time[chosen], values[chosen]) - values)
    assert off.max() <= max(1e-3 * np.abs(values).max(), 5.0 * noise_of(values))


def test_noise_is_told_from_steps_and_averages_out() -> None:
    rng = np.random.default_rng(0)
    time = np.arange(2000.0)
    clean = np.where(time < 500, 0.0, 2.0) + np.where(time > 1000, 0.002 * (time - 1000.0), 0.0)
    noisy = clean + rng.normal(0.0, 0.01, time.size)
    assert noise_of(noisy) == pytest.approx(0.01, rel=0.1)
    series = protocol_of(time, noisy).value
    assert len(series) < 20
    line = np.interp(time, series.time, series.values)
    assert np.trapezoid(line - clean, time) == pytest.approx(0.0, abs=2.0)
    assert is_constant(2.0 + rng.normal(0.0, 0.01, 500)) and not is_constant(rng.normal(0.0, 0.01, 500))
