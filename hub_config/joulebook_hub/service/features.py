"""The service's features; a new one is added to this list and nowhere else."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from joulebook_hub.service.routes import Feature

__all__ = ["FEATURES", "features", "load_tables"]

FEATURES = ("lending", "quota", "administration", "billing", "organisations", "jobs")
"""Packages of `joulebook_hub`, each with ``routes.FEATURE`` and, where it keeps something, ``tables``."""


def features() -> tuple[Feature, ...]:
    """All features.

    Returns
    -------
    tuple of Feature
        In the order of `FEATURES`.
    """
    return tuple(import_module(f"joulebook_hub.{name}.routes").FEATURE for name in FEATURES)


def load_tables() -> None:
    """Import every feature's tables, so that the store's `METADATA` is whole."""
    for name in (*FEATURES, "housing"):
        if find_spec(f"joulebook_hub.{name}.tables"):
            import_module(f"joulebook_hub.{name}.tables")
