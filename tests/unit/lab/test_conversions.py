"""Networks of other programs through the server: results beside the files, nothing lost, faults in plain words."""

import json

import pytest
from tornado.httpclient import HTTPClientError

import joulebook as jb

Network = jb.grid.Network
UNREADABLE = "function mpc = broken\nmpc.baseMVA = 100;\nmpc.bus = [\n1 3 x 0;\n];\n"


def post(jp_fetch, body):
    return jp_fetch("joulebook", "conversions", method="POST", body=json.dumps(body), request_timeout=120)


async def refused(awaitable):
    with pytest.raises(HTTPClientError) as caught:
        await awaitable
    return caught.value.code, json.loads(caught.value.response.body)["message"]


async def test_a_file_of_matpower_becomes_a_document_beside_it(jp_fetch, workspace):
    (workspace / "grids").mkdir()
    source = Network.named("case9").save(workspace / "grids" / "my case.m")
    source.write_text(source.read_text().replace("mpc.gencost", "mpc.areas = [1 5];\nmpc.gencost", 1))
    for expected in ("grids/my case.circuit.json", "grids/my case 2.circuit.json"):
        response = await post(jp_fetch, {"paths": ["grids/my case.m"], "to": "circuit"})
        found = json.loads(response.body)
        assert response.code == 201
        assert (found["path"], found["notes"], found["with"]) == (expected, ["areas"], ["grids/my case.m"])
        assert len(Network.load(workspace / expected).buses) == 9


@pytest.mark.parametrize(("to", "ending"), [("matpower", ".m"), ("cgmes", ".zip"), ("pandapower", ".pandapower.json")])
async def test_a_document_goes_out_in_other_formats(jp_fetch, workspace, to, ending):
    Network.named("case9").save(workspace / "mine.circuit.json")
    found = json.loads((await post(jp_fetch, {"paths": ["mine.circuit.json"], "to": to})).body)
    assert found["path"] == f"mine{ending}"
    assert len(Network.load(workspace / found["path"]).buses) == 9


async def test_what_is_wrong_with_a_file_is_said_as_the_library_says_it(jp_fetch, workspace):
    (workspace / "broken.m").write_text(UNREADABLE)
    code, message = await refused(post(jp_fetch, {"paths": ["broken.m"], "to": "circuit"}))
    assert code == 422
    assert message.startswith("broken.m") and "line 4" in message and "Traceback" not in message
    (workspace / "text.txt").write_text("hello")
    code, message = await refused(post(jp_fetch, {"paths": ["text.txt"], "to": "circuit"}))
    assert code == 422 and "no converter knows this content" in message
    assert sorted(path.name for path in workspace.iterdir() if path.is_file()) == ["broken.m", "text.txt"]


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({}, 400, "to = None"),
        ({"to": "word"}, 400, "must be one of circuit"),
        ({"to": "circuit"}, 400, "1 to 40 workspace paths"),
        ({"to": "circuit", "paths": []}, 400, "1 to 40 workspace paths"),
        ({"to": "circuit", "paths": ["a.m"] * 41}, 400, "1 to 40 workspace paths"),
        ({"to": "circuit", "paths": [5]}, 400, "paths = 5"),
        ({"to": "circuit", "paths": ["../x.m"]}, 403, "inside the workspace"),
        ({"to": "circuit", "paths": [".x/y.m"]}, 403, "inside the workspace"),
        ({"to": "circuit", "paths": ["none.m"]}, 404, "no such file"),
    ],
)
async def test_bad_requests_are_explained(jp_fetch, workspace, body, code, words):
    found, message = await refused(post(jp_fetch, body))
    assert found == code and words in message


async def test_the_sign_in_is_needed(jp_serverapp, http_server_client, jp_base_url):
    with pytest.raises(HTTPClientError) as caught:
        await http_server_client.fetch(f"{jp_base_url}joulebook/conversions", method="POST", body="{}")
    assert caught.value.code == 403
