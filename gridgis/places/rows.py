"""What is read together lies together: the columns of names, symbols and nodes as rows.

The search jumps about in millions of rows, and waits for memory most of the time; of a row it finds
all columns in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.places.kernels.shapes import Names, Nodes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

_ROWS = {
    "names.name": np.dtype([("start", "i8"), ("node_start", "i8"), ("levels", "u1")], align=True),
    "names.row": np.dtype([("symbol", "i8"), ("weight", "f4"), ("sound", "i2"), ("read", "i2")]),
    "nodes.row": np.dtype(
        [
            ("key", "i8"),
            ("area", "i4"),
            ("parent", "i4"),
            ("called_start", "i4"),
            ("boost", "f4"),
            ("level", "u1"),
        ],
        align=True,
    ),
}
"""Per array of rows its columns."""

_FEWEST = 2
"""A column of fewer rows counts as contiguous, and the kernels would be compiled for it anew."""


def packed(names: Names, nodes: Nodes) -> dict[str, NDArray[np.generic]]:
    """Return the columns as arrays for a file; those that are read together as rows of bytes.

    Shorter columns, and all of them where there are next to no rows, end with zeros.
    """
    columns = {**names._asdict(), **nodes._asdict()}
    found: dict[str, NDArray[np.generic]] = {}
    for group, kind in _ROWS.items():
        taken = {name: columns.pop(name) for name in kind.names or ()}
        rows = np.zeros(max(_FEWEST, *map(len, taken.values())), kind)
        for name, column in taken.items():
            rows[name][: len(column)] = column
        found[group] = rows.view(np.uint8).reshape(len(rows), kind.itemsize)
    return found | {f"columns.{name}": column for name, column in columns.items()}


def unpacked(arrays: Mapping[str, NDArray[np.generic]]) -> tuple[Names, Nodes]:
    """Return what :func:`packed` was given, as views of its arrays."""
    columns: dict[str, Any] = {
        name.removeprefix("columns."): array
        for name, array in arrays.items()
        if name.startswith("columns.")
    }
    for group, kind in _ROWS.items():
        rows = arrays[group].view(kind).reshape(-1)
        columns |= {name: rows[name] for name in kind.names or ()}
    names = Names(*(columns[name] for name in Names._fields))
    return names, Nodes(*(columns[name] for name in Nodes._fields))
