"""``joulebook kernels install``: the shell command of the kernels."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

__all__ = ["register"]


def register(subparsers: Any) -> None:
    """Add ``kernels`` to the ``joulebook`` command.

    Parameters
    ----------
    subparsers : argparse._SubParsersAction
        Of the ``joulebook`` parser.
    """
    parser = subparsers.add_parser("kernels", help="Jupyter kernels of Joulebook")
    actions = parser.add_subparsers(title="actions", required=True, metavar="install")
    install = actions.add_parser("install", help="write the kernel specifications")
    install.add_argument("--prefix", type=Path, help="environment to install into (default: this one)")
    install.set_defaults(run=_install)


def _install(arguments: argparse.Namespace) -> int:
    from joulebook_kernels import specs

    try:
        installed = specs.install(arguments.prefix)
    except OSError as error:
        where = arguments.prefix or sys.prefix
        message = f"Kernel specifications cannot be written into {where}: {error.strerror}. Choose another --prefix."
        print(message, file=sys.stderr)
        return 1
    for name, folder in installed.items():
        print(f"{specs.specification(name)['display_name']:16} {folder}")
    if specs.GPU not in installed:
        print("No GPU was found by NVML, so “Joulebook (GPU)” is not offered.")
    return 0
