"""What stands on the ground, whatever the plan: cells, reports, stations; prepared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.measures.cells import Units, neighbours, positions_in, spots
from gridgis_boundaries.measures.walking import by_line
from gridgis_boundaries.rules.standards import Band

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_boundaries.measures.walking import WalkM

_BAND = Band()


@dataclass(frozen=True)
class Survey:
    """What plans are measured by; :meth:`of` prepares it from frames.

    Attributes
    ----------
    doors
        The point that stands for each cell, EPSG:4326.
    households
        Of each cell, 0 where unknown.
    compounds
        The compound of each cell.
    parents
        The parent in the edition before, in which each cell lies; none where no edition was given.
    pairs
        Neighbouring cells, shape (n, 2), by position.
    reports
        Where each report was, EPSG:4326; None without a location.
    stations
        Columns area_id and geometry (Point, EPSG:4326), those without a point left out.
    walk_m
        How far it is on foot between points.
    band
        The households that a grid should have.
    """

    doors: NDArray[np.object_]
    households: NDArray[np.float64]
    compounds: Units
    parents: Units
    pairs: NDArray[np.int64]
    reports: NDArray[np.object_]
    stations: pd.DataFrame
    walk_m: WalkM = by_line
    band: Band = _BAND

    @classmethod
    def of(
        cls,
        cells: gpd.GeoDataFrame,
        *,
        reports: gpd.GeoDataFrame | None = None,
        stations: gpd.GeoDataFrame | None = None,
        before: gpd.GeoDataFrame | None = None,
        walk_m: WalkM = by_line,
        band: Band = _BAND,
    ) -> Survey:
        """Prepare a survey.

        Parameters
        ----------
        cells
            The smallest cells, as :func:`gridgis.frames.cells` gives them: households (NA unknown),
            geometry (Point or Polygon, EPSG:4326); parent_code, the compound, where known.
        reports
            The reports whose work counts, usually those of the last year: geometry (Point or None).
        stations
            Columns area_id (of a grid, or of a parent for all of its grids) and geometry (Point).
        before
            The parents of the edition before: code, geometry. What of them is divided, is counted.
        """
        doors = spots(cells)
        none = pd.Series([None] * len(cells), dtype=object)
        parents = none
        if before is not None:
            codes = np.array([*before["code"], None], dtype=object)
            parents = pd.Series(codes[positions_in(before, doors)], dtype=object)
        standing = pd.DataFrame({"area_id": [], "geometry": []})
        if stations is not None:
            standing = pd.DataFrame(stations.loc[stations.geometry.notna(), list(standing.columns)])
        return cls(
            doors=doors,
            households=cells["households"].to_numpy(dtype=np.float64, na_value=0.0),
            compounds=Units.of(cells.get("parent_code", none)),
            parents=Units.of(parents),
            pairs=neighbours(cells),
            reports=np.array([], object) if reports is None else reports.geometry.to_numpy(),
            stations=standing.reset_index(drop=True),
            walk_m=walk_m,
            band=band,
        )

    def station_spots(self) -> dict[int, NDArray[np.float64]]:
        """Return where the stations of each area id stand: (n, 2) degrees, longitude first."""
        where = shapely.get_coordinates(self.stations["geometry"].to_numpy())
        area_ids = self.stations["area_id"].to_numpy(np.int64)
        return {int(area_id): where[area_ids == area_id] for area_id in np.unique(area_ids)}
