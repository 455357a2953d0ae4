"""The Lab's way to its hub, with the hub's service faked at the wire."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace

import pytest
from tornado.httpclient import HTTPClientError

from joulebook_lab.hub import HubService, powers

METER = {"plan": "Academic", "used": 3600.0, "allowed": 36000.0, "stage": "", "leases": []}
ROWS = [{"row": "storage", "title": "storage", "unit": "GB", "used": 1.0, "most": 20.0, "share": 0.05}]
ANSWERS = {
    "meter": json.dumps(METER),
    "quota/estimate": json.dumps({"sentence": "about 0.1 GPU-hours", "left": 9.0, "gpu_hours": 0.1, "high": 0.2}),
    "quota": json.dumps({"plan": "academic", "meters": ROWS}),
}


@pytest.fixture
def service():
    """A service whose answer a test sets; it notes the tokens that came."""

    class Meter(BaseHTTPRequestHandler):
        def do_GET(self):
            told.tokens.append((self.path, self.headers["Authorization"]))
            text = next(text for path, text in told.texts.items() if path in self.path)
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    told = SimpleNamespace(status=200, texts=dict(ANSWERS), tokens=[])
    server = HTTPServer(("127.0.0.1", 0), Meter)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.environment = {
        "JOULEBOOK_SERVICE": f"http://127.0.0.1:{server.server_port}/services/x/",
        "JUPYTERHUB_API_TOKEN": "secret",
        "JUPYTERHUB_BASE_URL": "/base/",
    }
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def inside(jp_serverapp, service):
    found = HubService.from_environment(service.environment)
    jp_serverapp.web_app.settings["joulebook_hub_service"] = found
    return found


async def look(jp_fetch):
    response = await jp_fetch("joulebook", "hub")
    assert "secret" not in response.body.decode()
    return json.loads(response.body)


async def test_outside_a_hub_there_is_no_meter(jp_fetch, jp_serverapp):
    jp_serverapp.web_app.settings["joulebook_hub_service"] = HubService.from_environment({"JUPYTERHUB_API_TOKEN": "x"})
    assert await look(jp_fetch) == {"hub": "absent", "meter": None, "kernels": []}


async def test_the_meter_comes_by_the_servers_token_once_for_all_pages(jp_fetch, inside, service):
    answers = await asyncio.gather(*(look(jp_fetch) for _ in range(5)))
    assert answers[0] == {
        "hub": "here",
        "meter": {**METER, "meters": ROWS, "account": "/base/hub/usage"},
        "kernels": [],
    }
    assert all(answer == answers[0] for answer in answers)
    assert sorted(service.tokens) == [
        ("/services/x/meter", "token secret"), ("/services/x/quota", "token secret"),
    ]  # fmt: skip
    assert "secret" not in repr(inside)


@pytest.mark.parametrize(
    ("status", "text"), [(500, "{}"), (403, "{}"), (200, "<html>"), (200, "[1]"), (302, ""), (429, "")]
)
async def test_a_service_without_an_answer_is_away(jp_fetch, inside, service, status, text):
    service.status, service.texts = status, dict.fromkeys(ANSWERS, text)
    assert await look(jp_fetch) == {"hub": "away", "meter": None, "kernels": []}


async def test_the_cost_is_told_before(jp_fetch, jp_serverapp, inside, service):
    response = await jp_fetch("joulebook", "hub", "cost", params={"project": "packs & more"})
    assert json.loads(response.body) == {"sentence": "about 0.1 GPU-hours", "known": True, "left": 9.0}
    assert service.tokens == [("/services/x/quota/estimate?project=packs+%26+more", "token secret")]
    service.status = 500
    assert json.loads((await jp_fetch("joulebook", "hub", "cost")).body) is None
    jp_serverapp.web_app.settings["joulebook_hub_service"] = None
    assert json.loads((await jp_fetch("joulebook", "hub", "cost")).body) is None


async def test_a_service_that_is_not_there_is_away(jp_fetch, inside):
    inside.address = "http://127.0.0.1:9/"
    assert (await look(jp_fetch))["hub"] == "away"


async def test_strangers_are_kept_out(http_server_client, jp_base_url, inside, service):
    with pytest.raises(HTTPClientError) as caught:
        await http_server_client.fetch(f"{jp_base_url}joulebook/hub")
    assert caught.value.code == 403 and service.tokens == []


@dataclass(frozen=True)
class Power:
    state: str
    until: float | None = None


async def test_kernels_that_lend_are_listed():
    kernels = {
        "a": SimpleNamespace(provisioner=SimpleNamespace(power=Power("lent", time.time() + 100))),
        "b": SimpleNamespace(provisioner=SimpleNamespace(power=Power("waiting"))),
        "c": SimpleNamespace(provisioner=SimpleNamespace(power=None)),
        "d": SimpleNamespace(provisioner=SimpleNamespace()),
        "e": SimpleNamespace(),
    }
    manager = SimpleNamespace(list_kernel_ids=lambda: list(kernels), get_kernel=kernels.get)
    lent, waiting = powers(manager)
    assert (lent["id"], lent["state"]) == ("a", "lent") and 95 < lent["left"] <= 100
    assert waiting == {"id": "b", "state": "waiting", "left": None}
