-- Who has what to do? Tasks in a state, or else those that somebody still has to do; soonest due
-- first, those without a limit last, the longest sent first; after (:after_due, :after_sent,
-- :after_id, :after_number).
WITH listed AS (
    SELECT
        task.report_id,
        task.number,
        task.version,
        task.state,
        task.unit,
        task.part,
        task.is_lead,
        task.is_whistled,
        task.responders,
        task.round,
        task.sent_at,
        task.accepted_at,
        task.arrived_at,
        task.ended_at,
        task.reason,
        task.reason_kind,
        ST_X(task.arrived_location) AS arrived_lon,
        ST_Y(task.arrived_location) AS arrived_lat,
        task.arrived_m,
        task.rating,
        casefile.captured_at,
        casefile.category,
        casefile.level,
        casefile.state AS case_state,
        casefile.version AS case_version,
        next.stage,
        next.due_at
    FROM task
    INNER JOIN casefile ON task.report_id = casefile.report_id
    LEFT JOIN LATERAL (
        SELECT clock.stage, clock.due_at
        FROM clock
        WHERE
            clock.report_id = task.report_id
            AND clock.task = task.number
            AND clock.stopped_at IS NULL
            AND clock.due_at IS NOT NULL
        ORDER BY clock.due_at, clock.stage
        LIMIT 1
    ) AS next ON TRUE
    WHERE
        (CAST(:report_id AS UUID) IS NULL OR task.report_id = CAST(:report_id AS UUID))
        AND (CAST(:number AS INTEGER) IS NULL OR task.number = CAST(:number AS INTEGER))
        AND (CAST(:unit AS TEXT) IS NULL OR task.unit = CAST(:unit AS TEXT))
        AND (
            CAST(:responder AS UUID) IS NULL
            OR task.responders @> ARRAY[CAST(:responder AS UUID)]
        )
        AND CASE
            WHEN CAST(:state AS TEXT) IS NOT NULL THEN task.state = CAST(:state AS TEXT)
            WHEN CAST(:number AS INTEGER) IS NOT NULL THEN TRUE
            ELSE
                task.state IN ('sent', 'accepted', 'arrived', 'working')
                AND casefile.state NOT IN ('closed', 'rejected', 'merged', 'void')
        END
)

SELECT
    listed.*,
    report.number AS report_number,
    report.description,
    report.address,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat
FROM listed
LEFT JOIN report
    ON listed.report_id = report.id AND listed.captured_at = report.captured_at
WHERE
    CAST(:after_id AS UUID) IS NULL
    OR (COALESCE(listed.due_at, 'infinity'), listed.sent_at, listed.report_id, listed.number) > (
        COALESCE(CAST(:after_due AS TIMESTAMPTZ), 'infinity'),
        CAST(:after_sent AS TIMESTAMPTZ),
        CAST(:after_id AS UUID),
        CAST(:after_number AS INTEGER)
    )
ORDER BY COALESCE(listed.due_at, 'infinity'), listed.sent_at, listed.report_id, listed.number
LIMIT CAST(:page AS INTEGER);
