-- Which exceptions from the week's plan hold at or after that time, of one responder or of all? In
-- the order in which they were said: of those that hold at a time the last one counts.
SELECT
    duty_exception.id,
    duty_exception.responder_id,
    lower(duty_exception.span) AS since,
    upper(duty_exception.span) AS until,
    duty_exception.on_duty,
    duty_exception.reason,
    duty_exception.actor,
    duty_exception.recorded_at
FROM duty_exception
WHERE
    duty_exception.withdrawn_at IS NULL
    AND upper(duty_exception.span) > CAST(:ending_after AS TIMESTAMPTZ)
    AND (
        CAST(:responder_id AS UUID) IS NULL
        OR duty_exception.responder_id = CAST(:responder_id AS UUID)
    )
ORDER BY duty_exception.id;
