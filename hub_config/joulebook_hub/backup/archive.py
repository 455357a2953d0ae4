"""One archive: a ``.tar.gz`` of files, closed by ``manifest.json`` with the SHA-256 and the size of each."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any

from joulebook_hub.errors import HubError

__all__ = ["MANIFEST", "Archive", "unpack"]

MANIFEST = "manifest.json"
VERSION = 1
_MOST_FILES = 5_000_000
_PART = 1 << 20
_LARGEST_MANIFEST = 1 << 30
_LEAST_FREE = 1 << 30
"""Bytes of the disk that unpacking leaves free, whatever an archive grows to."""


class _Hashing:
    """Reads a file for ``tarfile`` and hashes what it read."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream, self._left, self.digest = stream, size, hashlib.sha256()

    def read(self, wanted: int) -> bytes:
        """A file that was cut while it was read is filled with zeros, as its header has promised its size."""
        part = self._stream.read(min(wanted, self._left))
        part = part or bytes(min(wanted, self._left))
        self._left -= len(part)
        self.digest.update(part)
        return part


class Archive:
    """Writes an archive; leaving the block writes the manifest, an error leaves no file.

    Parameters
    ----------
    path : Path
        The file; only its owner can read it.
    facts : dict
        What the manifest says besides the files.
    """

    def __init__(self, path: Path, facts: dict[str, Any]) -> None:
        self._path, self._facts = path, facts
        self._files: dict[str, dict[str, Any]] = {}
        self._part = path.with_name(path.name + ".part")

    def __enter__(self) -> Archive:
        self._part.touch(mode=0o600)
        self._tar = tarfile.open(self._part, "w:gz", compresslevel=3, format=tarfile.PAX_FORMAT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                content = {"format": VERSION, **self._facts, "files": self._files}
                text = json.dumps(content, indent=1).encode()
                member = tarfile.TarInfo(MANIFEST)
                member.size, member.mode = len(text), 0o600
                self._tar.addfile(member, BytesIO(text))
        finally:
            self._tar.close()
            if kind is not None:
                self._part.unlink(missing_ok=True)
        if kind is None:
            self._part.replace(self._path)

    def add(self, name: str, source: Path) -> None:
        """Add one file.

        Parameters
        ----------
        name : str
            Its name in the archive.
        source : Path
            The file.
        """
        with source.open("rb") as stream:
            member = self._tar.gettarinfo(arcname=name, fileobj=stream)
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            reader = _Hashing(stream, member.size)
            self._tar.addfile(member, reader)  # type: ignore[arg-type]
        self._files[name] = {"sha256": reader.digest.hexdigest(), "bytes": member.size}

    def add_folder(self, name: str, folder: Path) -> None:
        """Add everything below a folder; links are left out, as are sockets and pipes.

        Parameters
        ----------
        name : str
            The folder's name in the archive.
        folder : Path
            The folder.
        """
        for path in _walk(folder):
            try:
                self.add(f"{name}/{path.relative_to(folder).as_posix()}", path)
            except FileNotFoundError:
                continue  # deleted since it was listed


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack an archive and check every file of it.

    Parameters
    ----------
    path : Path
        The archive.
    folder : Path
        An empty folder.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    HubError
        If it is no backup, or a file is missing, added, changed, or would leave the folder, or the disk would be full.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest = None
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    if member.size > _LARGEST_MANIFEST:
                        raise HubError(f"{path}: its {MANIFEST} has {member.size} bytes.", reason="bad_backup")
                    stream = tar.extractfile(member)
                    manifest = json.loads(stream.read()) if stream else None
                    continue
                found[member.name] = _extract(tar, member, folder)
                if len(found) > _MOST_FILES:
                    raise HubError(f"{path} holds more than {_MOST_FILES} files.", reason="bad_backup")
    except (tarfile.TarError, zlib.error, OSError, EOFError, ValueError) as error:
        raise HubError(f"{path} cannot be read as a backup: {error}.", reason="bad_backup") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise HubError(f"{path} is not a whole backup: it has no {MANIFEST}. Take another one.", reason="bad_backup")
    if manifest.get("format") != VERSION:
        message = f"{path} has the format {manifest.get('format')!r}; this version reads {VERSION}."
        raise HubError(message, reason="bad_backup")
    wrong = [name for name in found.keys() | manifest["files"].keys() if found.get(name) != manifest["files"].get(name)]
    if wrong:
        named = ", ".join(sorted(wrong)[:5])
        message = f"{path} is damaged: {len(wrong)} files differ from what was saved ({named}). Take another backup."
        raise HubError(message, reason="bad_backup")
    return manifest


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> dict[str, Any]:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not member.isreg():
        message = f"{member.name!r} is not a plain file inside the hub's folder: this is no backup of Joulebook."
        raise HubError(message, reason="bad_backup")
    target = folder / Path(*name.parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    stream = tar.extractfile(member)
    size = 0
    with target.open("xb") as file:
        while stream is not None and (part := stream.read(_PART)):
            if shutil.disk_usage(folder).free < _LEAST_FREE + len(part):
                message = (
                    f"The backup does not fit: less than {_LEAST_FREE >> 20} MB would be free beside {folder}. "
                    "Make room, or look whether it is yours."
                )
                raise HubError(message, reason="bad_backup")
            digest.update(part)
            file.write(part)
            size += len(part)
    target.chmod(member.mode & 0o700 | 0o600)
    return {"sha256": digest.hexdigest(), "bytes": size}
