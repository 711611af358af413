-- Which places are in use, where is each, and how often was it the answer?
-- A shape that is no point is told by a point on it.
WITH located AS (
    SELECT
        place.*,
        CASE
            WHEN GeometryType(place.geom) = 'POINT' THEN place.geom
            ELSE ST_PointOnSurface(place.geom)
        END AS point
    FROM place
    WHERE place.retired_at IS NULL
)

SELECT
    located.id,
    located.source,
    located.code,
    located.kind,
    located.name,
    located.standard_address,
    located.aliases,
    located.former_names,
    located.households,
    located.floors,
    located.cell_code,
    located.parts,
    ST_X(located.point) AS lon,
    ST_Y(located.point) AS lat,
    coalesce(place_use.times, 0) AS times_used
FROM located
LEFT JOIN place_use ON located.id = place_use.place_id
ORDER BY located.id;
