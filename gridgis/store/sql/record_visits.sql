-- Record visits, each once: which of them were stored? The others' numbers are taken.
-- Metres are on the ellipsoid, to the nearest spot of the place's shape; null when nobody knows
-- where one of the two is. Far is farther than :most_m and what the position may be off.
WITH given AS (
    SELECT
        said.*,
        CASE
            WHEN said.lon IS NOT NULL THEN ST_SetSRID(ST_MakePoint(said.lon, said.lat), 4326)
        END AS point
    FROM
        unnest(
            CAST(:ids AS UUID[]),
            CAST(:body_hashes AS BYTEA[]),
            CAST(:responder_ids AS UUID[]),
            CAST(:place_ids AS BIGINT[]),
            CAST(:kinds AS TEXT[]),
            CAST(:ats AS TIMESTAMPTZ[]),
            CAST(:lons AS DOUBLE PRECISION[]),
            CAST(:lats AS DOUBLE PRECISION[]),
            CAST(:accuracies_m AS DOUBLE PRECISION[]),
            CAST(:area_ids AS BIGINT[]),
            CAST(:results AS TEXT[]),
            CAST(:notes AS TEXT[])
        )
            AS said (
                id, body_hash, responder_id, place_id, kind, at, lon, lat, accuracy_m, area_id,
                result, note
            )
),

measured AS (
    SELECT
        given.*,
        ST_Distance(CAST(given.point AS GEOGRAPHY), CAST(place.geom AS GEOGRAPHY)) AS distance_m
    FROM given
    INNER JOIN place ON given.place_id = place.id
)

INSERT INTO visit (
    id, body_hash, responder_id, place_id, kind, at, recorded_at, point, accuracy_m, distance_m,
    far, area_id, result, note, actor, role
)
SELECT
    measured.id,
    measured.body_hash,
    measured.responder_id,
    measured.place_id,
    measured.kind,
    measured.at,
    CAST(:recorded_at AS TIMESTAMPTZ),
    measured.point,
    measured.accuracy_m,
    measured.distance_m,
    measured.distance_m
    > CAST(:most_m AS DOUBLE PRECISION) + coalesce(measured.accuracy_m, 0),
    measured.area_id,
    measured.result,
    measured.note,
    CAST(:actor AS TEXT),
    CAST(:role AS TEXT)
FROM measured
ON CONFLICT (id) DO NOTHING
RETURNING id;
