-- What happened to this report, oldest first?
SELECT
    event.kind,
    event.at,
    event.recorded_at,
    event.actor,
    event.role,
    event.facts
FROM (
    SELECT id, report_id, captured_at, kind, at, recorded_at, actor, role, facts FROM event
    UNION ALL
    SELECT id, report_id, captured_at, kind, at, recorded_at, actor, role, facts FROM archived_event
) AS event
WHERE
    event.report_id = CAST(:report_id AS UUID)
    AND event.captured_at = CAST(:captured_at AS TIMESTAMPTZ)
ORDER BY event.id;
