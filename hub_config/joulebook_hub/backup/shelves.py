"""Where backups are kept: a folder of this machine, or a bucket of S3 or of anything that speaks its protocol."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from joulebook_hub.errors import HubError

__all__ = ["Bucket", "Folder", "Shelf", "name_at", "shelf_of"]

_NAME = re.compile(r"joulebook-\d{8}T\d{6}Z\.tar\.gz")


def name_at(at: float) -> str:
    """Name of a backup.

    Parameters
    ----------
    at : float
        When it is made, s since 1970.

    Returns
    -------
    str
        Sorts by time.

    Examples
    --------
    >>> name_at(0.0)
    'joulebook-19700101T000000Z.tar.gz'
    """
    return time.strftime("joulebook-%Y%m%dT%H%M%SZ.tar.gz", time.gmtime(at))


class Shelf(Protocol):
    """What both kinds can do."""

    def put(self, path: Path) -> str:
        """Keep a file under its name; say where it lies."""

    def names(self) -> list[str]:
        """Names of the backups, the oldest first."""

    def fetch(self, name: str, path: Path) -> None:
        """Bring one as a local file; the latest by an empty name."""

    def remove(self, name: str) -> None:
        """Delete one."""


def _chosen(shelf: Shelf, name: str, where: str) -> str:
    if name:
        return name
    names = shelf.names()
    if not names:
        raise HubError(f"There is no backup in {where}. Name the right place.", reason="no_backup")
    return names[-1]


class Folder:
    """A folder.

    Parameters
    ----------
    path : Path
        Made when something is put there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, path: Path) -> str:
        """See `Shelf`."""
        target = self._path / path.name
        path.replace(target)
        return str(target)

    def names(self) -> list[str]:
        """See `Shelf`."""
        return sorted(path.name for path in self._path.glob("joulebook-*.tar.gz") if _NAME.fullmatch(path.name))

    def fetch(self, name: str, path: Path) -> None:
        """See `Shelf`."""
        path.symlink_to((self._path / _chosen(self, name, str(self._path))).resolve())

    def remove(self, name: str) -> None:
        """See `Shelf`."""
        (self._path / name).unlink(missing_ok=True)


class Bucket:
    """A bucket, by the `minio` client.

    Parameters
    ----------
    client : minio.Minio
        Signed in.
    bucket, prefix : str
        Where in it; the prefix is empty or ends with a slash.
    """

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client, self._bucket, self._prefix = client, bucket, prefix

    def put(self, path: Path) -> str:
        """See `Shelf`."""
        self._client.fput_object(self._bucket, self._prefix + path.name, str(path))
        path.unlink()
        return f"s3://{self._bucket}/{self._prefix}{path.name}"

    def names(self) -> list[str]:
        """See `Shelf`."""
        found = self._client.list_objects(self._bucket, prefix=self._prefix, recursive=True)
        names = (entry.object_name.removeprefix(self._prefix) for entry in found)
        return sorted(name for name in names if _NAME.fullmatch(name))

    def fetch(self, name: str, path: Path) -> None:
        """See `Shelf`."""
        chosen = _chosen(self, name, f"s3://{self._bucket}/{self._prefix}")
        self._client.fget_object(self._bucket, self._prefix + chosen, str(path))

    def remove(self, name: str) -> None:
        """See `Shelf`."""
        self._client.remove_object(self._bucket, self._prefix + name)


def shelf_of(place: str, environment: Mapping[str, str]) -> tuple[Shelf, str]:
    """Read where a backup goes to, or comes from.

    Parameters
    ----------
    place : str
        A folder, a file ``….tar.gz``, ``s3://bucket/prefix/`` or ``s3://bucket/….tar.gz``.
    environment : mapping of str to str
        For S3: JOULEBOOK_S3_ENDPOINT, JOULEBOOK_S3_REGION, JOULEBOOK_S3_KEY, JOULEBOOK_S3_SECRET_FILE.

    Returns
    -------
    Shelf
        The place.
    str
        The name in it; empty where only the place was given.

    Raises
    ------
    HubError
        If a setting is missing or wrong, or the client is not installed.
    """
    if not place.startswith("s3://"):
        path = Path(place).expanduser()
        named = path.name if path.name.endswith(".tar.gz") else ""
        return Folder(path.parent if named else path), named
    url = urlsplit(place)
    head, _, last = url.path.lstrip("/").rpartition("/")
    named = last if last.endswith(".tar.gz") else ""
    prefix = head if named else url.path.strip("/")
    return Bucket(_client(environment), url.netloc, prefix + "/" if prefix else ""), named


def _client(environment: Mapping[str, str]) -> Any:
    try:
        from minio import Minio
    except ImportError as error:
        message = "Backups in S3 need the package minio: pip install joulebook[s3]."
        raise HubError(message, reason="missing_extra") from error
    endpoint = environment.get("JOULEBOOK_S3_ENDPOINT", "")
    url = urlsplit(endpoint)
    if url.scheme not in {"http", "https"} or not url.hostname or url.path.strip("/"):
        message = f"JOULEBOOK_S3_ENDPOINT = {endpoint!r}: use the address of the store, such as https://s3.example.org."
        raise HubError(message, reason="bad_settings")
    secret = Path(environment.get("JOULEBOOK_S3_SECRET_FILE", ""))
    if not secret.is_file():
        message = f"JOULEBOOK_S3_SECRET_FILE = {str(secret)!r}: name the file that holds the secret key."
        raise HubError(message, reason="bad_settings")
    return Minio(
        url.netloc,
        access_key=environment.get("JOULEBOOK_S3_KEY", ""),
        secret_key=secret.read_text(encoding="utf-8").strip(),
        region=environment.get("JOULEBOOK_S3_REGION") or "us-east-1",
        secure=url.scheme == "https",
    )
