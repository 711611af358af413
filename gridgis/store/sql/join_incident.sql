-- Name the incident in these reports' cases, and write an event of each: it says how many belong to
-- the incident by then. The rows are locked in one order, so that two writers never wait for each
-- other; a case that belongs to an incident already stays there.
WITH held AS MATERIALIZED (
    SELECT
        casefile.report_id,
        casefile.captured_at
    FROM casefile
    WHERE
        casefile.report_id = ANY(CAST(:report_ids AS UUID[]))
        AND casefile.incident_id IS NULL
    ORDER BY casefile.report_id
    FOR UPDATE
),

joined AS (
    UPDATE casefile
    SET incident_id = CAST(:incident_id AS BIGINT)
    FROM held
    WHERE casefile.report_id = held.report_id
    RETURNING casefile.report_id
),

-- The statement sees the members as they were before it.
counted AS (
    SELECT
        (SELECT count(*) FROM joined)
        + (
            SELECT count(*) FROM casefile
            WHERE casefile.incident_id = CAST(:incident_id AS BIGINT)
        ) AS members
)

INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
SELECT
    held.report_id,
    held.captured_at,
    'joined_incident',
    CAST(:at AS TIMESTAMPTZ),
    CAST(:at AS TIMESTAMPTZ),
    CAST(:actor AS TEXT),
    CAST(:role AS TEXT),
    jsonb_build_object('incident', CAST(:incident_id AS BIGINT), 'members', counted.members)
FROM held
CROSS JOIN counted
ORDER BY held.captured_at, held.report_id;
