-- Which place in use has this code of this source, and where is it?
-- A shape that is no point is told by a point on it.
WITH called AS (
    SELECT
        place.id,
        place.kind,
        place.name,
        CASE
            WHEN GeometryType(place.geom) = 'POINT' THEN place.geom
            ELSE ST_PointOnSurface(place.geom)
        END AS point
    FROM place
    WHERE
        place.source = CAST(:source AS TEXT)
        AND place.code = CAST(:code AS TEXT)
        AND place.retired_at IS NULL
)

SELECT
    called.id,
    called.kind,
    called.name,
    ST_X(called.point) AS lon,
    ST_Y(called.point) AS lat
FROM called;
