"""``joulebook hub up | down | status | password | admin | drain | backup | restore | billing``: its shell commands."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from joulebook_hub.backup import commands as backup_commands
from joulebook_hub.billing.commands import add_billing
from joulebook_hub.errors import HubError

__all__ = ["main", "register"]

_NOT_RUNNING = 3


def register(subparsers: Any) -> None:
    """Add ``hub`` to the ``joulebook`` command.

    Parameters
    ----------
    subparsers : argparse._SubParsersAction
        Of the ``joulebook`` parser.
    """
    parser = subparsers.add_parser("hub", help="start, stop and look at the hub on this machine")
    add_actions(parser)


def add_actions(parser: argparse.ArgumentParser) -> None:
    """Add the actions to a parser.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        The parser of ``joulebook hub``.
    """
    actions = parser.add_subparsers(title="actions", required=True, metavar="ACTION")
    up = actions.add_parser("up", help="start the hub, or say where it runs")
    up.add_argument(
        "--port", type=int, help="port to insist on (otherwise $JOULEBOOK_PORT, or 8000 or the next free one)"
    )
    up.add_argument("--admin", default="admin", help="name of the first administrator (default: admin)")
    up.set_defaults(run=_up)
    actions.add_parser("down", help="stop the hub and everything it started").set_defaults(run=_down)
    actions.add_parser("status", help="say whether it runs, and where").set_defaults(run=_status)
    password = actions.add_parser("password", help="give an account a fresh one-time password")
    password.add_argument("name", help="the account")
    password.set_defaults(run=_password)
    admin = actions.add_parser("admin", help="make the first administrator of a hub that a service manager starts")
    admin.add_argument("name", nargs="?", default="admin", help="the name (default: admin)")
    admin.set_defaults(run=_admin)
    drain = actions.add_parser("drain", help="let nothing new start before work on the hub; what runs goes on")
    drain.add_argument("--undo", action="store_true", help="let things start again")
    drain.add_argument("--reason", default="maintenance", help="for the audit log")
    drain.set_defaults(run=_drain)
    backup_commands.add(actions)
    add_billing(actions)


def _told(error: HubError) -> int:
    print(error.user_message, file=sys.stderr)
    return 1


def _up(arguments: argparse.Namespace) -> int:
    from joulebook_hub import lifecycle

    try:
        started = lifecycle.up(os.environ, port=arguments.port, admin=arguments.admin)
    except HubError as error:
        return _told(error)
    if started.already:
        print(f"Joulebook is already running at {started.url}")
        return 0
    print(f"Joulebook is running at {started.url}   (started in {started.seconds:.1f} s)")
    if started.admin:
        name, password = started.admin
        print(f"\n  Sign in as        {name}")
        print(f"  One-time password {password}")
        print("  It is shown this once; you choose your own at the first sign-in.\n")
    print("Stop it with `joulebook hub down`.")
    return 0


def _down(_arguments: argparse.Namespace) -> int:
    from joulebook_hub import lifecycle

    try:
        stopped = lifecycle.down(os.environ)
    except HubError as error:
        return _told(error)
    print("Joulebook is stopped." if stopped else "Joulebook was not running.")
    return 0


def _status(_arguments: argparse.Namespace) -> int:
    from joulebook_hub import lifecycle

    ready, lines = lifecycle.status(os.environ)
    print("\n".join(lines))
    return 0 if ready else _NOT_RUNNING


def _password(arguments: argparse.Namespace) -> int:
    from joulebook_hub import first_admin
    from joulebook_hub.settings import HubSettings

    try:
        password = first_admin.give_one_time_password(HubSettings.from_environment(os.environ), arguments.name)
    except HubError as error:
        return _told(error)
    print(f"One-time password of {arguments.name}: {password}")
    return 0


def _drain(arguments: argparse.Namespace) -> int:
    from joulebook_hub.draining import drain
    from joulebook_hub.settings import HubSettings
    from joulebook_hub.store import Store

    try:
        store = Store(HubSettings.from_environment(os.environ).store_url)
    except HubError as error:
        return _told(error)
    try:
        drain(store, on=not arguments.undo, actor="joulebook hub drain", reason=arguments.reason)
    finally:
        store.close()
    if arguments.undo:
        print("Servers, GPU kernels and jobs start again.")
    else:
        print("Nothing new starts: servers, GPU kernels, jobs. What runs goes on. Undo: joulebook hub drain --undo")
    return 0


def _admin(arguments: argparse.Namespace) -> int:
    from joulebook_hub import first_admin
    from joulebook_hub.settings import HubSettings

    try:
        made = first_admin.ensure_first_admin(HubSettings.from_environment(os.environ), arguments.name)
    except HubError as error:
        return _told(error)
    if made is None:
        print("There is an administrator already, or sign-in is a provider's (JOULEBOOK_ADMINS names them then).")
        return 0
    print(f"Sign in as {made[0]} with the one-time password {made[1]}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run ``python -m joulebook_hub``.

    Parameters
    ----------
    arguments : list of str, optional
        Without the program's name; ``sys.argv`` when left out.

    Returns
    -------
    int
        Exit status: 0 done, 1 refused with a message, 3 not running (status).
    """
    parser = argparse.ArgumentParser(prog="python -m joulebook_hub", description="Joulebook's hub on this machine.")
    add_actions(parser)
    chosen = parser.parse_args(arguments)
    result: int = chosen.run(chosen)
    return result
