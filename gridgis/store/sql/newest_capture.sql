-- When was the newest report captured that is not retired, up to a moment? None: there is none.
SELECT max(report.captured_at) AS captured_at
FROM report
WHERE
    report.captured_at <= CAST(:until AS TIMESTAMPTZ)
    AND report.retired_at IS NULL;
