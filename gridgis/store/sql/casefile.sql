-- What is this report's case, with its tasks and clocks, and where is the report? Which response
-- plan is in force at :at, and which calendar was written last?
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
    (
        SELECT response_plan.id
        FROM response_plan
        WHERE response_plan.in_force_from <= CAST(:at AS TIMESTAMPTZ)
        ORDER BY response_plan.in_force_from DESC, response_plan.id DESC
        LIMIT 1
    ) AS plan_now,
    (SELECT max(calendar.id) FROM calendar) AS calendar_now,
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
                    clock.escalate_to
                )
                ORDER BY clock.round, clock.task, clock.stage
            )
        FROM clock
        WHERE clock.report_id = casefile.report_id
    ) AS clocks
FROM casefile
LEFT JOIN report
    ON casefile.report_id = report.id AND casefile.captured_at = report.captured_at
WHERE casefile.report_id = CAST(:report_id AS UUID);
