"""What a hub's plan asks a notebook to keep to: a courtesy, with a hint how to get more.

A hub hands a plan's limits to a server in the variable ``JOULEBOOK_COURTESY``, as JSON: the plan's title, amounts by
row of the plans' file, and the rows of what the plan is without. What a user's own kernel computes cannot be policed
from inside that kernel, and nothing here tries to: who changes the variable has no limit, and so has every notebook
outside a hub.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from functools import lru_cache

from joulebook.core.errors import InputError, Issue, OutOfRangeError

__all__ = ["VARIABLE", "courtesy_limit", "keep_to_plan", "need_in_plan"]

VARIABLE = "JOULEBOOK_COURTESY"
_WORDS = {"board_components": "components", "cryostat_components": "components", "grid_buses": "buses"}
_MORE = (
    "choose a larger plan (the hub's page Usage says how), or use Joulebook outside the hub, where there is no limit"
)


@lru_cache(maxsize=8)
def _read(text: str) -> tuple[str, dict[str, float], frozenset[str]]:
    """Plan, limits and what it is without; what cannot be read limits nothing."""
    try:
        found = json.loads(text)
        plan, limits, without = str(found["plan"]), dict(found.get("limits", {})), list(found.get("without", []))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return "", {}, frozenset()
    kept = {str(row): float(most) for row, most in limits.items() if type(most) in {int, float} and most >= 0}
    return plan, kept, frozenset(row for row in without if isinstance(row, str))


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
            f"Take a smaller case, {_MORE}",
        ),
        subject,
    )


def need_in_plan(row: str, title: str, subject: str) -> None:
    """Refuse what the plan of this server's user is without.

    Parameters
    ----------
    row : str
        Row of the plans' file that is a switch, such as ``"vtk_export"``.
    title : str
        What a person calls it.
    subject : str
        Name of what is studied.

    Raises
    ------
    InputError
        If the plan is without it; the message says what to do.

    Examples
    --------
    >>> need_in_plan("vtk_export", "VTK export", "a board")  # outside a hub nothing is refused
    """
    plan, _, without = _read(os.environ.get(VARIABLE, ""))
    if row in without:
        rule = f"the plan {plan} of this hub is without it"
        raise InputError(Issue(title, None, rule, _MORE[0].upper() + _MORE[1:]), subject)
