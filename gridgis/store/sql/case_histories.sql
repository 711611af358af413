-- How do the next :most cases stand after the report :after, and what has happened to each? One
-- report (:only), or those received since :since, or all. What this statement sees belongs
-- together, whoever works on the cases meanwhile.
WITH part AS MATERIALIZED (
    SELECT casefile.*
    FROM casefile
    WHERE
        casefile.report_id > CAST(:after AS UUID)
        AND (CAST(:only AS UUID) IS NULL OR casefile.report_id = CAST(:only AS UUID))
        AND (
            CAST(:since AS TIMESTAMPTZ) IS NULL
            OR casefile.received_at >= CAST(:since AS TIMESTAMPTZ)
        )
    ORDER BY casefile.report_id
    LIMIT CAST(:most AS INTEGER)
)

SELECT
    casefile.report_id,
    casefile.captured_at,
    casefile.received_at,
    casefile.channel,
    casefile.category,
    casefile.external_due_at,
    casefile.version,
    casefile.state,
    casefile.state_since,
    casefile.outcome,
    casefile.level,
    casefile.tier,
    casefile.unit,
    casefile.on_the_spot,
    casefile.filed_at,
    casefile.dispatched_at,
    casefile.accepted_at,
    casefile.arrived_at,
    casefile.fed_back_at,
    casefile.verified_at,
    casefile.closed_at,
    casefile.returns,
    casefile.reopenings,
    casefile.failures,
    casefile.extensions,
    casefile.deferrals,
    casefile.urgings,
    casefile.supervisions,
    casefile.parked_until,
    casefile.merged_into,
    casefile.response_plan_id,
    casefile.facts,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat,
    report.accuracy_m,
    report.id IS NULL AS is_archived,
    NULL AS plan_now,
    NULL AS calendar_now,
    (
        SELECT
            json_agg(
                json_build_array(
                    task.number, task.version, task.state, task.unit, task.part, task.is_lead,
                    task.is_whistled, task.responders, task.round, task.sent_at, task.accepted_at,
                    task.arrived_at, task.ended_at, task.reason, task.reason_kind,
                    ST_X(task.arrived_location), ST_Y(task.arrived_location), task.arrived_m,
                    task.rating
                )
                ORDER BY task.number
            )
        FROM task
        WHERE task.report_id = casefile.report_id
    ) AS tasks,
    (
        SELECT
            json_agg(
                json_build_array(
                    clock.task, clock.stage, clock.round, clock.started_at, clock.spec,
                    clock.extensions, clock.pauses, clock.calendar, clock.cap_at, clock.due_at,
                    clock.warn_at, clock.warned_at, clock.escalated_at, clock.stopped_at,
                    clock.escalate_to, clock.next_at
                )
                ORDER BY clock.round, clock.task, clock.stage
            )
        FROM clock
        WHERE clock.report_id = casefile.report_id
    ) AS clocks,
    casefile.due_at,
    report.category AS report_category,
    (
        SELECT
            json_agg(
                json_build_array(
                    happened.kind, happened.at, happened.recorded_at, happened.actor, happened.role,
                    happened.facts
                )
                ORDER BY happened.id
            )
        FROM (
            SELECT id, kind, at, recorded_at, actor, role, facts
            FROM event
            WHERE
                event.report_id = casefile.report_id
                AND event.captured_at = casefile.captured_at
            UNION ALL
            SELECT id, kind, at, recorded_at, actor, role, facts
            FROM archived_event
            WHERE
                archived_event.report_id = casefile.report_id
                AND archived_event.captured_at = casefile.captured_at
        ) AS happened
    ) AS events
FROM part AS casefile
LEFT JOIN report
    ON casefile.report_id = report.id AND casefile.captured_at = report.captured_at
ORDER BY casefile.report_id;
