-- Are this source's layers there, but not all of its reports, which come last?
SELECT
    EXISTS (SELECT FROM layer WHERE layer.source = CAST(:source AS TEXT))
    AND NOT EXISTS (
        SELECT
        FROM import_run
        WHERE
            import_run.source = CAST(:source AS TEXT)
            AND import_run.noun = 'reports'
            AND import_run.finished_at IS NOT NULL
    );
