-- When did which clock escalate in [:since, :before)?
SELECT
    clock.report_id,
    clock.escalated_at
FROM clock
WHERE
    clock.escalated_at >= CAST(:since AS TIMESTAMPTZ)
    AND clock.escalated_at < CAST(:before AS TIMESTAMPTZ);
