"""Fits on files of real instruments: what they hold is read, and a model of about the right chemistry follows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from joulebook.battery import Cell, figures, fit, initial_state_at
from joulebook.battery.analysis.measured import read_time_series
from joulebook.battery.analysis.measured_protocol import knots
from joulebook.core.errors import InputError


@pytest.fixture(scope="module")
def cycling(data_folder: Path) -> Path:
    folder = data_folder / "cycling"
    if not folder.is_dir():
        pytest.skip(f"real instrument files are not at {folder}: set JOULEBOOK_DATA to the folder above it")
    return folder


@pytest.mark.parametrize(
    ("name", "rows", "hours", "most_knots"),
    [
        ("ampworks__hppc_discharge.csv", 15838, 14.13, 200),
        ("ampworks__ici_discharge.csv", 21410, 11.48, 800),
        ("beep__2017-05-09_test-TC-contact_CH33.csv", 280, 0.284, 20),
        ("battery-data-toolkit__arbin_example.csv", 2100, 1.752, 300),
    ],
)
def test_files_are_read_and_their_sign_is_told(
    cycling: Path, name: str, rows: int, hours: float, most_knots: int
) -> None:
    with pytest.raises(InputError, match="charge_positive=True"):
        read_time_series(cycling / name)
    series = read_time_series(cycling / name, charge_positive=True)
    assert series.name == name and series.time.size == pytest.approx(rows, rel=0.03)
    assert series.time[-1] / 3600.0 == pytest.approx(hours, rel=1e-2)
    assert 1.9 < series.voltage.min() < series.voltage.max() < 4.3
    assert len(knots(series.time, series.current)) <= most_knots


def test_a_file_without_a_current_that_flows(cycling: Path) -> None:
    with pytest.raises(InputError, match="zero everywhere"):
        fit(Cell.named("Chen2020"), cycling / "beep__FastCharge_000025_CH8.csv", {"contact_resistance": (0.0, 0.1)})


def test_a_file_that_begins_with_something_else(cycling: Path) -> None:
    with pytest.raises(InputError, match="no column of time was recognised"):
        read_time_series(cycling / "beep__test_Nova_Form-CH01-01_short.csv")


def coin_cell(capacity: float) -> Cell:
    """Graphite against NMC532, scaled to a capacity, nearly full."""
    cell = Cell.named("Mohtat2020")
    width = cell.electrode_width * cell.electrodes_in_parallel * capacity / figures(cell).capacity
    cell = cell.replace({"electrodes_in_parallel": 1, "electrode_width": width, "nominal_capacity": capacity})
    return cell.replace({"initial_state": initial_state_at(cell, 0.95)})


def test_pulses_of_fourteen_hours_are_followed(cycling: Path) -> None:
    cell = coin_cell(3.2e-3)
    width, state = cell.electrode_width, cell.initial_state
    full, empty = state.negative_concentration, state.positive_concentration
    limits = {
        "electrode_width": {"min": 0.6 * width, "max": 2.0 * width, "scale": "log"},
        "positive.thickness": {"min": 0.6 * cell.positive.thickness, "max": 1.6 * cell.positive.thickness},
        "initial_state.negative_concentration": (0.7 * full, 1.12 * full),
        "initial_state.positive_concentration": (0.6 * empty, 1.6 * empty),
        "contact_resistance": (0.0, 60.0),
        "negative.diffusivity": (1e-16, 1e-12),
        "positive.diffusivity": (1e-17, 1e-12),
    }
    found = fit(
        cell,
        cycling / "ampworks__hppc_discharge.csv",
        limits,
        charge_positive=True,
        model="SPM",
        most_solves=600,
        noise={"voltage": 1e-3},
    )
    assert found.rms < 0.04
    assert np.corrcoef(found["voltage_fitted"], found["voltage_measured"])[0, 1] > 0.99
    said = " ".join(found.warnings)
    assert "times the stated noise" in said and "Neighbouring residuals go together" in said
    assert found.cell.sources["electrode_width"].where == "ampworks__hppc_discharge.csv"
