"""The list of what is wrong with the places: to be edited, and to be read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.exports.writing import writing

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS = {
    **dict.fromkeys(("finding",), "string"),
    "group": "Int64",
    **dict.fromkeys(("keep", "source", "code", "kind", "name", "standard_address"), "string"),
    "reason": "string",
    "distance_m": "float64",
    **dict.fromkeys(("part", "named", "named_code", "covering", "covering_code"), "string"),
    **dict.fromkeys(("outside_m", "lon", "lat"), "float64"),
}


def write_checks(path: Path, duplicates: pd.DataFrame, disagreements: pd.DataFrame) -> None:
    """Write duplicates and disagreements into one table.

    The column `finding` tells them apart; `keep` says yes for the place of a group that the others
    are to be merged into. Distances are to the decimetre.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    StoreFullError
        The file cannot be written.
    """
    kept = duplicates["keep"].map({True: "yes", False: ""})
    parts = [
        duplicates.assign(finding="duplicate", keep=kept),
        disagreements.assign(finding="disagreement"),
    ]
    table = pd.concat([pd.DataFrame(part).reindex(columns=list(_COLUMNS)) for part in parts])
    table = table.astype(_COLUMNS).reset_index(drop=True)
    for name in ("distance_m", "outside_m"):
        table[name] = table[name].round(1)
    with writing(path, "places") as written:
        written.add(table)
