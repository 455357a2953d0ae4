"""What the README says, is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.fixture
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_its_python_prints_its_output(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", readme, re.S)
    output = re.search(r"```text\n(.*?)```", readme, re.S)
    assert code and output
    exec(compile(code[1], "README.md", "exec"), {})
    assert capsys.readouterr().out == output[1]


def test_its_links_lead_somewhere(root: Path, readme: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", readme)
    assert len(targets) > 5
    for target in targets:
        assert (root / target).exists(), target


def test_its_commands_are_targets_of_make(root: Path, readme: str) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for name in re.findall(r"`?make ([a-z]+)", readme):
        assert re.search(rf"^{name}:", makefile, re.M), name


def test_it_fits_one_screen(readme: str) -> None:
    assert len(readme.splitlines()) <= 60
