"""``joulebook warm``: make the compiled loops ready, so that a first solve waits for no compiler."""

from __future__ import annotations

import argparse
import time

__all__ = ["register", "warm"]


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
    from joulebook.battery.designs import Cell
    from joulebook.battery.loops import BATCH, SINGLE
    from joulebook.battery.simulation import simulate
    from joulebook.battery.sweeping import sweep

    discarded = sum(loop.discard_old() for loop in (SINGLE, BATCH))
    cell = Cell.named("Chen2020")
    sentence = "Discharge at 1C until 4.0 V"
    simulate(cell, sentence, progress=False)
    sweep(cell, {"negative.thickness": [80e-6, 85e-6]}, sentence, model="SPM", progress=False, backend="cpu")
    return discarded
