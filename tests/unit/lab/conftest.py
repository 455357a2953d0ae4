"""A Jupyter server with the Joulebook extension, and an example workspace."""

import json
import sys
from pathlib import Path

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - fixtures and hooks for this folder only

CELL = {
    "kind": "joulebook.cell",
    "schema_version": 1,
    "name": "LG M50",
    "nominal_capacity": 5.0,
    "negative": {"material": "LGM50 graphite-SiOx"},
    "positive": {"material": "LGM50 NMC811"},
}


@pytest.fixture
def jp_server_config():
    return {"ServerApp": {"jpserver_extensions": {"joulebook_lab": True}}}


@pytest.fixture
def workspace(jp_root_dir: Path) -> Path:
    return jp_root_dir


@pytest.fixture
def write_cell(workspace: Path):
    def write(name: str) -> Path:
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(CELL), encoding="utf-8")
        return path

    return write


@pytest.fixture
def report_command() -> tuple[str, ...]:
    return (sys.executable, str(Path(__file__).with_name("report_process.py")))
