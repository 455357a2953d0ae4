"""Limits of size that a hub's plan asks a notebook to keep: a courtesy, with a hint how to get more.

A hub hands a plan's limits to a server in the variable ``JOULEBOOK_COURTESY``, as JSON: the plan's title, and amounts
by row of the plans' file. What a user's own kernel computes cannot be policed from inside that kernel, and nothing here
tries to: who changes the variable has no limit, and so has every notebook outside a hub.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from functools import lru_cache

from joulebook.core.errors import Issue, OutOfRangeError

__all__ = ["VARIABLE", "courtesy_limit", "keep_to_plan"]

VARIABLE = "JOULEBOOK_COURTESY"
_WORDS = {"grid_buses": "buses"}


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[str, dict[str, float]]:
    """Plan and limits; what cannot be read limits nothing."""
    try:
        found = json.loads(text)
        plan, limits = str(found["plan"]), dict(found["limits"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", {}
    kept = {str(row): float(most) for row, most in limits.items() if type(most) in {int, float} and most >= 0}
    return plan, kept


def courtesy_limit(row: str) -> float:
    """Tell what the plan of this server's user allows.

    Parameters
    ----------
    row : str
        Row of the plans' file, such as ``"grid_buses"``.

    Returns
    -------
    float
        The most that is allowed; infinity outside a hub and where the plan has no limit.

    Examples
    --------
    >>> courtesy_limit("grid_buses")
    inf
    """
    return _read(os.environ.get(VARIABLE, ""))[1].get(row, math.inf)


def keep_to_plan(row: str, count: Callable[[], int], subject: str) -> None:
    """Refuse a study that is larger than the plan of this server's user.

    Parameters
    ----------
    row : str
        Row of the plans' file.
    count : callable
        Gives the size; asked only where there is a limit.
    subject : str
        Name of what is studied.

    Raises
    ------
    OutOfRangeError
        If it is larger; the message says by how much, and what to do.
    """
    most = courtesy_limit(row)
    if math.isinf(most):
        return
    size = count()
    if size <= most:
        return
    plan = _read(os.environ[VARIABLE])[0]
    raise OutOfRangeError(
        Issue(
            _WORDS.get(row, row),
            size,
            f"the plan {plan} of this hub allows {most:g}",
            "Take a smaller case, choose a larger plan (the hub's page Usage says how), or use Joulebook outside the "
            "hub, where there is no limit",
        ),
        subject,
    )
