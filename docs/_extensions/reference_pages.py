"""Sphinx directives that write reference pages from the code, and mathematics as MathML.

``{joulebook} quantities`` writes what ``PAGES["quantities"]`` gives, as MyST text. Nothing is fetched.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).parent))

import api_text
import hub_text
import materials_text
import protection_text
import reference_text
import validation_text

PAGES = {
    **reference_text.PAGES,
    **materials_text.PAGES,
    **protection_text.PAGES,
    **hub_text.PAGES,
    **validation_text.PAGES,
    "api": api_text.module_page,
}


class GeneratedText(SphinxDirective):
    """Puts generated MyST text into a page."""

    required_arguments = 1
    optional_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Write the text of one page."""
        name, *rest = self.arguments
        if name not in PAGES:
            raise self.error(f"no generated page {name!r}; there are {', '.join(PAGES)}")
        self.env.note_reread()
        return self.parse_text_to_nodes(PAGES[name](*rest), allow_section_headings=True)


def math_block(writer: Any, node: nodes.math_block) -> None:
    """Write a displayed equation as MathML."""
    _write(writer, node, "block")


def math_inline(writer: Any, node: nodes.math) -> None:
    """Write an equation in the text as MathML."""
    _write(writer, node, "inline")


def _write(writer: Any, node: nodes.Element, display: str) -> None:
    from latex2mathml.converter import convert

    writer.body.append(convert(node.astext(), display=display))
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the mathematics; Sphinx calls this."""
    app.add_directive("joulebook", GeneratedText)
    app.add_html_math_renderer("joulebook_mathml", (math_inline, None), (math_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
