-- Take out what ruled a source's cases and nobody uses any more: the units named :units, the lists of
-- duties from file :source, the response plan and the calendar with these documents. Incidents
-- without a member go as well. How many rows were that?
WITH gone_incidents AS (
    DELETE FROM incident
    WHERE NOT EXISTS (SELECT FROM casefile WHERE casefile.incident_id = incident.id)
    RETURNING incident.id
),

lists AS (
    SELECT responsibility_list.id
    FROM responsibility_list
    WHERE responsibility_list.file = CAST(:source AS TEXT)
),

gone_duties AS (
    DELETE FROM responsibility
    WHERE responsibility.list_id IN (SELECT lists.id FROM lists)
),

gone_lists AS (
    DELETE FROM responsibility_list
    WHERE responsibility_list.id IN (SELECT lists.id FROM lists)
    RETURNING responsibility_list.id
),

gone_units AS (
    DELETE FROM unit
    WHERE
        unit.code = ANY(CAST(:units AS TEXT[]))
        AND NOT EXISTS (
            SELECT
            FROM responsibility
            WHERE
                responsibility.unit_code = unit.code
                AND responsibility.list_id NOT IN (SELECT lists.id FROM lists)
        )
        AND NOT EXISTS (SELECT FROM task WHERE task.unit = unit.code)
    RETURNING unit.code
),

gone_plans AS (
    DELETE FROM response_plan
    WHERE
        response_plan.document = CAST(:response_plan AS TEXT)
        AND NOT EXISTS (
            SELECT FROM casefile WHERE casefile.response_plan_id = response_plan.id
        )
    RETURNING response_plan.id
),

gone_calendars AS (
    DELETE FROM calendar
    WHERE
        calendar.document ->> 'text' = CAST(:calendar AS TEXT)
        AND NOT EXISTS (SELECT FROM clock WHERE clock.calendar = calendar.code)
    RETURNING calendar.id
)

SELECT
    (SELECT count(*) FROM gone_incidents) + (SELECT count(*) FROM gone_lists)
    + (SELECT count(*) FROM gone_units) + (SELECT count(*) FROM gone_plans)
    + (SELECT count(*) FROM gone_calendars) AS gone;
