"""Compare the locked versions with requirements/advisories.toml, without a network: ``python tools/advisories.py``.

The table is of a date and not complete. With a network, ``pip-audit --require-hashes --disable-pip -r
requirements/lock.txt`` and ``npm audit --package-lock-only`` ask the services that know more.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_YARN = re.compile(r'^"?(@?[^"@\s]+)@[^\n]*:\n  version: ([^\s]+)', re.MULTILINE)
Locked = dict[str, dict[str, set[str]]]


def locked(root: Path = ROOT) -> Locked:
    """Read the versions of all locks.

    Parameters
    ----------
    root : Path
        The repository.

    Returns
    -------
    dict
        Versions by package, by kind (``pypi``, ``npm``).
    """
    found: Locked = {"pypi": {}, "npm": {}}
    for path in sorted((root / "requirements").glob("lock*.txt")):
        for name, version in _PIN.findall(path.read_text(encoding="utf-8")):
            found["pypi"].setdefault(canonicalize_name(name), set()).add(version)
    proxy = json.loads((root / "hub_config" / "proxy" / "package-lock.json").read_text(encoding="utf-8"))
    for place, package in proxy["packages"].items():
        if place:
            found["npm"].setdefault(place.rpartition("node_modules/")[2], set()).add(package["version"])
    for name, version in _YARN.findall((root / "extension" / "yarn.lock").read_text(encoding="utf-8")):
        if not version.startswith("0.0.0-use"):
            found["npm"].setdefault(name, set()).add(version)
    return found


def table(root: Path = ROOT) -> dict[str, Any]:
    """Read the table.

    Parameters
    ----------
    root : Path
        The repository.

    Returns
    -------
    dict
        Rows by package, by kind, and the date.
    """
    with (root / "requirements" / "advisories.toml").open("rb") as file:
        return tomllib.load(file)


def below(versions: Locked, rows: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Find locked versions that have a published weakness.

    Parameters
    ----------
    versions : dict
        From `locked`.
    rows : mapping
        From `table`.

    Yields
    ------
    tuple
        Package, locked version, row.
    """
    for kind in ("pypi", "npm"):
        for package, advisories in rows[kind].items():
            for version in sorted(versions[kind].get(package, ())):
                for row in advisories:
                    if Version(version) < Version(row["fixed"]):
                        yield package, version, row


def main() -> int:
    """Print what was found.

    Returns
    -------
    int
        1 if a version is below and no reason is given.
    """
    rows, versions, wrong = table(), locked(), 0
    for package, version, row in below(versions, rows):
        print(f"{package} {version} < {row['fixed']}: {row['id']}; {row.get('accepted', 'NOT ACCEPTED')}")
        wrong += "accepted" not in row
    count = sum(len(each) for kind in ("pypi", "npm") for each in rows[kind].values())
    packages = sum(map(len, versions.values()))
    print(f"{count} advisories read on {rows['read']}, {packages} locked packages: {wrong} below and not accepted")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
