-- Which of the smallest cells does this shape touch, what share of each lies in it, and where is a
-- point of that part? Shares are as cells_within.sql says them.
WITH shape AS (
    SELECT ST_GeomFromWKB(:shape, 4326) AS geom
),

touched AS (
    SELECT
        cell.*,
        ST_Covers(shape.geom, cell.geom) AS whole,
        ST_Area(CAST(cell.geom AS GEOGRAPHY)) AS area_m2,
        CASE
            WHEN ST_Covers(shape.geom, cell.geom) THEN cell.geom
            ELSE ST_Intersection(cell.geom, shape.geom)
        END AS part
    FROM shape
    INNER JOIN cell ON ST_Intersects(shape.geom, cell.geom)
    WHERE
        cell.retired_at IS NULL
        AND NOT EXISTS (
            SELECT
            FROM cell AS smaller
            WHERE
                smaller.source = cell.source
                AND smaller.parent_code = cell.code
                AND smaller.retired_at IS NULL
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
        ELSE ST_Area(CAST(touched.part AS GEOGRAPHY)) / touched.area_m2
    END AS share,
    ST_X(ST_PointOnSurface(touched.part)) AS lon,
    ST_Y(ST_PointOnSurface(touched.part)) AS lat
FROM touched
ORDER BY touched.source, touched.code;
