"""Networks of other programs become documents for the designer, and documents become files of other programs.

==================================  =================================================================================
``POST /joulebook/conversions``     ``{paths, to}``: convert files of the workspace; ``to`` is ``"circuit"``,
                                    ``"matpower"``, ``"cgmes"`` or ``"pandapower"``
==================================  =================================================================================

The result lies beside the first file under a name that is free: nothing is overwritten. The answer is
``{"path", "name", "notes", "with"}``; ``notes`` are what could not be carried over, ``with`` the files that were read.
The work is done by ``joulebook convert`` in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from joulebook_lab.handlers import JoulebookHandler, RefusedError
from joulebook_lab.paths import free_name, relative

__all__ = ["ENDINGS", "ConversionError", "conversion_routes", "convert"]

ENDINGS = {"circuit": ".circuit.json", "matpower": ".m", "cgmes": ".zip", "pandapower": ".pandapower.json"}
"""What a network can be turned into, and the ending of its file."""

KNOWN = (".circuit.json", ".pandapower.json", ".json", ".m", ".raw", ".zip", ".xml", ".cdf", ".uct", ".txt")
LONGEST = 300.0  # seconds
MOST_FILES = 40
MOST_NOTES = 200
NOTE = "not carried over: "


class ConversionError(Exception):
    """A file that cannot be converted; the text is for the person who asked."""


class Conversion:
    """What came of a conversion.

    Parameters
    ----------
    path : Path
        The new file.
    name : str
        Of the network.
    notes : list of str
        What could not be carried over.
    """

    def __init__(self, path: Path, name: str, notes: list[str]) -> None:
        self.path, self.name, self.notes = path, name, notes


async def convert(
    sources: Sequence[Path], to: str, command: Sequence[str] = (sys.executable, "-m", "joulebook", "convert")
) -> Conversion:
    """Convert files in a process of its own.

    Parameters
    ----------
    sources : sequence of Path
        Files of one network.
    to : str
        Key of :data:`ENDINGS`.
    command : sequence of str
        What converts.

    Returns
    -------
    Conversion
        With the new file, beside the first source.

    Raises
    ------
    ConversionError
        In the words of the library: the file, the element, the line.
    """
    first, ending = sources[0], ENDINGS[to]
    with tempfile.TemporaryDirectory(prefix="joulebook-") as folder:
        made = Path(folder) / f"{_stem(first)}{ending}"
        process = await asyncio.create_subprocess_exec(
            *command,
            *map(str, sources),
            "-o",
            str(made),
            cwd=first.parent,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            said, complained = await asyncio.wait_for(process.communicate(), LONGEST)
        except TimeoutError:
            raise ConversionError(
                f"{first.name}: not done after {LONGEST:.0f} s. Use a terminal: joulebook convert {first.name}"
            ) from None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        lines = complained.decode("utf-8", "replace").splitlines()
        if process.returncode != 0 or not made.is_file():
            raise ConversionError(_explanation(lines, first.name, process.returncode))
        kept = _put_beside(made, first.parent, _stem(first), ending)
    notes = [line.removeprefix(NOTE) for line in lines if line.startswith(NOTE)]
    name = said.decode("utf-8", "replace").strip().rpartition(" → ")[0]
    return Conversion(kept, name, notes)


def _stem(path: Path) -> str:
    ending = next((ending for ending in KNOWN if path.name.lower().endswith(ending)), path.suffix)
    return path.name[: len(path.name) - len(ending)] or path.name


def _explanation(lines: Sequence[str], name: str, code: int | None) -> str:
    """What the shell command says went wrong."""
    for number, line in enumerate(lines):
        if line.startswith("joulebook: "):
            return "\n".join([line.removeprefix("joulebook: "), *lines[number + 1 :]])[:4000]
    last = next((line for line in reversed(lines) if line.strip()), "")
    return f"{name}: {last or f'the conversion ended with exit code {code} and no message'}"


def _put_beside(made: Path, folder: Path, stem: str, ending: str) -> Path:
    """Copy to a name that is free, and never over a file that comes meanwhile."""
    while True:
        target = free_name(folder, stem, ending)
        try:
            with made.open("rb") as content, target.open("xb") as stream:
                shutil.copyfileobj(content, stream)
        except FileExistsError:
            continue
        except OSError as error:
            raise ConversionError(f"{target.name}: cannot be written: {error.strerror}") from None
        return target


def _with_sequence_data(sources: Sequence[Path]) -> list[Path]:
    """A PSS/E case comes with the sequence file of the same name that lies beside it."""
    if len(sources) == 1 and sources[0].suffix.lower() == ".raw":
        for ending in (".seq", ".SEQ"):
            if (beside := sources[0].with_suffix(ending)).is_file():
                return [sources[0], beside]
    return list(sources)


class ConversionsHandler(JoulebookHandler):
    """Conversions of networks."""

    _task: asyncio.Task[Conversion] | None = None

    def on_connection_close(self) -> None:
        """Stop where nobody waits any more."""
        super().on_connection_close()
        if self._task is not None:
            self._task.cancel()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Convert files of the workspace.

        Raises
        ------
        RefusedError
            If there is no such file, or it cannot be converted.
        """
        body = self.body()
        to, named = body.get("to"), body.get("paths")
        if to not in ENDINGS:
            raise RefusedError(400, f"to = {to!r}: must be one of {', '.join(ENDINGS)}")
        if not isinstance(named, list) or not 1 <= len(named) <= MOST_FILES:
            raise RefusedError(400, f"paths: must be a list of 1 to {MOST_FILES} workspace paths")
        sources = [self.named_path(item, "paths") for item in named]
        for item, path in zip(named, sources, strict=True):
            if not path.is_file():
                raise RefusedError(404, f"path = {item!r}: no such file in the workspace")
        sources = _with_sequence_data(sources)
        self._task = asyncio.ensure_future(convert(sources, to))
        try:
            found = await self._task
        except ConversionError as error:
            raise RefusedError(422, str(error)) from None
        except OSError as error:
            raise RefusedError(409, f"The conversion could not be started: {error.strerror or error}") from None
        answer: dict[str, Any] = {
            "path": relative(self.root, found.path),
            "name": found.name,
            "notes": found.notes[:MOST_NOTES],
            "with": [relative(self.root, path) for path in sources],
        }
        if len(found.notes) > MOST_NOTES:
            answer["notes"].append(f"and {len(found.notes) - MOST_NOTES} more")
        self.answer(answer, 201)


def conversion_routes() -> list[tuple[str, type[JoulebookHandler]]]:
    """List the routes of conversions.

    Returns
    -------
    list of (str, type)
        Pattern below the server's base URL, and handler.
    """
    return [("/joulebook/conversions", ConversionsHandler)]
