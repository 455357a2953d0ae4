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


@pytest.fixture
def service():
    """A service whose answer a test sets; it notes the tokens that came."""

    class Meter(BaseHTTPRequestHandler):
        def do_GET(self):
            told.tokens.append((self.path, self.headers["Authorization"]))
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.text)))
            self.end_headers()
            self.wfile.write(told.text.encode())

        def log_message(self, *_):
            pass

    told = SimpleNamespace(status=200, text=json.dumps(METER), tokens=[])
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
    assert answers[0] == {"hub": "here", "meter": {**METER, "account": "/base/hub/usage"}, "kernels": []}
    assert all(answer == answers[0] for answer in answers)
    assert service.tokens == [("/services/x/meter", "token secret")] and "secret" not in repr(inside)


@pytest.mark.parametrize(
    ("status", "text"), [(500, "{}"), (403, "{}"), (200, "<html>"), (200, "[1]"), (302, ""), (429, "")]
)
async def test_a_service_without_an_answer_is_away(jp_fetch, inside, service, status, text):
    service.status, service.text = status, text
    assert await look(jp_fetch) == {"hub": "away", "meter": None, "kernels": []}


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
