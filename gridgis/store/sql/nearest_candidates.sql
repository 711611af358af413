-- Which :k responders with these skills, on duty, come first around this point? A fresh live
-- position counts, else the home point. Each of the two walks ends after :candidates; <-> orders
-- them by the sphere (sphere_m), ST_Distance is on the spheroid (distance_m). How many each walk
-- found, and how far it went, tell the caller whether anybody else could be nearer.
WITH target AS (
    SELECT
        CAST(
            ST_SetSRID(
                ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)), 4326
            ) AS GEOGRAPHY
        ) AS point
),

-- Each walk is LATERAL to its target, and asks the other table by a scalar subquery: so the index's
-- own order is kept, and the walk stops when it has enough.
live AS (
    SELECT walk.*
    FROM target
    CROSS JOIN LATERAL (
        SELECT
            position.responder_id AS id,
            position.point,
            position.at,
            position.accuracy_m,
            CAST(position.point AS GEOGRAPHY) <-> target.point AS sphere_m,
            'live' AS walk
        FROM position
        WHERE
            position.at BETWEEN CAST(:fresh_from AS TIMESTAMPTZ)
            AND CAST(:fresh_to AS TIMESTAMPTZ)
            AND (
                SELECT
                    responder.retired_at IS NULL
                    AND responder.skills @> CAST(:skills AS TEXT[])
                    AND coalesce(responder.duty @> CAST(:minute_of_week AS INTEGER), TRUE)
                FROM responder
                WHERE responder.id = position.responder_id
            )
        ORDER BY CAST(position.point AS GEOGRAPHY) <-> target.point
        LIMIT CAST(:candidates AS INTEGER)
    ) AS walk
),

home AS (
    SELECT walk.*
    FROM target
    CROSS JOIN LATERAL (
        SELECT
            responder.id,
            responder.home AS point,
            CAST(NULL AS TIMESTAMPTZ) AS at,
            CAST(NULL AS DOUBLE PRECISION) AS accuracy_m,
            CAST(responder.home AS GEOGRAPHY) <-> target.point AS sphere_m,
            'home' AS walk
        FROM responder
        WHERE
            responder.retired_at IS NULL
            AND responder.home IS NOT NULL
            AND responder.skills @> CAST(:skills AS TEXT[])
            AND coalesce(responder.duty @> CAST(:minute_of_week AS INTEGER), TRUE)
            AND (
                SELECT
                    position.at BETWEEN CAST(:fresh_from AS TIMESTAMPTZ)
                    AND CAST(:fresh_to AS TIMESTAMPTZ)
                FROM position
                WHERE position.responder_id = responder.id
            ) IS NOT TRUE
        ORDER BY CAST(responder.home AS GEOGRAPHY) <-> target.point
        LIMIT CAST(:candidates AS INTEGER)
    ) AS walk
),

found AS (
    SELECT * FROM live
    UNION ALL
    SELECT * FROM home
),

walked AS (
    SELECT
        count(*) FILTER (WHERE found.walk = 'live') AS live,
        max(found.sphere_m) FILTER (WHERE found.walk = 'live') AS live_m,
        count(*) FILTER (WHERE found.walk = 'home') AS home,
        max(found.sphere_m) FILTER (WHERE found.walk = 'home') AS home_m
    FROM found
),

first AS (
    SELECT
        found.*,
        ST_Distance(CAST(found.point AS GEOGRAPHY), target.point) AS distance_m
    FROM found
    CROSS JOIN target
    ORDER BY distance_m, found.id
    LIMIT CAST(:k AS INTEGER)
)

SELECT
    first.id,
    responder.kind,
    responder.name,
    responder.organisation,
    responder.role,
    responder.skills,
    responder.phone,
    area.level AS area_level,
    area.code AS area_code,
    area.name AS area_name,
    ST_X(first.point) AS lon,
    ST_Y(first.point) AS lat,
    first.at,
    first.accuracy_m,
    first.walk,
    first.distance_m,
    walked.live,
    walked.live_m,
    walked.home,
    walked.home_m
FROM first
CROSS JOIN walked
INNER JOIN responder ON first.id = responder.id
LEFT JOIN LATERAL (
    SELECT area_version.level, area_version.code, area_version.name
    FROM area_version
    INNER JOIN edition ON area_version.edition_id = edition.id
    WHERE area_version.area_id = responder.area_id AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    ORDER BY area_version.edition_id
    LIMIT 1
) AS area ON TRUE
ORDER BY first.distance_m, first.id;
