-- Take out the reports of an import with all that was decided about them: how many were they?
-- One statement, so that rows that point to each other go together.
WITH doomed AS (
    SELECT id FROM report_key WHERE import_id = CAST(:import_id AS INTEGER)
),

gone_ratings AS (
    DELETE FROM rating WHERE report_id IN (SELECT id FROM doomed)
),

gone_clocks AS (
    DELETE FROM clock WHERE report_id IN (SELECT id FROM doomed)
),

gone_tasks AS (
    DELETE FROM task WHERE report_id IN (SELECT id FROM doomed)
),

-- What was merged into one that goes is on its own again.
freed_cases AS (
    UPDATE casefile SET merged_into = NULL
    WHERE
        merged_into IN (SELECT id FROM doomed)
        AND report_id NOT IN (SELECT id FROM doomed)
),

gone_cases AS (
    DELETE FROM casefile WHERE report_id IN (SELECT id FROM doomed)
),

gone_holders AS (
    DELETE FROM holder WHERE report_id IN (SELECT id FROM doomed)
),

gone_assignments AS (
    DELETE FROM assignment WHERE report_id IN (SELECT id FROM doomed)
),

gone_events AS (
    DELETE FROM event WHERE report_id IN (SELECT id FROM doomed)
),

gone_reports AS (
    DELETE FROM report WHERE id IN (SELECT id FROM doomed)
),

gone_keys AS (
    DELETE FROM report_key WHERE id IN (SELECT id FROM doomed) RETURNING id
)

SELECT count(*) AS reports FROM gone_keys;
