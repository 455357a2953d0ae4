"""One source, two machines: compile a tree of plain Python functions for CPU threads and for CUDA.

A loop is written as undecorated scalar Python that calls other such functions by name. :class:`Loop` compiles it:
every function of this package that it calls, directly or not, is replaced by its compiled twin. So one source
runs as plain Python (in a debugger), as machine code, and as a CUDA device function.

The name under which machine code is kept on disk carries a digest of all functions and constants of the tree, so
code is never stale.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from joulebook.numerics import device

__all__ = ["LOOPS", "Loop", "compile_tree", "register", "separate", "tree_digest"]

_PACKAGE = "joulebook."


@dataclass(frozen=True)
class Loop:
    """A loop and its twins.

    Parameters
    ----------
    name : str
        Such as ``"battery.integrate"``.
    source : callable
        The undecorated function; runs as plain Python.
    parallel : bool
        Whether the CPU twin holds a ``prange`` over cases.
    kernel : str
        Where the CUDA kernel is that runs one case per thread, as ``"module:function"``; empty for none.
    """

    name: str
    source: Callable[..., Any]
    parallel: bool = False
    kernel: str = ""

    @functools.cached_property
    def cpu(self) -> Any:
        """The loop as machine code; other registered loops that it calls are taken as they are."""
        top = functools.partial(device.compile_loop, parallel=self.parallel)
        others = {loop.source: loop for loop in LOOPS.values() if loop is not self}
        return compile_tree(_function(self.source), device.compile_inner, top, others)

    @functools.cached_property
    def cuda(self) -> Any:
        """The CUDA kernel; None for a loop that has none."""
        if not self.kernel:
            return None
        from numba import cuda

        module, _, name = self.kernel.partition(":")
        kernel = getattr(importlib.import_module(module), name)
        return compile_tree(_function(kernel), _device_function, cuda.jit)

    def discard_old(self) -> int:
        """Delete machine code of earlier versions of this loop from the disk.

        Returns
        -------
        int
            Files deleted.
        """
        source = _function(self.source)
        folder = Path(source.__code__.co_filename).parent / "__pycache__"
        current = f"_{tree_digest(source)}-"
        old = [
            path
            for path in folder.glob(f"*.{source.__qualname__}_*.nb?")
            if re.search(rf"\.{source.__qualname__}_[0-9a-f]{{12}}-", path.name) and current not in path.name
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


LOOPS: dict[str, Loop] = {}
"""Every registered loop, by name; the tests walk it."""


def register(loop: Loop) -> Loop:
    """Enter a loop into the table.

    Parameters
    ----------
    loop : Loop
        With a name of its own.

    Returns
    -------
    Loop
        The same.
    """
    LOOPS[loop.name] = loop
    return loop


def separate(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that is compiled as a routine of its own.

    All others are compiled into their callers, which is faster but lets the machine code grow with every call.

    Parameters
    ----------
    function : function
        A large one that is called from several places, or rarely.

    Returns
    -------
    function
        The same.
    """
    function.__dict__["separate"] = True
    return function


def compile_tree(
    function: FunctionType,
    decorate: Callable[[Any], Any],
    top: Callable[[Any], Any],
    others: Mapping[Callable[..., Any], Loop] | None = None,
) -> Any:
    """Compile a function and all functions of this package that it calls.

    Parameters
    ----------
    function : function
        The root of the tree.
    decorate : callable
        Compiles an inner function.
    top : callable
        Compiles the root.
    others : mapping of callable to Loop, optional
        Functions that are loops of their own: their machine code is called, not compiled in.

    Returns
    -------
    callable
        The compiled root.
    """
    done: dict[int, Any] = {}
    loops = others or {}

    def visit(here: FunctionType, compiler: Callable[[Any], Any], qualname: str) -> Any:
        if id(here) in done:
            return done[id(here)]
        if here in loops:
            return loops[here].cpu
        names = {name: visit(other, decorate, other.__qualname__) for name, other in _called(here).items()}
        twin = FunctionType(here.__code__, {**here.__globals__, **names}, here.__name__, here.__defaults__)
        twin.__qualname__, twin.__module__, twin.__doc__ = qualname, here.__module__, here.__doc__
        twin.__dict__.update(here.__dict__)
        done[id(here)] = compiler(twin)
        return done[id(here)]

    return visit(function, top, f"{function.__qualname__}_{tree_digest(function)}")


def tree_digest(function: FunctionType) -> str:
    """Fingerprint of a function, of all it calls in this package, and of the constants they use.

    Parameters
    ----------
    function : function
        The root of the tree.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    parts: list[str] = []
    seen: set[int] = set()

    def visit(here: FunctionType) -> None:
        if id(here) in seen:
            return
        seen.add(id(here))
        code = here.__code__
        constants = [part for part in code.co_consts if not isinstance(part, str)]
        used = [
            f"{name}={value!r}"
            for name in code.co_names
            if isinstance(value := here.__globals__.get(name), int | float | bool)
        ]
        parts.append(f"{here.__module__}.{here.__name__}{code.co_code.hex()}{code.co_names}{constants!r}{used}")
        for other in _called(here).values():
            visit(other)

    visit(function)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _device_function(function: Callable[..., Any]) -> Any:
    from numba import cuda

    return cuda.jit(function, device=True)  # type: ignore[no-untyped-call]


def _called(function: FunctionType) -> dict[str, FunctionType]:
    found = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, FunctionType) and value.__module__.startswith(_PACKAGE)
    }


def _function(source: Callable[..., Any]) -> FunctionType:
    if not isinstance(source, FunctionType):
        raise TypeError(f"{source!r} is not a plain Python function")
    return source
