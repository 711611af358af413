-- Which responders, with the codes of their areas in the editions in force at that time?
SELECT
    responder.number,
    responder.source,
    responder.kind,
    responder.name,
    responder.organisation,
    responder.role,
    (
        SELECT version.code
        FROM area_version AS version
        INNER JOIN edition ON version.edition_id = edition.id
        WHERE
            version.area_id = responder.area_id
            AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    ) AS area,
    array_to_string(responder.skills, ';') AS skills,
    responder.phone,
    CAST(responder.duty AS TEXT) AS duty,
    responder.capacity,
    ST_X(responder.home) AS lon,
    ST_Y(responder.home) AS lat,
    CAST(responder.attributes AS TEXT) AS attributes,
    CAST(responder.id AS TEXT) AS id,
    responder.retired_at
FROM responder
WHERE
    (CAST(:key AS TEXT) IS NULL OR CAST(responder.id AS TEXT) = CAST(:key AS TEXT))
    AND (CAST(:retired AS BOOLEAN) OR responder.retired_at IS NULL)
ORDER BY responder.source, responder.number;
