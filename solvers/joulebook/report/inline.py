r"""Marks inside running text.

====================  =======================================
written               read
====================  =======================================
``**word**``          strong
``*word*``            emphasis
```word```            code
``$x^2$``             mathematics (LaTeX)
``[@Chen2020]``       number of a reference
``\*``                the sign itself, also before ``\ ` $ [ ]``
====================  =======================================

Marks do not nest. :func:`escape` makes text from elsewhere safe to put between marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Span", "citations_in", "escape", "plain", "spans"]

SpanKind = Literal["text", "strong", "emphasis", "code", "math", "citation"]

_MARKS = re.compile(
    r"\\(?P<escaped>[\\*`$\[\]])"
    r"|\*\*(?P<strong>(?:\\.|[^*\\])+)\*\*"
    r"|\*(?P<emphasis>(?:\\.|[^*\\])+)\*"
    r"|`(?P<code>[^`]+)`"
    r"|(?<![\\$])\$(?P<math>[^$]+)\$"
    r"|\[@(?P<citation>[A-Za-z0-9_-]+)\]"
)
_ESCAPED = re.compile(r"\\([\\*`$\[\]])")


@dataclass(frozen=True)
class Span:
    """A stretch of text of one kind.

    Parameters
    ----------
    kind : str
        ``"text"``, ``"strong"``, ``"emphasis"``, ``"code"``, ``"math"`` or ``"citation"``.
    text : str
        The words, the LaTeX, or the key of the reference.
    """

    kind: SpanKind
    text: str


def spans(text: str) -> list[Span]:
    """Read the marks of a text.

    Parameters
    ----------
    text : str
        With marks.

    Returns
    -------
    list of Span
        In order; neighbours of the same kind are joined.

    Examples
    --------
    >>> [(span.kind, span.text) for span in spans("It holds **5 A h** [@Chen2020].")]
    [('text', 'It holds '), ('strong', '5 A h'), ('text', ' '), ('citation', 'Chen2020'), ('text', '.')]
    """
    found: list[Span] = []

    def add(kind: SpanKind, words: str) -> None:
        if found and kind == "text" and found[-1].kind == "text":
            found[-1] = Span("text", found[-1].text + words)
        elif words:
            found.append(Span(kind, words))

    position = 0
    for mark in _MARKS.finditer(text):
        add("text", text[position : mark.start()])
        position = mark.end()
        kind = mark.lastgroup
        words = mark.group(kind or 0)
        if kind == "escaped":
            add("text", words)
        elif kind in {"strong", "emphasis"}:
            add(kind, _ESCAPED.sub(r"\1", words))  # type: ignore[arg-type]
        else:
            add(kind, words)  # type: ignore[arg-type]
    add("text", text[position:])
    return found


def escape(text: str) -> str:
    """Take the meaning from all marks in a text that comes from elsewhere.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        Reads as ``text`` when it is printed.

    Examples
    --------
    >>> plain(escape("5 * 3 = [15] $"))
    '5 * 3 = [15] $'
    """
    return re.sub(r"([\\*`$\[\]])", r"\\\1", text)


def plain(text: str) -> str:
    """Print a text without its marks.

    Parameters
    ----------
    text : str
        With marks.

    Returns
    -------
    str
        The words; a citation becomes its key in brackets.
    """
    return "".join(f"[{span.text}]" if span.kind == "citation" else span.text for span in spans(text))


def citations_in(text: str) -> list[str]:
    """List the references that a text cites.

    Parameters
    ----------
    text : str
        With marks.

    Returns
    -------
    list of str
        Keys in order of appearance.
    """
    return [span.text for span in spans(text) if span.kind == "citation"]
