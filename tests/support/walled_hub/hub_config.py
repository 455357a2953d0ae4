"""The production configuration with servers as local processes; WALLS takes protections away, to see what they stop.

The production profiles refuse such servers, so they are put in after `configure`. The server of mallory is a hostile
program: a server of one's own does what its owner wants.
"""

import os
import sys
from pathlib import Path

from joulebook_hub import spawners
from joulebook_hub.profiles import configure

c = get_config()  # noqa: F821 - JupyterHub gives it
settings = configure(c)


class LocalServers(spawners.WorkspaceSpawner):
    """Servers of the local profile, but for one."""

    async def start(self):
        if self.user.name == "mallory":
            self.cmd = [sys.executable, str(Path(__file__).with_name("hostile_server.py"))]
        return await super().start()


c.JupyterHub.spawner_class = LocalServers
c.WorkspaceSpawner.workspaces = str(settings.folder.workspaces)
c.WorkspaceSpawner.logs = str(settings.folder.server_logs)
c.WorkspaceSpawner.hub_variables = {
    **spawners.hub_variables(settings.folder.instance, settings.folder.leases),
    **c.Spawner.get("environment", {}),
}
c.WorkspaceSpawner.interrupt_timeout = 2
if os.environ.get("WALLS") == "off":
    c.JupyterHub.subdomain_host = ""
    c.Proxy.extra_routes = {}
    c.JupyterHub.cookie_host_prefix_enabled = False
    c.JupyterHub.tornado_settings["headers"]["Content-Security-Policy"] = "default-src * 'unsafe-inline'"
