"""The whole library as plain data, for designers, documentation and reports."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import numpy as np

from joulebook.core.citations import bibliography
from joulebook.materials import library
from joulebook.materials.records import Law, Value

__all__ = ["catalogue"]

_POINTS = 401


def catalogue() -> dict[str, Any]:
    """Give every material as JSON-able data, laws sampled over their domain.

    Returns
    -------
    dict
        ``active``, ``electrolyte``, ``film`` and ``metal``, each name to record, and ``bibliography``.
    """
    finders = {
        "active": library.active,
        "electrolyte": library.electrolyte,
        "film": library.film,
        "metal": library.metal,
    }
    out: dict[str, Any] = {
        kind: {name: _record(find(name)) for name in library.names(kind)} for kind, find in finders.items()
    }
    out["bibliography"] = {
        key: {"authors": item.authors, "title": item.title, "published": item.published, "doi": item.doi}
        for key, item in bibliography().items()
    }
    return out


def _record(record: Any) -> dict[str, Any]:
    out: dict[str, Any] = {"values": {}}
    for item in fields(record):
        content = getattr(record, item.name)
        if isinstance(content, Value):
            out["values"][item.name] = _value(content)
        elif isinstance(content, Law):
            out[item.name] = _law(content)
        elif isinstance(content, tuple):
            out[item.name] = [_value(value) if isinstance(value, Value) else value for value in content]
        elif isinstance(content, dict):
            out[item.name] = {name: _value(value) for name, value in content.items()}
        elif item.name != "name" and content is not None:
            out[item.name] = content
    return out


def _value(value: Value) -> dict[str, Any]:
    return {**asdict(value), "source": value.source.model_dump(mode="json")}


def _law(law: Law) -> dict[str, Any]:
    low, high = law.domain
    x = np.linspace(low, high, _POINTS)
    sampled = {"x": x.tolist(), "y": np.asarray(law.function(np, x)).tolist()}
    if law.variable == "stoichiometry" and law.unit == "V":
        full = np.linspace(0.0, 1.0, _POINTS)
        sampled = {"stoichiometry": full.tolist(), "voltage": np.asarray(law.function(np, full)).tolist()}
    return {
        "formula": law.formula,
        "variable": law.variable,
        "unit": law.unit,
        "domain": list(law.domain),
        "reference_temperature": law.reference_temperature,
        "source": law.source.model_dump(mode="json"),
        **({} if law.activation_energy is None else {"activation_energy": _value(law.activation_energy)}),
        **sampled,
    }
