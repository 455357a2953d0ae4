"""Turn pydantic's findings into Joulebook's issues: path, value, unit, allowed range, what to try."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from joulebook.core.errors import Issue
from joulebook.core.quantities import Quantity

__all__ = ["issues_from_validation"]


def issues_from_validation(model: type[BaseModel], error: ValidationError) -> list[Issue]:
    """List all faults that a validation found.

    Parameters
    ----------
    model : type of BaseModel
        What was being made.
    error : ValidationError
        Pydantic's report.

    Returns
    -------
    list of Issue
        One per fault, in the order of the fields.
    """
    return [issue for found in error.errors(include_url=False) for issue in _issues(model, found)]


def _issues(model: type[BaseModel], found: Any) -> list[Issue]:
    """Issues of one finding: a check of our own may have found several faults at once."""
    inner = getattr(found.get("ctx", {}).get("error"), "issues", ())
    if found["type"] != "value_error" or not inner:
        return [_issue(model, found)]
    path = ".".join(_untagged(model, found["loc"]))
    return [Issue(_joined(path, issue.path), issue.value, issue.rule, issue.hint, issue.unit) for issue in inner]


def _joined(path: str, inner: str) -> str:
    if path.rpartition(".")[2] == inner:
        return path
    return ".".join(part for part in (path, inner) if part)


def _issue(model: type[BaseModel], found: Any) -> Issue:
    quantity = _quantity_at(model, found["loc"])
    path = ".".join(_untagged(model, found["loc"]))
    kind, value = found["type"], found.get("input")
    unit = "" if quantity is None or quantity.unit == "1" else quantity.unit
    if kind == "extra_forbidden":
        return Issue(path, value, "not a known name here", f"Known: {', '.join(_siblings(model, found['loc']))}")
    if kind == "missing":
        return Issue(path, None, "missing", "Give it, or start from a named design")
    if quantity is not None and kind.startswith("float"):
        return Issue(path, value, f"must be a number, {quantity.rule}", "Write a plain number in SI units", unit)
    if quantity is not None and kind in {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
        return Issue(path, value, f"must be {quantity.rule}", _near_hint(quantity, value), unit)
    if kind in {"finite_number", "greater_than", "greater_than_equal", "less_than", "less_than_equal"}:
        return Issue(path, value, found["msg"], "", unit)
    if kind == "value_error":
        return Issue(path, value, str(found.get("ctx", {}).get("error") or found["msg"]))
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return Issue(path, value, "must be a group of named values", "Write it as { … }")
    return Issue(path, value, found["msg"], "", unit)


def _near_hint(quantity: Quantity, value: Any) -> str:
    """Suggest a unit slip where the number is right in the display unit or in another power of ten."""
    if quantity.display is None or not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        return ""
    unit, factor = quantity.display
    slipped = value / factor
    low = quantity.gt if quantity.gt is not None else quantity.ge
    high = quantity.lt if quantity.lt is not None else quantity.le
    if (low is None or slipped > low) and (high is None or slipped <= high):
        return f"If {value:g} {unit} was meant, write {slipped:g}"
    return ""


def _quantity_at(model: type[BaseModel], location: tuple[int | str, ...]) -> Quantity | None:
    here: Any = model
    for name in location:
        if isinstance(name, int):
            continue
        if get_origin(here) is dict:
            here = get_args(here)[1]
            continue
        fields = getattr(here, "model_fields", None)
        if fields is None or name not in fields:
            tagged = None if fields else _tagged(here, name)
            if tagged is None:
                return _discriminated(here, location)
            here = tagged
            continue
        field = fields[name]
        for meta in field.metadata:
            if isinstance(meta, Quantity):
                return meta
        here = field.annotation
        quantity = _nested_quantity(here)
        if quantity is not None:
            return quantity
        here = _model_in(here)
    return None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Every model class inside an annotation, however deep: ``tuple[Annotated[A | B, …], …]`` holds two."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _tagged(annotation: Any, name: str) -> type[BaseModel] | None:
    """The one of several model classes that pydantic means by a tag in a location."""
    models = _models(annotation)
    if len(models) < 2:
        return None
    for model in models:
        words = {word for field in model.model_fields.values() for word in get_args(field.annotation)}
        if name == model.__name__.lower() or name in {word for word in words if isinstance(word, str)}:
            return model
    return None


def _nested_quantity(annotation: Any) -> Quantity | None:
    for part in get_args(annotation):
        for meta in getattr(part, "__metadata__", ()):
            if isinstance(meta, Quantity):
                return meta
    return None


def _model_in(annotation: Any) -> Any:
    """The model class inside an annotation such as ``Tabs | None``; unions of several models are returned whole."""
    models = _models(annotation)
    return models[0] if len(models) == 1 else annotation


def _discriminated(annotation: Any, location: tuple[int | str, ...]) -> Quantity | None:
    """Quantity inside a tagged union: pydantic puts the tag into the location."""
    for part in _models(annotation):
        if location[-1] in part.model_fields:
            for meta in part.model_fields[str(location[-1])].metadata:
                if isinstance(meta, Quantity):
                    return meta
    return None


def _untagged(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The path as it stands in the document: pydantic puts the tag of a tagged union between the names."""
    here: Any = model
    path: list[str] = []
    for name in location:
        if isinstance(name, int):
            path.append(str(name))
            continue
        if get_origin(here) is dict:
            here = get_args(here)[1]
            path.append(str(name))
            continue
        fields = getattr(here, "model_fields", None)
        if fields is not None and name in fields:
            here = _model_in(fields[name].annotation)
            path.append(str(name))
            continue
        tagged = _tagged(here, name)
        if tagged is not None:
            here = tagged
            continue
        path.append(str(name))
        here = None
    return path


def _siblings(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    here: Any = model
    for name in location[:-1]:
        if isinstance(name, int):
            continue
        if get_origin(here) is dict:
            here = get_args(here)[1]
            continue
        fields = getattr(here, "model_fields", {})
        if name not in fields:
            here = (None if fields else _tagged(here, name)) or here
            continue
        here = _model_in(fields[name].annotation)
    return list(getattr(here, "model_fields", {}))
