"""The one place that names the version of a running Joulebook."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("joulebook")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0.0.0+source"
