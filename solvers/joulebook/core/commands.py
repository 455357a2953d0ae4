"""The shell command ``joulebook``: a thin shell over the same verbs that a notebook uses."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from joulebook.core.errors import JoulebookError
from joulebook.core.plugins import load_plugins
from joulebook.core.version import __version__

__all__ = ["main", "make_parser"]


def make_parser(command: str | None = None) -> argparse.ArgumentParser:
    """Collect the subcommands of all installed rooms.

    Parameters
    ----------
    command : str, optional
        The subcommand that is wanted: only its room is loaded.

    Returns
    -------
    argparse.ArgumentParser
        Whose results carry ``run(args) -> int``.
    """
    parser = argparse.ArgumentParser(
        prog="joulebook", description="Design, solve and report on things that store, move and shed energy."
    )
    parser.add_argument("--version", action="version", version=f"joulebook {__version__}")
    subparsers = parser.add_subparsers(metavar="command", required=True)
    for register in load_plugins("commands", only=command).values():
        register(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the shell command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process where left out.

    Returns
    -------
    int
        Exit code: 0 done, 1 an error that was explained, 2 wrong usage, 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    args = make_parser(words[0] if words else None).parse_args(words)
    try:
        return int(args.run(args))
    except JoulebookError as error:
        print(f"joulebook: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("joulebook: interrupted", file=sys.stderr)
        return 130
