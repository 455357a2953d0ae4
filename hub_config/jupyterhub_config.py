"""JupyterHub's configuration of Joulebook. Settings are JOULEBOOK_… variables, see docs/howto/run-the-hub.md.

What these do not cover can be set below, as in any JupyterHub configuration file; the local profile still refuses to
listen on anything but 127.0.0.1.
"""

from joulebook_hub.profiles import configure

configure(get_config())  # type: ignore[name-defined]  # noqa: F821
