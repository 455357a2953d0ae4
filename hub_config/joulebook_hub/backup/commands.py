"""``joulebook hub backup | restore``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

from joulebook_hub.errors import HubError

__all__ = ["add"]


def add(actions: Any) -> None:
    """Add the two actions.

    Parameters
    ----------
    actions : argparse._SubParsersAction
        Of ``joulebook hub``.
    """
    backup = actions.add_parser("backup", help="save databases, secrets and workspaces in one archive")
    backup.add_argument(
        "place",
        nargs="?",
        default=os.environ.get("JOULEBOOK_BACKUPS", ""),
        help="a folder, a file ….tar.gz, or s3://bucket/prefix/ (otherwise $JOULEBOOK_BACKUPS)",
    )
    backup.add_argument("--without-workspaces", action="store_true", help="leave people's files out")
    backup.add_argument("--keep", type=_count, default=0, metavar="N", help="delete all but the newest N backups there")
    backup.set_defaults(run=_backup)
    restore = actions.add_parser("restore", help="bring a backup back; the hub must not run")
    restore.add_argument("place", help="the archive, or a folder or s3://bucket/prefix/ whose latest is taken")
    restore.add_argument(
        "--replace", action="store_true", help="replace what is there: its folder is renamed, databases are overwritten"
    )
    restore.set_defaults(run=_restore)


def _count(given: str) -> int:
    if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= 10_000:
        raise argparse.ArgumentTypeError(f"{given!r}: use a whole number from 1 to 10000")
    return int(given)


def _backup(arguments: argparse.Namespace) -> int:
    from joulebook_hub.backup.making import back_up

    if not arguments.place:
        print("Say where the backup goes, or set JOULEBOOK_BACKUPS: a folder, or s3://bucket/prefix/.", file=sys.stderr)
        return 1
    workspaces = not arguments.without_workspaces
    try:
        made = back_up(os.environ, arguments.place, workspaces=workspaces, keep=arguments.keep)
    except HubError as error:
        print(error.user_message, file=sys.stderr)
        return 1
    print(f"Saved {made.place} ({made.size / 1e6:.1f} MB). It holds secrets: keep it where only you can read it.")
    for name in made.removed:
        print(f"Deleted the older {name}")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from joulebook_hub.backup.restoring import restore

    try:
        done = restore(os.environ, arguments.place, replace=arguments.replace)
    except HubError as error:
        print(error.user_message, file=sys.stderr)
        return 1
    made = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(done.made))
    print(f"The hub of {made} is back in {done.folder}. Start it: joulebook hub up")
    if done.databases:
        print(f"Databases brought back: {', '.join(done.databases)}")
    if done.before is not None:
        print(f"What was there lies in {done.before}; delete it once all is well.")
    return 0
