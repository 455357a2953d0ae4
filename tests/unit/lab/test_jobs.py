"""The Lab's way to the jobs of its hub, with the hub's service faked at the wire."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from tornado.httpclient import HTTPClientError

from joulebook_lab.hub import HubService

KEY = "0123456789abcdef"


@pytest.fixture
def service():
    """A service whose answers a test sets; it notes what came."""

    class Jobs(BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            path = self.path.removeprefix("/services/joulebook/")
            once = self.headers.get("Idempotency-Key", "")
            told.asked.append((self.command, path, self.headers["Authorization"], once, self.rfile.read(length)))
            status, content = told.answers.get(path.partition("?")[0], (200, {"jobs": []}))
            text = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", "0" if status == 204 else str(len(text)))
            self.end_headers()
            if status != 204:
                self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of the library

        def log_message(self, *_):
            pass

    told = SimpleNamespace(answers={}, asked=[])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Jobs)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.address = f"http://127.0.0.1:{server.server_port}/services/joulebook/"
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def inside(jp_serverapp, service):
    found = HubService(service.address, "secret")
    jp_serverapp.web_app.settings["joulebook_hub_service"] = found
    jp_serverapp.web_app.settings.pop("joulebook_jobs_list", None)
    return found


async def refused(jp_fetch, *parts, **options):
    with pytest.raises(HTTPClientError) as error:
        await jp_fetch("joulebook", *parts, **options)
    return error.value.code, json.loads(error.value.response.body)["message"]


async def test_one_list_serves_all_pages(jp_fetch, inside, service):
    service.answers["jobs"] = (200, {"jobs": [{"key": KEY}], "next": None})
    answers = await asyncio.gather(*(jp_fetch("joulebook", "jobs") for _ in range(4)))
    assert {answer.body for answer in answers} == {json.dumps({"hub": "here", "jobs": [{"key": KEY}]}).encode()}
    assert [(method, path, token) for method, path, token, _, _ in service.asked] == [
        ("GET", "jobs?most=50", "token secret")
    ]
    assert b"secret" not in answers[0].body


async def test_the_list_is_fresh_after_a_change(jp_fetch, inside, service):
    await jp_fetch("joulebook", "jobs")
    await jp_fetch("joulebook", "jobs", method="POST", body="{}")
    await jp_fetch("joulebook", "jobs")
    assert [method for method, *_ in service.asked] == ["GET", "POST", "GET"]


async def test_outside_a_hub_and_where_it_runs_no_jobs(jp_fetch, jp_serverapp, inside, service):
    service.answers["jobs"] = (404, {"message": "This hub runs no jobs."})
    assert json.loads((await jp_fetch("joulebook", "jobs")).body) == {"hub": "absent", "jobs": []}
    jp_serverapp.web_app.settings["joulebook_hub_service"] = None
    assert json.loads((await jp_fetch("joulebook", "jobs")).body) == {"hub": "absent", "jobs": []}
    assert (await refused(jp_fetch, "schedules"))[0] == 404


async def test_requests_are_handed_on(jp_fetch, inside, service):
    wish = json.dumps({"order": {"kind": "notebook", "file": "a.ipynb"}})
    service.answers |= {
        "jobs": (201, {"key": KEY}),
        f"jobs/{KEY}": (204, {}),
        f"jobs/{KEY}/cancel": (200, {"state": "cancelling"}),
        f"jobs/{KEY}/log": (200, {"text": "x"}),
        "schedules": (201, {"key": KEY}),
        f"schedules/{KEY}": (200, {"key": KEY}),
        "job-settings": (200, {"email": True, "local": False, "key": "a secret of the user"}),
    }
    answer = await jp_fetch("joulebook", "jobs", method="POST", body=wish, headers={"Idempotency-Key": "once"})
    assert answer.code == 201 and service.asked[-1][3:] == ("once", wish.encode())
    assert (await jp_fetch("joulebook", "jobs", KEY, method="DELETE")).code == 200
    assert (await jp_fetch("joulebook", "jobs", KEY, "cancel", method="POST", body="")).code == 200
    assert (await jp_fetch("joulebook", "jobs", KEY, "log", params={"offset": "7"})).code == 200
    assert service.asked[-1][1] == f"jobs/{KEY}/log?offset=7"
    assert (await jp_fetch("joulebook", "schedules", method="POST", body=wish)).code == 201
    assert (await jp_fetch("joulebook", "schedules", KEY, method="PUT", body=wish)).code == 200
    settings = await jp_fetch("joulebook", "job-settings")
    assert json.loads(settings.body) == {"email": True, "local": False}, "the key stays at the server"
    assert {token for _, _, token, _, _ in service.asked} == {"token secret"}


async def test_refusals_of_the_hub_are_told_as_they_are(jp_fetch, inside, service):
    service.answers["jobs"] = (402, {"message": "10 of 10 hub jobs of this month are used."})
    with pytest.raises(HTTPClientError) as error:
        await jp_fetch("joulebook", "jobs", method="POST", body="{}")
    assert error.value.code == 402
    assert json.loads(error.value.response.body)["message"].startswith("10 of 10")


async def test_a_hub_that_is_away_fails_or_lies(jp_fetch, inside, service):
    for answer in ((500, {"message": "x"}), (200, b"<html>"), (200, b"[1]")):
        service.answers["schedules"] = service.answers["jobs"] = answer
        assert (await refused(jp_fetch, "schedules"))[0] == 503
    service.answers["jobs"] = (500, {})
    assert json.loads((await jp_fetch("joulebook", "jobs")).body) == {"hub": "away", "jobs": []}
    inside.address = "http://127.0.0.1:9/"
    code, message = await refused(jp_fetch, "jobs", KEY, "retry", method="POST", body="")
    assert code == 503 and "does not answer" in message


async def test_what_is_no_job_goes_nowhere(jp_fetch, inside, service):
    for parts in (("jobs", "..", "quota"), ("jobs", "0" * 15), ("jobs", KEY, "steal"), ("jobs", KEY + "?x=1")):
        with pytest.raises(HTTPClientError) as error:
            await jp_fetch("joulebook", *parts, method="POST", body="")
        assert error.value.code in {403, 404, 405}
    assert (await refused(jp_fetch, "jobs", KEY, "log", params={"offset": "x"}))[0] == 400
    assert (await refused(jp_fetch, "jobs", method="POST", body="[1]"))[0] == 400
    assert (await refused(jp_fetch, "jobs", method="POST", body='{"a": "' + "x" * 70_000 + '"}'))[0] == 413
    bad = {"method": "POST", "body": "{}", "headers": {"Idempotency-Key": "with a space"}}
    assert (await refused(jp_fetch, "jobs", **bad))[0] == 400
    assert service.asked == []


async def test_nobody_comes_in_without_signing_in(http_server_client, jp_base_url, inside, service):
    for method, path in (("GET", "jobs"), ("POST", "jobs"), ("DELETE", f"jobs/{KEY}"), ("POST", f"jobs/{KEY}/cancel")):
        with pytest.raises(HTTPClientError) as error:
            body = "{}" if method == "POST" else None
            await http_server_client.fetch(f"{jp_base_url}joulebook/{path}", method=method, body=body)
        assert error.value.code == 403
    assert service.asked == []
