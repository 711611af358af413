-- Which reports are open on a layer, and where were they? Those that its grids hold and whose case
-- is not at its end; by id.
SELECT
    CAST(report.id AS TEXT) AS id,
    ST_X(report.location) AS lon,
    ST_Y(report.location) AS lat
FROM holder
INNER JOIN layer ON holder.layer_id = layer.id
INNER JOIN casefile ON holder.report_id = casefile.report_id
INNER JOIN report_key ON holder.report_id = report_key.id
INNER JOIN report
    ON report_key.id = report.id AND report_key.captured_at = report.captured_at
WHERE
    layer.code = CAST(:layer AS TEXT)
    AND holder.area_id IS NOT NULL
    AND report.location IS NOT NULL
    AND casefile.state NOT IN ('closed', 'rejected', 'merged', 'void')
ORDER BY report.id;
