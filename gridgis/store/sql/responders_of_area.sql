-- Who is bound to this area, are they on duty, and where are they: at their fresh live position,
-- else at home? By id.
SELECT
    responder.id,
    responder.kind,
    responder.name,
    responder.organisation,
    responder.role,
    responder.skills,
    responder.phone,
    coalesce(responder.duty @> CAST(:minute_of_week AS INTEGER), TRUE) AS on_duty,
    CASE
        WHEN live.point IS NOT NULL THEN 'live' WHEN responder.home IS NOT NULL THEN 'home'
    END AS walk,
    ST_X(coalesce(live.point, responder.home)) AS lon,
    ST_Y(coalesce(live.point, responder.home)) AS lat,
    live.at,
    live.accuracy_m
FROM responder
LEFT JOIN position AS live
    ON
        responder.id = live.responder_id
        AND live.at BETWEEN CAST(:fresh_from AS TIMESTAMPTZ) AND CAST(:fresh_to AS TIMESTAMPTZ)
WHERE
    responder.area_id = CAST(:area_id AS BIGINT)
    AND responder.retired_at IS NULL
    AND (CAST(:role AS TEXT) IS NULL OR responder.role = CAST(:role AS TEXT))
ORDER BY responder.id;
