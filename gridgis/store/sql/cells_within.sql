-- Which of the smallest cells does this shape touch, and what share of each lies in it?
-- Shares are of square metres on the ellipsoid. A cell without area, such as a point, lies in it
-- when the closed shape covers it, else not at all.
WITH shape AS (
    SELECT ST_GeomFromWKB(:shape, 4326) AS geom
),

touched AS (
    SELECT
        cell.*,
        shape.geom AS within,
        ST_Covers(shape.geom, cell.geom) AS whole,
        ST_Area(CAST(cell.geom AS GEOGRAPHY)) AS area_m2
    FROM shape
    INNER JOIN cell ON ST_Intersects(shape.geom, cell.geom)
    WHERE
        cell.retired_at IS NULL
        AND NOT EXISTS (
            SELECT
            FROM cell AS part
            WHERE
                part.source = cell.source
                AND part.parent_code = cell.code
                AND part.retired_at IS NULL
        )
)

SELECT
    touched.source || ':' || touched.code AS cell,
    touched.name,
    touched.kind,
    touched.households,
    touched.population,
    CASE
        WHEN touched.whole THEN 1
        WHEN touched.area_m2 = 0 THEN 0
        ELSE
            ST_Area(CAST(ST_Intersection(touched.geom, touched.within) AS GEOGRAPHY))
            / touched.area_m2
    END AS share
FROM touched
ORDER BY touched.source, touched.code;
