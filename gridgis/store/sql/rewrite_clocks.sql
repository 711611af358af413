-- Until when do these clocks run, and when must somebody look at them, as reckoned anew?
-- Their cases are held already; one whose closing clock is among them is due when that is.
WITH reckoned AS (
    SELECT anew.*
    FROM
        jsonb_to_recordset(CAST(:clocks AS JSONB)) AS anew (
            report_id UUID,
            task SMALLINT,
            stage TEXT,
            round SMALLINT,
            due_at TIMESTAMPTZ,
            warn_at TIMESTAMPTZ,
            next_at TIMESTAMPTZ
        )
),

closing AS (
    UPDATE casefile
    SET due_at = reckoned.due_at
    FROM reckoned
    WHERE
        casefile.report_id = reckoned.report_id
        AND reckoned.task = 0
        AND reckoned.stage = 'close'
)

UPDATE clock
SET due_at = reckoned.due_at, warn_at = reckoned.warn_at, next_at = reckoned.next_at
FROM reckoned
WHERE
    clock.report_id = reckoned.report_id
    AND clock.task = reckoned.task
    AND clock.stage = reckoned.stage
    AND clock.round = reckoned.round;
