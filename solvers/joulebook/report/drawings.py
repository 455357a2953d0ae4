"""Check and prepare SVG drawings: no scripts, nothing fetched, no names that collide in one page."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from joulebook.core.errors import InputError, Issue

__all__ = ["INK", "check_svg", "follow_theme", "prefix_names", "strip_prolog"]

INK = "#22272e"
"""Colour of lines and words in our own drawings; pages with a dark theme put their own in its place."""

_FORBIDDEN_TAGS = {
    "script",
    "foreignObject",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "handler",
    "animate",
    "set",
}
_REFERENCE = re.compile(r"url\(\s*['\"]?([^)'\"\s]*)")


def check_svg(svg: str) -> None:
    """Refuse a drawing that could run code or fetch something.

    Parameters
    ----------
    svg : str
        The drawing.

    Raises
    ------
    InputError
        If it is no SVG, or holds scripts, event handlers, document types or outside references.
    """
    if "<!" in svg.replace("<!--", ""):
        raise InputError(
            Issue("svg", svg[:40], "must not declare a document type or CDATA", "Use strip_prolog() first")
        )
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise InputError(Issue("svg", svg[:40], f"must be an SVG drawing; reading it ended with: {error}")) from None
    if _local(root.tag) != "svg":
        raise InputError(Issue("svg", _local(root.tag), "must be an SVG drawing", "Its outermost element is svg"))
    for element in root.iter():
        tag = _local(element.tag)
        if tag in _FORBIDDEN_TAGS:
            raise InputError(Issue("svg", tag, "must not hold this element", "Draw with shapes and text only"))
        if tag == "style":
            _check_value("style", element.text or "")
        for name, value in element.attrib.items():
            _check_value(_local(name), value)


def _check_value(name: str, value: str) -> None:
    if name.lower().startswith("on"):
        raise InputError(Issue("svg", name, "must not hold event handlers", "Leave the attribute out"))
    if name in {"href", "src"} and not value.startswith(("#", "data:image/png;", "data:image/jpeg;")):
        raise InputError(Issue("svg", value, "must not point outside the drawing", "Put the content into the drawing"))
    if "@import" in value or any(not target.startswith("#") for target in _REFERENCE.findall(value)):
        raise InputError(
            Issue("svg", value[:60], "must not point outside the drawing", "Put the content into the drawing")
        )


def _local(tag: object) -> str:
    return str(tag).rsplit("}", 1)[-1]


def strip_prolog(svg: str) -> str:
    """Cut everything before the outermost element, and the metadata inside it.

    Parameters
    ----------
    svg : str
        As a drawing program writes it.

    Returns
    -------
    str
        From ``<svg`` on.
    """
    start = svg.find("<svg")
    body = svg[start:] if start >= 0 else svg
    return re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL).strip()


def prefix_names(svg: str, prefix: str) -> str:
    """Make the names inside a drawing unique within a page.

    Parameters
    ----------
    svg : str
        The drawing.
    prefix : str
        Put before every name and every reference to one.

    Returns
    -------
    str
        Looks the same.

    Examples
    --------
    >>> prefix_names('<g id="a"/><use href="#a"/>', "f1-")
    '<g id="f1-a"/><use href="#f1-a"/>'
    """
    svg = re.sub(r'(\bid=")([^"]+")', rf"\1{prefix}\2", svg)
    svg = re.sub(r'(href="#)([^"]+")', rf"\1{prefix}\2", svg)
    return re.sub(r"(url\(#)", rf"\1{prefix}", svg)


def follow_theme(svg: str) -> str:
    """Let a page decide the colour of lines and words of our own drawings.

    Parameters
    ----------
    svg : str
        The drawing.

    Returns
    -------
    str
        With the page's ``--ink`` in place of the fixed colour.
    """
    return re.sub(INK, "var(--ink)", svg, flags=re.IGNORECASE)
