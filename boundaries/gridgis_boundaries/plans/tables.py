"""Which cell lies in which grid, as a table that goes out to Excel and comes back edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely

from gridgis.codes import as_code
from gridgis.errors import InvalidInputError, RowsRefusedError

if TYPE_CHECKING:
    from gridgis_boundaries.plans.plan import Plan

    Operation = dict[str, object]

COLUMNS = ("cell", "name", "kind", "compound", "households", "grid")
"""The table's columns; only `grid` is read when it comes back, by `cell`."""


def cell_table(plan: Plan) -> pd.DataFrame:
    """Return which grid each cell lies in: columns as :data:`COLUMNS`, cells by their codes.

    A cell lies in the grid that covers its point on the surface; of two on whose border it lies
    the lower code. `grid` is None where no grid covers it.

    Raises
    ------
    InvalidInputError
        No cells are known.
    """
    cells = plan.state.known_cells()
    faces = [face for face in plan.state.topology.faces.values() if not face.is_nobodys]
    faces.sort(key=lambda face: (face.code or "").encode())
    tree = shapely.STRtree([plan.state.grounds[face.id] for face in faces])
    spots = shapely.point_on_surface(cells.geometry.to_numpy())
    cell, grid = tree.query(spots, predicate="covered_by")
    lowest = pd.Series(grid).groupby(cell).min()
    codes = [faces[lowest[at]].code if at in lowest.index else None for at in range(len(cells))]
    table = pd.DataFrame(
        {
            "cell": cells["code"].to_numpy(),
            "name": cells["name"].to_numpy(),
            "kind": cells["kind"].to_numpy(),
            "compound": cells["parent_code"].to_numpy(),
            "households": cells["households"].to_numpy(),
            "grid": pd.Series(codes, dtype=object),
        }
    )
    return table.sort_values("cell", key=lambda codes: codes.str.encode("utf-8")).reset_index(
        drop=True
    )


def operations(plan: Plan, edited: pd.DataFrame) -> list[Operation]:
    """Return the operations that lead to a table in which grids were changed.

    Rows that are missing stay as they are. A code that no grid has yet becomes a new grid, under
    the parent of the grid that most of its households come from. When all cells of a grid go to
    one other, the two are merged.

    Raises
    ------
    InvalidInputError
        The table lacks the column cell or grid.
    RowsRefusedError
        A row names a cell that is not known, or says twice where one goes; each is listed.
    """
    for column in ("cell", "grid"):
        if column not in edited:
            msg = f"the table has no column {column!r}; it has {', '.join(map(str, edited))}"
            raise InvalidInputError(msg)
    now = cell_table(plan).set_index("cell")
    wanted = _wanted(now, edited)
    moves = wanted[wanted != now["grid"].reindex(wanted.index)]
    table = pd.DataFrame({"from": now["grid"].reindex(moves.index), "to": moves})
    emptied = _emptied(now, table)
    found: list[Operation] = [
        {"op": "merge", "areas": [source, to], "into": to} for source, to in emptied.items()
    ]
    rest = table[~table["from"].isin(list(emptied))]
    known = {face.code for face in plan.state.topology.faces.values()}
    for to, members in rest.groupby("to", sort=True):
        operation: Operation = {"op": "move_cells", "cells": sorted(members.index), "to": to}
        if to not in known:
            operation["new"] = {"name": to, "parent": _parent(plan, now, members)}
        found.append(operation)
    return found


def _wanted(now: pd.DataFrame, edited: pd.DataFrame) -> pd.Series[str]:
    wanted: dict[str, str] = {}
    refused: list[tuple[int, str]] = []
    for row, (cell, grid) in enumerate(zip(edited["cell"], edited["grid"], strict=True), start=1):
        try:
            code, to = as_code(cell), as_code(grid)
        except InvalidInputError as error:
            if pd.isna(grid) and cell in now.index and now["grid"][cell] is None:
                continue
            refused.append((row, str(error)))
            continue
        if code not in now.index:
            refused.append((row, f"cell {code!r} is not known"))
        elif wanted.setdefault(code, to) != to:
            refused.append((row, f"cell {code!r} goes to {wanted[code]} and to {to}"))
    if refused:
        row, reason = refused[0]
        msg = f"{len(refused)} rows of the table cannot be used; row {row}: {reason}"
        raise RowsRefusedError(msg, refused)
    return pd.Series(wanted, dtype=object)


def _emptied(now: pd.DataFrame, table: pd.DataFrame) -> dict[str, str]:
    """Return the grids all of whose cells go to one other, and which."""
    before = now["grid"].value_counts()
    found = {}
    for source, members in table.groupby("from"):
        targets = members["to"].unique()
        if len(members) == before[source] and len(targets) == 1 and targets[0] in set(now["grid"]):
            found[str(source)] = str(targets[0])
    return found


def _parent(plan: Plan, now: pd.DataFrame, members: pd.DataFrame) -> str | None:
    homes = now["households"].reindex(members.index).fillna(0).astype(float)
    most = homes.groupby(members["from"]).sum().idxmax()
    return plan.state.leaf(str(most)).parent_code
