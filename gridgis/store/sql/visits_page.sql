-- Which visits were recorded, the newest first, after (:after_at, :after_id)?
-- Of one time, the higher id first. A grid is named as the edition in force at that time does.
WITH page AS (
    SELECT *
    FROM visit
    WHERE
        (CAST(:id AS UUID) IS NULL OR visit.id = CAST(:id AS UUID))
        AND (
            CAST(:responder_id AS UUID) IS NULL OR visit.responder_id = CAST(:responder_id AS UUID)
        )
        AND (CAST(:place_id AS BIGINT) IS NULL OR visit.place_id = CAST(:place_id AS BIGINT))
        AND (CAST(:kind AS TEXT) IS NULL OR visit.kind = CAST(:kind AS TEXT))
        AND (CAST(:far AS BOOLEAN) IS NULL OR visit.far = CAST(:far AS BOOLEAN))
        AND (CAST(:since AS TIMESTAMPTZ) IS NULL OR visit.at >= CAST(:since AS TIMESTAMPTZ))
        AND (CAST(:before AS TIMESTAMPTZ) IS NULL OR visit.at < CAST(:before AS TIMESTAMPTZ))
        AND (
            CAST(:after_at AS TIMESTAMPTZ) IS NULL
            OR (visit.at, visit.id) < (CAST(:after_at AS TIMESTAMPTZ), CAST(:after_id AS UUID))
        )
    ORDER BY visit.at DESC, visit.id DESC
    LIMIT CAST(:page AS INTEGER)
)

SELECT
    page.id,
    page.body_hash,
    page.responder_id,
    responder.number AS responder_number,
    responder.name AS responder_name,
    place.source || ':' || place.code AS place,
    place.name AS place_name,
    page.kind,
    page.at,
    page.recorded_at,
    ST_X(page.point) AS lon,
    ST_Y(page.point) AS lat,
    page.accuracy_m,
    page.distance_m,
    page.far,
    page.result,
    page.note,
    page.actor,
    grid.level AS grid_level,
    grid.code AS grid_code,
    grid.name AS grid_name
FROM page
INNER JOIN responder ON page.responder_id = responder.id
INNER JOIN place ON page.place_id = place.id
LEFT JOIN LATERAL (
    SELECT
        version.level,
        version.code,
        version.name
    FROM area_version AS version
    INNER JOIN edition ON version.edition_id = edition.id
    WHERE version.area_id = page.area_id AND edition.valid @> page.at
    ORDER BY edition.id DESC
    LIMIT 1
) AS grid ON TRUE
ORDER BY page.at DESC, page.id DESC;
