"""Make small notebooks for the tests of the engine."""

from __future__ import annotations

from pathlib import Path

import nbformat


def write_notebook(path: Path, *cells: str, parameters: str = "report_file = ''") -> Path:
    """Write a notebook whose first cell holds the parameters; text that begins with # is Markdown."""
    notebook = nbformat.v4.new_notebook()
    first = nbformat.v4.new_code_cell(parameters)
    first.metadata["tags"] = ["parameters"]
    notebook.cells.append(first)
    for text in cells:
        make = nbformat.v4.new_markdown_cell if text.startswith("# ") else nbformat.v4.new_code_cell
        notebook.cells.append(make(text))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path
