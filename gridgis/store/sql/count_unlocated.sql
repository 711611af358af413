-- How many reports wait for somebody to say where? Counted up to :most, which many never reach.
SELECT count(*) AS waiting
FROM (
    SELECT 1
    FROM report
    WHERE report.location IS NULL AND report.retired_at IS NULL
    LIMIT CAST(:most AS INTEGER) -- noqa: AM09
) AS found;
