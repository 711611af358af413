"""How many places are wrong about each area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from gridgis_maps.frames.places import PlaceFrames

MEASURES = ("named", "covering")


def place_figures(frames: PlaceFrames) -> pd.DataFrame:
    """Return for each area the places that name it and lie elsewhere, and the other way round.

    Columns named (their address names the area, and they lie outside) and covering (they lie in it,
    and their address names another), on the areas' index; places about areas of other levels count
    nowhere.
    """
    codes = frames.areas["code"]
    return pd.DataFrame(
        {
            key: codes.map(frames.disagreements[f"{key}_code"].value_counts())
            .fillna(0)
            .astype("float64")
            for key in MEASURES
        },
        index=codes.index,
    )
