"""Measuring homes: what counts, what does not, bounds; and that removing a file cannot leave the folder."""

from __future__ import annotations

import itertools
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from joulebook_hub.errors import HubError
from joulebook_hub.quota.storage import measure, remove_file

MIB = 1 << 20


def test_files_count_once_and_links_lead_nowhere(tmp_path):
    home, outside = tmp_path / "home", tmp_path / "outside"
    for folder in (home / "a" / "b", outside):
        folder.mkdir(parents=True)
    (outside / "huge").write_bytes(b"x" * 4 * MIB)
    (home / "a" / "b" / "run.nc").write_bytes(b"x" * MIB)
    (home / "small").write_bytes(b"x" * 5000)
    os.link(home / "a" / "b" / "run.nc", home / "again")
    (home / "out").symlink_to(outside)
    (home / "round").symlink_to(home)
    (home / "one").symlink_to(outside / "huge")
    os.mkfifo(home / "pipe")
    found = measure(home)
    assert MIB <= found.size < 1.2 * MIB and found.complete
    assert found.largest[0][1] >= MIB and found.largest[0][0] in {"a/b/run.nc", "again"}
    assert {name for name, _ in found.largest} <= {"a/b/run.nc", "again", "small"} and len(found.largest) == 2


def test_bounds_are_kept_and_told(tmp_path):
    for number in range(30):
        (tmp_path / f"f{number:02}").write_bytes(b"x")
    assert measure(tmp_path, most_entries=10).complete is False and measure(tmp_path, most_entries=10).files == 10
    ticks = itertools.count()
    slow = measure(tmp_path, seconds=5.0, clock=lambda: float(next(ticks)))
    assert not slow.complete and 0 < slow.files <= 6
    deep = tmp_path
    for _ in range(80):
        deep /= "d"
    deep.mkdir(parents=True)
    assert not measure(tmp_path).complete
    assert len(measure(tmp_path, most_largest=3).largest) == 3


def test_what_is_no_folder_takes_nothing(tmp_path):
    (tmp_path / "link").symlink_to("/")
    for path in (tmp_path / "none", tmp_path / "link"):
        assert measure(path) == measure(tmp_path / "none") and measure(path).size == 0


def test_a_file_is_removed_and_nothing_else(tmp_path):
    home, outside = tmp_path / "home", tmp_path / "outside"
    (home / "a").mkdir(parents=True)
    outside.mkdir()
    (outside / "kept").write_bytes(b"x")
    (home / "a" / "run.nc").write_bytes(b"x" * MIB)
    (home / "out").symlink_to(outside)
    (home / "one").symlink_to(outside / "kept")
    for name in (
        "a",
        "out",
        "out/kept",
        "one",
        "../outside/kept",
        str(outside / "kept"),
        "",
        ".",
        "..",
        "none",
        "a/\0",
    ):
        with pytest.raises(HubError) as refused:
            remove_file(home, name)
        assert refused.value.reason == "no_such_file"
    assert (outside / "kept").exists() and remove_file(home, "a/run.nc") >= MIB and not (home / "a" / "run.nc").exists()


NAMES = st.lists(st.sampled_from(["..", ".", "home", "", "kept", "\udcff", "/"])).map("/".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.one_of(
        st.text(max_size=30), st.lists(st.sampled_from(["..", ".", "home", "", "kept", "\udcff", "/"])).map("/".join)
    )
)
def test_no_name_leads_out(tmp_path, name):
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (tmp_path / "kept").write_bytes(b"x")
    with pytest.raises(HubError):
        remove_file(home, name)
    assert (tmp_path / "kept").exists()
