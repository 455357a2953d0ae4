"""Form-encoded parameters with brackets, as Stripe's clients send them: ``items[0][price]=…``."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from joulebook_hub.stripe_sim.faults import ParameterError, RequestError

__all__ = ["boolean", "decimal_text", "integer", "one_of", "parse", "text"]

_KEY = re.compile(r"([A-Za-z0-9_.]+)((?:\[[A-Za-z0-9_.-]*\])*)")
_MOST_PARAMETERS = 500
_DEEPEST = 8
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


def parse(body: str) -> dict[str, Any]:
    """Read parameters.

    Parameters
    ----------
    body : str
        A query or a form.

    Returns
    -------
    dict
        Nested dictionaries and lists of text.

    Raises
    ------
    RequestError
        If a name is not well formed, or there is too much of it.
    """
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise RequestError(
            f"More than {_MOST_PARAMETERS} parameters.", code="parameter_invalid_string_blank"
        ) from error
    tree: dict[str, Any] = {}
    for name, value in pairs:
        found = _KEY.fullmatch(name)
        keys = re.findall(r"\[([^]]*)\]", found.group(2)) if found else []
        if found is None or len(keys) > _DEEPEST:
            raise RequestError(f"Received unknown parameter: {name[:80]}", code="parameter_unknown", param=name[:80])
        _put(tree, [found.group(1), *keys], value, name)
    listed = _lists(tree)
    return dict(listed)


def _put(tree: dict[str, Any], keys: list[str], value: str, name: str) -> None:
    for key in keys[:-1]:
        tree = tree.setdefault(key, {})
        if not isinstance(tree, dict):
            raise ParameterError(name, "A parameter is a value and an object at once.", "parameter_invalid_empty")
    last = keys[-1] or f"{len(tree)}"
    tree[last] = value


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    inner = {key: _lists(value) for key, value in node.items()}
    if inner and all(key.isascii() and key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def boolean(params: dict[str, Any], name: str, otherwise: bool = False) -> bool:
    """A parameter that is true or false.

    Parameters
    ----------
    params : dict
        The parameters.
    name : str
        Which.
    otherwise : bool
        Without it.

    Returns
    -------
    bool
        Its value.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    given = params.get(name, "true" if otherwise else "false")
    if isinstance(given, bool):
        return given
    if given not in {"true", "false"}:
        raise ParameterError(name, f"Invalid boolean: {given!s:.40}", "parameter_invalid_string_blank")
    return bool(given == "true")


def integer(
    params: dict[str, Any], name: str, otherwise: int | None = None, *, least: int = 0, most: int = 10**12
) -> int | None:
    """A parameter that is a whole number.

    Parameters
    ----------
    params : dict
        The parameters.
    name : str
        Which.
    otherwise : int, optional
        Without it.
    least, most : int
        Its range.

    Returns
    -------
    int or None
        Its value.

    Raises
    ------
    ParameterError
        If it is no whole number or out of range.
    """
    given = params.get(name)
    if given is None or given == "":
        return otherwise
    if not _INTEGER.fullmatch(str(given)):
        raise ParameterError(name, f"Invalid integer: {given!s:.40}", "parameter_invalid_integer")
    if not least <= int(given) <= most:
        raise ParameterError(name, f"{name} must be from {least} to {most}.", "parameter_invalid_integer")
    return int(given)


def decimal_text(params: dict[str, Any], name: str) -> str | None:
    """A parameter that is a decimal number of 0 or more, kept as text.

    Parameters
    ----------
    params : dict
        The parameters.
    name : str
        Which.

    Returns
    -------
    str or None
        Its value.

    Raises
    ------
    ParameterError
        If it is no decimal number.
    """
    given = params.get(name)
    if given is None:
        return None
    if not isinstance(given, str) or not _DECIMAL.fullmatch(given):
        raise ParameterError(name, f"Invalid decimal: {given!s:.40}", "parameter_invalid_integer")
    return given


def text(params: dict[str, Any], name: str, otherwise: str | None = None, *, most: int = 5000) -> str | None:
    """A parameter that is text; empty text means none.

    Parameters
    ----------
    params : dict
        The parameters.
    name : str
        Which.
    otherwise : str, optional
        Without it.
    most : int
        Characters.

    Returns
    -------
    str or None
        Its value.

    Raises
    ------
    ParameterError
        If it is no text, or too long.
    """
    given = params.get(name, otherwise)
    if given is not None and (not isinstance(given, str) or len(given) > most):
        raise ParameterError(name, f"Invalid string: {name}", "parameter_invalid_string_blank")
    return given or None


def one_of(params: dict[str, Any], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    """A parameter with a few allowed words.

    Parameters
    ----------
    params : dict
        The parameters.
    name : str
        Which.
    allowed : tuple of str
        The words.
    otherwise : str
        Without it.

    Returns
    -------
    str
        Its value.

    Raises
    ------
    ParameterError
        If it is another one.
    """
    given = params.get(name, otherwise)
    if given not in allowed:
        raise ParameterError(
            name, f"Invalid {name}: must be one of {', '.join(allowed)}", "parameter_invalid_string_blank"
        )
    return str(given)
