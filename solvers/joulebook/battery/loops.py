"""The compiled loops of this room, entered into the table of twins."""

from __future__ import annotations

from joulebook.battery.batch import integrate_cases
from joulebook.battery.stepping import integrate
from joulebook.numerics.twins import Loop, register

__all__ = ["BATCH", "SINGLE"]

SINGLE = register(Loop("battery.integrate", integrate))
"""One cell."""
BATCH = register(
    Loop("battery.integrate_cases", integrate_cases, parallel=True, kernel="joulebook.battery.gpu:integrate_kernel")
)
"""Many cells: a CPU thread or a CUDA thread each."""
