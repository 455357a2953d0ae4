"""Dask Gateways that really run: server, proxy, and clusters as processes of this machine, all ended with the test."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

_CONFIGURATION = """
import sys
from dask_gateway_server.options import Float, Integer, Options, String

c.DaskGateway.backend_class = "dask_gateway_server.backends.{backend}"
c.DaskGateway.address = "127.0.0.1:{private}"
c.Proxy.address = "127.0.0.1:{port}"
c.LocalBackend.clusters_directory = {folder!r}
c.ClusterConfig.scheduler_cmd = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
c.ClusterConfig.worker_cmd = [sys.executable, "-m", "distributed.cli.dask_worker"]
c.ClusterConfig.adaptive_period = 0.5
c.ClusterConfig.idle_timeout = 600


def size(options):
    return {{"worker_cores": options.worker_cores, "worker_memory": int(options.worker_memory * 10**9)}}


c.Backend.cluster_options = Options(
    String("joulebook"),
    Integer("worker_cores", default=1, min=1, max=2),
    Float("worker_memory", default=1, min=0.25, max=4),
    handler=size,
)
"""
_BASIC = """
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.SimpleAuthenticator"
c.SimpleAuthenticator.password = {password!r}
"""
_JUPYTERHUB = """
c.DaskGateway.authenticator_class = "dask_gateway_server.auth.JupyterHubAuthenticator"
c.JupyterHubAuthenticator.jupyterhub_api_url = {url!r}
c.JupyterHubAuthenticator.jupyterhub_service_name = "dask-gateway"
"""
PASSWORD = "of the gateway"


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class RealGateway:
    """A gateway that knows the hub by a password, or by a token of JupyterHub's.

    Its clusters are processes where ``processes`` is true; else all are in the server's own, which is sooner there.
    """

    def __init__(self, folder: Path, *, processes: bool = False) -> None:
        self.folder = folder
        self._backend = "local.UnsafeLocalBackend" if processes else "inprocess.InProcessBackend"
        self.port, self._private = free_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "gateway.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, hub_api: str = "") -> RealGateway:
        clusters = self.folder / "clusters"
        clusters.mkdir(exist_ok=True)
        configuration = self.folder / "gateway_configuration.py"
        sign_in = _JUPYTERHUB.format(url=hub_api) if hub_api else _BASIC.format(password=PASSWORD)
        general = _CONFIGURATION.format(
            port=self.port, private=self._private, folder=str(clusters), backend=self._backend
        )
        configuration.write_text(general + sign_in)
        command = [sys.executable, "-m", "dask_gateway_server", "-f", str(configuration)]
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=kept, cwd=self.folder)
        deadline = time.monotonic() + 30.0
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            if self._answers():
                return self
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", trust_env=False, timeout=2.0).status_code == 200
        except httpx.HTTPError:
            return False

    def processes(self) -> list[psutil.Process]:
        """Schedulers and workers of its clusters: each leads a session of its own."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.folder / "clusters") in process.cwd() and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        left = self.processes()
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=5.0)
