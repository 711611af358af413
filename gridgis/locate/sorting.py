"""A frame of grids, taken apart into editions whose grids stand in the order of their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.errors import InvalidGeometryError, InvalidInputError
from gridgis.files.systems import to_degrees
from gridgis.locate.instants import ALWAYS, EVER, instants
from gridgis.shapes import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

_MOST_NAMED = 5


class Columns(NamedTuple):
    """Which columns of a frame tell its layers and editions; None: it has no such column.

    `priority`: the highest answers first. `since`, `until`: aware times, missing without an end.
    """

    layer: str | None = None
    priority: str | None = None
    edition: str | None = None
    since: str | None = None
    until: str | None = None


class Sheet(NamedTuple):
    """One edition: `grids` (code, layer, edition, kept columns) and `shapes`, both by code."""

    layer: str
    priority: int
    edition: int | str | None
    since: int
    until: int
    grids: pd.DataFrame
    shapes: NDArray[np.object_]


def sorted_grids(
    frame: gpd.GeoDataFrame, code: str, columns: Columns, keep: Sequence[str]
) -> tuple[list[Sheet], list[str]]:
    """Return the frame's editions in the order of answering, and what a person should know.

    Raises as :meth:`gridgis.locate.GridIndex.from_frame`.
    """
    _require_columns(frame, [code, *keep, *(name for name in columns if name is not None)])
    degrees = to_degrees(frame, crs=None, datum="wgs84", file="the frame of grids")
    codes = _codes(frame[code])
    fitted = fit(degrees.geometry.to_numpy())
    if fitted.refused:
        named = ", ".join(
            f"{codes.iloc[row]} {reason}"
            for row, reason in list(fitted.refused.items())[:_MOST_NAMED]
        )
        msg = f"{len(fitted.refused)} of {len(codes)} grids have no usable shape: {named}"
        raise InvalidGeometryError(msg)
    notes = [
        f"grid {codes.iloc[row]} was made valid: {reason}"
        for row, reason in fitted.repaired.items()
    ]
    told = _told(frame, columns)
    table = pd.DataFrame({"code": codes.to_numpy(object), **{name: told[name] for name in told}})
    for name in keep:
        table[name] = frame[name].to_numpy()
    sheets = list(_sheets(table, fitted.shapes, list(keep)))
    if not sheets:
        msg = "the frame of grids is empty"
        raise InvalidInputError(msg)
    return sorted(sheets, key=lambda one: (-one.priority, one.layer, one.since)), notes


def in_order_of_codes(codes: pd.Series) -> NDArray[np.int64]:
    """Return the rows sorted by code, compared byte by byte as PostgreSQL's ``COLLATE "C"`` does.

    >>> in_order_of_codes(pd.Series(["b", "a", "B", "区"])).tolist()
    [2, 1, 0, 3]
    """
    written = [str(code).encode() for code in codes]
    return np.array(sorted(range(len(written)), key=written.__getitem__), dtype=np.int64)


def _require_columns(frame: gpd.GeoDataFrame, wanted: list[str]) -> None:
    for name in wanted:
        if name not in frame.columns:
            there = ", ".join(str(one) for one in frame.columns if one != frame.geometry.name)
            msg = f"the frame of grids has no column {name!r}; it has {there}"
            raise InvalidInputError(msg)


def _codes(given: pd.Series) -> pd.Series:
    missing = given.isna() | (given.astype(str) == "")
    if missing.any():
        row = int(np.flatnonzero(missing.to_numpy())[0])
        msg = f"grid {row} (counted from 0) has no code in the column {given.name!r}"
        raise InvalidInputError(msg)
    if pd.api.types.is_float_dtype(given):
        msg = (
            f"the column {given.name!r} holds fractions, and a code is text: "
            "15 digits and more lose their last ones"
        )
        raise InvalidInputError(msg)
    return given.astype(str)


def _told(frame: gpd.GeoDataFrame, columns: Columns) -> dict[str, object]:
    def of(name: str | None, default: object) -> object:
        return default if name is None else frame[name].to_numpy()

    def times(name: str | None, default: int) -> object:
        if name is None:
            return default
        found = instants(frame[name], name)
        return np.where(found == EVER, default, found)

    return {
        "layer": of(columns.layer, "base"),
        "priority": of(columns.priority, 0),
        "edition": of(columns.edition, None),
        "since": times(columns.since, ALWAYS),
        "until": times(columns.until, EVER),
    }


def _sheets(table: pd.DataFrame, shapes: NDArray[np.object_], keep: list[str]) -> Iterator[Sheet]:
    names = ["layer", "priority", "edition", "since", "until"]
    for _, part in table.groupby(names, dropna=False, sort=False):
        twice = part["code"][part["code"].duplicated()].unique()
        if len(twice):
            msg = (
                f"{len(twice)} codes stand on several rows, the first is {twice[0]!r}; "
                "unite these rows, or rename them"
            )
            raise InvalidInputError(msg)
        order = in_order_of_codes(part["code"])
        grids = part.iloc[order][["code", "layer", "edition", *keep]]
        first = part.iloc[0]
        yield Sheet(
            str(first["layer"]),
            int(first["priority"]),
            None if pd.isna(first["edition"]) else _plain(first["edition"]),
            int(first["since"]),
            int(first["until"]),
            grids,
            shapes[part.index.to_numpy()[order]],
        )


def _plain(value: object) -> int | str:
    return int(value) if isinstance(value, int | np.integer) else str(value)
