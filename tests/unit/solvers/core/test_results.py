"""Results: units travel, files come back, strangers' files are explained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from joulebook.battery import Cell
from joulebook.core.errors import DataFormatError, InputError
from joulebook.core.provenance import Provenance, Stats
from joulebook.core.results import Result, Status, Variable, column_name


class Discharge(Result):
    """A result with two variables over time and a profile."""

    main_variables = ("voltage",)


@pytest.fixture
def result() -> Discharge:
    time = np.linspace(0.0, 10.0, 5)
    return Discharge(
        variables={
            "time": Variable(("time",), time, "s", "Time"),
            "voltage": Variable(("time",), 4.0 - 0.1 * time, "V", "Voltage"),
            "charge": Variable(("time",), time / 3600.0, "A h", "Charge"),
            "x": Variable(("x",), np.array([0.0, 1.0]), "m", "Position"),
            "profile": Variable(("time", "x"), np.ones((5, 2)), "mol/m³", "Concentration"),
        },
        status=Status.SOLVED,
        stats=Stats(steps=4, iterations=9, seconds=1e-3),
        provenance=Provenance.record("test.study", Cell.named("Chen2020"), {"rate": 1.0}, ["Chen2020", "Chen2020"]),
        facts={"end_reason": "time"},
    )


def test_dataset_carries_units_and_named_dimensions(result: Discharge) -> None:
    data = result.to_xarray()
    assert data.voltage.attrs == {"units": "V", "long_name": "Voltage"}
    assert data.profile.dims == ("time", "x")
    assert "time" in data.coords and "x" in data.coords


def test_table_columns_carry_units(result: Discharge) -> None:
    table = result.to_dataframe()
    assert list(table.columns) == ["time_s", "voltage_V", "charge_Ah"]
    assert len(table) == 5


def test_saved_results_come_back_whole(result: Discharge, tmp_path: Path) -> None:
    path = result.save(tmp_path / "a.run.nc")
    back = Result.load(path)
    assert isinstance(back, Discharge)
    for name, item in result.variables.items():
        assert np.array_equal(back[name], item.values)
        assert (back.variables[name].unit, back.variables[name].dims) == (item.unit, item.dims)
    assert back.stats == result.stats
    assert back.provenance == result.provenance
    assert back.facts == {"end_reason": "time"}
    assert Cell.from_document(back.provenance.design) == Cell.named("Chen2020")
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_are_no_results_are_explained(result: Discharge, tmp_path: Path) -> None:
    (tmp_path / "a.run.nc").write_bytes(b"not a file of ours")
    with pytest.raises(DataFormatError, match="not a saved result"):
        Result.load(tmp_path / "a.run.nc")
    with pytest.raises(DataFormatError, match="not a saved result"):
        Result.load(tmp_path / "none.run.nc")
    result.to_xarray().drop_attrs().to_netcdf(tmp_path / "b.run.nc", engine="h5netcdf")
    with pytest.raises(DataFormatError, match="joulebook_result"):
        Result.load(tmp_path / "b.run.nc")

    class Other(Result):
        """Another kind."""

    with pytest.raises(DataFormatError, match="holds a Discharge, not a Other"):
        Other.load(result.save(tmp_path / "c.run.nc"))


def test_unknown_variables_list_the_known_ones(result: Discharge) -> None:
    with pytest.raises(InputError, match="It has: time, voltage"):
        result["volts"]


def test_a_result_says_what_it_is(result: Discharge) -> None:
    assert "LG M50" in repr(result)
    assert "4 steps, 9 iterations" in result._repr_html_()
    assert "<script" not in result._repr_html_()


def test_bibliography_has_each_work_once(result: Discharge) -> None:
    assert [item.key for item in result.provenance.bibliography()] == ["Chen2020"]
    assert "doi:10.1149/1945-7111/ab9050" in str(result.provenance.bibliography()[0])


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [("voltage", "V", "voltage_V"), ("soc", "1", "soc"), ("c", "mol/m³", "c_mol_m3"), ("q", "A h", "q_Ah")],
)
def test_column_names(name: str, unit: str, expected: str) -> None:
    assert column_name(name, unit) == expected


def test_plot_labels_its_axes(result: Discharge) -> None:
    curve = result.plot()
    assert curve.kdims[0].unit == "s"
    assert curve.vdims[0].label == "Voltage"
    with pytest.raises(InputError, match="runs over time, x"):
        result.plot("profile")
