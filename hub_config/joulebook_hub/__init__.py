"""The hub: sign-in, workspaces, single-user servers, and the command that starts and stops them.

Nothing here knows an engine: the hub imports JupyterHub and its own modules, no arrays.
Modules are imported where they are used, so that ``joulebook --help`` loads none of JupyterHub.
"""

from joulebook_hub.errors import HubError

__all__ = ["HubError"]
