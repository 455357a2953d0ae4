import json
import os

from joulebook_lab import workspace as module
from joulebook_lab.workspace import list_workspace


def test_designs_runs_and_reports_are_found_newest_first(workspace, write_cell):
    old, new = write_cell("LG M50.cell.json"), write_cell("packs/other.cell.json")
    os.utime(old, (1, 1))
    (workspace / "one.run.nc").write_bytes(b"\x89HDF")
    (workspace / "LG M50.report.pdf").write_bytes(b"%PDF")
    (workspace / "notes.json").write_text("{}")
    found = list_workspace(workspace).to_dict()
    assert [item["path"] for item in found["designs"]] == ["packs/other.cell.json", "LG M50.cell.json"]
    assert found["designs"][1]["summary"] == "5 A h · LGM50 graphite-SiOx | LGM50 NMC811"
    assert found["designs"][1]["modified"] == 1
    assert [item["name"] for item in found["runs"]] == ["one"]
    assert [item["suffix"] for item in found["reports"]] == [".report.pdf"]
    assert new.exists() and not found["truncated"]


def test_hidden_and_package_folders_are_left_out(workspace, write_cell):
    for name in (".ipynb_checkpoints/a.cell.json", ".hidden.cell.json", "node_modules/b.cell.json", ".cell.json"):
        write_cell(name)
    assert list_workspace(workspace).items == []


def test_faulty_documents_are_listed_with_what_is_wrong(workspace):
    (workspace / "cut.cell.json").write_text('{"kind": "joulebook.cell", ')
    (workspace / "other.cell.json").write_text('{"kind": "circuit"}')
    (workspace / "grid.circuit.json").write_text('{"buses": {"1": {}}, "lines": {"1": {}, "2": {}}, "transformers": 7}')
    (workspace / "no grid.circuit.json").write_text('{"buses": []}')
    (workspace / "odd.cell.json").write_text(
        json.dumps({"kind": "joulebook.cell", "name": 5, "nominal_capacity": "many", "negative": []})
    )
    (workspace / "large.cell.json").write_text(" " * 1_000_001)
    found = {item.name: item.summary for item in list_workspace(workspace).items}
    assert found == {
        "cut": "not readable as JSON",
        "other": "not a cell document",
        "grid": "1 bus · 2 branches",
        "no grid": "not a network document",
        "odd": "",
        "large": "too large for a design",
    }


def test_a_changed_document_is_read_again(workspace, write_cell):
    path = write_cell("a.cell.json")
    assert list_workspace(workspace).items[0].summary.startswith("5 A h")
    path.write_text(path.read_text().replace("5.0", "4.5"))
    os.utime(path, (99, 99))
    assert list_workspace(workspace).items[0].summary.startswith("4.5 A h")


def test_the_walk_is_bounded_and_says_so(workspace, write_cell, monkeypatch):
    write_cell("/".join("abcdefgh") + "/deep.cell.json")
    assert list_workspace(workspace).truncated
    monkeypatch.setattr(module, "MOST_ITEMS", 3)
    for number in range(5):
        write_cell(f"{number}.cell.json")
    listing = list_workspace(workspace)
    assert len(listing.items) == 3 and listing.truncated
    monkeypatch.setattr(module, "MOST_ENTRIES", 2)
    assert list_workspace(workspace).truncated


def test_links_are_followed_only_to_the_folders_of_groups(workspace, tmp_path):
    group = tmp_path / "group"
    group.mkdir()
    (group / "shared.cell.json").write_text("{}")
    (group / "loop").symlink_to(group)
    (workspace / "projects").mkdir()
    (workspace / "projects" / "cells").symlink_to(group)
    assert [item.path for item in list_workspace(workspace).items] == ["projects/cells/shared.cell.json"]
