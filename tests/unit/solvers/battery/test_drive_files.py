"""Drive cycles from tables of text."""

from __future__ import annotations

import pytest

from joulebook.battery import Drive
from joulebook.core.errors import DataFormatError, InputError


def read(tmp_path, text, **how):
    path = tmp_path / "drive.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Drive.read(path, **how)


@pytest.mark.parametrize(
    ("text", "held", "values"),
    [
        ("Time / s,Current / A\n0,0\n1,2.5\n", "current", [0.0, 2.5]),
        ("Time [s],Current [mA]\n0,0\n1,2500\n", "current", [0.0, 2.5]),
        ("Test_Time(s),Voltage(V),Current(A)\n5,4.1,0\n6,4.0,2.5\n", "current", [0.0, 2.5]),
        ("# a drive cycle\n# time_s power_kW\n0 0.001\n60 0.002\n", "power", [1.0, 2.0]),
        ("# Time [s] Power [W]\n0 1\n60 2\n", "power", [1.0, 2.0]),
        ("made by hand\n\ntime/min;power/W\n0;1,5\n1;2,5\n", "power", [1.5, 2.5]),
        ("t_h\tC-rate_C\n0\t0,5\n1\t1\n", "c_rate", [0.5, 1.0]),
        ('"Time (s)","Load (mΩ)"\n"0","4000"\n"1","5000"\n', "resistance", [4.0, 5.0]),
        ("Time (s),U (V)\n0,4.0\n1,3.9\n", "voltage", [4.0, 3.9]),
        ("time,power\n0,4.0\n1,3.9\n", "power", [4.0, 3.9]),
        ("test_time_second,voltage_volt,current_ampere,cycle_count\n0,4,1,1\n1,3.9,2,1\n", "current", [1.0, 2.0]),
        ("Rec,Test Time (Sec),Amps,Volts\n1,0,0.5,4\n2,1,1,4\n", "current", [0.5, 1.0]),
    ],
)
def test_tables_that_are_understood(tmp_path, text, held, values):
    step = read(tmp_path, text)
    assert step.held == held
    assert step.value.values.tolist() == values


def test_time_in_other_units_and_the_other_sign(tmp_path):
    step = read(tmp_path, "Time / h,Current / A\n1,1\n1.5,-2\n", positive="charge")
    assert step.value.time.tolist() == [0.0, 1800.0]
    assert step.value.values.tolist() == [-1.0, 2.0]


def test_one_of_several_columns(tmp_path):
    text = "time_s,current_A,power_W\n0,1,2\n1,3,4\n"
    assert read(tmp_path, text, held="power").value.values.tolist() == [2.0, 4.0]
    assert read(tmp_path, text).held == "current"
    with pytest.raises(DataFormatError, match="no column of voltage"):
        read(tmp_path, text, held="voltage")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no line with headings"),
        ("1,2\n3,4\n", "no line with headings"),
        ("x,y\n1,2\n3,4\n", "no line with headings"),
        ("Time (fortnights),Current (A)\n1,2\n3,4\n", "no line with headings"),
        ("Time / s,Current / A\n0,1\n", "fewer than two"),
        ("Time / s,Current / A\n0,1\n1,abc\n", "line 3.*column 2|not a number"),
        ("Time / s,Current / A\n0,1\n1\n", "not a number"),
        (b"\xff\xfe\x00\x01", "no line with headings"),
    ],
)
def test_tables_that_are_not(tmp_path, text, said):
    with pytest.raises(DataFormatError, match=said) as caught:
        read(tmp_path, text)
    assert caught.value.file == "drive.csv"


def test_a_fault_is_told_with_its_place(tmp_path):
    with pytest.raises(DataFormatError) as caught:
        read(tmp_path, "Time / s,Current / A\n0,1\n# a note\n\n1,abc\n")
    assert (caught.value.line, caught.value.column, caught.value.found) == (5, 2, "abc")


def test_missing_files_and_wrong_choices(tmp_path):
    with pytest.raises(DataFormatError, match="cannot be read"):
        Drive.read(tmp_path / "none.csv")
    with pytest.raises(InputError, match="discharge"):
        read(tmp_path, "Time / s,Current / A\n0,1\n1,1\n", positive="up")
    with pytest.raises(InputError, match="must be one of"):
        read(tmp_path, "Time / s,Current / A\n0,1\n1,1\n", held="mood")
    with pytest.raises(InputError, match="goes back"):
        read(tmp_path, "Time / s,Current / A\n0,1\n2,1\n1,1\n")
    with pytest.raises(InputError, match="not a number"):
        read(tmp_path, "Time / s,Current / A\n0,1\n2,nan\n3,1\n")
