"""Who is right? Judges that share no code with the engine: GEOS, PostGIS, and whole fractions."""

from __future__ import annotations

import io
from fractions import Fraction
from itertools import pairwise
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
    shape, point = tree.query(np.array(list(shapes.values()), object), predicate="covers")
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


def exactly(shapes: Shapes, lon: float, lat: float) -> int:
    """Return what :func:`by_geos` does for one point, in fractions without any rounding."""
    x, y = Fraction(lon), Fraction(lat)
    for place, shape in enumerate(shapes.values()):
        west, south, east, north = shape.bounds
        if west <= lon <= east and south <= lat <= north and _covers(shape, x, y):
            return place
    return NOBODY


def exact_side(edge: tuple[float, float, float, float], lon: float, lat: float) -> int:
    """Return 1 where a point lies left of an edge, -1 right of it, 0 on its line."""
    x1, y1, x2, y2, x, y = (Fraction(number) for number in (*edge, lon, lat))
    determinant = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
    return (determinant > 0) - (determinant < 0)


def _lowest(shape: np.ndarray, point: np.ndarray, count: int) -> np.ndarray:
    owner = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(owner, point, shape)
    return np.where(owner == np.iinfo(np.int64).max, NOBODY, owner)


def _covers(shape: shapely.Geometry, x: Fraction, y: Fraction) -> bool:
    inside = False
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            at = [(Fraction(lon), Fraction(lat)) for lon, lat in ring.coords]
            for (x1, y1), (x2, y2) in pairwise(at):
                turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
                beside, level = sorted([x1, x2]), sorted([y1, y2])
                if turn == 0 and beside[0] <= x <= beside[1] and level[0] <= y <= level[1]:
                    return True
                if (y1 <= y) != (y2 <= y):
                    inside ^= (turn > 0) == (y2 > y1)
    return inside


def _hex(shapes: Shapes) -> np.ndarray:
    with_srid = shapely.set_srid(np.array(list(shapes.values()), object), 4326)
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
