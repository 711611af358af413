"""Rows that have words in place of a point: located by them, where they are clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.body import canonical_json

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gridgis.seeking import Meant, Seeker


def located(good: pd.DataFrame, seeker: Seeker | None) -> pd.DataFrame:
    """Return judged rows with columns `located` (JSON text or None) and `place_id` (Int64).

    Those without a location get lon, lat and accuracy_m of the place that their address, or else
    their description, clearly means; without a seeker, none does. It is no part of their body: the
    hash must have been made before.
    """
    rows = good.assign(located=None, place_id=pd.array([pd.NA] * len(good), dtype="Int64"))
    found = {} if seeker is None else _found(good[good["lon"].isna()], seeker)
    if not found:
        return rows
    index = list(found)
    places = [(one.candidate.location, one) for one in found.values()]
    values = {
        "lon": [None if at is None else at.lon for at, _ in places],
        "lat": [None if at is None else at.lat for at, _ in places],
        "accuracy_m": [None if at is None else at.accuracy_m for at, _ in places],
        "located": [canonical_json(one.located) for _, one in places],
        "place_id": pd.array([one.candidate.place_id for _, one in places], dtype="Int64"),
    }
    for name, column in values.items():
        rows.loc[index, name] = pd.Series(column, index=index, dtype=rows[name].dtype)
    return rows


def _found(waiting: pd.DataFrame, seeker: Seeker) -> dict[Hashable, Meant]:
    """Return what is clearly meant, by row; the same words are looked up once."""
    known: dict[tuple[str | None, str], Meant | None] = {}
    found = {}
    for row, address, description in zip(
        waiting.index, waiting["address"], waiting["description"], strict=True
    ):
        words = (address if isinstance(address, str) else None, str(description or ""))
        if words not in known:
            known[words] = seeker.now(*words).taken
        if (meant := known[words]) is not None:
            found[row] = meant
    return found
