"""The text of OpenDSS scripts: commands, values, sums in reverse Polish, matrices."""

from __future__ import annotations

import math

import pytest

from joulebook.core.errors import DataFormatError
from joulebook.grid.feeder.dss.scanning import (
    Place,
    Token,
    as_integer,
    as_matrix,
    as_name,
    as_number,
    as_numbers,
    as_words,
    as_yes,
    commands,
)


def tokens(line):
    return [(token.name, token.value) for command in commands(line, "x.dss") for token in command.tokens]


def token(value, name="x"):
    return Token(name, value, True, Place("x.dss", 3, 7))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("New Line.a bus1=b.1.2 , Length = 3", [("", "New"), ("", "Line.a"), ("bus1", "b.1.2"), ("length", "3")]),
        ('~ kvs=(7.2, 7.2) conns="wye delta"', [("", "~"), ("kvs", "7.2, 7.2"), ("conns", "wye delta")]),
        ("a={1 2 *} b=[1|2] c='x y'", [("a", "1 2 *"), ("b", "1|2"), ("c", "x y")]),
        ("a=1 ! b=2", [("a", "1")]),
        ("a=1 // b=2", [("a", "1")]),
        ("name=4/0Triplex", [("name", "4/0Triplex")]),
        ("// all a remark", []),
        ("r1=1   2 3", [("r1", "1"), ("", "2"), ("", "3")]),
        ("a=", [("a", "")]),
        ("a=(1 2", [("a", "1 2")]),
        ("Transformer.Reg1.Taps=[1.0 1.0625]", [("transformer.reg1.taps", "1.0 1.0625")]),
    ],
)
def test_parameters_of_a_line(line, expected):
    assert tokens(line) == expected


def test_block_remarks_and_places():
    found = list(commands("one\n/* two\nthree */\n  four x=1\n", "f.dss"))
    assert [command.tokens[0].value for command in found] == ["one", "four"]
    assert found[1].tokens[1].place == Place("f.dss", 4, 10)


def test_a_line_without_end_is_refused():
    with pytest.raises(DataFormatError, match="is this a script"):
        list(commands("x" * 2_000_001, "f.dss"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.5", 2.5),
        ("-1e-3", -1e-3),
        ("8 1000 /", 0.008),
        ("0.00625 12 * 1 +", 1.075),
        ("1.051 0.88 0.001 3 * - - 115 12.47 / sqr *", (1.051 - (0.88 - 0.003)) * (115 / 12.47) ** 2),
        ("2 3 ^", 8.0),
        ("9 sqrt", 3.0),
        ("4 inv", 0.25),
        ("2 ln exp", 2.0),
        ("30 sin", 0.5),
        ("0.5 acos", 60.0),
        ("1 1 atan2", 45.0),
        ("1 2 swap -", 1.0),
        ("pi", math.pi),
        ("pi 2 *", 2 * math.pi),
    ],
)
def test_numbers_and_sums(text, value):
    if text == "pi":
        with pytest.raises(DataFormatError, match="not a number"):
            as_number(token(text))
        return
    assert as_number(token(text)) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "x", "1 +", "1 2", "1 0 /", "-1 sqrt", "0 ln", "nan", "inf", "1e300", "1e200 1e200 *", "2 9999 ^"]
)
def test_what_is_no_number_names_its_place(text):
    with pytest.raises(DataFormatError) as caught:
        as_number(token(text))
    assert str(caught.value).startswith("x.dss, line 3, column 7: ")
    assert caught.value.line == 3 and caught.value.column == 7


def test_sums_are_bounded():
    with pytest.raises(DataFormatError, match="at most 200"):
        as_number(token("1 " * 300))


def test_whole_numbers_words_and_answers():
    assert as_integer(token("3"), 1, 5) == 3
    for text in ("2.5", "7", "-1"):
        with pytest.raises(DataFormatError, match="whole number"):
            as_integer(token(text), 1, 5)
    assert as_words(token("a, b  c")) == ["a", "b", "c"]
    assert as_numbers(token("1,2 3")) == [1.0, 2.0, 3.0]
    assert as_yes(token("Yes")) and as_yes(token("true")) and not as_yes(token("no"))
    assert as_name(" A.b/C ") == "a_b/c"


def test_matrices_are_read_full_or_as_a_triangle():
    assert as_matrix(token("1 | 2 3"), 2) == [[1.0], [2.0, 3.0]]
    assert as_matrix(token("1 2 | 2 3"), 2) == [[1.0], [2.0, 3.0]]
    assert as_matrix(token("7"), 1) == [[7.0]]
    for text in ("1 2", "1 | 2", "1 | 2 3 | 4", ""):
        with pytest.raises(DataFormatError, match="rows of a matrix"):
            as_matrix(token(text), 2)
