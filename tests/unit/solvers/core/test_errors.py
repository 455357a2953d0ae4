"""Errors say what is wrong, what is allowed and what to try."""

from __future__ import annotations

import inspect

from joulebook.core import errors
from joulebook.core.errors import DataFormatError, InputError, Issue, MissingExtraError


def test_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    classes = [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, Exception)]
    assert {item.__name__ for item in classes} | {"Issue"} == set(errors.__all__)
    for item in classes:
        assert issubclass(item, errors.JoulebookError)
        assert item.__name__ in (errors.__doc__ or "")


def test_all_names_are_sorted() -> None:
    assert list(errors.__all__) == sorted(errors.__all__)


def test_one_fault_reads_as_one_line() -> None:
    error = InputError(Issue("negative.thickness", -1e-6, "must be more than 0 µm", "Try 85.2 µm", "m"), "Cell")
    assert str(error) == "Cell: negative.thickness = -1e-06 m: must be more than 0 µm. Try 85.2 µm"
    assert isinstance(error, ValueError)


def test_many_faults_are_counted_and_listed() -> None:
    error = InputError([Issue("a", 1, "too small"), Issue("b", "x" * 200, "not a number")], "Design")
    assert str(error).startswith("Design has 2 faults:\n  a = 1: too small\n  b = ")
    assert len(str(error)) < 160


def test_format_errors_say_where() -> None:
    error = DataFormatError("not JSON", file="a.cell.json", line=3, column=7)
    assert str(error) == "a.cell.json, line 3, column 7: not JSON"
    assert (error.line, error.column) == (3, 7)


def test_a_missing_extra_says_how_to_get_it() -> None:
    assert "pip install 'joulebook[lab]'" in str(MissingExtraError("Plotting", "lab"))
