"""Who is right? Judges that share no code with the engine: GEOS, PostGIS, and whole fractions."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from gridgis.store.engine import Store

    Shapes = dict[str, shapely.Geometry]
    """Valid shapes in the order of their codes."""

NOBODY = -1


def by_geos(shapes: Shapes, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return for each point the place of the first shape that covers it, or -1."""
    tree = shapely.STRtree(shapely.points(lon, lat))
    shape, point = tree.query(_held(shapes), predicate="covers")
    return _lowest(shape, point, len(lon))


def by_postgis(store: Store, shapes: Shapes, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return what :func:`by_geos` does, by ST_Covers, and the lowest code by COLLATE "C"."""
    with store.begin() as connection:
        connection.exec_driver_sql(_TABLES)
        cursor = connection.connection.cursor()
        _copy(cursor, "judged_grid", pd.DataFrame({"code": shapes.keys(), "geom": _hex(shapes)}))
        _copy(cursor, "judged_point", pd.DataFrame({"lon": lon, "lat": lat}))
        connection.exec_driver_sql(_INDEX)
        cursor.copy_expert(f"COPY ({_COVERING}) TO STDOUT (FORMAT csv)", answer := io.StringIO())
        answer.seek(0)
        found = pd.read_csv(answer, names=["point", "code"], dtype={"code": str})
    places = {code: place for place, code in enumerate(shapes)}
    owner = np.full(len(lon), NOBODY)
    owner[found["point"].to_numpy() - 1] = found["code"].map(places).to_numpy()
    return owner


def by_fractions(shapes: Shapes, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return what :func:`by_geos` does, in fractions without any rounding."""
    boxes = shapely.bounds(_held(shapes))
    rings = [_rings(shape) for shape in shapes.values()]
    found = np.full(len(lon), NOBODY)
    for point, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
        west, south, east, north = boxes.T
        near = np.flatnonzero((west <= x) & (x <= east) & (south <= y) & (y <= north))
        found[point] = next((place for place in near if _covers(rings[place], x, y)), NOBODY)
    return found


def exact_side(edge: tuple[float, float, float, float], lon: float, lat: float) -> int:
    """Return 1 where a point lies left of an edge, -1 right of it, 0 on its line."""
    x1, y1, x2, y2, x, y = (Fraction(number) for number in (*edge, lon, lat))
    determinant = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    return (determinant > 0) - (determinant < 0)


def _lowest(shape: np.ndarray, point: np.ndarray, count: int) -> np.ndarray:
    owner = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(owner, point, shape)
    return np.where(owner == np.iinfo(np.int64).max, NOBODY, owner)


def _rings(shape: shapely.Geometry) -> list[np.ndarray]:
    return [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]


def _covers(rings: list[np.ndarray], lon: float, lat: float) -> bool:
    """Count the edges to the west of the point; to compare doubles rounds nothing."""
    west_of_it = 0
    for at in rings:
        (x1, y1), (x2, y2) = at[:-1].T, at[1:].T
        west_of_it += np.sum(((y1 <= lat) != (y2 <= lat)) & (np.maximum(x1, x2) < lon))
        boxes = (np.minimum(x1, x2) <= lon) & (lon <= np.maximum(x1, x2))
        boxes &= (np.minimum(y1, y2) <= lat) & (lat <= np.maximum(y1, y2))
        for row in np.flatnonzero(boxes):
            edge = (*at[row].tolist(), *at[row + 1].tolist())
            turn = exact_side(edge, lon, lat)
            if turn == 0:
                return True
            if (edge[1] <= lat) != (edge[3] <= lat):
                west_of_it += turn == (-1 if edge[3] > edge[1] else 1)
    return west_of_it % 2 == 1


def _held(shapes: Shapes) -> np.ndarray:
    return np.array(list(shapes.values()), dtype=object)


def _hex(shapes: Shapes) -> np.ndarray:
    with_srid = shapely.set_srid(_held(shapes), 4326)
    return shapely.to_wkb(with_srid, hex=True, include_srid=True)


def _copy(cursor: object, table: str, rows: pd.DataFrame) -> None:
    # Python writes a double with as many digits as lead back to it.
    written = io.StringIO(rows.to_csv(index=False, header=False))
    cursor.copy_expert(f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)", written)


_TABLES = """
    DROP TABLE IF EXISTS judged_grid, judged_point;
    CREATE TEMPORARY TABLE judged_grid (code TEXT COLLATE "C", geom GEOMETRY (GEOMETRY, 4326));
    CREATE TEMPORARY TABLE judged_point (
        id BIGINT GENERATED ALWAYS AS IDENTITY, lon DOUBLE PRECISION, lat DOUBLE PRECISION,
        location GEOMETRY (POINT, 4326)
            GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED
    )
"""
_INDEX = """
    CREATE INDEX ON judged_point USING gist (location);
    ANALYZE judged_point, judged_grid;
"""
# The grids are walked, each with its points, so that a polygon is prepared only once.
_COVERING = """
    SELECT point.id, min(judged_grid.code)
    FROM judged_grid
    CROSS JOIN LATERAL (
        SELECT id FROM judged_point WHERE ST_Covers(judged_grid.geom, location) ORDER BY id
    ) AS point
    GROUP BY point.id
"""
