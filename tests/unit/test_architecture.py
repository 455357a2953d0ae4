"""The house plan as tests: layers, budgets, names, lean imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = (
    "solvers/joulebook",
    "kernels/joulebook_kernels",
    "extension/joulebook_lab",
    "hub_config/joulebook_hub",
)


def tracked(root: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, text=True).stdout
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def test_layers_hold(root: Path) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_upward_import_would_be_reported(root: Path, tmp_path: Path) -> None:
    """The contract can fail: the same tool finds an injected import from the battery room up into reports."""
    source = (root / "pyproject.toml").read_text()
    layers = re.search(r"layers = \[(.*?)\]", source, re.S)
    assert layers and layers[1].index("joulebook.report") < layers[1].index("joulebook.battery")
    package = tmp_path / "house"
    for room in ("upper", "lower"):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "lower" / "__init__.py").write_text("import house.upper\n")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = house\n[importlinter:contract:1]\nname = layers\ntype = layers\n"
        "layers =\n    house.upper\n    house.lower\n"
    )
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "house.lower is not allowed to import house.upper" in done.stdout


def test_import_is_lean() -> None:
    """`import joulebook` loads one module of the package in under 0.1 s of CPU."""
    code = (
        "import time; start = time.process_time(); import joulebook; spent = time.process_time() - start\n"
        "import sys; own = [name for name in sys.modules if name.startswith('joulebook')]\n"
        "heavy = [name for name in ('numpy', 'pydantic', 'numba', 'pandas', 'xarray') if name in sys.modules]\n"
        "print(spent, own, heavy)\n"
        "sys.exit(0 if spent < 0.1 and own == ['joulebook'] and not heavy else 1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_files_and_functions_keep_their_budget(root: Path, package: str) -> None:
    too_long = []
    for path in sorted((root / package).rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > 600:
            too_long.append(f"{path.relative_to(root)} has {len(lines)} lines")
        for node in ast.walk(ast.parse("\n".join(lines))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                if length > 80:
                    too_long.append(f"{path.relative_to(root)}:{node.lineno} {node.name} has {length} lines")
    assert not too_long, "\n".join(too_long)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_typed_and_names_say_something(root: Path, package: str) -> None:
    assert (root / package / "py.typed").is_file()
    assert (root / package / "__init__.py").is_file()
    vague = [path for path in (root / package).rglob("*.py") if path.stem in {"utils", "helpers", "common", "misc"}]
    assert not vague


def test_library_code_raises_named_errors(root: Path) -> None:
    bare = []
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                raised = node.exc if isinstance(node, ast.Raise) else None
                called = raised.func if isinstance(raised, ast.Call) else raised
                if isinstance(called, ast.Name) and called.id in {
                    "ValueError",
                    "RuntimeError",
                    "Exception",
                    "KeyError",
                }:
                    bare.append(f"{path.relative_to(root)}:{node.lineno} raises {called.id}")
    assert not bare, "\n".join(bare)


def test_no_file_names_a_registry_or_a_machine(root: Path) -> None:
    registries = re.compile(
        r"(pypi\.(python\.)?org|files\.pythonhosted|registry\.(npmjs|yarnpkg)|deb\.debian)\b|\"resolved\": ?\"http"
    )
    machine = re.compile(r"(?<![\w.])/(work|root|home/[a-z]+)/[\w.-]")
    found = []
    for path in tracked(root):
        if path.suffix in {".png", ".ico", ".woff2", ".npz"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(root)}: {hit[0]}" for hit in registries.finditer(text)]
        found += [f"{path.relative_to(root)}: {hit[0]}" for hit in machine.finditer(text)]
        assert path.stat().st_size < 1_000_000, f"{path.relative_to(root)} is over 1 MB"
    assert not found, "\n".join(found)


def test_extras_are_all_locked(root: Path) -> None:
    locked = (root / "requirements" / "lock.txt").read_text()
    assert "--hash=sha256:" in locked
    assert not re.search(r"^(-i|--index-url|--extra-index-url|--find-links)", locked, re.M)
    for name in ("jupyterhub", "jupyterlab", "numba", "typst", "papermill", "anywidget"):
        assert re.search(rf"^{name}==", locked, re.M), f"{name} is not in requirements/lock.txt: run make lock"
