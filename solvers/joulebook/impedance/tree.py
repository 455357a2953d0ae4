"""Circuits of two terminals as trees of series and parallel groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Leaf", "Node", "Parallel", "Series", "leaves", "parallel", "series", "to_boukamp", "to_code"]


@dataclass(frozen=True)
class Leaf:
    """One element.

    Parameters
    ----------
    name : str
        Its name in the circuit.
    """

    name: str


@dataclass(frozen=True)
class Series:
    """Parts one behind the other.

    Parameters
    ----------
    parts : tuple of Node
        None at all is a piece of wire.
    """

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Parallel:
    """Parts beside each other.

    Parameters
    ----------
    parts : tuple of Node
        Two or more.
    """

    parts: tuple[Node, ...]


Node = Leaf | Series | Parallel


def series(parts: tuple[Node, ...]) -> Node:
    """Put parts in series; series among them are dissolved.

    Parameters
    ----------
    parts : tuple of Node
        Any number.

    Returns
    -------
    Node
        A single part stays as it is.
    """
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Series) else (part,)))
    return flat[0] if len(flat) == 1 else Series(flat)


def parallel(parts: tuple[Node, ...]) -> Node:
    """Put parts beside each other; parallel groups among them are dissolved.

    Parameters
    ----------
    parts : tuple of Node
        One or more.

    Returns
    -------
    Node
        A single part stays as it is.
    """
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Parallel) else (part,)))
    return flat[0] if len(flat) == 1 else Parallel(flat)


def leaves(node: Node) -> Iterator[str]:
    """Walk through the elements in reading order.

    Parameters
    ----------
    node : Node
        Where to begin.

    Yields
    ------
    str
        Names.
    """
    if isinstance(node, Leaf):
        yield node.name
    else:
        for part in node.parts:
            yield from leaves(part)


def to_code(node: Node) -> str:
    """Write a tree as impedance.py does: series with ``-``, parallel groups as ``p(…,…)``.

    Parameters
    ----------
    node : Node
        The tree.

    Returns
    -------
    str
        Such as ``"R0-p(R1,C1)"``.
    """
    if isinstance(node, Leaf):
        return node.name
    inner = [to_code(part) for part in node.parts]
    return "-".join(inner) if isinstance(node, Series) else f"p({','.join(inner)})"


def to_boukamp(node: Node, letter: Callable[[str], str]) -> str:
    """Write a tree in Boukamp's way: series side by side, parallel groups in parentheses, series in them in brackets.

    Parameters
    ----------
    node : Node
        The tree.
    letter : callable
        From the name of an element to its letter.

    Returns
    -------
    str
        Such as ``"R(C[RW])"``.

    References
    ----------
    Boukamp 1986, Solid State Ionics 20, 31, doi:10.1016/0167-2738(86)90031-7.
    """
    if isinstance(node, Leaf):
        return letter(node.name)
    inner = [to_boukamp(part, letter) for part in node.parts]
    if isinstance(node, Series):
        return "".join(inner)
    boxed = [f"[{text}]" if isinstance(part, Series) else text for part, text in zip(node.parts, inner, strict=True)]
    return f"({''.join(boxed)})"
