-- Who can act, when are they on duty, and what is their area called in the edition in force at that
-- time? By id.
SELECT
    responder.id,
    responder.kind,
    responder.name,
    responder.organisation,
    responder.role,
    responder.skills,
    responder.phone,
    responder.area_id,
    area.level AS area_level,
    area.code AS area_code,
    area.name AS area_name,
    CAST(responder.duty AS TEXT) AS duty,
    responder.capacity,
    ST_X(responder.home) AS lon,
    ST_Y(responder.home) AS lat
FROM responder
LEFT JOIN LATERAL (
    SELECT area_version.level, area_version.code, area_version.name
    FROM area_version
    INNER JOIN edition ON area_version.edition_id = edition.id
    WHERE area_version.area_id = responder.area_id AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    ORDER BY area_version.edition_id
    LIMIT 1
) AS area ON TRUE
WHERE responder.retired_at IS NULL
ORDER BY responder.id;
