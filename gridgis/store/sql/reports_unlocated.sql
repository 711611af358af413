-- Which reports wait for somebody to say where, the newest first, after (:after_at, :after_id)?
-- Of one time, the higher id first. Nobody holds them; those whose case is at its end do not wait.
SELECT
    report.id,
    report.source,
    report.number,
    report.captured_at,
    report.received_at,
    casefile.state,
    casefile.version,
    report.category,
    report.description,
    report.address,
    CAST(NULL AS DOUBLE PRECISION) AS lon,
    CAST(NULL AS DOUBLE PRECISION) AS lat,
    report.accuracy_m,
    report.located,
    report.flags,
    report.attributes,
    CAST(NULL AS TEXT) AS holder_layer,
    CAST(NULL AS TEXT) AS holder_code,
    CAST(NULL AS TEXT) AS holder_name,
    CAST(NULL AS TEXT) AS holder_rule
FROM report
INNER JOIN casefile ON report.id = casefile.report_id
WHERE
    report.location IS NULL
    AND report.retired_at IS NULL
    -- Where it was does not matter any more when its case is at its end.
    AND casefile.state NOT IN ('closed', 'rejected', 'merged', 'void')
    AND (
        CAST(:after_at AS TIMESTAMPTZ) IS NULL
        OR (report.captured_at, report.id)
        < (CAST(:after_at AS TIMESTAMPTZ), CAST(:after_id AS UUID))
    )
ORDER BY report.captured_at DESC, report.id DESC
LIMIT CAST(:page AS INTEGER);
