import asyncio
import json
import subprocess
import sys

import pytest
from tornado.httpclient import HTTPClientError

from joulebook_lab.reports import ReportJobs, design_report

DEADLINE = 30


@pytest.fixture
def jobs(jp_serverapp, workspace, report_command):
    made = ReportJobs(workspace, report_command, grace=0.5)
    jp_serverapp.web_app.settings["joulebook_reports"] = made
    return made


async def refused(awaitable):
    with pytest.raises(HTTPClientError) as caught:
        await awaitable
    return caught.value.code, json.loads(caught.value.response.body)["message"]


def post(jp_fetch, route, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return jp_fetch("joulebook", route, method="POST", body=text)


async def test_workspace_lists_what_is_there(jp_fetch, write_cell):
    write_cell("LG M50.cell.json")
    found = json.loads((await jp_fetch("joulebook", "workspace")).body)
    assert [item["path"] for item in found["designs"]] == ["LG M50.cell.json"]
    assert found["runs"] == found["reports"] == [] and found["truncated"] is False


async def test_every_route_needs_the_sign_in(jp_serverapp, http_server_client, jp_base_url):
    for route in ("workspace", "starters", "reports", "reports/0123456789ab"):
        with pytest.raises(HTTPClientError) as caught:
            await http_server_client.fetch(f"{jp_base_url}joulebook/{route}")
        assert caught.value.code == 403


async def test_a_post_without_xsrf_or_token_is_refused(jp_serverapp, http_server_client, jp_base_url):
    with pytest.raises(HTTPClientError) as caught:
        await http_server_client.fetch(f"{jp_base_url}joulebook/reports", method="POST", body="{}")
    assert caught.value.code == 403


async def test_a_report_is_made_and_followed(jp_fetch, jobs, write_cell):
    write_cell("packs/good.cell.json")
    response = await post(jp_fetch, "reports", {"path": "packs/good.cell.json", "rates": [2, 1, 1.0]})
    job = json.loads(response.body)
    assert response.code == 201 and job["kind"] == "cell" and job["state"] == "waiting"
    assert jobs.get(job["id"]).order.options == ("--rates", "1,2")
    async with asyncio.timeout(DEADLINE):
        while job["state"] in {"waiting", "running"}:
            job = json.loads((await jp_fetch("joulebook", "reports", job["id"])).body)
    assert (job["state"], job["pdf"]) == ("done", "packs/good.report.pdf")
    listed = json.loads((await jp_fetch("joulebook", "reports")).body)["reports"]
    assert [item["id"] for item in listed] == [job["id"]]


async def test_a_report_is_cancelled(jp_fetch, jobs, write_cell):
    write_cell("stubborn.cell.json")
    job = json.loads((await post(jp_fetch, "reports", {"path": "stubborn.cell.json"})).body)
    async with asyncio.timeout(DEADLINE):
        while not job["total"]:
            job = json.loads((await jp_fetch("joulebook", "reports", job["id"])).body)
        response = await jp_fetch("joulebook", "reports", job["id"], method="DELETE")
        assert response.code == 202
        while job["state"] != "cancelled":
            job = json.loads((await jp_fetch("joulebook", "reports", job["id"])).body)
    assert job["error"] == "" and job["ended"] is not None


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ("nonsense", 400, "must be a JSON object"),
        ("[]", 400, "must be a JSON object"),
        ("{" + " " * 70_000 + "}", 413, "at most 64000"),
        ({}, 400, "path = None"),
        ({"path": 5}, 400, "path = 5"),
        ({"path": "../x.cell.json"}, 403, "inside the workspace"),
        ({"path": ".x/y.cell.json"}, 403, "inside the workspace"),
        ({"path": "notes.json"}, 400, ".cell.json document"),
        ({"path": "none.cell.json"}, 404, "Save the document first"),
        ({"path": "good.cell.json", "rates": []}, 400, "1 to 8 C-rates"),
        ({"path": "good.cell.json", "rates": "1"}, 400, "1 to 8 C-rates"),
        ({"path": "good.cell.json", "rates": [True]}, 400, "True is not allowed"),
        ({"path": "good.cell.json", "rates": [-1]}, 400, "-1 is not allowed"),
        ('{"path": "good.cell.json", "rates": [NaN]}', 400, "nan is not allowed"),
        ({"path": "good.cell.json", "rates": [1] * 9}, 400, "1 to 8 C-rates"),
        ({"path": "good.cell.json", "kind": "essay"}, 400, "kind = 'essay'"),
        ({"path": "good.cell.json", "kind": "simulation"}, 400, "1 to 50 sentences"),
        ({"path": "good.cell.json", "kind": "simulation", "protocol": ["  "]}, 400, "has 0 steps"),
        ({"path": "good.cell.json", "kind": "simulation", "protocol": ["/etc/x.json"]}, 400, "not a sentence"),
        ({"path": "good.cell.json", "kind": "simulation", "protocol": ["Rest"], "model": 3}, 400, "model = 3"),
    ],
)
async def test_bad_requests_for_a_report_are_explained(jp_fetch, jobs, write_cell, body, code, words):
    write_cell("good.cell.json")
    found, message = await refused(post(jp_fetch, "reports", body))
    assert found == code and words in message
    assert jobs.all() == []


async def test_an_unknown_report_is_explained(jp_fetch, jobs):
    code, message = await refused(jp_fetch("joulebook", "reports", "0123456789ab"))
    assert code == 404 and "restarted" in message


async def test_a_second_report_of_the_same_cell_is_refused(jp_fetch, jobs, write_cell):
    write_cell("patient.cell.json")
    await post(jp_fetch, "reports", {"path": "patient.cell.json"})
    code, message = await refused(post(jp_fetch, "reports", {"path": "patient.cell.json"}))
    assert code == 409 and "is being made" in message
    await jobs.stop_all()


async def test_a_new_cell_gets_a_free_name(jp_fetch, workspace):
    for expected in ("LG M50.cell.json", "LG M50 2.cell.json"):
        response = await post(jp_fetch, "starters", {"kind": "cell", "name": "LG M50", "folder": ""})
        assert json.loads(response.body) == {"path": expected}
        assert json.loads((workspace / expected).read_text())["kind"] == "joulebook.cell"


async def test_a_tutorial_that_was_edited_is_kept(jp_fetch, workspace):
    (workspace / "work").mkdir()
    name = json.loads((await jp_fetch("joulebook", "starters")).body)["tutorials"][0]["name"]
    asked = {"kind": "tutorial", "name": name, "folder": "work"}
    path = json.loads((await post(jp_fetch, "starters", asked)).body)["path"]
    (workspace / path).write_text("mine")
    assert json.loads((await post(jp_fetch, "starters", asked)).body)["path"] == path
    assert (workspace / path).read_text() == "mine"


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"kind": "cell", "name": "../../x", "folder": ""}, 404, "not among the starters"),
        ({"kind": "grid", "name": "x", "folder": ""}, 400, "kind is 'cell' or 'tutorial'"),
        ({"kind": "cell", "name": "LG M50", "folder": "../"}, 403, "inside the workspace"),
        ({"kind": "cell", "name": "LG M50", "folder": "nowhere"}, 404, "no such folder"),
    ],
)
async def test_bad_requests_for_a_starter_are_explained(jp_fetch, body, code, words):
    found, message = await refused(post(jp_fetch, "starters", body))
    assert found == code and words in message


async def test_reports_end_with_the_server(jp_serverapp, write_cell, report_command):
    (extension,) = jp_serverapp.extension_manager.extension_apps["joulebook_lab"]
    extension.reports.command = report_command
    job = extension.reports.start(write_cell("patient.cell.json"), design_report([1.0]))
    assert extension.current_activity() == {"reports": 1}
    async with asyncio.timeout(DEADLINE):
        while not job.total:
            await asyncio.sleep(0.01)
        await extension.stop_extension()
    assert job.state == "cancelled" and extension.current_activity() is None


def test_the_server_side_loads_no_engine():
    code = (
        "import joulebook_lab.server, joulebook_lab.starters, sys;"
        "joulebook_lab.starters.list_starters();"
        "print(sorted({'numpy', 'numba', 'scipy', 'pandas', 'xarray'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
