"""The Binder files parse, and install what `make up` installs."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib


def test_post_build_uses_the_one_script(root):
    script = root / "binder" / "postBuild"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert "tools/setup.sh" in text
    assert "requirements/lock.txt" in (root / "tools" / "setup.sh").read_text(encoding="utf-8")
    assert "--require-hashes" in (root / "tools" / "setup.sh").read_text(encoding="utf-8")


def test_python_is_one_that_joulebook_takes(root):
    wanted = re.fullmatch(r"python-(3)\.(\d+)\n", (root / "binder" / "runtime.txt").read_text(encoding="utf-8"))
    assert wanted is not None
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Programming Language :: Python :: 3.{wanted.group(2)}" in project["classifiers"]


def test_system_packages_are_names(root):
    lines = (root / "binder" / "apt.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", line) for line in lines)


def test_nothing_else_would_be_read_first(root):
    """repo2docker takes an environment.yml or a requirements.txt of the folder before runtime.txt."""
    assert sorted(path.name for path in (root / "binder").iterdir()) == ["apt.txt", "postBuild", "runtime.txt"]
