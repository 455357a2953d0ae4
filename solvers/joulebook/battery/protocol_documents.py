"""A protocol as JSON: sentences, repeated blocks, and series of numbers.

::

    "steps": ["Rest for 1 hour", {"repeat": 100, "steps": ["Discharge at 1C until cut-off", …]},
              {"held": "current", "time": [0, 1, …], "values": [0, 2.5, …], "until": ["2.5 V"]}]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from joulebook.battery.scheduling import MOST_STEPS, Block
from joulebook.battery.sentences import read_sentence
from joulebook.battery.series import Series
from joulebook.battery.step_ends import amount_text
from joulebook.battery.steps import HELD, Step
from joulebook.core.errors import InputError, Issue

__all__ = ["document_of", "items_of"]

_DEEPEST = 20


def document_of(items: Sequence[Step | Block]) -> list[Any]:
    """Give steps and blocks as JSON-able data.

    Parameters
    ----------
    items : sequence of Step or Block
        The protocol.

    Returns
    -------
    list
        For :func:`items_of`.
    """
    return [
        {"repeat": item.times, "steps": document_of(item.items)} if isinstance(item, Block) else _step_document(item)
        for item in items
    ]


def _step_document(step: Step) -> Any:
    if not isinstance(step.value, Series):
        return step.sentence
    document: dict[str, Any] = {
        "held": step.held,
        "time": step.value.time.tolist(),
        "values": step.value.values.tolist(),
        "until": [amount_text(end) for end in step.until],
    }
    if step.duration < step.value.duration:
        document["duration"] = step.duration
    if step.period:
        document["period"] = step.period
    return document


def items_of(document: Any, path: str, faults: list[Issue], depth: int = 0) -> tuple[Step | Block, ...]:
    """Read steps and blocks from JSON-able data.

    Parameters
    ----------
    document : list
        What :func:`document_of` gave.
    path : str
        Of the list, for messages.
    faults : list of Issue
        What is wrong is added here.
    depth : int
        Blocks around this list.

    Returns
    -------
    tuple of Step or Block
        The protocol.
    """
    if not isinstance(document, list) or depth > _DEEPEST:
        faults.append(Issue(path, document, f"must be a list of steps, at most {_DEEPEST} deep"))
        return ()
    found: list[Step | Block] = []
    for k, item in enumerate(document):
        here = f"{path}.{k}"
        try:
            if isinstance(item, str):
                found.append(read_sentence(item, here))
            elif isinstance(item, Mapping) and "steps" in item:
                found.append(_block(item, here, faults, depth))
            elif isinstance(item, Mapping):
                found.append(_series_step(item, here))
            else:
                faults.append(Issue(here, item, "must be a sentence, a block or a series"))
        except InputError as error:
            inside = [issue if issue.path.startswith(here) else _moved(issue, here) for issue in error.issues]
            faults.extend(inside)
    return tuple(found)


def _moved(issue: Issue, path: str) -> Issue:
    return Issue(f"{path}.{issue.path}", issue.value, issue.rule, issue.hint, issue.unit)


def _block(item: Mapping[str, Any], path: str, faults: list[Issue], depth: int) -> Block:
    extra = sorted(set(item) - {"repeat", "steps"})
    if extra:
        faults.append(Issue(f"{path}.{extra[0]}", item[extra[0]], "is not a value of a block"))
    times = item.get("repeat", 1)
    if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MOST_STEPS:
        faults.append(Issue(f"{path}.repeat", times, f"must be a whole number from 1 to {MOST_STEPS}"))
        times = 1
    items = items_of(item["steps"], f"{path}.steps", faults, depth + 1)
    if not items and not faults:
        faults.append(Issue(f"{path}.steps", item["steps"], "must have at least one step"))
    return Block(items, times)


def _series_step(item: Mapping[str, Any], path: str) -> Step:
    unknown = sorted(set(item) - {"held", "time", "values", "until", "duration", "period"})
    if unknown:
        raise InputError(Issue(f"{path}.{unknown[0]}", item[unknown[0]], "is not a value of a step"))
    if item.get("held") not in HELD:
        raise InputError(Issue(f"{path}.held", item.get("held"), f"must be one of {', '.join(HELD)}"))
    made: dict[str, Any] = {str(item["held"]): Series(item.get("time"), item.get("values"))}
    return Step(**made, until=item.get("until", ()), duration=item.get("duration"), period=item.get("period"))
