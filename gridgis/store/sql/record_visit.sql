-- Record a visit, once: was it stored, or is its number taken?
-- Metres are on the ellipsoid, to the nearest spot of the place's shape; null when nobody knows
-- where one of the two is. Far is farther than :most_m and what the position may be off.
WITH given AS (
    SELECT
        CASE
            WHEN CAST(:lon AS DOUBLE PRECISION) IS NOT NULL
                THEN ST_SetSRID(
                    ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)),
                    4326
                )
        END AS point
),

measured AS (
    SELECT
        given.point,
        ST_Distance(CAST(given.point AS GEOGRAPHY), CAST(place.geom AS GEOGRAPHY)) AS distance_m
    FROM place
    CROSS JOIN given
    WHERE place.id = CAST(:place_id AS BIGINT)
)

INSERT INTO visit (
    id, body_hash, responder_id, place_id, kind, at, recorded_at, point, accuracy_m, distance_m,
    far, area_id, result, note, actor, role
)
SELECT
    CAST(:id AS UUID),
    CAST(:body_hash AS BYTEA),
    CAST(:responder_id AS UUID),
    CAST(:place_id AS BIGINT),
    CAST(:kind AS TEXT),
    CAST(:at AS TIMESTAMPTZ),
    CAST(:recorded_at AS TIMESTAMPTZ),
    measured.point,
    CAST(:accuracy_m AS DOUBLE PRECISION),
    measured.distance_m,
    measured.distance_m
    > CAST(:most_m AS DOUBLE PRECISION) + coalesce(CAST(:accuracy_m AS DOUBLE PRECISION), 0),
    CAST(:area_id AS BIGINT),
    CAST(:result AS TEXT),
    CAST(:note AS TEXT),
    CAST(:actor AS TEXT),
    CAST(:role AS TEXT)
FROM measured
ON CONFLICT (id) DO NOTHING
RETURNING id;
