"""The shape of a sweep's cluster: what was asked for, what the plan allows, what the Dask Gateway offers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joulebook_hub.errors import HubError

__all__ = ["MARK", "MOST_WORKERS", "Room", "Shape", "Wish", "shaped"]

MARK = "joulebook"
"""The option by which a cluster is known."""
MOST_WORKERS = 256
_SIZES = {"worker_cores": ("cores", "processors"), "worker_memory": ("memory", "GB")}


@dataclass(frozen=True)
class Room:
    """How large a cluster may be all in all.

    Parameters
    ----------
    cpus : float
        Processors; infinity where the plan has no limit.
    memory : float
        GB; likewise.
    """

    cpus: float = math.inf
    memory: float = math.inf


@dataclass(frozen=True)
class Wish:
    """The cluster that a sweep asks for.

    Parameters
    ----------
    workers : int
        How many workers; 0 for as many as the work keeps busy.
    cores, memory : float
        Processors and GB of each worker; 0 for the gateway's own.
    image : str
        The workers' image; empty for the gateway's own.
    """

    workers: int = 0
    cores: float = 0.0
    memory: float = 0.0
    image: str = ""


@dataclass(frozen=True)
class Shape:
    """A cluster as it is ordered.

    Parameters
    ----------
    options : dict
        Options for the gateway.
    least, most : int
        Workers.
    """

    options: dict[str, Any]
    least: int
    most: int


def shaped(wish: Wish, room: Room, offers: Mapping[str, Mapping[str, Any]], fixed: Mapping[str, Any]) -> Shape:
    """Fit a wish into the plan and into what the gateway offers.

    Parameters
    ----------
    wish : Wish
        What the sweep asks for.
    room : Room
        What the plan allows for all workers together.
    offers : mapping
        Options of the gateway: their ``type``, ``default``, ``min`` and ``max``.
    fixed : mapping
        Options that the operator has fixed.

    Returns
    -------
    Shape
        With at least one worker.

    Raises
    ------
    HubError
        If the plan or the gateway does not allow it, or the gateway lacks an option that the hub needs.
    """
    lacking = [name for name in (MARK, *_SIZES) if name not in offers]
    lacking += [name for name in fixed if name not in offers]
    if lacking:
        message = f"The Dask Gateway offers no option {', '.join(lacking)}. An administrator must add it there."
        raise HubError(message, reason="no_cluster")
    options = dict(fixed)
    cores = _size("worker_cores", wish.cores, room.cpus, offers, fixed)
    memory = _size("worker_memory", wish.memory, room.memory, offers, fixed)
    options |= {"worker_cores": cores, "worker_memory": memory}
    if wish.image:
        if "image" not in offers or "image" in fixed:
            raise HubError("image: the hub's Dask Gateway lets nobody choose it.", reason="refused")
        options["image"] = wish.image
    most = math.floor(min(room.cpus / cores, room.memory / memory, MOST_WORKERS))
    return Shape(options, min(wish.workers or 1, most), min(wish.workers or most, most))


def _size(
    name: str, wished: float, allowed: float, offers: Mapping[str, Mapping[str, Any]], fixed: Mapping[str, Any]
) -> float:
    """One worker's processors or memory."""
    word, unit = _SIZES[name]
    offer = offers[name]
    if name in fixed and wished and wished != fixed[name]:
        raise HubError(f"{word} = {wished:g}: on this hub a worker has {fixed[name]} {unit}.", reason="refused")
    given = fixed.get(name, offer.get("default"))
    if offer.get("type") not in {"int", "float"} or isinstance(given, bool) or not isinstance(given, int | float):
        raise HubError(
            f"The Dask Gateway's option {name} is no number. An administrator must look at it.", reason="no_cluster"
        )
    least, most = (offer.get(bound) for bound in ("min", "max"))
    low = float(least) if isinstance(least, int | float) else float(offer.get("type") == "int")
    high = float(most) if isinstance(most, int | float) else math.inf
    size = wished or float(given)
    if size > allowed and not wished and name not in fixed:
        size = allowed
    if offer.get("type") == "int" and not wished:
        size = math.floor(size)
    if size > allowed or allowed < low:
        message = f"Your plan allows {allowed:g} {unit} in all; a worker of this cluster has {max(size, low):g}."
        raise HubError(message, reason="refused")
    whole = offer.get("type") != "int" or size == int(size)
    if not low <= size <= high or not whole or size <= 0:
        kind = "a whole number" if offer.get("type") == "int" else "a number"
        message = f"{word} = {size:g}: use {kind} of {unit} from {low:g} to {min(high, allowed):g}."
        raise HubError(message, reason="refused")
    return int(size) if offer.get("type") == "int" else size
