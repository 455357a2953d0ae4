"""What belongs to a hub: every SQLite database and small file of its folder, the workspaces, databases elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joulebook_hub.backup.databases import is_postgresql
from joulebook_hub.places import StateFolder

__all__ = ["DATABASES", "Contents", "contents_of"]

# The variables that name a database; by a SQLite address or none, the database lies in the folder.
DATABASES = {"hub": "JOULEBOOK_DATABASE_URL", "accounts": "JOULEBOOK_ACCOUNTS_URL", "store": "JOULEBOOK_STORE_URL"}
_PASSING = (".lock", ".pid", ".new", "-wal", "-shm", "-journal", ".log")


@dataclass(frozen=True)
class Contents:
    """Everything that a backup holds.

    Parameters
    ----------
    files : tuple of Path
        Files that are copied as they are: cookie secret, keys.
    sqlite : tuple of Path
        Databases in the folder.
    postgresql : mapping of str to str
        Addresses of databases elsewhere, by their name.
    """

    files: tuple[Path, ...]
    sqlite: tuple[Path, ...]
    postgresql: Mapping[str, str]


def contents_of(folder: StateFolder, environment: Mapping[str, str]) -> Contents:
    """List what belongs to a hub.

    Parameters
    ----------
    folder : StateFolder
        Its folder.
    environment : mapping of str to str
        With the addresses of its databases.

    Returns
    -------
    Contents
        Without logs, and without what only tells about running processes.
    """
    passing = {folder.running, folder.last_end, folder.proxy_pid}
    found = sorted(path for path in folder.root.iterdir() if path.is_file() and not path.is_symlink())
    kept = [path for path in found if path not in passing and not path.name.endswith(_PASSING)]
    sqlite = tuple(path for path in kept if path.suffix == ".sqlite")
    files = tuple(path for path in kept if path.suffix != ".sqlite")
    urls = {name: environment.get(variable, "") for name, variable in DATABASES.items()}
    return Contents(files, sqlite, {name: url for name, url in urls.items() if is_postgresql(url)})
