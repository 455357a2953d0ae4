"""Every error that Joulebook raises on purpose.

::

    JoulebookError
    ├ InputError(ValueError)            issues: path, value, unit, rule, hint
    │ ├ OutOfRangeError  ├ MissingInputError  ├ TopologyError  └ UnitError
    ├ DataFormatError(ValueError)       file, line, column, found, expected
    │ ├ UnknownFormatError  └ CorruptRecordError
    ├ SolveError(RuntimeError)          partial, stats
    │ ├ DivergedError  ├ SingularSystemError  ├ StepLimitError  └ InfeasibleError
    ├ CancelledError(RuntimeError)      partial
    ├ DeviceError(RuntimeError)
    │ ├ DeviceUnavailableError  └ DeviceMemoryError
    ├ MissingExtraError(ImportError)    extra
    └ ReportError(RuntimeError)         notebook, cell, cause

A message says what is wrong (name = value unit), what is allowed, and what to try.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CancelledError",
    "CorruptRecordError",
    "DataFormatError",
    "DeviceError",
    "DeviceMemoryError",
    "DeviceUnavailableError",
    "DivergedError",
    "InfeasibleError",
    "InputError",
    "Issue",
    "JoulebookError",
    "MissingExtraError",
    "MissingInputError",
    "OutOfRangeError",
    "ReportError",
    "SingularSystemError",
    "SolveError",
    "StepLimitError",
    "TopologyError",
    "UnitError",
    "UnknownFormatError",
]


@dataclass(frozen=True)
class Issue:
    """One fault of an input.

    Parameters
    ----------
    path : str
        Dotted path of the value, ``"negative.thickness"``; empty for the whole input.
    value : object
        What was given.
    rule : str
        What is allowed, as a phrase: ``"more than 0 and at most 0.002 m"``.
    hint : str
        What to try.
    unit : str
        Unit of the value; empty where it has none.
    """

    path: str
    value: Any
    rule: str
    hint: str = ""
    unit: str = ""

    def __str__(self) -> str:
        shown = repr(self.value)
        if len(shown) > 60:
            shown = shown[:57] + "…"
        unit = f" {self.unit}" if self.unit and not isinstance(self.value, str) else ""
        given = (self.path or "input") + ("" if self.value is None else f" = {shown}{unit}")
        return f"{given}: {self.rule}" + (f". {self.hint}" if self.hint else "")


class JoulebookError(Exception):
    """Root of all errors that Joulebook raises on purpose."""


class InputError(JoulebookError, ValueError):
    """What a person gave cannot be used.

    Parameters
    ----------
    issues : Issue or str or sequence of Issue
        All faults that were found; a plain sentence stands for one fault of the whole input.
    subject : str
        What was being read, for the first line of the message.
    """

    def __init__(self, issues: Issue | str | Sequence[Issue], subject: str = "") -> None:
        self.subject = subject
        self.issues: tuple[Issue, ...]
        if isinstance(issues, str):
            self.issues = (Issue("", None, issues),)
            text = issues
        else:
            self.issues = (issues,) if isinstance(issues, Issue) else tuple(issues)
            text = "\n".join(f"  {issue}" for issue in self.issues)
            if len(self.issues) == 1:
                text = str(self.issues[0])
        if subject and len(self.issues) > 1:
            text = f"{subject} has {len(self.issues)} faults:\n{text}"
        elif subject:
            text = f"{subject}: {text}"
        super().__init__(text)


class OutOfRangeError(InputError):
    """A number lies outside the range in which it means something."""


class MissingInputError(InputError):
    """Something that is needed was not given."""


class TopologyError(InputError):
    """The parts are there, but not connected in a way that can be solved."""


class UnitError(InputError):
    """A unit is unknown, or of the wrong dimension."""


class DataFormatError(JoulebookError, ValueError):
    """A file is not what it claims to be.

    Parameters
    ----------
    message : str
        What is wrong and what to try.
    file : str
        Name of the file.
    line, column : int, optional
        Where in the file, counted from 1.
    found, expected : str
        What stood there, and what should.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        line: int | None = None,
        column: int | None = None,
        found: str = "",
        expected: str = "",
    ) -> None:
        self.file, self.line, self.column = file, line, column
        self.found, self.expected = found, expected
        where = file + (f", line {line}" if line else "") + (f", column {column}" if column else "")
        super().__init__(f"{where}: {message}" if where else message)


class UnknownFormatError(DataFormatError):
    """No reader recognises the content."""


class CorruptRecordError(DataFormatError):
    """The format is known, but a part of the file cannot be read."""


class SolveError(JoulebookError, RuntimeError):
    """A solve ended without an answer.

    Parameters
    ----------
    message : str
        What happened and what to try.
    partial : object
        The result up to the failure, where there is one.
    stats : object
        Counts and residuals of the attempt.
    """

    def __init__(self, message: str, *, partial: Any = None, stats: Any = None) -> None:
        self.partial, self.stats = partial, stats
        super().__init__(message)


class DivergedError(SolveError):
    """The iteration moved away from a solution."""


class SingularSystemError(SolveError):
    """The equations have no unique solution."""


class StepLimitError(SolveError):
    """The solver used all the steps that it was allowed."""


class InfeasibleError(SolveError):
    """No state satisfies all constraints."""


class CancelledError(JoulebookError, RuntimeError):
    """A person cancelled the work.

    Parameters
    ----------
    message : str
        What was cancelled.
    partial : object
        What had been finished.
    """

    def __init__(self, message: str = "Cancelled", *, partial: Any = None) -> None:
        self.partial = partial
        super().__init__(message)


class DeviceError(JoulebookError, RuntimeError):
    """A device did not do what it was asked."""


class DeviceUnavailableError(DeviceError):
    """The device that was asked for is not there."""


class DeviceMemoryError(DeviceError):
    """The device has too little memory for the work."""


class MissingExtraError(JoulebookError, ImportError):
    """A feature needs packages that are not installed.

    Parameters
    ----------
    feature : str
        What was asked for.
    extra : str
        The extra that brings the packages.
    """

    def __init__(self, feature: str, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{feature} needs the extra '{extra}': pip install 'joulebook[{extra}]'")


class ReportError(JoulebookError, RuntimeError):
    """A report could not be made.

    Parameters
    ----------
    message : str
        What happened and what to try.
    notebook : str
        The template.
    cell : int, optional
        Index of the failing cell, from 0.
    cause : str
        Text of the error in that cell.
    """

    def __init__(self, message: str, *, notebook: str = "", cell: int | None = None, cause: str = "") -> None:
        self.notebook, self.cell, self.cause = notebook, cell, cause
        super().__init__(message)
