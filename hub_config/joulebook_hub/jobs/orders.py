"""What a job can be asked to do, and the command that does it.

Whatever a person typed becomes an argument of its own (``--name=value``), never a part of a shell's line, and options
that would choose where files are written are not offered: a job writes into its own folder of results.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator
from pydantic_core import PydanticCustomError

from joulebook_hub.service.routes import Model

__all__ = ["ORDER", "REPORTS", "Notebook", "Order", "Report", "Sweep", "Work", "default_title", "work_of"]

REPORTS: dict[str, dict[str, str]] = {
    "cell": {"rates": "text", "model": "text"},
    "simulation": {
        "protocol": "list",
        "cycles": "number",
        "soc": "number",
        "model": "text",
        "thermal": "text",
        "sei": "text",
        "sei-on-cracks": "switch",
        "plating": "text",
        "loss": "text",
        "accuracy": "text",
    },
    "power-flow": {"start": "text"},
    "short-circuit": {
        "bus": "text",
        "breaker-time": "number",
        "duration": "number",
        "peak-method": "text",
        "tolerance": "number",
        "typical": "switch",
    },
}
"""Kinds of ``joulebook report`` and the options that a job may set, each with what it takes."""

TRANSIENT = frozenset({"simulation"})
_ENDINGS = {"cell": "", "simulation": ".simulation", "power-flow": ".power-flow", "short-circuit": ".short-circuit"}
_MOST_ITEMS = 50
_LONGEST = 400
_LIMIT = Field(default=3600.0, ge=1.0, le=7 * 86400.0, description="Longest time of one attempt, s.")
_FILE = Field(min_length=1, max_length=400, description="Path in the user's workspace.")


def _plain(path: str, suffixes: tuple[str, ...]) -> str:
    parts = PurePosixPath(path).parts
    if path.startswith("/") or "\\" in path or ".." in parts or any(ord(letter) < 32 for letter in path):
        message = "must be a path inside the workspace, with / between folders"
        raise PydanticCustomError("order", "{message}", {"message": message})
    if any(part.startswith(".") for part in parts):
        message = "files and folders whose names begin with a dot are left alone"
        raise PydanticCustomError("order", "{message}", {"message": message})
    if suffixes and not path.endswith(suffixes):
        message = f"must end with {' or '.join(suffixes)}"
        raise PydanticCustomError("order", "{message}", {"message": message})
    return str(PurePosixPath(path))


class Report(Model):
    """A report of a design."""

    kind: Literal["report"]
    report: Literal["cell", "simulation", "power-flow", "short-circuit"]
    file: str = _FILE
    options: dict[str, bool | int | float | str | list[str]] = Field(default_factory=dict, max_length=20)
    limit: float = _LIMIT

    @field_validator("file")
    @classmethod
    def _inside(cls, path: str) -> str:
        return _plain(path, ())

    @model_validator(mode="after")
    def _known_options(self) -> Report:
        known = REPORTS[self.report]
        for name, value in self.options.items():
            if name not in known:
                message = f"options.{name[:40]}: the report {self.report} has {', '.join(known)}"
                raise PydanticCustomError("order", "{message}", {"message": message})
            if not _fits(known[name], value):
                message = f"options.{name}: must be a {known[name]} of at most {_LONGEST} characters"
                raise PydanticCustomError("order", "{message}", {"message": message})
        return self


class Notebook(Model):
    """A notebook with parameters."""

    kind: Literal["notebook"]
    file: str = _FILE
    parameters: dict[str, Any] = Field(default_factory=dict, max_length=100)
    limit: float = _LIMIT

    @field_validator("file")
    @classmethod
    def _inside(cls, path: str) -> str:
        return _plain(path, (".ipynb",))

    @field_validator("parameters")
    @classmethod
    def _bounded(cls, values: dict[str, Any]) -> dict[str, Any]:
        return _bounded(values)


class Sweep(Model):
    """A sweep: a notebook or a script that finds a Dask cluster of its own."""

    kind: Literal["sweep"]
    file: str = _FILE
    parameters: dict[str, Any] = Field(default_factory=dict, max_length=100)
    arguments: list[Annotated[str, Field(max_length=_LONGEST)]] = Field(default_factory=list, max_length=_MOST_ITEMS)
    workers: int = Field(default=0, ge=0, le=256, description="Workers of its cluster; 0 for as many as allowed.")
    cores: float = Field(
        default=0.0, ge=0.0, le=1024.0, description="Processors of a worker at a Dask Gateway; 0 for its own."
    )
    memory: float = Field(
        default=0.0, ge=0.0, le=65536.0, description="GB of a worker at a Dask Gateway; 0 for its own."
    )
    image: str = Field(
        default="", max_length=200, description="Image of workers at a Dask Gateway that lets one choose."
    )
    limit: float = _LIMIT

    @field_validator("file")
    @classmethod
    def _inside(cls, path: str) -> str:
        return _plain(path, (".ipynb", ".py"))

    @field_validator("parameters")
    @classmethod
    def _bounded(cls, values: dict[str, Any]) -> dict[str, Any]:
        return _bounded(values)

    @field_validator("image")
    @classmethod
    def _name_of_image(cls, name: str) -> str:
        if name and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*", name):
            message = "must be the name of an image, such as registry.example.org/lab:1.2"
            raise PydanticCustomError("order", "{message}", {"message": message})
        return name

    @model_validator(mode="after")
    def _one_way(self) -> Sweep:
        if self.file.endswith(".py") and self.parameters:
            message = "parameters are for notebooks; a script takes arguments"
            raise PydanticCustomError("order", "{message}", {"message": message})
        if self.file.endswith(".ipynb") and self.arguments:
            message = "arguments are for scripts; a notebook takes parameters"
            raise PydanticCustomError("order", "{message}", {"message": message})
        if any("\0" in argument for argument in self.arguments):
            message = "arguments: no zero bytes"
            raise PydanticCustomError("order", "{message}", {"message": message})
        return self


Order = Annotated[Report | Notebook | Sweep, Field(discriminator="kind")]
ORDER: TypeAdapter[Report | Notebook | Sweep] = TypeAdapter(Order)
"""Reads an order that the store has kept."""


def _bounded(values: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(values, allow_nan=False)
    except (ValueError, RecursionError) as error:
        message = "must be what JSON can hold"
        raise PydanticCustomError("order", "{message}", {"message": message}) from error
    if len(text) > 20_000 or not all(re.fullmatch(r"[A-Za-z_]\w{0,79}", name) for name in values):
        message = "names must be those of Python variables, and all together have at most 20000 characters"
        raise PydanticCustomError("order", "{message}", {"message": message})
    return values


def _fits(kind: str, value: Any) -> bool:
    if kind == "switch":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "list":
        items = value if isinstance(value, list) else []
        return 1 <= len(items) <= _MOST_ITEMS and all(_is_line(item) and not item.endswith(".json") for item in items)
    return _is_line(value)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


class Work(Model):
    """What an attempt runs.

    Parameters
    ----------
    command : list of str
        The program and its arguments.
    folder : str
        Where it runs.
    cluster : int or None
        Processes of the Dask cluster that it needs; None for no cluster.
    """

    command: list[str]
    folder: str
    cluster: int | None = None


def work_of(order: Report | Notebook | Sweep, file: Path, results: Path) -> Work:
    """Put an order into a command.

    Parameters
    ----------
    order : Report, Notebook or Sweep
        What is wanted.
    file : Path
        The order's file, absolute.
    results : Path
        The folder for results, absolute.

    Returns
    -------
    Work
        What runs.
    """
    python = sys.executable
    shared = ["--progress=json", f"--limit={order.limit:g}"]
    if isinstance(order, Report):
        stem = results / (_stem(file.name) + _ENDINGS[order.report] + ".report")
        outputs = [f"--output={stem}.pdf", f"--html={stem}.html", f"--notebook={stem}.ipynb"]
        options = _options(order.options)
        command = [python, "-m", "joulebook", "report", order.report, *outputs, *options, *shared, "--", str(file)]
        return Work(command=command, folder=str(file.parent))
    cluster = order.workers if isinstance(order, Sweep) else None
    if isinstance(order, Sweep) and file.suffix == ".py":
        command = [python, "-u", str(file), *order.arguments]
        return Work(command=command, folder=str(file.parent), cluster=cluster)
    kept = results / f"{file.stem}.run.ipynb"
    given = f"--parameters={json.dumps(order.parameters)}"
    command = [python, "-m", "joulebook", "report", "notebook", f"--output={kept}", given, *shared, "--", str(file)]
    return Work(command=command, folder=str(file.parent), cluster=cluster)


def _options(options: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in options.items():
        if isinstance(value, bool):
            found += [f"--{name}"] if value else []
        elif isinstance(value, list):
            found += [f"--{name}={item}" for item in value]
        else:
            found.append(f"--{name}={value}")
    return found


def _stem(name: str) -> str:
    stem = name.removesuffix(".json").removesuffix(".cell").removesuffix(".circuit")
    return stem if stem != name else PurePosixPath(name).stem


def default_title(order: Report | Notebook | Sweep) -> str:
    """Name a job that its user did not name.

    Parameters
    ----------
    order : Report, Notebook or Sweep
        What is wanted.

    Returns
    -------
    str
        Such as ``"cell report of lg-m50"``.
    """
    name = PurePosixPath(order.file).name
    if isinstance(order, Report):
        return f"{order.report.replace('-', ' ')} report of {_stem(name)}"[:200]
    return f"{order.kind} {name}"[:200]
