"""The profile files of a CGMES set: a zip, a folder, one file or a list of them, within limits of size and ratio."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from joulebook.core.errors import CorruptRecordError, DataFormatError

__all__ = ["LARGEST_RATIO", "LARGEST_SET", "MOST_FILES", "ProfileFile", "open_profiles"]

LARGEST_SET = 2_000_000_000
"""Bytes of all files of a set, unpacked."""
LARGEST_RATIO = 250
"""Unpacked over packed size of a file in a zip; profile files reach 10 to 30."""
MOST_FILES = 500
"""Files of a set."""
_CHUNK = 1 << 20
_SMALL = 1_000_000
"""Bytes up to which the ratio says nothing."""

Source = str | Path | bytes


class ProfileFile:
    """One profile file, read in chunks.

    Parameters
    ----------
    name : str
        For messages.
    stream : IO of bytes
        Open for reading.
    budget : Budget
        What may still be read.
    packed : int
        Size in the zip; 0 for a plain file.
    """

    def __init__(self, name: str, stream: IO[bytes], budget: Budget, packed: int = 0) -> None:
        self.name, self._stream, self._budget, self._packed = name, stream, budget, packed

    def chunks(self) -> Iterator[bytes]:
        """Read the file piece by piece.

        Yields
        ------
        bytes
            About a megabyte each.

        Raises
        ------
        CorruptRecordError
            If the file cannot be unpacked.
        DataFormatError
            If it grows beyond the limits.
        """
        size = 0
        while True:
            try:
                piece = self._stream.read(_CHUNK)
            except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
                raise CorruptRecordError(
                    f"cannot be unpacked: {error}. Was the zip cut off or damaged on the way?", file=self.name
                ) from None
            if not piece:
                return
            size += len(piece)
            self._budget.take(len(piece), self.name)
            if self._packed and size > _SMALL and size > LARGEST_RATIO * self._packed:
                raise DataFormatError(
                    f"unpacks to over {LARGEST_RATIO} times its size: a zip bomb, not a profile file", file=self.name
                )
            yield piece


class Budget:
    """Bytes and files that a set may still take.

    Parameters
    ----------
    limit : int
        Bytes.
    """

    def __init__(self, limit: int = LARGEST_SET) -> None:
        self._left, self._limit, self._files = limit, limit, 0

    def take(self, count: int, file: str) -> None:
        """Book bytes.

        Parameters
        ----------
        count : int
            Bytes read.
        file : str
            For the message.

        Raises
        ------
        DataFormatError
            If the set grows over its limit.
        """
        self._left -= count
        if self._left < 0:
            raise DataFormatError(f"the set is larger than {self._limit / 1e9:g} GB unpacked", file=file)

    def count(self, file: str) -> None:
        """Book a file.

        Parameters
        ----------
        file : str
            For the message.

        Raises
        ------
        DataFormatError
            If there are too many.
        """
        self._files += 1
        if self._files > MOST_FILES:
            raise DataFormatError(f"the set has more than {MOST_FILES} files", file=file)


def open_profiles(sources: Source | Sequence[Source]) -> Iterator[ProfileFile]:
    """Go through the profile files of a set.

    Parameters
    ----------
    sources : str, Path, bytes or sequence of them
        Zips (also zips in a zip, one level deep), folders, XML files, or what stands in one.

    Yields
    ------
    ProfileFile
        One after the other; each is valid until the next.

    Raises
    ------
    DataFormatError
        If something is missing, damaged or too large.
    """
    budget = Budget()
    for source in [sources] if isinstance(sources, str | Path | bytes) else sources:
        if isinstance(source, bytes):
            yield from _of_stream("the set", io.BytesIO(source), budget, depth=0)
            continue
        path = Path(source)
        if path.is_dir():
            inside = sorted(item for item in path.iterdir() if item.suffix.lower() in {".xml", ".zip", ".rdf"})
            if not inside:
                raise DataFormatError("the folder holds no .xml and no .zip file", file=path.name)
        else:
            inside = [path]
        for item in inside:
            try:
                with item.open("rb") as stream:
                    yield from _of_stream(item.name, stream, budget, depth=0)
            except OSError as error:
                raise DataFormatError(
                    f"cannot be read: {error.strerror}. Check the path {item}", file=item.name
                ) from None


def _of_stream(name: str, stream: IO[bytes], budget: Budget, depth: int, packed: int = 0) -> Iterator[ProfileFile]:
    head = stream.read(4)
    stream.seek(0)
    if head[:2] != b"PK":
        budget.count(name)
        yield ProfileFile(name, stream, budget, packed)
        return
    if depth > 1:
        raise DataFormatError("zips are nested more than one level deep", file=name)
    with _opened(name, stream) as archive:
        for entry in archive.infolist():
            inner = f"{name}/{Path(entry.filename).name}"
            if entry.is_dir() or not entry.filename.lower().endswith((".xml", ".rdf", ".zip")):
                continue
            if entry.filename.lower().endswith(".zip"):
                with _entry(archive, entry, inner) as packed_stream:
                    nested = ProfileFile(inner, packed_stream, budget, entry.compress_size)
                    yield from _of_stream(inner, io.BytesIO(b"".join(nested.chunks())), budget, depth + 1)
            else:
                budget.count(inner)
                with _entry(archive, entry, inner) as unpacked:
                    yield ProfileFile(inner, unpacked, budget, max(entry.compress_size, 1))


@contextmanager
def _opened(name: str, stream: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise CorruptRecordError(f"not a whole zip: {error}. Was it cut off on the way?", file=name) from None
    with archive:
        yield archive


@contextmanager
def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> Iterator[IO[bytes]]:
    try:
        stream = archive.open(entry)
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise CorruptRecordError(f"cannot be unpacked: {error}", file=name) from None
    with stream:
        yield stream
