-- Which reports belong to an incident, in the order of their capture, and where do they stand?
SELECT
    casefile.report_id,
    report.number,
    casefile.captured_at,
    casefile.category,
    casefile.state,
    casefile.merged_into,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat,
    report.accuracy_m,
    report.description,
    report.address
FROM casefile
LEFT JOIN report
    ON casefile.report_id = report.id AND casefile.captured_at = report.captured_at
WHERE casefile.incident_id = CAST(:incident_id AS BIGINT)
ORDER BY casefile.captured_at, casefile.report_id;
