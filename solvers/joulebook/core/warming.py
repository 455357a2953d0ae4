"""``joulebook warm``: make the compiled loops of all domains ready, so that a first solve waits for no compiler."""

from __future__ import annotations

import argparse
import importlib
import time

__all__ = ["DOMAINS", "register", "warm"]

DOMAINS = ("joulebook.battery.commands:warm", "joulebook.grid.warming:warm", "joulebook.thermal.warming:warm")
"""A function of each domain that compiles its loops and gives the number of outdated files it deleted."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand.

    Parameters
    ----------
    subparsers : argparse._SubParsersAction
        Of the shell command.
    """
    parser = subparsers.add_parser(
        "warm",
        help="compile the loops and keep the machine code",
        description="Compile all loops for this machine and keep the machine code, so that first solves are quick.",
    )
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """Answer the shell.

    Parameters
    ----------
    _args : argparse.Namespace
        None are needed.

    Returns
    -------
    int
        Exit code.
    """
    started = time.process_time()
    discarded = warm()
    old = f", {discarded} outdated files deleted" if discarded else ""
    print(f"Compiled loops are ready ({time.process_time() - started:.1f} s of CPU{old})")
    return 0


def warm() -> int:
    """Compile what is not compiled yet, and delete machine code of earlier versions.

    Returns
    -------
    int
        Files deleted.
    """
    discarded = 0
    for place in DOMAINS:
        module, _, function = place.partition(":")
        discarded += int(getattr(importlib.import_module(module), function)())
    return discarded
