"""The compiled loops of this room, entered into the table of twins."""

from __future__ import annotations

from joulebook.battery.batch import follow_cases
from joulebook.battery.follow import follow
from joulebook.battery.pack.stepping import follow_pack
from joulebook.battery.resampling import resample_cases
from joulebook.battery.together import follow_together
from joulebook.numerics.twins import Loop, register

__all__ = ["BATCH", "PACK", "RESAMPLE", "SINGLE", "TOGETHER"]

SINGLE = register(Loop("battery.follow", follow))
"""One cell."""
BATCH = register(
    Loop("battery.follow_cases", follow_cases, parallel=True, kernel="joulebook.battery.gpu:follow_kernel")
)
"""Many cells: a CPU thread or a CUDA thread each."""
PACK = register(Loop("battery.follow_pack", follow_pack))
"""Cells of a pack, and the circuit that joins them."""
TOGETHER = register(Loop("battery.follow_together", follow_together))
"""A cell and slightly different ones along the same steps."""
RESAMPLE = register(Loop("battery.resample_cases", resample_cases))
"""Curves of many cases at evenly spread times."""
