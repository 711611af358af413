"""How much of each area repair changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from gridgis_maps.frames.repairs import RepairFrames

MEASURES = ("changed_m2", "shift_m")


def repair_figures(frames: RepairFrames) -> pd.DataFrame:
    """Return for each area the ground won and lost, and the largest shift of a vertex.

    Columns changed_m2 and shift_m (float, 0 for an area that did not change), on the areas' index.
    """
    changes = frames.changes.set_index("code")
    table = pd.DataFrame(
        {
            "changed_m2": changes["added_m2"] + changes["removed_m2"],
            "shift_m": changes["shift_m"],
        }
    ).astype("float64")
    found = table.reindex(frames.areas["code"]).fillna(0.0)
    return found.set_axis(frames.areas.index)
