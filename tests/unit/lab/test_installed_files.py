import json
from pathlib import Path

import joulebook_lab

FOLDER = Path(joulebook_lab.__file__).parent


def enabled(name):
    return json.loads((FOLDER / "config" / name).read_text())["ServerApp"]["jpserver_extensions"]


def test_the_server_extension_is_enabled_and_panels_is_off():
    assert enabled("joulebook.json") == {"joulebook_lab": True}
    assert enabled("zz-joulebook-lean.json") == {"panel.io.jupyter_server_extension": False}


def test_the_file_that_turns_panel_off_is_read_after_panels_own():
    # Jupyter Server reads jupyter_server_config.d in alphabetical order, and the last word holds
    names = [path.name for path in (FOLDER / "config").glob("*.json")]
    assert max([*names, "panel-client-jupyter.json"]) == "zz-joulebook-lean.json"


def test_jupyter_finds_both_halves():
    assert joulebook_lab._jupyter_labextension_paths() == [{"src": "labextension", "dest": "joulebook"}]
    (point,) = joulebook_lab._jupyter_server_extension_points()
    assert point["app"].name == "joulebook_lab"
