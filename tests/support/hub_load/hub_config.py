"""The hub's own configuration with a sign-in that hashes nothing, and where STUB_PORT is set with stub servers."""

import os

from jupyterhub.spawner import Spawner

from joulebook_hub.profiles import configure

c = get_config()  # noqa: F821 - JupyterHub gives it
configure(c)


class Stub(Spawner):
    """A server that is there at once: every one of them is the same program."""

    running = False

    async def start(self):
        self.running = True
        return "127.0.0.1", int(os.environ["STUB_PORT"])

    async def stop(self, now=False):
        self.running = False

    async def poll(self):
        return None if self.running else 0

    def load_state(self, state):
        super().load_state(state)
        self.running = bool(state.get("running"))

    def get_state(self):
        return super().get_state() | {"running": self.running}


if os.environ.get("STUB_PORT"):
    c.JupyterHub.spawner_class = Stub
elif os.environ.get("TAP"):
    c.WorkspaceSpawner.hub_variables = {**c.WorkspaceSpawner.hub_variables, "JOULEBOOK_SERVICE": os.environ["TAP"]}
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"admin"}
c.JupyterHub.log_level = "WARN"
driver = {"name": "driver", "api_token": os.environ["DRIVER_TOKEN"]}
c.JupyterHub.services = [*c.JupyterHub.services, driver]
scopes = ["admin:users", "admin:servers", "tokens", "list:users", "access:services"]
c.JupyterHub.load_roles = [*c.JupyterHub.load_roles, {"name": "driver", "scopes": scopes, "services": ["driver"]}]
