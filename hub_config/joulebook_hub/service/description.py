"""The OpenAPI 3.1 description of the service, made from its routes and their models."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from pydantic.json_schema import models_json_schema

from joulebook_hub.models import Fault, Model
from joulebook_hub.service.routes import Feature, Route

__all__ = ["describe", "operation_name"]

_REFERENCE = "#/components/schemas/{model}"
_WHO = {
    "user": "With a token of any user that has the scope `access:services!service=joulebook`.",
    "admin": "With a token that besides has the scope `admin:users`.",
    "metrics": "With a token that besides has the scope `read:metrics`.",
    "anybody": "Without a token.",
}
_FAULTS = {
    400: "The question is wrong.",
    401: "There is no token.",
    402: "The plan does not allow it.",
    403: "The token may not.",
    404: "There is no such thing.",
    409: "It contradicts what is there, or the Idempotency-Key belongs to another request.",
    410: "It is gone.",
    413: "The body is too large.",
    429: "Too many requests in a minute.",
    500: "The service failed.",
    503: "Something that is needed does not answer.",
}
_GOOD = {200: "The answer.", 201: "Made.", 202: "Accepted; not done yet.", 204: "Done; nothing to say."}

_Key = tuple[type[Model], Literal["validation", "serialization"]]


def operation_name(feature: str, route: Route) -> str:
    """Name of a route in the description.

    Parameters
    ----------
    feature : str
        The feature's name.
    route : Route
        The route.

    Returns
    -------
    str
        Unique in the service.
    """
    words = [feature, route.method.lower(), *re.findall(r"[A-Za-z0-9]+", route.pattern)]
    return "_".join(words)


def describe(features: tuple[Feature, ...]) -> dict[str, Any]:
    """Describe the service.

    Parameters
    ----------
    features : tuple of Feature
        What it can do.

    Returns
    -------
    dict
        An OpenAPI 3.1 document.
    """
    schemas, definitions = models_json_schema(_models(features), ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for feature in features:
        for route in feature.routes:
            operation = _operation(feature.name, route, schemas)
            paths.setdefault("/" + route.pattern, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Joulebook's hub service",
            "version": _version(),
            "description": "GPU leases, usage, plans and jobs of a Joulebook hub. Times are s since 1970, UTC.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "/services/joulebook"}],
        "tags": [{"name": feature.name} for feature in features],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token of the hub."}},
        },
    }


def _version() -> str:
    try:
        return version("joulebook")
    except PackageNotFoundError:
        return "0"


def _models(features: tuple[Feature, ...]) -> list[_Key]:
    found: dict[_Key, None] = {(Fault, "serialization"): None}
    for route in (route for feature in features for route in feature.routes):
        for asked in (route.path, route.query, route.body):
            if asked is not None:
                found[asked, "validation"] = None
        for answer in route.answers.values():
            if isinstance(answer, type):
                found[answer, "serialization"] = None
    return list(found)


def _operation(feature: str, route: Route, schemas: Any) -> dict[str, Any]:
    changing = route.method != "GET" and route.who != "anybody"
    found: dict[str, Any] = {
        "operationId": operation_name(feature, route),
        "tags": [feature],
        "summary": route.summary,
        "description": _WHO[route.who],
        "security": [] if route.who == "anybody" else [{"token": []}],
        "parameters": [*_parameters("path", route.path), *_parameters("query", route.query)],
        "responses": _responses(route, schemas),
    }
    if changing:
        found["parameters"].append(_key())
    if route.body is not None:
        content = {"application/json": {"schema": schemas[route.body, "validation"]}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _key() -> dict[str, Any]:
    text = "With the same key the request happens once; the first answer is kept for a day."
    schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    return {"name": "Idempotency-Key", "in": "header", "required": False, "description": text, "schema": schema}


def _parameters(place: str, model: type[Model] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    whole = model.model_json_schema()
    found = []
    for name, schema in whole["properties"].items():
        resolved = {key: value for key, value in schema.items() if key not in {"title", "description"}}
        choices = [choice for choice in resolved.pop("anyOf", []) if choice.get("type") != "null"]
        if choices:  # a query cannot say null: what may be null is left out
            resolved = choices[0]
            resolved.pop("default", None)
        if resolved.get("default", 0) is None:
            del resolved["default"]
        parameter = {"name": name, "in": place, "required": name in whole.get("required", ()), "schema": resolved}
        if "description" in schema:
            parameter["description"] = schema["description"]
        found.append(parameter)
    return found


def _responses(route: Route, schemas: Any) -> dict[str, Any]:
    found: dict[int, dict[str, Any]] = {}
    for status, answer in route.answers.items():
        said: dict[str, Any] = {"description": _GOOD.get(status) or _FAULTS.get(status, "An answer.")}
        if isinstance(answer, str):
            said["content"] = {answer: {"schema": {"type": "object" if answer == "application/json" else "string"}}}
        elif answer is not None:
            said["content"] = {"application/json": {"schema": schemas[answer, "serialization"]}}
        found[status] = said
    fault = {"application/json": {"schema": schemas[Fault, "serialization"]}}
    for status in _faults(route):
        found.setdefault(status, {"description": _FAULTS[status], "content": fault})
    return {str(status): found[status] for status in sorted(found)}


def _faults(route: Route) -> list[int]:
    found = [500]
    if route.path or route.query or route.body:
        found.append(400)
    if route.who != "anybody":
        found += [401, 403]
        if route.method != "GET":
            found += [400, 409]
    if route.limits and route.who != "anybody":
        found.append(429)
    if route.method != "GET":
        found.append(413)
    return found
