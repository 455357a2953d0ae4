"""No locked version is below one that mended a weakness in requirements/advisories.toml."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("advisories", ROOT / "tools" / "advisories.py")
advisories = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(advisories)


def test_no_locked_version_has_a_known_weakness():
    found = list(advisories.below(advisories.locked(), advisories.table()))
    assert {package for package, _, row in found if "accepted" not in row} == set()
    assert {package for package, _, _ in found} == {"sanitize-html"}, "each exception is known here, too"


def test_old_versions_would_be_found():
    table, versions = advisories.table(), advisories.locked()
    versions["pypi"]["jupyterhub"] = {"5.5.0"}
    versions["npm"]["vite"] = {"7.3.1", "7.3.8"}
    found = {(package, version) for package, version, row in advisories.below(versions, table) if "accepted" not in row}
    assert found == {("jupyterhub", "5.5.0"), ("vite", "7.3.1")}


def test_every_row_is_of_a_locked_package():
    table, versions = advisories.table(), advisories.locked()
    for kind in ("pypi", "npm"):
        assert len(versions[kind]) > 30, "the lock was read"
        assert set(table[kind]) <= set(versions[kind])
        for rows in table[kind].values():
            assert all({"fixed", "id", "source"} <= row.keys() for row in rows)


def test_jupyterhub_is_where_those_of_2026_are_mended():
    assert all(
        advisories.Version(each) >= advisories.Version("6.1.1") for each in advisories.locked()["pypi"]["jupyterhub"]
    )
