"""Which area of the edition before each area of the next one is.

An area is what lives in it: one that has at least half of another's households, and they are at
least half of its own, is that area, whatever it is called. Where nobody knows the households, the
ground decides. An area that no other is by that rule stays what its code says as long as it has
some of that one's ground. A person may say otherwise, and says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis_boundaries.publishing.pieces import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

HALF = 0.5
_DIGITS = 9


class Override(NamedTuple):
    """Somebody says which area it is (None: a new one), and why."""

    area_id: int | None
    reason: str
    actor: str


class SameAs(NamedTuple):
    """What an area is: `area_id` None and `before` None for a new one.

    `why` is share (at least half both ways), code (the same code, and some of its ground), plan
    (the planner's operations say so), override (a person says so), new. `before` is the code that
    it had. The shares (0 to 1) are those of what the two have in common, of the old and of the new
    area; None without any.
    """

    level: str
    code: str
    area_id: int | None
    before: str | None
    why: str
    share_of_old: float | None
    share_of_new: float | None
    reason: str | None = None
    actor: str | None = None


def identify(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    shared: pd.DataFrame,
    overrides: Mapping[tuple[str, str], Override],
    *,
    given: bool,
) -> list[SameAs]:
    """Return which area each area of `new` is, in its order.

    Parameters
    ----------
    old, new
        As :func:`gridgis.store.areas.frame` gives them.
    shared
        As :func:`gridgis_boundaries.publishing.pieces.pieces` gives it.
    overrides
        By level and code; they go before all else.
    given
        The ids of `new` say it already (a plan's): they stay, and the shares are for review.
    """
    pairs = _by_share(old, new, shared, {} if given else overrides)
    keys = zip(shared["old"], shared["new"], strict=True)
    shares = zip(shared["share_of_old"], shared["share_of_new"], strict=True)
    inside = dict(zip(keys, shares, strict=True))
    by_id = {int(area_id): at for at, area_id in enumerate(old["area_id"])}
    found = []
    for at in range(len(new)):
        row = new.iloc[at]
        override = overrides.get((row["level"], row["code"]))
        if override is not None:
            before = None if override.area_id is None else by_id.get(override.area_id)
            area_id, why = override.area_id, "override"
        elif given:
            before = by_id.get(int(row["area_id"]))
            # Below zero: it has none in the store yet.
            area_id = int(row["area_id"]) if row["area_id"] > 0 else None
            why = "new" if before is None else "plan"
        else:
            before, why = pairs.get(at, (None, "new"))
            area_id = None if before is None else int(old["area_id"].iloc[before])
        of_old, of_new = inside.get((before, at), (None, None))
        found.append(
            SameAs(
                row["level"],
                row["code"],
                area_id,
                None if before is None else str(old["code"].iloc[before]),
                why,
                of_old,
                of_new,
                None if override is None else override.reason,
                None if override is None else override.actor,
            )
        )
    return found


def _by_share(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    shared: pd.DataFrame,
    overrides: Mapping[tuple[str, str], Override],
) -> dict[int, tuple[int, str]]:
    """Return for each new position the old one that it is, and why; both at most once."""
    said = {one.area_id for one in overrides.values()}
    free = shared[(shared["old"] != NOBODY) & (shared["new"] != NOBODY)].copy()
    free = free[~old["area_id"].iloc[free["old"]].isin(said).to_numpy()]
    spoken = [key in overrides for key in zip(new["level"], new["code"], strict=True)]
    free = free[~np.array(spoken, dtype=bool)[free["new"]]]
    codes = old["code"].to_numpy()[free["old"]], new["code"].to_numpy()[free["new"]]
    free["same_code"] = codes[0] == codes[1]
    # Half is half, whatever the last digit of a sum says.
    free["least"] = free[["share_of_old", "share_of_new"]].min(axis=1).round(_DIGITS)
    pairs: dict[int, tuple[int, str]] = {}
    taken: set[int] = set()
    # Of two halves that tie, the one that kept the code, then the first by code.
    order = free.sort_values(
        ["least", "same_code", "new"], ascending=[False, False, True], kind="stable"
    )
    both_halves = order[order["least"] >= HALF], "share"
    for rows, why in (both_halves, (order[order["same_code"]], "code")):
        for before, at in zip(rows["old"], rows["new"], strict=True):
            if before not in taken and at not in pairs:
                pairs[at] = (before, why)
                taken.add(before)
    return pairs
