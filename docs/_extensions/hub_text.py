"""Pages of the hub, as MyST text."""

from __future__ import annotations

from typing import Any

from reference_text import table


def plans() -> str:
    """Table of the plans: the limits that this version of the hub enforces."""
    from joulebook_hub.plans import LIMITS, Plans, cell

    tiers = Plans.read().tiers
    rows = [(limit.title, *(cell(row, plan.limits[row]) for plan in tiers)) for row, limit in LIMITS.items()]
    return table(("", *(plan.title for plan in tiers)), rows)


def service() -> str:
    """The routes of the hub's service with their questions and answers."""
    from joulebook_hub.service.description import describe
    from joulebook_hub.service.own import all_features

    blocks = []
    for feature in all_features():
        document = describe((feature,))
        blocks.append(f"## {feature.name.capitalize()}")
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                blocks += _operation(method, path, operation)
        schemas = document["components"]["schemas"]
        blocks += [_schema(name, schema) for name, schema in schemas.items() if name != "Fault"]
    return "\n\n".join(blocks)


def _operation(method: str, path: str, operation: dict[str, Any]) -> list[str]:
    who = operation["description"]
    rows = [(f"`{p['name']}`", p["in"], _kind(p["schema"]), p.get("description", "")) for p in operation["parameters"]]
    if "requestBody" in operation:
        rows.append(("", "body", _kind(operation["requestBody"]["content"]["application/json"]["schema"]), ""))
    answers = []
    for status, answer in operation["responses"].items():
        kind = next((_kind(content["schema"]) for content in answer.get("content", {}).values()), "")
        if "Fault" not in kind:
            answers.append(f"{status} {kind}".strip())
    found = [f"### `{method.upper()} {path[1:]}`", f"{operation['summary']}. {who}"]
    found += [table(("Name", "In", "Type", "Meaning"), rows)] if rows else []
    return [*found, "Answers: " + ", ".join(answers) + "."]


def _schema(name: str, schema: dict[str, Any]) -> str:
    about = schema.get("description", "").partition("\n")[0]
    rows = [(f"`{key}`", _kind(value), value.get("description", "")) for key, value in schema["properties"].items()]
    return f"**{name}**: {about}\n\n" + table(("Field", "Type", "Meaning"), rows)


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_kind(choice) for choice in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{value!r}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", "anything"))


PAGES = {"plans": plans, "service": service}
