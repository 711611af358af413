-- Keep a responder's position when it is later than the one known.
-- Is the responder known, and was it kept?
WITH known AS (
    SELECT id
    FROM responder
    WHERE id = CAST(:responder_id AS UUID) AND retired_at IS NULL
),

kept AS (
    INSERT INTO position (responder_id, point, accuracy_m, at, recorded_at)
    SELECT
        known.id,
        ST_SetSRID(
            ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)), 4326
        ),
        CAST(:accuracy_m AS DOUBLE PRECISION),
        CAST(:at AS TIMESTAMPTZ),
        CAST(:recorded_at AS TIMESTAMPTZ)
    FROM known
    ON CONFLICT (responder_id) DO UPDATE
        SET
            point = excluded.point,
            accuracy_m = excluded.accuracy_m,
            at = excluded.at,
            recorded_at = excluded.recorded_at
        WHERE position.at <= excluded.at
    RETURNING responder_id
)

SELECT
    (SELECT count(*) > 0 FROM known) AS known,
    (SELECT count(*) > 0 FROM kept) AS kept;
