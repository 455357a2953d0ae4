"""A hub that runs is saved, and comes back in another folder with its people, their passwords and files."""

from __future__ import annotations

import re
import shutil


def test_save_while_it_runs_and_start_again_elsewhere(new_hub, tmp_path):
    first = new_hub()
    assert first.up().returncode == 0
    first.admin()
    notes = first.folder.workspaces / "users" / "admin" / "notes.txt"
    notes.parent.mkdir(parents=True, exist_ok=True)
    notes.write_text("three kelvin", encoding="utf-8")
    saved = first.command("backup", str(tmp_path / "kept"))
    assert saved.returncode == 0, saved.stderr
    assert re.search(r"Saved .*joulebook-\d{8}T\d{6}Z\.tar\.gz \([\d.]+ MB\)", saved.stdout)
    refused = first.command("restore", str(tmp_path / "kept"), "--replace")
    assert refused.returncode == 1 and "is running" in refused.stderr
    assert first.down().returncode == 0
    shutil.rmtree(first.folder.root)

    second = new_hub()
    done = second.command("restore", str(tmp_path / "kept"))
    assert done.returncode == 0, done.stderr
    started = second.up()
    assert started.returncode == 0 and "One-time password" not in started.stdout, "the administrator is there already"
    page = second.browser().sign_in("admin", second.ADMIN_PASSWORD)
    assert page.status_code == 200 and page.url.endswith("/hub/home")
    assert (second.folder.workspaces / "users" / "admin" / "notes.txt").read_text() == "three kelvin"
