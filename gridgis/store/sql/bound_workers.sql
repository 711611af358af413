-- Who works in which area? Workers in service that are bound to one; by area, then by name.
SELECT
    CAST(responder.id AS TEXT) AS id,
    responder.area_id,
    responder.name,
    responder.role,
    responder.phone
FROM responder
WHERE
    responder.kind = 'worker'
    AND responder.area_id IS NOT NULL
    AND responder.retired_at IS NULL
ORDER BY responder.area_id, responder.name COLLATE "C", responder.id;
