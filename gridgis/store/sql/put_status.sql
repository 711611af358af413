-- Note what a responder says of himself, and keep it for the record; others are told.
-- Is there such a responder, who has not left?
WITH known AS (
    SELECT responder.id
    FROM responder
    WHERE responder.id = CAST(:responder_id AS UUID) AND responder.retired_at IS NULL
),

now AS (
    INSERT INTO responder_status (responder_id, status, since, until, reason, actor, role)
    SELECT
        known.id,
        CAST(:status AS TEXT),
        CAST(:since AS TIMESTAMPTZ),
        CAST(:until AS TIMESTAMPTZ),
        CAST(:reason AS TEXT),
        CAST(:actor AS TEXT),
        CAST(:role AS TEXT)
    FROM known
    ON CONFLICT (responder_id) DO UPDATE
        SET
            status = excluded.status,
            since = excluded.since,
            until = excluded.until,
            reason = excluded.reason,
            actor = excluded.actor,
            role = excluded.role,
            seq = excluded.seq
    RETURNING responder_id, status, since, until, reason, actor, role, seq
),

noted AS (
    INSERT INTO status_change (responder_id, status, since, until, reason, actor, role)
    SELECT now.responder_id, now.status, now.since, now.until, now.reason, now.actor, now.role
    FROM now
)

SELECT pg_notify('gridgis_live', CAST(now.seq AS TEXT)) FROM now;
