"""The widget's bundle: small, whole, and without anything fetched from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "extension" / "joulebook_lab" / "static"
BUDGETS = {"cell_designer": 121_000, "circuit_designer": 150_000, "protection_designer": 120_000}
"""Bytes, compressed, by designer; that of circuits holds two, of networks and of equivalent circuits."""
ROOTS = {"cell_designer": "Cell", "circuit_designer": "(Circuit|Impedance)", "protection_designer": "(Cell|Protection)"}
"""Classes that every rule of a style sheet begins with."""
NAMED = re.compile(r"^https?://(doi\.org/|(www\.)?w3\.org/|reactjs\.org/docs/error-decoder|fb\.me/)")
"""Addresses that the bundle names: links to papers, XML name spaces, React's error texts."""


def built(name: str) -> bytes:
    file = STATIC / name
    if not file.is_file():
        pytest.skip("the widgets are not built: jlpm build:widget in extension/")
    return file.read_bytes()


@pytest.mark.parametrize("designer", BUDGETS)
def test_fits_its_budget(designer: str) -> None:
    sizes = [len(gzip.compress(built(f"{designer}.{kind}"), 9)) for kind in ("js", "css")]
    assert sum(sizes) <= BUDGETS[designer]


@pytest.mark.parametrize("designer", BUDGETS)
def test_needs_nothing_else(designer: str) -> None:
    text = built(f"{designer}.js").decode("utf-8")
    assert not re.search(r"""(^|[;}\n])\s*import\s*[\w{*"']""", text)
    assert "process.env" not in text
    named = set(re.findall(r"https?://[^\s\"'`$\\)]+", text))
    assert {address for address in named if not NAMED.match(address)} == set()


@pytest.mark.parametrize("designer", BUDGETS)
def test_style_is_scoped_and_whole(designer: str) -> None:
    text = built(f"{designer}.css").decode("utf-8")
    assert "@import" not in text
    assert "url(" not in text
    selectors = re.findall(r"(?:^|[{}])([^{}@]+)\{", text)
    own = re.compile(rf"\.jb-{ROOTS[designer]}\b|\s*(from|to|\d+%)\s*$")
    foreign = [selector for selector in selectors if not own.search(selector)]
    assert foreign == []
