"""Cards that a test decides about, in place of NVML."""

# ruff: noqa: N802 - NVML names its functions

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType, SimpleNamespace

import pytest

from joulebook_kernels.cards import Card
from joulebook_kernels.machine_broker import MachineBroker


@dataclass
class Cards:
    """A finder whose cards a test sets."""

    found: list[Card] = field(default_factory=list)

    def cards(self) -> list[Card]:
        return list(self.found)


@pytest.fixture
def two_cards():
    return Cards([Card("GPU-aaaa", "Card A", 16 << 30), Card("GPU-bbbb", "Card B", 16 << 30)])


@pytest.fixture
def broker(tmp_path, two_cards):
    return MachineBroker(folder=tmp_path, finder=two_cards)


class FakeNvml(ModuleType):
    """NVML's functions over a list of cards; a card is (uuid, name, slices or None)."""

    NVML_DEVICE_MIG_ENABLE = 1

    class NVMLError(Exception):
        pass

    def __init__(self, cards, *, driver: bool = True) -> None:
        super().__init__("pynvml")
        self.cards, self.driver, self.open = cards, driver, 0

    def nvmlInit(self):
        if not self.driver:
            raise self.NVMLError("Driver Not Loaded")
        self.open += 1

    def nvmlShutdown(self):
        self.open -= 1

    def nvmlDeviceGetCount(self):
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, number):
        return self.cards[number]

    def nvmlDeviceGetName(self, card):
        return card[1].encode()

    def nvmlDeviceGetUUID(self, card):
        return card[0]

    def nvmlDeviceGetMemoryInfo(self, card):
        return SimpleNamespace(total=16 << 30)

    def nvmlDeviceGetMigMode(self, card):
        if card[2] is None:
            raise self.NVMLError("Not Supported")
        return (1 if card[2] else 0), 0

    def nvmlDeviceGetMaxMigDeviceCount(self, card):
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, card, number):
        if number >= len(card[2]):
            raise self.NVMLError("Not Found")
        return card[2][number]


@pytest.fixture
def nvml(monkeypatch):
    def put(cards, **options):
        fake = FakeNvml(cards, **options)
        monkeypatch.setitem(sys.modules, "pynvml", fake)
        return fake

    return put


LENT = (200, {"state": "lent", "card": "GPU-a", "since": 5.0, "stage": ""})


@pytest.fixture
def service():
    """A server whose answers a test sets by method; it notes what was asked."""

    class Answers(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.server.asked.append((self.command, self.path, self.headers["Authorization"], body))
            status, content = self.server.answers[self.command]
            text = json.dumps(content).encode() if isinstance(content, dict) else content
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - http.server names them

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    server.answers = {"POST": LENT, "PUT": LENT, "DELETE": (204, b"")}
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
