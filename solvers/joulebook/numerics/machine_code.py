"""Machine code that an administrator made ready (``joulebook warm``), for people who may not write where it lies.

Numba looks for compiled loops in one folder only: beside their source where it may write there, otherwise below the
user's own cache folder. On a machine with many people, and in a read-only image, everybody would therefore compile
everything again. Before a loop is compiled, what lies beside its source is copied to the user's own folder; Numba then
checks as ever that it fits source, arguments and processor.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from numba.core import config
from numba.core.caching import UserWideCacheLocator

__all__ = ["adopt"]

_SEEN: set[str] = set()


def adopt(function: Callable[..., Any]) -> int:
    """Copy the machine code of a source's loops, if it lies where this user may not write and is newer than the own.

    Parameters
    ----------
    function : callable
        Any loop of the source; each source is looked at once.

    Returns
    -------
    int
        Loops whose machine code was copied; 0 where Numba finds it by itself, or the copies find no room.
    """
    source = function.__code__.co_filename
    shared = Path(source).parent / "__pycache__"
    if source in _SEEN or getattr(config, "CACHE_DIR", False) or not shared.is_dir() or os.access(shared, os.W_OK):
        return 0
    _SEEN.add(source)
    adopted = 0
    with suppress(OSError):
        locator: Any = UserWideCacheLocator
        own = Path(locator(function, source).get_cache_path())
        own.mkdir(parents=True, exist_ok=True)
        for index in sorted(shared.glob(f"{Path(source).stem}.*.nbi")):
            if _is_older(own / index.name, index):
                for data in shared.glob(f"{index.stem}.*.nbc"):
                    _copy(data, own)
                _copy(index, own)  # last: an index never names data that is not there
                adopted += 1
    return adopted


def _is_older(mine: Path, theirs: Path) -> bool:
    return not mine.exists() or mine.stat().st_mtime_ns < theirs.stat().st_mtime_ns


def _copy(file: Path, folder: Path) -> None:
    fresh = folder / f".{file.name}.{os.getpid()}"
    try:
        shutil.copyfile(file, fresh)
        found = file.stat()
        os.utime(fresh, ns=(found.st_atime_ns, found.st_mtime_ns))
        fresh.replace(folder / file.name)
    finally:
        fresh.unlink(missing_ok=True)
