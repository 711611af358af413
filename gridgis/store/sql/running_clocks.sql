-- Which clocks run by the calendar :code, of the next :most cases after the report :after?
-- Their cases are held, as every transition holds them, before the clocks.
WITH cases AS MATERIALIZED (
    SELECT casefile.report_id
    FROM casefile
    WHERE
        casefile.report_id > CAST(:after AS UUID)
        AND EXISTS (
            SELECT
            FROM clock
            WHERE
                clock.report_id = casefile.report_id
                AND clock.calendar = CAST(:code AS TEXT)
                AND clock.stopped_at IS NULL
        )
    ORDER BY casefile.report_id
    LIMIT CAST(:most AS INTEGER)
    FOR UPDATE
)

SELECT
    clock.report_id,
    clock.task,
    clock.stage,
    clock.round,
    clock.started_at,
    clock.spec,
    clock.extensions,
    clock.pauses,
    clock.calendar,
    clock.cap_at,
    clock.due_at,
    clock.warn_at,
    clock.warned_at,
    clock.escalated_at,
    clock.stopped_at,
    clock.escalate_to
FROM cases
INNER JOIN clock ON cases.report_id = clock.report_id
WHERE clock.calendar = CAST(:code AS TEXT) AND clock.stopped_at IS NULL
ORDER BY clock.report_id, clock.task, clock.stage, clock.round
FOR UPDATE OF clock;
