-- Which tasks were sent in [:since, :before), and which of them came back as wrong dispatches?
-- Nothing is null: key is 0 for a task whose unit, or responder, is not in :keys. By workers a task
-- is there once for each of its responders.
SELECT
    task.report_id,
    task.sent_at,
    CASE WHEN task.reason_kind = 'not_ours' THEN 1 ELSE 0 END AS wrong,
    coalesce(keys.number, 0) AS key
FROM task
LEFT JOIN LATERAL unnest(task.responders) AS one (responder) ON CAST(:by AS TEXT) = 'worker'
LEFT JOIN unnest(CAST(:keys AS TEXT[])) WITH ORDINALITY AS keys (key, number)
    ON
        keys.key = CASE CAST(:by AS TEXT)
            WHEN 'unit' THEN task.unit
            WHEN 'worker' THEN CAST(one.responder AS TEXT)
        END
WHERE
    task.sent_at >= CAST(:since AS TIMESTAMPTZ)
    AND task.sent_at < CAST(:before AS TIMESTAMPTZ);
