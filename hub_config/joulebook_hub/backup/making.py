"""Make a backup while the hub runs."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub.backup import databases
from joulebook_hub.backup.archive import Archive
from joulebook_hub.backup.contents import contents_of
from joulebook_hub.backup.shelves import name_at, shelf_of
from joulebook_hub.errors import HubError
from joulebook_hub.places import StateFolder

__all__ = ["Made", "back_up"]


@dataclass(frozen=True)
class Made:
    """What was made.

    Parameters
    ----------
    place : str
        Where it lies.
    size : int
        Bytes.
    removed : tuple of str
        Older backups that were deleted.
    """

    place: str
    size: int
    removed: tuple[str, ...] = ()


def back_up(
    environment: Mapping[str, str], place: str, *, workspaces: bool = True, keep: int = 0, now: float | None = None
) -> Made:
    """Save databases, secrets and workspaces of the hub in one archive.

    Parameters
    ----------
    environment : mapping of str to str
        Usually ``os.environ``: names the folder and the databases.
    place : str
        A folder, a file ``….tar.gz``, or ``s3://bucket/prefix/``.
    workspaces : bool
        Whether people's files are saved too.
    keep : int
        How many backups stay in the place, the newest; 0 keeps all.
    now : float, optional
        When it is, s since 1970.

    Returns
    -------
    Made
        Where it lies.

    Raises
    ------
    HubError
        If there is no hub's folder, a database cannot be copied, or the place does not take the archive.
    """
    folder = StateFolder.from_environment(environment)
    if not folder.database.exists() and not folder.accounts.exists():
        message = f"{folder.root} is no hub's folder. Set JOULEBOOK_HOME to the folder of the hub."
        raise HubError(message, reason="no_hub")
    shelf, named = shelf_of(place, environment)
    at = time.time() if now is None else now
    beside = _local_folder(place, named) or folder.root.parent
    try:
        beside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".joulebook-backup-", dir=beside) as temporary:
            archive = Path(temporary) / (named or name_at(at))
            _write(archive, folder, environment, at, workspaces=workspaces)
            size = archive.stat().st_size
            where = shelf.put(archive)
        old = shelf.names()[:-keep] if keep else []
        for name in old:
            shelf.remove(name)
    except OSError as error:
        raise HubError(f"The backup cannot be written to {place}: {error}.", reason="backup_place") from error
    except Exception as error:
        if isinstance(error, HubError) or not place.startswith("s3://"):
            raise
        raise HubError(f"{place} does not take the backup: {error}", reason="backup_place") from error
    return Made(where, size, tuple(old))


def _local_folder(place: str, named: str) -> Path | None:
    if place.startswith("s3://"):
        return None
    path = Path(place).expanduser()
    return (path.parent if named else path).resolve()


def _write(archive: Path, folder: StateFolder, environment: Mapping[str, str], at: float, *, workspaces: bool) -> None:
    contents = contents_of(folder, environment)
    facts = {
        "made": at,
        "host": socket.gethostname(),
        "workspaces": workspaces,
        "postgresql": sorted(contents.postgresql),
    }
    copies = archive.parent / "copies"
    copies.mkdir()
    with Archive(archive, facts) as target:
        for path in contents.sqlite:
            copy = copies / path.name
            databases.copy_sqlite(path, copy)
            target.add(f"folder/{path.name}", copy)
            copy.unlink()
        for name, url in contents.postgresql.items():
            copy = copies / f"{name}.dump"
            databases.copy_postgresql(url, copy)
            target.add(f"postgresql/{copy.name}", copy)
            copy.unlink()
        for path in contents.files:
            target.add(f"folder/{path.name}", path)
        if workspaces and folder.workspaces.is_dir():
            target.add_folder("folder/workspaces", folder.workspaces)
