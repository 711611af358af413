"""A boundary change is not a hotspot: what is held against each other is of one edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd


def one_edition(frame: pd.DataFrame, name: str) -> None:
    """Refuse a frame whose rows are of two editions, as its `edition_id` says where it is known.

    When a grid is split, its count halves though nothing happened. `name` is what the message calls
    the frame.

    Raises
    ------
    InvalidInputError
        The rows are of several editions.
    """
    if "edition_id" not in frame.columns:
        return
    editions = sorted(frame["edition_id"].dropna().unique().tolist())
    if len(editions) > 1:
        told = " and ".join(map(str, editions))
        msg = (
            f"{name}: they are of the editions {told}, and a boundary change is not a hotspot; "
            "choose a period within one edition, or restate the reports on one"
        )
        raise InvalidInputError(msg)
