"""Marks from folders, and the places that tests read from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
_MARKS = ("unit", "validation", "property", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parts = Path(item.path).relative_to(ROOT / "tests").parts
        for name in _MARKS:
            if name in parts:
                item.add_marker(getattr(pytest.mark, name))


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Real files of instruments and tools, which the project does not contain."""
    folder = Path(os.environ.get("JOULEBOOK_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real instrument files are not at {folder}: set JOULEBOOK_DATA to their folder")
    return folder
