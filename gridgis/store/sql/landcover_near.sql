-- Which water or greens does a box meet? In the order of import; the shape as it is stored.
SELECT
    landcover.name,
    ST_AsBinary(landcover.geom) AS geom
FROM landcover
WHERE
    landcover.kind = CAST(:kind AS TEXT)
    AND landcover.geom && ST_MakeEnvelope(
        CAST(:min_lon AS DOUBLE PRECISION),
        CAST(:min_lat AS DOUBLE PRECISION),
        CAST(:max_lon AS DOUBLE PRECISION),
        CAST(:max_lat AS DOUBLE PRECISION),
        4326
    )
ORDER BY landcover.id;
