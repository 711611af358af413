-- Are this source's layers there, but not its standing visits, which come last?
SELECT
    EXISTS (SELECT FROM layer WHERE layer.source = CAST(:source AS TEXT))
    AND NOT EXISTS (
        SELECT
        FROM import_run
        WHERE
            import_run.source = CAST(:source AS TEXT)
            AND import_run.noun = 'visit-plans'
            AND import_run.finished_at IS NOT NULL
    );
