"""The provisioner with real kernels: start, restart, shut down, and a queue that ends in a message."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from importlib.metadata import EntryPoint

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from joulebook_kernels import specs
from joulebook_kernels.broker import LeaseUnavailableError
from joulebook_kernels.provisioner import LeaseProvisioner

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.filterwarnings("ignore:.*kernels over the TCP transport without.*"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq"),
]


@pytest.fixture
def kernels(tmp_path, two_cards, nvml, monkeypatch):
    """Makes kernel managers for the GPU kernel on two cards that a test decides about."""
    monkeypatch.setenv("JOULEBOOK_LEASES", str(tmp_path / "leases"))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    nvml([(card.uuid, card.name, None) for card in two_cards.found])
    factory = KernelProvisionerFactory.instance()
    entry = EntryPoint("joulebook-lease", "joulebook_kernels.provisioner:LeaseProvisioner", factory.GROUP_NAME)
    monkeypatch.setitem(factory.provisioners, "joulebook-lease", entry)
    specs.install(tmp_path / "prefix")
    folder = tmp_path / "prefix" / "share" / "jupyter" / "kernels"
    manager = KernelSpecManager(kernel_dirs=[str(folder)])

    def make(**config: float) -> AsyncKernelManager:
        path = folder / specs.GPU / "kernel.json"
        specification = json.loads(path.read_text())
        specification["metadata"]["kernel_provisioner"]["config"] = config
        path.write_text(json.dumps(specification))
        return AsyncKernelManager(kernel_name=specs.GPU, kernel_spec_manager=manager, transport="ipc", ip=socket_path())

    def socket_path() -> str:
        return str(tmp_path / f"k{len(list(tmp_path.glob('k*')))}-{time.monotonic_ns()}")

    return make


def leases(tmp_path):
    return json.loads((tmp_path / "leases" / "leases.json").read_text())["leases"]


async def environment_of(kernel) -> dict[str, str]:
    client = kernel.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        shown: list[str] = []
        code = "import os, json; print(json.dumps(dict(os.environ)))"
        await client.execute_interactive(
            code, timeout=60, output_hook=lambda message: shown.append(message["content"].get("text", ""))
        )
        return json.loads("".join(shown))
    finally:
        client.stop_channels()


async def test_a_kernel_keeps_its_card_through_a_restart(kernels, tmp_path):
    kernel = kernels()
    await kernel.start_kernel()
    try:
        environment = await environment_of(kernel)
        assert environment["CUDA_VISIBLE_DEVICES"] == "GPU-aaaa" and environment["JOULEBOOK_DEVICE"] == "gpu"
        held = leases(tmp_path)
        assert [lease["card"] for lease in held.values()] == ["GPU-aaaa"]
        assert next(iter(held.values()))["kernel"] == kernel.provisioner.pid
        info = await kernel.provisioner.get_provisioner_info()
        assert info["card"] == "GPU-aaaa"
        await asyncio.wait_for(kernel.restart_kernel(now=True), 60)
        assert (await environment_of(kernel))["CUDA_VISIBLE_DEVICES"] == "GPU-aaaa"
        assert len(leases(tmp_path)) == 1
    finally:
        await kernel.shutdown_kernel(now=True)
    assert leases(tmp_path) == {}


async def test_the_third_kernel_is_told_to_wait_and_what_to_do(kernels, tmp_path):
    running = [kernels(), kernels()]
    for kernel in running:
        await kernel.start_kernel()
    try:
        assert len(leases(tmp_path)) == 2
        third = kernels(patience=0.3, question_interval=0.05)
        with pytest.raises(LeaseUnavailableError, match=r"all 2 GPUs are still lent.*Joulebook \(CPU\)"):
            await third.start_kernel()
        assert len(leases(tmp_path)) == 2
    finally:
        for kernel in running:
            await kernel.shutdown_kernel(now=True)
    assert leases(tmp_path) == {}


async def test_a_failed_launch_gives_the_card_back(broker):
    provisioner = LeaseProvisioner(kernel_id="k", broker=broker)
    await provisioner._wait_for_card()
    with pytest.raises(FileNotFoundError):
        await provisioner.launch_kernel([f"{sys.prefix}/no-such-program"], cwd=None, env={})
    assert json.loads((broker.folder / "leases.json").read_text())["leases"] == {}


async def test_a_kernel_that_ended_by_itself_gives_its_card_back(broker):
    provisioner = LeaseProvisioner(kernel_id="k", broker=broker, heartbeat_interval=0.02)
    await provisioner._wait_for_card()
    await provisioner.launch_kernel([sys.executable, "-c", ""], cwd=None, env=dict(os.environ))
    deadline = time.monotonic() + 20
    while json.loads((broker.folder / "leases.json").read_text())["leases"]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    await provisioner.wait()


async def test_a_new_server_takes_over_a_running_kernels_lease(broker):
    first = LeaseProvisioner(kernel_id="k", broker=broker)
    await first._wait_for_card()
    info = await first.get_provisioner_info()
    second = LeaseProvisioner(kernel_id="", broker=broker)
    await second.load_provisioner_info(info)
    assert second._lease.card == "GPU-aaaa"
    await second._give_back()
    assert json.loads((broker.folder / "leases.json").read_text())["leases"] == {}
