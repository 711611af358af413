-- Where are the reports that were captured from :first to :last, stored or shown from files?
WITH every_report AS NOT MATERIALIZED (
    SELECT id, captured_at, location FROM report
    UNION ALL
    SELECT id, captured_at, location FROM archived_report
)

SELECT
    report.id AS report_id,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat
FROM every_report AS report
WHERE
    report.location IS NOT NULL
    AND report.captured_at >= CAST(:first AS TIMESTAMPTZ)
    AND report.captured_at <= CAST(:last AS TIMESTAMPTZ);
