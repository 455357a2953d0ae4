"""Ports: which are free, and who is told what when one is not."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import psutil

from joulebook_hub.errors import HubError

__all__ = ["choose_public", "free_ones", "is_free", "is_held_by_others"]

_HOW_MANY_MORE = 50


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a port can be listened on now.

    Parameters
    ----------
    port : int
        The port.
    host : str
        The address.

    Returns
    -------
    bool
        False if something listens there or the number is not allowed to this user.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_held_by_others(port: int, own: Iterable[int]) -> bool:
    """Tell whether a program listens on a port that is none of ours.

    Parameters
    ----------
    port : int
        The port.
    own : iterable of int
        Process ids of ours.

    Returns
    -------
    bool
        False also where the system does not say who listens.
    """
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return False
    listeners = {each.pid for each in connections if each.status == psutil.CONN_LISTEN and each.laddr.port == port}
    return bool(listeners) and listeners.isdisjoint(own)


def choose_public(wanted: int, *, insisted: bool) -> int:
    """Choose the port that people go to.

    Parameters
    ----------
    wanted : int
        The port to start from.
    insisted : bool
        True if a person asked for exactly this one.

    Returns
    -------
    int
        The port, or the next free one.

    Raises
    ------
    HubError
        If the port that was asked for is taken, or none near it is free.
    """
    if is_free(wanted):
        return wanted
    if insisted:
        message = (
            f"Port {wanted} is taken by another program. Stop that program, choose another port with --port or "
            "JOULEBOOK_PORT, or leave both out to get the next free one."
        )
        raise HubError(message, reason="port_taken")
    following = range(wanted + 1, min(wanted + 1 + _HOW_MANY_MORE, 65536))
    free = next((port for port in following if is_free(port)), None)
    if free is None:
        message = f"Ports {wanted} to {wanted + _HOW_MANY_MORE} are all taken. Choose a free one with JOULEBOOK_PORT."
        raise HubError(message, reason="port_taken")
    return free


def free_ones(count: int, *, avoid: set[int]) -> list[int]:
    """Let the system name free ports.

    Parameters
    ----------
    count : int
        How many.
    avoid : set of int
        Ports that are meant for something else.

    Returns
    -------
    list of int
        Different free ports on 127.0.0.1.
    """
    found: list[int] = []
    while len(found) < count:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in avoid and port not in found:
            found.append(port)
    return found
