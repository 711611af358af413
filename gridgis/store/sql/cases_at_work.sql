-- How many cases of reports captured in [:since, :before) does somebody work on, or does a clock
-- wait for? A report that nobody took up is a record, whatever its age.
SELECT count(*)
FROM casefile
WHERE
    casefile.captured_at >= CAST(:since AS TIMESTAMPTZ)
    AND casefile.captured_at < CAST(:before AS TIMESTAMPTZ)
    AND casefile.state NOT IN ('closed', 'rejected', 'merged', 'void')
    AND (
        casefile.state <> 'reported'
        OR EXISTS (
            SELECT 1
            FROM clock
            WHERE clock.report_id = casefile.report_id AND clock.next_at IS NOT NULL
        )
    );
