-- How many reports that this source did not bring were answered by its layers?
SELECT count(*)
FROM report_key
LEFT JOIN import_run ON report_key.import_id = import_run.id
WHERE
    import_run.source IS DISTINCT FROM CAST(:source AS TEXT)
    AND EXISTS (
        SELECT
        FROM assignment
        INNER JOIN layer ON assignment.layer_id = layer.id
        WHERE assignment.report_id = report_key.id AND layer.source = CAST(:source AS TEXT)
    );
