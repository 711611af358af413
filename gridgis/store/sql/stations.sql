-- Which facilities belong to an area, and where do they stand?
SELECT
    responder.name,
    responder.area_id,
    ST_AsBinary(responder.home) AS geom
FROM responder
WHERE
    responder.kind = 'facility'
    AND responder.area_id IS NOT NULL
    AND responder.home IS NOT NULL
    AND responder.retired_at IS NULL
ORDER BY responder.id;
