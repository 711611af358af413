-- Which closures and speed changes act at a time or later? With :past, all that were ever made.
-- By their start, then as they were made.
SELECT
    road_closure.id,
    road_closure.reason,
    road_closure.factor,
    road_closure.modes,
    road_closure.ways,
    road_closure.recorded_at,
    road_closure.actor,
    road_closure.role,
    road_closure.ended_at,
    ST_AsBinary(road_closure.geom) AS shape,
    lower(road_closure.valid) AS valid_from,
    upper(road_closure.valid) AS valid_to
FROM road_closure
WHERE
    CAST(:past AS BOOLEAN)
    OR (
        road_closure.ended_at IS NULL
        AND road_closure.valid && tstzrange(CAST(:at AS TIMESTAMPTZ), NULL)
    )
ORDER BY lower(road_closure.valid), road_closure.recorded_at, road_closure.id;
