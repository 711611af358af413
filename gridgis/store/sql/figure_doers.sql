-- Who had a task of which case, each once?
-- The responder is its number in :keys.
SELECT DISTINCT
    task.report_id,
    keys.number AS key
FROM task
CROSS JOIN LATERAL unnest(task.responders) AS one (responder)
INNER JOIN unnest(CAST(:keys AS TEXT[])) WITH ORDINALITY AS keys (key, number)
    ON keys.key = CAST(one.responder AS TEXT);
