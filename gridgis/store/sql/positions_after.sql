-- Which positions were written after the one with this number? In their order; times in whole
-- milliseconds since 1970.
SELECT
    position.responder_id,
    ST_X(position.point) AS lon,
    ST_Y(position.point) AS lat,
    position.accuracy_m,
    CAST(floor(extract(EPOCH FROM position.at) * 1000) AS BIGINT) AS at_ms,
    position.seq
FROM position
WHERE position.seq > CAST(:seq AS BIGINT)
ORDER BY position.seq;
