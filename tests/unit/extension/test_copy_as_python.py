"""“Copy as Python” gives code that makes the same cell."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import joulebook as jb
from joulebook.battery import Cell

ROOT = Path(__file__).parents[3]
CASES = json.loads((ROOT / "tests/corpus/figures.json").read_text("utf-8"))
SCRIPT = """
import {{ readFileSync }} from 'node:fs';
import {{ pythonCode }} from {module};
const documents = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(documents.map(pythonCode)));
"""


def others() -> list[dict[str, Any]]:
    """Documents that no ``replace`` makes, and values with awkward digits."""
    chen = Cell.named("Chen2020").to_document()
    cited = json.loads(json.dumps(chen))
    cited["sources"]["negative.thickness"] = {"ref": "10.1000/182", "where": 'Table "2"', "method": "measured"}
    lacking = {key: value for key, value in chen.items() if key != "sources"}
    awkward = Cell.named("Chen2020").replace(
        {
            "negative.thickness": 1e-4 / 3,
            "electrode_width": 1.58 / 3,
            "negative.diffusivity": 1e-14 / 7,
            "name": 'µ "q" \\',
        }
    )
    return [cited, lacking, awkward.to_document()]


def test_code_makes_the_same_cell(tmp_path: Path) -> None:
    esbuild = ROOT / "extension/node_modules/.bin/esbuild"
    node = shutil.which("node")
    if node is None or not esbuild.exists():
        pytest.skip("node and the packages of extension/ are not installed: jlpm install")
    entry, bundle = tmp_path / "entry.js", tmp_path / "bundle.mjs"
    entry.write_text(SCRIPT.format(module=json.dumps(str(ROOT / "extension/src/designers/cell/python.ts"))), "utf-8")
    options = ["--bundle", "--format=esm", "--platform=node", "--log-level=error", f"--outfile={bundle}"]
    subprocess.run([esbuild, entry, *options], check=True)
    documents = [case["document"] for case in CASES] + others()
    run = subprocess.run([node, bundle], input=json.dumps(documents), capture_output=True, check=True, text=True)
    codes = json.loads(run.stdout)
    for document, code in zip(documents, codes, strict=True):
        names: dict[str, Any] = {}
        exec(compile(code, "copied", "exec"), names)
        assert names["cell"] == Cell.from_document(document), code
    assert codes[1].startswith("import joulebook as jb\n\ncell = jb.battery.Cell.named(")
    assert jb.battery.Cell.named("Chen2020").to_document() == documents[0]
