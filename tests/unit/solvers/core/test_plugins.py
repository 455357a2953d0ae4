"""Plugins add, and a broken one takes nothing else down; the shell explains instead of tracing back."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from joulebook.core import commands, plugins
from joulebook.core.errors import InputError


def test_every_seam_is_in_the_table_of_the_docs() -> None:
    for kind in plugins.GROUPS:
        assert f"``joulebook.{kind}``" in (plugins.__doc__ or "")
    with pytest.raises(InputError, match="readers, materials, studies, designers, commands, converters"):
        plugins.load_plugins("themes")


def test_a_broken_plugin_is_reported_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        EntryPoint("good", "joulebook.core.version:__version__", "joulebook.readers"),
        EntryPoint("broken", "joulebook_no_such_module:read", "joulebook.readers"),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries)
    with pytest.warns(UserWarning, match=r"plugin broken \(joulebook_no_such_module:read\)"):
        found = plugins.load_plugins("readers")
    assert list(found) == ["good"]


def test_the_shell_has_every_command_of_the_house() -> None:
    text = commands.make_parser().format_help()
    for name in ("warm", "hub", "kernels", "report", "convert"):
        assert name in text


def test_the_shell_explains_a_bad_file(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "broken.cell.json"
    path.write_text('{"kind": ')
    code = commands.main(["report", "cell", str(path), "-o", str(tmp_path / "a.pdf")])
    shown = capsys.readouterr().err
    assert code == 1
    assert "broken.cell.json" in shown and "line 1" in shown
    assert "Traceback" not in shown
    assert not (tmp_path / "a.pdf").exists()


def test_wrong_usage_exits_with_2() -> None:
    with pytest.raises(SystemExit) as caught:
        commands.main(["fly"])
    assert caught.value.code == 2
