"""The widget's bundle: small, whole, and without anything fetched from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[3] / "extension" / "joulebook_lab" / "static"
BUDGET = 120_000
"""Bytes, compressed."""
NAMED = re.compile(r"^https?://(doi\.org/|(www\.)?w3\.org/|reactjs\.org/docs/error-decoder|fb\.me/)")
"""Addresses that the bundle names: links to papers, XML name spaces, React's error texts."""


WIDGETS = ("cell_designer", "protection_designer")


@pytest.fixture(params=WIDGETS)
def widget(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if not (STATIC / f"{name}.js").is_file():
        pytest.skip("the widget is not built: jlpm build:widget in extension/")
    return name


@pytest.fixture
def bundle(widget: str) -> bytes:
    return (STATIC / f"{widget}.js").read_bytes()


def test_fits_its_budget(widget: str, bundle: bytes) -> None:
    style = (STATIC / f"{widget}.css").read_bytes()
    assert len(gzip.compress(bundle, 9)) + len(gzip.compress(style, 9)) <= BUDGET


def test_needs_nothing_else(bundle: bytes) -> None:
    text = bundle.decode("utf-8")
    assert not re.search(r"""(^|[;}\n])\s*import\s*[\w{*"']""", text)
    assert "process.env" not in text
    named = set(re.findall(r"https?://[^\s\"'`$\\)]+", text))
    assert {address for address in named if not NAMED.match(address)} == set()


def test_style_is_scoped_and_whole(widget: str) -> None:
    text = (STATIC / f"{widget}.css").read_text("utf-8")
    assert "@import" not in text
    assert "url(" not in text
    selectors = re.findall(r"(?:^|[{}])([^{}@]+)\{", text)
    foreign = [
        s
        for s in selectors
        if not re.search(r"\.jb-(Cell|Protection)\b", s) and not re.fullmatch(r"\s*(from|to|\d+%)\s*", s)
    ]
    assert foreign == []
