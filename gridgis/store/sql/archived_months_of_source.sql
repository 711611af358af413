-- Which archived months hold reports that this source brought, or that its layers answered?
SELECT DISTINCT archived_key.month
FROM archived_key
WHERE
    archived_key.import_id IN (
        SELECT import_run.id FROM import_run WHERE import_run.source = CAST(:source AS TEXT)
    )
    OR EXISTS (
        SELECT
        FROM assignment
        INNER JOIN layer ON assignment.layer_id = layer.id
        WHERE assignment.report_id = archived_key.id AND layer.source = CAST(:source AS TEXT)
    )
ORDER BY archived_key.month;
