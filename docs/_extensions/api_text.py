"""Pages of the public names of a module, from their docstrings."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

from pydantic import BaseModel


def module_page(name: str) -> str:
    """Describe every public name of a module.

    Parameters
    ----------
    name : str
        For example ``joulebook.report``.

    Returns
    -------
    str
        MyST text: one block for each name.
    """
    module = importlib.import_module(name)
    blocks = [_entry(name, public, getattr(module, public)) for public in sorted(module.__all__, key=str.lower)]
    return "\n\n".join(block for block in blocks if block)


def _entry(module: str, name: str, item: Any) -> str:
    if inspect.ismodule(item):
        return ""
    head = f"{module.removeprefix('joulebook.')}.{name}"
    text = [f"**`jb.{head}{_signature(item)}`**"]
    if inspect.isclass(item) or inspect.isroutine(item):
        text.append(_docstring(item))
    else:
        text.append(f"Value: `{str(item)[:200]}`")
    if inspect.isclass(item) and issubclass(item, BaseModel) and "Parameters\n" not in (item.__doc__ or ""):
        text.append(_fields(item))
    if inspect.isclass(item):
        text += [_method(f"{name}.{public}", method) for public, method in _methods(item)]
    return "\n\n".join(text)


def _fields(model: type[BaseModel]) -> str:
    """The fields of a part of a document, with what each means."""
    lines = [f"{name}\n    {field.description or ''}" for name, field in model.model_fields.items()]
    return "```text\nFields\n------\n" + "\n".join(lines) + "\n```"


def _methods(item: type) -> list[tuple[str, Any]]:
    found = []
    for public, method in vars(item).items():
        inner = getattr(method, "__func__", method)
        if not public.startswith("_") and inspect.isfunction(inner) and inner.__doc__:
            found.append((public, inner))
    return found


def _method(name: str, method: Any) -> str:
    return f"**`{name}{_signature(method)}`**\n\n{_docstring(method)}"


def _signature(item: Any) -> str:
    if not (inspect.isclass(item) or inspect.isroutine(item)):
        return ""
    try:
        parameters = inspect.signature(item).parameters.values()
    except (TypeError, ValueError):
        return ""
    shown = [p for p in parameters if p.name not in {"self", "cls"}]
    words = []
    starred = False
    for parameter in shown:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            words.append("*")
            starred = True
        if parameter.kind is parameter.VAR_POSITIONAL:
            starred = True
        mark = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f"={_short(parameter.default)}"
        words.append(f"{mark}{parameter.name}{default}")
    return f"({', '.join(words)})"


def _short(value: Any) -> str:
    text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    return text if len(text) < 40 else "…"


def _docstring(item: Any) -> str:
    """A numpydoc docstring: the first paragraph as text, the sections as they were written."""
    text = inspect.getdoc(item) or ""
    first, _, rest = text.partition("\n\n")
    first = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", first.replace("``", "`").replace("\n", " "))
    if not rest.strip():
        return first
    body = re.sub(r":\w+:`~?([^`]+)`", r"\1", rest).replace("``", "`").strip()
    return f"{first}\n\n```text\n{body}\n```"
