-- Which roads does a box meet? In the order of import; the shape as it is stored.
SELECT
    road.class,
    road.name,
    ST_AsBinary(road.geom) AS geom
FROM road
WHERE
    road.geom && ST_MakeEnvelope(
        CAST(:min_lon AS DOUBLE PRECISION),
        CAST(:min_lat AS DOUBLE PRECISION),
        CAST(:max_lon AS DOUBLE PRECISION),
        CAST(:max_lat AS DOUBLE PRECISION),
        4326
    )
ORDER BY road.id;
