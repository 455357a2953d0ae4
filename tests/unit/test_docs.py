"""What is public is documented: names, extras, settings, commands, errors; and the pages build without a warning."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SOURCES = ("solvers", "kernels", "extension/joulebook_lab", "hub_config", "tools")


def public_modules() -> list[str]:
    core = importlib.import_module("joulebook.core")
    names = [f"joulebook.core.{item.name}" for item in pkgutil.iter_modules(core.__path__)]
    return [
        *names,
        "joulebook.battery",
        "joulebook.cryo",
        "joulebook.grid.equipment",
        "joulebook.grid.feeder",
        "joulebook.grid.protection",
        "joulebook.magnets",
        "joulebook.materials",
        "joulebook.report",
    ]


def public_names() -> Iterator[tuple[str, Any]]:
    seen = set()
    for module_name in public_modules():
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", ()):
            item = getattr(module, name)
            home = getattr(item, "__module__", "")
            if (
                (inspect.isclass(item) or inspect.isfunction(item))
                and home.startswith("joulebook")
                and id(item) not in seen
            ):
                seen.add(id(item))
                yield f"{home}.{item.__qualname__}", item


def callables(name: str, item: Any) -> Iterator[tuple[str, Any]]:
    """A function, or the public methods that a class itself defines."""
    if inspect.isfunction(item):
        yield name, item
        return
    for method_name, method in vars(item).items():
        inner = getattr(method, "__func__", method)
        if not method_name.startswith("_") and inspect.isfunction(inner):
            yield f"{name}.{method_name}", inner


def sections(docstring: str) -> set[str]:
    return set(re.findall(r"^(\w[\w ]*)\n-{3,}$", docstring, flags=re.MULTILINE))


def faults_of(name: str, function: Any) -> list[str]:
    text = inspect.getdoc(function) or ""
    if not text:
        return [f"{name} has no docstring"]
    if "\n" not in text:
        return []  # one line says it all, such as a method that fulfils a protocol
    found = sections(text)
    signature = inspect.signature(function)
    arguments = [p for p in signature.parameters if p not in {"self", "cls"}]
    faults = []
    if arguments and "Parameters" not in found:
        faults.append(f"{name} does not describe its parameters")
    missing = [p for p in arguments if not re.search(rf"^.*\b{re.escape(p)}\b.*$", text, flags=re.MULTILINE)]
    if missing:
        faults.append(f"{name} does not describe {', '.join(missing)}")
    returned = str(signature.return_annotation)
    if returned not in {"None", "<class 'inspect._empty'>"} and not found & {"Returns", "Yields"}:
        faults.append(f"{name} does not say what it returns")
    return faults


def test_every_public_name_has_its_sections():
    faults = []
    for name, item in public_names():
        if inspect.isclass(item) and not inspect.getdoc(item):
            faults.append(f"{name} has no docstring")
        for inner, function in callables(name, item):
            faults += faults_of(inner, function)
    assert not faults, "\n".join(faults)


def test_every_field_of_a_document_says_what_it_means():
    faults = []
    for name, item in public_names():
        if inspect.isclass(item) and issubclass(item, BaseModel):
            own = set(item.__annotations__) & set(item.model_fields)
            faults += [f"{name}.{field}" for field in sorted(own) if not item.model_fields[field].description]
    assert not faults, faults


def test_public_lists_are_sorted_and_complete():
    for module_name in public_modules():
        module = importlib.import_module(module_name)
        names = list(getattr(module, "__all__", ()))
        assert names == sorted(names, key=lambda n: (not n.isupper(), not n[0].isupper(), n)) or names == sorted(
            names
        ), f"{module_name}.__all__ is not sorted"
        for name in names:
            assert hasattr(module, name), f"{module_name}.{name} is listed but not there"


@pytest.fixture(scope="module")
def reference_text():
    sys.path.insert(0, str(DOCS / "_extensions"))
    try:
        yield importlib.import_module("reference_text")
    finally:
        sys.path.remove(str(DOCS / "_extensions"))


def test_every_extra_is_documented(reference_text):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(reference_text.EXTRAS) == set(project["optional-dependencies"])
    assert all(f"`{name}`" in reference_text.extras() for name in project["optional-dependencies"])


def test_every_error_is_documented(reference_text):
    from joulebook.core import errors

    text = reference_text.errors()
    tree = text.split("```")[1]
    for name in errors.__all__:
        if name != "Issue":
            assert f"`{name}`" in text
            assert name in tree, f"{name} is missing from the tree at the top of core/errors.py"


def test_every_plugin_seam_and_command_is_documented(reference_text):
    from joulebook.core.plugins import GROUPS, load_plugins

    assert all(f"`joulebook.{group}`" in reference_text.entry_points() for group in GROUPS)
    shell = reference_text.shell()
    assert "joulebook report cell" in shell
    assert len(load_plugins("commands")) <= shell.count("```text")
    assert "\x1b" not in shell


def test_every_setting_is_documented():
    """Each JOULEBOOK_… variable that code names stands on a page."""
    read = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".sh"} and "node_modules" not in path.parts:
                read |= set(re.findall(r"\bJOULEBOOK_[A-Z]+(?:_[A-Z]+)*\b", path.read_text(encoding="utf-8")))
    pages = "\n".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md"))
    missing = sorted(name for name in read if name not in pages)
    assert not missing, f"on no page of docs/: {', '.join(missing)}"


def test_every_setting_of_the_lab_says_what_it_means(reference_text):
    schema = json.loads((ROOT / "extension" / "schema" / "plugin.json").read_text(encoding="utf-8"))
    for name, item in schema["properties"].items():
        assert item.get("title") and item.get("description"), name
        assert f"`{name}`" in reference_text.lab_settings()


def test_links_to_files_of_the_docs_exist():
    for page in DOCS.rglob("*.md"):
        if "_build" in page.parts:
            continue
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"(?:\]\(|\{image\} |\{figure\} )([^)\s#]+\.(?:png|svg|md|ipynb))", text):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} points to {target}"


def test_python_on_the_pages_is_python():
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        if "_build" in page.parts:
            continue
        for block in re.findall(
            r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        ):
            if not block.lstrip().startswith((">>>", "%")):
                compile(block, str(page), "exec")


def test_pages_build_without_a_warning_and_fetch_nothing(tmp_path):
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-D", "nb_execution_mode=off", "-d", str(tmp_path / "trees"), str(DOCS), str(tmp_path / "html")]
    environment = {**os.environ, "PYTHONWARNINGS": "default"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    loaded = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"(https?:)?//", re.IGNORECASE)
    for page in (tmp_path / "html").rglob("*.html"):
        found = loaded.search(page.read_text(encoding="utf-8"))
        assert found is None, f"{page.name}: {found}"
    validation = (tmp_path / "html" / "validation" / "battery.html").read_text(encoding="utf-8")
    for case in sorted((ROOT / "tests" / "validation" / "cases" / "battery").iterdir()):
        assert f"cases/battery/{case.name}" in validation
    for name in ("index", "tutorials/first-cell", "reference/cell", "reference/shell", "validation/index"):
        assert (tmp_path / "html" / f"{name}.html").exists()
