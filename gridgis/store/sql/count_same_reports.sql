-- How many reports of this period are there, and how many did the file give back bit by bit?
-- A row's text says all of it: doubles with their digits, shapes as EWKB, times to the microsecond.
SELECT
    count(*) AS stored_count,
    count(*) FILTER (
        WHERE CAST(report AS TEXT) = CAST(archived_report AS TEXT)
    ) AS same_count
FROM report
LEFT JOIN archived_report
    ON report.id = archived_report.id AND report.captured_at = archived_report.captured_at
WHERE
    report.captured_at >= CAST(:since AS TIMESTAMPTZ)
    AND report.captured_at < CAST(:before AS TIMESTAMPTZ);
