"""Bring a backup back: unpack beside the hub's folder, check every file, then put the folder in its place."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joulebook_hub import processes
from joulebook_hub.backup import databases
from joulebook_hub.backup.archive import unpack
from joulebook_hub.backup.contents import DATABASES
from joulebook_hub.backup.shelves import shelf_of
from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder

__all__ = ["Restored", "restore"]


@dataclass(frozen=True)
class Restored:
    """What was brought back.

    Parameters
    ----------
    folder : Path
        The hub's folder.
    made : float
        When the backup was made, s since 1970.
    before : Path or None
        Where the folder that was there lies now.
    databases : tuple of str
        Databases elsewhere that were brought back.
    """

    folder: Path
    made: float
    before: Path | None
    databases: tuple[str, ...]


def restore(environment: Mapping[str, str], place: str, *, replace: bool = False) -> Restored:
    """Bring a backup back.

    Parameters
    ----------
    environment : mapping of str to str
        Usually ``os.environ``: names the folder and the databases.
    place : str
        A file, or a folder or ``s3://bucket/prefix/`` whose latest backup is taken.
    replace : bool
        Whether a hub that is there may be replaced. Its folder is renamed, never deleted; databases elsewhere are
        overwritten, each in one transaction.

    Returns
    -------
    Restored
        What was done.

    Raises
    ------
    HubError
        If the hub runs, something is there already, or the backup is damaged; nothing was changed then.
    """
    folder = StateFolder.from_environment(environment)
    running = processes.members(folder.instance)
    if running:
        message = f"The hub of {folder.root} is running ({len(running)} processes). Stop it: joulebook hub down."
        raise HubError(message, reason="hub_running")
    occupied = folder.root.is_dir() and any(folder.root.iterdir())
    if occupied and not replace:
        message = (
            f"{folder.root} is not empty. Choose another JOULEBOOK_HOME, or say --replace: the present folder is then "
            "renamed, not deleted."
        )
        raise HubError(message, reason="occupied")
    shelf, named = shelf_of(place, environment)
    try:
        folder.root.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".joulebook-restore-", dir=folder.root.parent) as temporary:
            archive, fresh = Path(temporary) / "backup.tar.gz", Path(temporary) / "unpacked"
            shelf.fetch(named, archive)
            fresh.mkdir()
            manifest = unpack(archive, fresh)
            urls = _databases(manifest, environment, replace=replace)
            before = _put_in_place(fresh / "folder", folder, occupied=occupied)
            try:
                for name, url in urls.items():
                    databases.restore_postgresql(url, fresh / "postgresql" / f"{name}.dump")
            except HubError:
                _take_away(folder, before)
                raise
    except OSError as error:
        raise HubError(f"The backup {place} cannot be brought back: {error}.", reason="restore") from error
    return Restored(folder.root, float(manifest["made"]), before, tuple(urls))


def _databases(manifest: dict[str, Any], environment: Mapping[str, str], *, replace: bool) -> dict[str, str]:
    """Addresses of the databases elsewhere that the backup holds, each fit to be written."""
    urls = {str(name): environment.get(DATABASES.get(name, ""), "") for name in manifest.get("postgresql", ())}
    for name, url in urls.items():
        variable = DATABASES.get(name, name)
        if not databases.is_postgresql(url):
            message = f"The backup holds the PostgreSQL database of {variable}: set it to the database to restore to."
            raise HubError(message, reason="bad_settings")
        if not replace and databases.has_tables(url):
            message = f"The database of {variable} is not empty. Name an empty one, or say --replace."
            raise HubError(message, reason="occupied")
    return urls


def _put_in_place(fresh: Path, folder: StateFolder, *, occupied: bool) -> Path | None:
    fresh.mkdir(exist_ok=True)
    before = None
    if occupied:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        before = folder.root.with_name(f"{folder.root.name}.before-{stamp}")
        folder.root.rename(before)
    elif folder.root.is_dir():
        folder.root.rmdir()
    fresh.rename(folder.root)
    folder.prepare()
    return before


def _take_away(folder: StateFolder, before: Path | None) -> None:
    """A database did not take its dump: the folder is as it was."""
    shutil.rmtree(folder.root)
    if before is not None:
        before.rename(folder.root)
