"""Areas on their way into a draft are checked, and repaired where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from gridgis.errors import InvalidGeometryError, InvalidInputError
from gridgis.shapes import as_multipolygons
from gridgis_boundaries.repair import repair

if TYPE_CHECKING:
    from gridgis_boundaries.importing.newareas import NewArea
    from gridgis_boundaries.repair import Repaired


@dataclass(frozen=True, slots=True)
class RepairWish:
    """Whether areas are to be repaired, and what may change: anything, or this much of an area."""

    wanted: bool = False
    accept: bool = False
    tolerance_m2: float | None = None


NO_REPAIR = RepairWish()


@dataclass(frozen=True, slots=True)
class Checked:
    """Areas, what was found in them, and what was changed, in sentences."""

    areas: list[NewArea]
    findings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def checked(areas: list[NewArea], wish: RepairWish) -> Checked:
    """Return areas of one level with what is wrong with them; repaired when it is wished.

    Raises
    ------
    InvalidInputError
        The repair would change more than was wished; the message says how much.
    InvalidGeometryError
        They cannot be repaired, although it was wished.
    """
    frame = gpd.GeoDataFrame(
        {
            "code": [area.code for area in areas],
            "households": [area.households for area in areas],
        },
        geometry=[area.shape for area in areas],
        crs="EPSG:4326",
    )
    try:
        done = repair(frame, code="code")
    except InvalidGeometryError as error:
        if wish.wanted:
            raise
        return Checked(areas, [str(error)])
    findings = [f"{spot.rule}: {spot.sentence}" for spot in done.report.findings.itertuples()]
    if not wish.wanted:
        return Checked(areas, findings)
    _require_wished(done, wish)
    shapes = as_multipolygons(np.array(done.frame.geometry.to_numpy(), dtype=object))
    kept = [
        replace(areas[at], shape=shape) for at, shape in zip(done.frame.index, shapes, strict=True)
    ]
    return Checked(kept, findings, _changes(done))


def _require_wished(done: Repaired, wish: RepairWish) -> None:
    report = done.report
    if wish.accept or report.within(wish.tolerance_m2, None):
        return
    msg = (
        f"repair would change {len(report.changes)} areas, one by {report.most_m2:,.3g} m²; "
        "look at it with `gridgis boundaries repair`, then take it with --accept-repair or "
        "--repair-m2"
    )
    raise InvalidInputError(msg)


def _changes(done: Repaired) -> list[str]:
    return [
        f"{change.code} ({change.wrong}): {change.added_m2:,.2f} m² added, "
        f"{change.removed_m2:,.2f} m² removed{', nothing is left' if change.gone else ''}"
        for change in done.report.changes.itertuples()
    ]
