-- Which standing visits, each with its place and who goes there?
SELECT
    visit_plan.code,
    visit_plan.source,
    place.source || ':' || place.code AS place,
    visit_plan.kind,
    visit_plan.name,
    visit_plan.every_days,
    CAST(visit_plan.hours AS TEXT) AS hours,
    visit_plan.service_s,
    visit_plan.priority,
    array_to_string(visit_plan.skills, ';') AS skills,
    responder.source || ':' || responder.number AS responder,
    CAST(visit_plan.starts_on AS TEXT) AS starts_on,
    visit_plan.retired_at
FROM visit_plan
INNER JOIN place ON visit_plan.place_id = place.id
LEFT JOIN responder ON visit_plan.responder_id = responder.id
WHERE
    (CAST(:key AS TEXT) IS NULL OR CAST(visit_plan.id AS TEXT) = CAST(:key AS TEXT))
    AND (CAST(:retired AS BOOLEAN) OR visit_plan.retired_at IS NULL)
ORDER BY visit_plan.source, visit_plan.code;
