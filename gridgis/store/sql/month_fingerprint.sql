-- Which versions of rows does a month have? Whatever is written to it changes the answer: a new row
-- the count, a changed one its place, and a row that takes a place again has another writer.
SELECT
    'report' AS noun,
    count(*) AS row_count,
    sum(hashtextextended(concat(report.tableoid, report.ctid, report.xmin), 0)) AS versions
FROM report
WHERE
    report.captured_at >= CAST(:since AS TIMESTAMPTZ)
    AND report.captured_at < CAST(:before AS TIMESTAMPTZ)
UNION ALL
SELECT
    'event' AS noun,
    count(*) AS row_count,
    sum(hashtextextended(concat(event.tableoid, event.ctid, event.xmin), 0)) AS versions
FROM event
WHERE
    event.captured_at >= CAST(:since AS TIMESTAMPTZ)
    AND event.captured_at < CAST(:before AS TIMESTAMPTZ);
