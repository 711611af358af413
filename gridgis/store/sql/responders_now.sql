-- Who can act, and where are they now: at their fresh live position, else at home?
SELECT
    CAST(responder.id AS TEXT) AS id,
    responder.kind,
    responder.name,
    responder.organisation,
    responder.role,
    responder.skills,
    CASE WHEN live.point IS NULL THEN 'home' ELSE 'live' END AS position_source,
    ST_X(coalesce(live.point, responder.home)) AS lon,
    ST_Y(coalesce(live.point, responder.home)) AS lat
FROM responder
LEFT JOIN position AS live
    ON
        responder.id = live.responder_id
        AND live.at BETWEEN CAST(:fresh_from AS TIMESTAMPTZ) AND CAST(:at AS TIMESTAMPTZ)
WHERE responder.retired_at IS NULL
ORDER BY responder.id;
