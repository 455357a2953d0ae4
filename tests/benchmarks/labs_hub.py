"""Memory and time of real servers: twelve people, each with JupyterLab and a kernel, on one hub.

Claim: twelve Lab servers with a kernel each, hub and proxy and service included, fit into 4 GB. Memory is the
proportional set size: a page that several processes share is counted once.
``python tests/benchmarks/labs_hub.py [people]``
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import psutil
from jupyter_client import BlockingKernelClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from hub_load.parts import Client, Hub, Times, running_hub

SOLVE = 'import joulebook as jb\njb.battery.simulate(jb.battery.Cell.named("Chen2020"), "Discharge at 1C until 2.5 V")'


async def start(hub: Hub, people: list[str]) -> tuple[Times, dict[str, str]]:
    """Sign everybody in, start each one's server, then a kernel in each."""
    times, kernels = Times(), {}
    async with Client(hub, times) as client:
        await client.wait_until_ready()
        for name in people:
            await client.sign_in(name)
            token, path = hub.tokens[name], f"{hub.url}/hub/api/users/{name}"
            begin = time.perf_counter()
            await client.ask("start", "POST", path + "/server", token=hub.token, good=(201, 202))
            while True:
                _, text = await client.ask("look", "GET", path, token=hub.token)
                if json.loads(text)["servers"].get("", {}).get("ready"):
                    break
                await asyncio.sleep(0.1)
            times.taken["server ready"].append(time.perf_counter() - begin)
            await client.ask("Lab page", "GET", f"{hub.url}/user/{name}/lab", token=token)
            url = f"{hub.url}/user/{name}/api/kernels"
            _, text = await client.ask("kernel", "POST", url, token=token, good=(201,), json={})
            kernels[name] = json.loads(text)["id"]
    return times, kernels


def memory(hub: Hub) -> tuple[float, int]:
    """All processes below the hub: GB, and how many."""
    assert hub.process is not None
    top = psutil.Process(hub.process.pid)
    sizes = [process.memory_full_info().pss for process in [top, *top.children(recursive=True)]]
    return sum(sizes) / 1e9, len(sizes)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    people = [f"person{number:02d}" for number in range(count)]
    with tempfile.TemporaryDirectory() as folder, running_hub(Path(folder) / "hub", cards=0, stubs=False) as hub:
        times, kernels = asyncio.run(start(hub, people))
        size, processes = memory(hub)
        print(times.table())
        print(f"{count} Lab servers with a kernel each: {size:.2f} GB in {processes} processes (must 4 GB)")
        for name, kernel in kernels.items():
            (connection,) = (hub.home / "state" / "workspaces" / "users" / name).rglob(f"kernel-{kernel}.json")
            client = BlockingKernelClient(connection_file=str(connection))
            client.load_connection_file()
            client.start_channels()
            answer = client.execute_interactive(SOLVE, timeout=120, output_hook=lambda message: None)
            assert answer["content"]["status"] == "ok", answer["content"]
            client.stop_channels()
        size, _ = memory(hub)
        print(f"after one DFN discharge in every kernel: {size:.2f} GB")
    print(f"wrong answers: {dict(times.wrong) or 0}")


if __name__ == "__main__":
    main()
