"""Methods that know no physics: block-tridiagonal systems, tables, time stepping, and the choice of a device.

Only NumPy, SciPy and Numba are imported here. Loops are plain scalar Python over arrays that the caller owns;
:mod:`joulebook.numerics.twins` compiles one source for CPU threads and for CUDA.
"""
