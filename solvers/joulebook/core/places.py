"""Find the notebooks and examples, in a checkout and in an installed environment."""

from __future__ import annotations

import sys
from pathlib import Path

from joulebook.core.errors import MissingInputError

__all__ = ["examples", "notebooks"]

_CHECKOUT = Path(__file__).resolve().parents[3]


def notebooks(kind: str) -> Path:
    """Folder of the notebooks that come with Joulebook.

    Parameters
    ----------
    kind : str
        ``"tutorials"`` or ``"reports"``.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    MissingInputError
        If the installation has none.
    """
    return _find(_CHECKOUT / "notebooks" / kind, Path("notebooks") / kind)


def examples() -> Path:
    """Folder of the example designs that come with Joulebook.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    MissingInputError
        If the installation has none.
    """
    return _find(_CHECKOUT / "notebooks" / "examples", Path("examples"))


def _find(in_checkout: Path, below_share: Path) -> Path:
    installed = Path(sys.prefix) / "share" / "joulebook" / below_share
    for folder in (in_checkout, installed):
        if folder.is_dir():
            return folder
    raise MissingInputError(
        f"folder {below_share} is neither in {installed.parent} nor in a checkout: reinstall Joulebook"
    )
