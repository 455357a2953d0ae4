"""The program of GPU kernels as a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

SERVER = """
import os, subprocess, sys
kernel = subprocess.Popen(
    [sys.executable, "-P", "-m", "joulebook_kernels.gpu_kernel", "-f", sys.argv[1]],
    env={**os.environ, "JPY_PARENT_PID": str(os.getpid())},
)
print(kernel.pid, flush=True)
kernel.wait()
"""


@pytest.mark.filterwarnings("ignore:.*kernels over the TCP transport without.*")
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere IPython's own watch is all there is")
def test_it_dies_with_its_server_whatever_its_cell_does(tmp_path):
    """Its card is lent on then; a cell that never lets another thread run must not keep it."""
    begins = tmp_path / "begins"
    file, _ = write_connection_file(str(tmp_path / "kernel.json"))
    with subprocess.Popen([sys.executable, "-c", SERVER, file], stdout=subprocess.PIPE, text=True) as server:
        kernel = psutil.Process(int(server.stdout.readline()))
        client = BlockingKernelClient(connection_file=file)
        client.load_connection_file()
        client.start_channels(hb=False)  # a busy machine is no dead kernel
        try:
            client.wait_for_ready(timeout=60)
            client.execute(f"open({str(begins)!r}, 'w').close(); sum(range(10**13))")
            deadline = time.monotonic() + 60
            while not begins.exists():
                assert time.monotonic() < deadline, "the cell does not begin"
                time.sleep(0.05)
            server.kill()
            deadline = time.monotonic() + 60
            while kernel.is_running() and kernel.status() != psutil.STATUS_ZOMBIE:
                assert time.monotonic() < deadline, "the kernel goes on without its server"
                time.sleep(0.05)
        finally:
            client.stop_channels()
            if kernel.is_running():
                kernel.kill()
