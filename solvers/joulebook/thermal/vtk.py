"""Write rectilinear grids as VTK's XML files: a head of XML, and the arrays behind it as they lie in memory.

Arrays are appended raw, in little endian, each after its length in bytes as an unsigned integer of 64 bits; the head
names the offset of each. In VTK's order x runs fastest.

References
----------
Kitware, VTK File Formats, section "XML File Formats": RectilinearGrid, appended data, ``header_type``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from joulebook.core.errors import DataFormatError

__all__ = ["write_rectilinear"]

_AXES = "xyz"


def write_rectilinear(
    path: str | Path, lines: Sequence[NDArray[np.float64]], data: Mapping[str, NDArray[np.float64]]
) -> Path:
    """Write a rectilinear grid with data of its cells.

    Parameters
    ----------
    path : str or Path
        Where to; an existing file is replaced in one step, or not at all.
    lines : sequence of ndarray, m
        Lines across x, y and z.
    data : mapping of str to ndarray
        Name to values, of shape (n_x, n_y, n_z), or (n_x, n_y, n_z, 3) for vectors.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataFormatError
        If the folder is missing or cannot be written.
    """
    path = Path(path)
    blocks: list[bytes] = []
    cells = "".join(_array(name, _in_order(values), values.ndim == 4, blocks) for name, values in data.items())
    places = "".join(_array(f"{axis}_m", line, False, blocks) for axis, line in zip(_AXES, lines, strict=True))
    extent = " ".join(f"0 {len(line) - 1}" for line in lines)
    scalars = next((name for name, values in data.items() if values.ndim == 3), "")
    vectors = next((name for name, values in data.items() if values.ndim == 4), "")
    head = (
        '<?xml version="1.0"?>\n'
        '<VTKFile type="RectilinearGrid" version="1.0" byte_order="LittleEndian" header_type="UInt64">\n'
        f'<RectilinearGrid WholeExtent="{extent}">\n<Piece Extent="{extent}">\n'
        f"<CellData Scalars={quoteattr(scalars)} Vectors={quoteattr(vectors)}>\n{cells}</CellData>\n"
        f"<Coordinates>\n{places}</Coordinates>\n</Piece>\n</RectilinearGrid>\n"
        '<AppendedData encoding="raw">\n_'
    )
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("wb") as stream:
            stream.write(head.encode())
            for block in blocks:
                stream.write(np.uint64(len(block)).astype("<u8").tobytes())
                stream.write(block)
            stream.write(b"\n</AppendedData>\n</VTKFile>\n")
        temporary.replace(path)
    except OSError as error:
        raise DataFormatError(f"cannot be written: {error.strerror or error}", file=path.name) from None
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _in_order(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the axes so that x runs fastest, after the components of a vector."""
    return values.transpose((2, 1, 0, 3) if values.ndim == 4 else (2, 1, 0))


def _array(name: str, values: NDArray[np.float64], vector: bool, blocks: list[bytes]) -> str:
    """Describe an array, and put its bytes behind those there are."""
    offset = sum(8 + len(block) for block in blocks)
    blocks.append(np.ascontiguousarray(values, "<f8").tobytes())
    of_three = ' NumberOfComponents="3"' if vector else ""
    return f'<DataArray type="Float64" Name={quoteattr(name)}{of_three} format="appended" offset="{offset}"/>\n'
