-- From when to when was each reopened case closed in between?
-- The case file holds the present: what was closed then is only known from the events.
WITH turn AS (
    SELECT
        event.report_id,
        event.kind,
        event.at,
        lag(event.at) OVER (PARTITION BY event.report_id ORDER BY event.id) AS closed_at
    FROM event
    INNER JOIN casefile
        ON event.report_id = casefile.report_id AND event.captured_at = casefile.captured_at
    WHERE
        casefile.reopenings > 0
        AND casefile.received_at < CAST(:before AS TIMESTAMPTZ)
        AND event.kind IN ('closed', 'solved_on_the_spot', 'reopened')
)

SELECT
    turn.report_id,
    turn.closed_at,
    turn.at AS reopened_at
FROM turn
WHERE turn.kind = 'reopened' AND turn.closed_at IS NOT NULL;
