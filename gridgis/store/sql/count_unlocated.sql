-- How many reports wait for somebody to say where? Counted up to :most, which many never reach.
SELECT count(*) AS waiting
FROM (
    SELECT 1
    FROM report
    INNER JOIN casefile ON report.id = casefile.report_id
    WHERE
        report.location IS NULL
        AND report.retired_at IS NULL
        AND casefile.state NOT IN ('closed', 'rejected', 'merged', 'void')
    LIMIT CAST(:most AS INTEGER) -- noqa: AM09
) AS found;
