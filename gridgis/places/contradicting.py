"""Places whose address names an area that does not cover them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis.places.writing import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

NAMED = ("district", "street", "community")
"""The parts of an address that name areas, the largest first."""

DISAGREEMENT_COLUMNS = (
    *("source", "code", "kind", "name", "standard_address", "part", "named", "named_code"),
    *("covering", "covering_code", "outside_m", "lon", "lat", "id"),
)

_OFFICES = ("办事处", "居民委员会", "村民委员会", "居委会", "村委会", "委员会")


def disagreements(places: pd.DataFrame, areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the places that lie outside the area which their address names.

    The smallest named area counts that is known by its name; of several areas of one name any may
    cover the place. On an edge is inside.

    Parameters
    ----------
    places
        As :func:`gridgis.store.gazetteer.places` yields them.
    areas
        Columns code, name, level; polygons in EPSG:4326. Where a level is called like a part
        (street, community), the part is looked for among its areas, else among all.

    Returns
    -------
    Columns source, code, kind, name, standard_address, part, named, named_code, covering and
    covering_code (the area of the same level that covers the place; None outside all), outside_m
    (metres to the named area, on the plane that touches the ellipsoid at the place), lon, lat, id;
    geometry is the line from the place to the nearest point of the named area. The farthest first.
    """
    rows = places[places["lon"].notna() & places["lat"].notna()].reset_index(drop=True)
    known = _Areas(areas)
    found = [
        told
        for (part, text), group in _by_name(rows, known).items()
        for told in _outside(rows, group, part, text, known)
    ]
    table = pd.DataFrame(found, columns=[*DISAGREEMENT_COLUMNS, "geometry"], dtype=object)
    table = table.astype(dict.fromkeys(("outside_m", "lon", "lat"), "float64"))
    table = table.sort_values(
        ["outside_m", "id"], ascending=[False, True], kind="stable", ignore_index=True
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326")


class _Areas:
    """Areas by the names that people write."""

    def __init__(self, areas: gpd.GeoDataFrame) -> None:
        self.frame = areas.sort_values("code", kind="stable").reset_index(drop=True)
        self.shapes = self.frame.geometry.to_numpy()
        self._levels = set(self.frame["level"])
        self._by_name: dict[tuple[str | None, str], list[int]] = {}
        for position, (level, name) in enumerate(
            zip(self.frame["level"], self.frame["name"], strict=True)
        ):
            for key in ((level, _stem(name)), (None, _stem(name))):
                self._by_name.setdefault(key, []).append(position)

    def named(self, part: str, text: str) -> list[int]:
        """Return the positions of the areas that a part of an address may mean."""
        level = part if part in self._levels else None
        return self._by_name.get((level, _stem(text)), [])

    def covering(self, level: str, lon: float, lat: float) -> int | None:
        """Return the position of the area of a level that covers a point."""
        same = np.flatnonzero(self.frame["level"] == level)
        inside = same[shapely.intersects_xy(self.shapes[same], lon, lat)]
        return int(inside[0]) if len(inside) else None


def _stem(name: str) -> str:
    """Return an area's name without the office that people write for it.

    >>> _stem("临川街道办事处"), _stem("仁轩社区居委会")
    ('临川街道', '仁轩社区')
    """
    plain = fold(name).strip()
    for office in _OFFICES:
        plain = plain.removesuffix(office)
    return plain


def _by_name(rows: pd.DataFrame, known: _Areas) -> dict[tuple[str, str], list[int]]:
    """Return positions of places by the smallest area that their address names."""
    groups: dict[tuple[str, str], list[int]] = {}
    for position, parts in enumerate(rows["parts"]):
        for part in reversed(NAMED):
            text = (parts or {}).get(part)
            if text and known.named(part, text):
                groups.setdefault((part, text), []).append(position)
                break
    return groups


def _outside(
    rows: pd.DataFrame, group: list[int], part: str, text: str, known: _Areas
) -> list[dict[str, Any]]:
    lon, lat = (rows[name].to_numpy(np.float64)[group] for name in ("lon", "lat"))
    named = known.named(part, text)
    covered = np.zeros(len(group), dtype=bool)
    for position in named:
        shapely.prepare(known.shapes[position])
        covered |= shapely.intersects_xy(known.shapes[position], lon, lat)
    return [
        _told(rows.iloc[group[at]], part, text, named, known)
        for at in np.flatnonzero(~covered).tolist()
    ]


def _told(
    row: pd.Series[Any], part: str, text: str, named: list[int], known: _Areas
) -> dict[str, Any]:
    away = [_way(known.shapes[position], row["lon"], row["lat"]) for position in named]
    nearest = min(range(len(named)), key=lambda at: away[at][0])
    area = known.frame.iloc[named[nearest]]
    covering = known.covering(area["level"], row["lon"], row["lat"])
    over = {} if covering is None else known.frame.iloc[covering].to_dict()
    kept = ("source", "code", "kind", "name", "standard_address", "lon", "lat", "id")
    return {
        **{name: row[name] for name in kept},
        "part": part,
        "named": text,
        "named_code": area["code"],
        "covering": over.get("name"),
        "covering_code": over.get("code"),
        "outside_m": away[nearest][0],
        "geometry": away[nearest][1],
    }


def _way(shape: shapely.Geometry, lon: float, lat: float) -> tuple[float, shapely.LineString]:
    """Return the metres from a point to a shape, and the line of that length."""
    factors = np.array([metres_per_degree_lon(lat), metres_per_degree_lat(lat)])
    here = np.array([lon, lat])

    def to_plane(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((xy - here) * factors)

    line = shapely.shortest_line(shapely.Point(0, 0), shapely.transform(shape, to_plane))
    length = float(shapely.length(line))
    return length, shapely.transform(line, lambda xy: xy / factors + here)
