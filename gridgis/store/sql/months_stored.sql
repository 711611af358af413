-- Which months have rows in the database, how many reports and events, and how large are they?
-- Oldest first. A noun with more than :counted rows, as the planner knows it, is not counted.
WITH part AS (
    SELECT
        to_date(right(child.relname, 7), 'YYYY_MM') AS month,
        parent.relname AS noun,
        child.reltuples,
        pg_total_relation_size(child.oid) AS size_bytes
    FROM pg_inherits
    INNER JOIN pg_class AS child ON pg_inherits.inhrelid = child.oid
    INNER JOIN pg_class AS parent ON pg_inherits.inhparent = parent.oid
    WHERE
        parent.oid IN (CAST('report' AS REGCLASS), CAST('event' AS REGCLASS))
        AND child.oid <> CAST('report_default' AS REGCLASS)
        AND child.oid <> CAST('event_default' AS REGCLASS)
),

known AS (
    SELECT
        part.month,
        sum(part.reltuples) FILTER (WHERE part.noun = 'report') AS reports,
        sum(part.reltuples) FILTER (WHERE part.noun = 'event') AS events,
        sum(part.size_bytes) AS size_bytes
    FROM part
    GROUP BY part.month
    UNION ALL
    -- What waits for its month to be made.
    SELECT DISTINCT
        CAST(date_trunc('month', report_default.captured_at AT TIME ZONE 'UTC') AS DATE),
        0,
        0,
        0
    FROM report_default
),

month AS (
    SELECT
        known.month,
        CAST(known.month AS TIMESTAMP) AT TIME ZONE 'UTC' AS since,
        (known.month + INTERVAL '1 month') AT TIME ZONE 'UTC' AS before,
        sum(known.reports) AS reports,
        sum(known.events) AS events,
        sum(known.size_bytes) AS size_bytes
    FROM known
    GROUP BY known.month
),

told AS (
    SELECT
        month.month,
        CASE
            WHEN month.reports > CAST(:counted AS INTEGER) THEN CAST(month.reports AS BIGINT)
            ELSE (
                SELECT count(*)
                FROM report
                WHERE report.captured_at >= month.since AND report.captured_at < month.before
            )
        END AS reports,
        CASE
            WHEN month.events > CAST(:counted AS INTEGER) THEN CAST(month.events AS BIGINT)
            ELSE (
                SELECT count(*)
                FROM event
                WHERE event.captured_at >= month.since AND event.captured_at < month.before
            )
        END AS events,
        CAST(month.size_bytes AS BIGINT) AS size_bytes,
        greatest(month.reports, month.events) > CAST(:counted AS INTEGER) AS estimated
    FROM month
)

SELECT told.month, told.reports, told.events, told.size_bytes, told.estimated
FROM told
WHERE told.reports > 0 OR told.events > 0
ORDER BY told.month;
