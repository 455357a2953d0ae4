"""Generated files say what the Python library says now."""

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import joulebook as jb

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def generate() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("joulebook_generate", ROOT / "tools" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "tools")  # as Python does for a script
        spec.loader.exec_module(module)
        yield module


def test_nothing_is_stale(generate: ModuleType) -> None:
    stale = [
        str(path.relative_to(ROOT)) for path, text in generate.outputs().items() if path.read_text("utf-8") != text
    ]
    assert stale == [], "run: python tools/generate.py"


def test_types_are_those_of_the_schema(generate: ModuleType) -> None:
    if shutil.which("node") is None or not (ROOT / "extension/node_modules/json-schema-to-typescript").is_dir():
        pytest.skip("node and the packages of extension/ are not installed: jlpm install")
    assert generate.types(check=True)


def test_stale_file_is_found(generate: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    assert not generate.settle(file, "new", check=True)
    assert generate.settle(file, "new", check=False)
    assert generate.settle(file, "new", check=True)
    file.write_text("old", "utf-8")
    assert not generate.settle(file, "new", check=True)


@pytest.mark.parametrize("name", jb.materials.names("active"))
def test_sampled_potentials_stay_near_their_laws(name: str) -> None:
    library = json.loads((ROOT / "extension/src/generated/materials.json").read_text("utf-8"))
    sampled = library["curves"][library["active"][name]["ocp"]["curve"]]
    ocp = jb.materials.active(name).ocp
    x = np.linspace(max(0.01, ocp.domain[0]), min(0.98, ocp.domain[1]), 5001)
    law = np.asarray(ocp.function(np, x))
    error = np.abs(np.interp(x, sampled["x"], sampled["y"]) - law)
    assert error.max() < 2.5e-4, "V"
    assert len(sampled["x"]) < 500


def test_thinning_keeps_ends_and_corners(generate: ModuleType) -> None:
    x = np.linspace(0.0, 1.0, 101)
    assert list(generate.thin(x, np.abs(x - 0.3), 1e-9)) == [0, 30, 100]
