"""Where numbers come from: sources of single values, and the bibliography they point into."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Annotated, Literal

from pydantic import Field

from joulebook.core.design import Part
from joulebook.core.errors import InputError, Issue

__all__ = ["Citation", "Source", "bibliography", "cite"]

Method = Literal["measured", "fitted", "computed", "datasheet", "assumed", "literature", "user"]


class Source(Part):
    """Where one value comes from."""

    ref: Annotated[str, Field(max_length=200)] = ""
    """Key of the bibliography, or a DOI or address; empty for a value of one's own."""
    where: Annotated[str, Field(max_length=200)] = ""
    """Table, figure, equation or page."""
    method: Method = "literature"
    """How the value was obtained."""
    note: Annotated[str, Field(max_length=1000)] = ""
    """What a reader should know before trusting it."""


@dataclass(frozen=True)
class Citation:
    """An entry of the bibliography.

    Parameters
    ----------
    key : str
        Short name, ``"Chen2020"``.
    authors, title, published : str
        As printed in a list of references.
    doi : str
        Without resolver; empty where there is none.
    """

    key: str
    authors: str
    title: str
    published: str
    doi: str = ""

    def __str__(self) -> str:
        text = f"{self.authors.rstrip('.')}. {self.title}. {self.published.rstrip('.')}."
        return f"{text} doi:{self.doi}" if self.doi else text


@functools.cache
def bibliography() -> dict[str, Citation]:
    """Read the bibliography.

    Returns
    -------
    dict of str to Citation
        By key, in alphabetical order.
    """
    text = resources.files("joulebook.core").joinpath("bibliography.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    return {key: Citation(key=key, **entries[key]) for key in sorted(entries)}


def cite(key: str) -> Citation:
    """Find an entry of the bibliography.

    Parameters
    ----------
    key : str
        Its short name.

    Returns
    -------
    Citation
        The entry.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    entries = bibliography()
    if key not in entries:
        raise InputError(Issue("ref", key, "not in the bibliography", f"Known: {', '.join(entries)}"))
    return entries[key]
