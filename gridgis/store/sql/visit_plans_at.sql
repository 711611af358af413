-- Which standing visits were in use at that time, where are their places, and when were they made?
-- The last time counts, for every plan of the place and kind. A shape is told by a point on it.
SELECT
    visit_plan.source || ':' || visit_plan.code AS plan,
    visit_plan.kind,
    visit_plan.name,
    visit_plan.every_days,
    CAST(visit_plan.hours AS TEXT) AS hours,
    visit_plan.service_s,
    visit_plan.priority,
    visit_plan.skills,
    visit_plan.responder_id,
    visit_plan.starts_on,
    place.source || ':' || place.code AS place,
    place.name AS place_name,
    ST_X(ST_PointOnSurface(place.geom)) AS lon,
    ST_Y(ST_PointOnSurface(place.geom)) AS lat,
    latest.at AS last_at
FROM visit_plan
INNER JOIN place ON visit_plan.place_id = place.id
LEFT JOIN LATERAL (
    SELECT visit.at
    FROM visit
    WHERE
        visit.place_id = visit_plan.place_id
        AND visit.kind = visit_plan.kind
        AND visit.at <= CAST(:at AS TIMESTAMPTZ)
    ORDER BY visit.at DESC
    LIMIT 1
) AS latest ON TRUE
WHERE
    (visit_plan.retired_at IS NULL OR visit_plan.retired_at > CAST(:at AS TIMESTAMPTZ))
    AND (place.retired_at IS NULL OR place.retired_at > CAST(:at AS TIMESTAMPTZ))
    AND (visit_plan.starts_on IS NULL OR visit_plan.starts_on <= CAST(:today AS DATE))
ORDER BY visit_plan.source, visit_plan.code;
