"""Kernels that are there before their card: real kernels, a broker that a test decides about."""

from __future__ import annotations

import asyncio
import json
import time
from importlib.metadata import EntryPoint

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from joulebook_kernels import power, specs
from joulebook_kernels.broker import LeaseUnavailableError
from joulebook_kernels.gpu_kernel import waiting_text
from joulebook_kernels.hub_broker import HubBroker
from joulebook_kernels.power import Power
from joulebook_kernels.provisioner import LeaseProvisioner

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("ignore:.*kernels over the TCP transport without.*"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq"),
]


WAITING = (202, {"state": "waiting", "position": 2, "places": 1, "expected": 250.0})
AWAY = (500, {})


def lent(card="GPU-aaaa", **more):
    return 200, {"state": "lent", "card": card, "since": 5.0, "stage": "", **more}


def asked(service):
    return [method for method, *_ in service.asked]


@pytest.fixture
def start(tmp_path, monkeypatch, service, two_cards):
    """Starts the GPU kernel of an installation; a test decides what the hub's service answers."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("JOULEBOOK_SERVICE", f"http://127.0.0.1:{service.server_port}/services/joulebook/")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    service.answers["POST"] = WAITING
    factory = KernelProvisionerFactory.instance()
    entry = EntryPoint("joulebook-lease", "joulebook_kernels.provisioner:LeaseProvisioner", factory.GROUP_NAME)
    monkeypatch.setitem(factory.provisioners, "joulebook-lease", entry)
    specs.install(tmp_path / "prefix", finder=two_cards)
    folder = tmp_path / "prefix" / "share" / "jupyter" / "kernels"
    path = folder / specs.GPU / "kernel.json"
    specification = json.loads(path.read_text())
    specification["metadata"]["kernel_provisioner"]["config"] |= {
        "question_interval": 0.05, "refused_interval": 0.05, "heartbeat_interval": 0.05,
    }  # fmt: skip
    path.write_text(json.dumps(specification))
    manager = KernelSpecManager(kernel_dirs=[str(folder)])

    async def begin(**config):
        specification["metadata"]["kernel_provisioner"]["config"] |= config
        path.write_text(json.dumps(specification))
        kernel = AsyncKernelManager(
            kernel_name=specs.GPU, kernel_spec_manager=manager, transport="ipc", ip=str(tmp_path / "k")
        )
        await kernel.start_kernel()
        kernel.provisioner.broker.rest = 0.05
        return kernel

    return begin


class Cell:
    """A cell on its way: what it printed, and its reply."""

    def __init__(self, client, code):
        self.texts: list[str] = []
        self.reply = asyncio.create_task(
            client.execute_interactive(code, timeout=60, output_hook=lambda m: self.texts.append(_text(m)))
        )

    async def shows(self, words):
        deadline = time.monotonic() + 30
        while not any(words in text for text in self.texts):
            assert time.monotonic() < deadline and not self.reply.done(), self.texts
            await asyncio.sleep(0.02)


def _text(message):
    content = message["content"]
    return content.get("text") or "\n".join(content.get("traceback", [])) or message["msg_type"]


async def connected(kernel):
    client = kernel.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    return client


CARD = "import os; print('card', os.environ['CUDA_VISIBLE_DEVICES'])"


async def test_a_cell_waits_says_so_and_goes_on_with_the_card(start, service):
    kernel = await start()
    client = await connected(kernel)
    try:
        cell = Cell(client, CARD)
        await cell.shows("Waiting for a GPU: number 2 in the queue, about 4 min.")
        service.answers["POST"] = (202, {"position": 1, "places": 1, "expected": 60.0})
        await cell.shows("number 1 in the queue, about 1 min.")
        service.answers["POST"] = service.answers["PUT"] = lent("GPU-aaaa")
        reply = await cell.reply
        assert reply["content"]["status"] == "ok" and "card GPU-aaaa\n" in cell.texts
        assert "clear_output" in cell.texts
        assert power.read(power.file_of(kernel.kernel_id)) == Power("lent", card="GPU-aaaa")
        again = Cell(client, CARD)
        assert (await again.reply)["content"]["execution_count"] == 2 and "card GPU-aaaa\n" in again.texts
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)
    assert asked(service)[-1] == "DELETE" and not power.file_of(kernel.kernel_id).exists()


async def test_waiting_is_interrupted_as_a_running_cell_and_ends_with_the_kernel(start, service):
    kernel = await start()
    client = await connected(kernel)
    try:
        cell = Cell(client, CARD)
        await cell.shows("Waiting for a GPU")
        await kernel.interrupt_kernel()
        reply = (await cell.reply)["content"]
        assert (reply["status"], reply["ename"]) == ("error", "NoCardError")
        assert "keeps its place" in reply["evalue"] and not any("Traceback" in text for text in cell.texts)
        cell = Cell(client, CARD)
        await cell.shows("Waiting for a GPU")
        cell.reply.cancel()
    finally:
        client.stop_channels()
        began = time.monotonic()
        await kernel.shutdown_kernel(now=True)
    assert time.monotonic() - began < 5 and asked(service)[-1] == "DELETE"


async def test_a_refusal_at_the_start_is_told_to_who_starts(start, service):
    service.answers["POST"] = (402, {"message": "Your plan has no GPU-hours."})
    with pytest.raises(LeaseUnavailableError, match="no GPU-hours"):
        await start()


async def test_a_kernel_that_was_stopped_comes_back_without_power_until_there_are_hours_again(start, service):
    service.answers["POST"] = service.answers["PUT"] = lent("GPU-aaaa")
    kernel = await start()
    client = await connected(kernel)
    try:
        service.answers["PUT"] = lent(stage="grace", grace=100.0)
        path = power.file_of(kernel.kernel_id)
        deadline = time.monotonic() + 20
        while power.read(path).stage != "grace":
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        assert 90 < power.read(path).until - time.time() <= 100
        service.answers["POST"] = (402, {"message": "This month's 10 GPU-hours are used up."})
        service.answers["PUT"] = lent(stage="stop")
        while await kernel.is_alive():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        await kernel.restart_kernel(now=True)
        await client.wait_for_ready(timeout=60)
        cell = Cell(client, CARD)
        reply = (await cell.reply)["content"]
        assert reply["evalue"] == "This month's 10 GPU-hours are used up."
        service.answers["POST"] = service.answers["PUT"] = lent("GPU-bbbb")
        while power.read(path).state != "lent":
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        cell = Cell(client, CARD)
        assert (await cell.reply)["content"]["status"] == "ok" and "card GPU-bbbb\n" in cell.texts
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)


async def test_a_kernel_whose_longest_time_is_over_asks_again_only_when_a_person_restarts_it(start, service):
    service.answers["POST"] = service.answers["PUT"] = lent(share=0.5)
    kernel = await start(most_hours=2.0, priority="low")
    assert json.loads(service.asked[0][3]) | {"kernel": "k"} == {"kernel": "k", "priority": "low", "most": 7200.0}
    client = await connected(kernel)
    deadline = time.monotonic() + 20
    try:
        cell = Cell(client, "import os; print('share', os.environ['JOULEBOOK_GPU_MEMORY_SHARE'])")
        await cell.reply
        assert "share 0.5\n" in cell.texts
        service.answers["PUT"] = lent(stage="stop", why="longest time")
        while await kernel.is_alive():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
        asks = asked(service).count("POST")
        await kernel.restart_kernel(now=True)
        await client.wait_for_ready(timeout=60)
        cell = Cell(client, CARD)
        assert "longest time of this kernel's lease, 2 h, is over" in (await cell.reply)["content"]["evalue"]
        assert asked(service).count("POST") == asks
        service.answers["PUT"] = lent()
        await kernel.restart_kernel(now=True)
        await client.wait_for_ready(timeout=60)
        cell = Cell(client, CARD)
        assert (await cell.reply)["content"]["status"] == "ok" and asked(service).count("POST") > asks
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)


LONG = """
import time
from joulebook.core import checkpoint
def save(ending):
    with open({path!r}, "w") as file: file.write(ending.stage)
checkpoint.on_ending(save)
while checkpoint.ending() is None: time.sleep(0.01)
try:
    while True: time.sleep(0.01)
except KeyboardInterrupt:
    print("interrupted, then", checkpoint.ending().stage)
"""


async def test_a_running_cell_is_told_to_save_before_it_is_interrupted(start, service, tmp_path):
    service.answers["POST"] = service.answers["PUT"] = lent()
    kernel = await start()
    client = await connected(kernel)
    saved = tmp_path / "saved"
    deadline = time.monotonic() + 30
    try:
        cell = Cell(client, LONG.format(path=str(saved)))
        await cell.shows("execute_input")
        service.answers["PUT"] = lent(stage="grace", grace=100.0)
        while not saved.exists() or not saved.read_text():
            assert time.monotonic() < deadline and not cell.reply.done()
            await asyncio.sleep(0.02)
        assert saved.read_text() == "grace" and not cell.reply.done()
        service.answers["PUT"] = lent(stage="interrupt")
        reply = (await cell.reply)["content"]
        assert reply["status"] == "ok" and "interrupted, then" in "".join(cell.texts)
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)


async def test_a_restart_while_waiting_keeps_the_place_and_a_silent_service_is_waited_for(start, service):
    service.answers["POST"] = AWAY
    kernel = await start()
    client = await connected(kernel)
    try:
        cell = Cell(client, CARD)
        await cell.shows("does not answer yet")
        cell.reply.cancel()
        service.answers["POST"] = (202, {"position": 1, "places": 2})
        await asyncio.wait_for(kernel.restart_kernel(now=True), 30)
        assert "DELETE" not in asked(service)
        await client.wait_for_ready(timeout=60)
        info = await kernel.provisioner.get_provisioner_info()
        assert (info["card"], info["waits"]) == (None, True)
        cell = Cell(client, CARD)
        await cell.shows("number 1 in the queue.")
        service.answers["POST"] = service.answers["PUT"] = lent("GPU-aaaa")
        await cell.reply
    finally:
        client.stop_channels()
        await kernel.shutdown_kernel(now=True)


async def test_a_kernel_that_was_taken_over_never_runs_on_another_card(service, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    ended = []

    class Taken(LeaseProvisioner):
        async def kill(self, restart=False):
            ended.append(True)

    info = {"pid": 0, "pgid": 0, "ip": "127.0.0.1", "kernel_id": "k", "connection_info": {}, "card": "GPU-aaaa"}
    service.answers["POST"] = AWAY
    taken = Taken(
        kernel_id="",
        broker=HubBroker(f"http://127.0.0.1:{service.server_port}/", "secret"),
        question_interval=0.02,
        heartbeat_interval=60.0,
    )
    monkeypatch.setattr(Taken, "_has_ended", _false)
    await taken.load_provisioner_info(info)
    service.answers["POST"] = service.answers["PUT"] = lent("GPU-bbbb")
    deadline = time.monotonic() + 10
    while not ended:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    await taken._give_back()


async def _false(_self):
    return False


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', "\x00"])
async def test_files_that_say_nothing(tmp_path, text):
    path = tmp_path / "lease.json"
    assert power.read(path) is None
    path.write_text(text)
    assert power.read(path) is None
    power.write(path, Power("waiting", position=1))
    assert power.read(path) == Power("waiting", position=1) and path.stat().st_mode & 0o77 == 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "queue."),
        (5.0, "about half a minute."),
        (45.0, "about 1 min."),
        (3600.0, "60 min."),
        (9000.0, "about 2 h."),
    ],
)
async def test_how_long_it_takes(seconds, words):
    assert waiting_text(Power("waiting", position=3, cards=2, expected=seconds)).endswith(words)
