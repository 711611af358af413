-- Which responders in use are called so: by their id, their number, or SOURCE:NUMBER?
SELECT
    responder.id,
    responder.source,
    responder.number,
    responder.name,
    responder.skills,
    CAST(responder.duty AS TEXT) AS duty,
    responder.area_id,
    ST_X(responder.home) AS lon,
    ST_Y(responder.home) AS lat
FROM responder
WHERE
    responder.retired_at IS NULL
    AND (
        CAST(responder.id AS TEXT) = CAST(:name AS TEXT)
        OR responder.number = CAST(:name AS TEXT)
        OR responder.source || ':' || responder.number = CAST(:name AS TEXT)
    )
ORDER BY responder.source, responder.number;
