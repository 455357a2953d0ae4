"""Marks from folders, and the places that tests read from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import databases

settings.register_profile("joulebook", deadline=None)  # on a busy machine an example's time says nothing
settings.load_profile("joulebook")

ROOT = Path(__file__).resolve().parents[1]
_MARKS = ("unit", "validation", "property", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        parts = Path(item.path).relative_to(ROOT / "tests").parts
        for name in _MARKS:
            if name in parts:
                item.add_marker(getattr(pytest.mark, name))


_FAIR_SKIPS = (  # what no installation can bring
    "real instrument files are not at",
    "needs a CUDA device",
    "no CUDA device",
    "only an administrator can",
    "this machine gives nobody a space of process ids",
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """Where everything was installed (``make test`` says so), a missing part fails the test instead of hiding it."""
    report = yield
    if report.skipped and os.environ.get("JOULEBOOK_TESTS") == "complete" and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if not any(fair in reason for fair in _FAIR_SKIPS):
            report.outcome = "failed"
            report.longrepr = f"skipped where nothing may be missing: {reason}"
    return report


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


@pytest.fixture(params=databases.KINDS)
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty database for the hub's store, of each kind."""
    with databases.empty_database(request.param) as url:
        yield url


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """Address of an empty PostgreSQL database."""
    with databases.empty_database("postgresql") as url:
        yield url


def pytest_sessionfinish() -> None:
    databases.stop_cluster()
