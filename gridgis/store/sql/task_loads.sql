-- How many tasks does each responder have to do who has any?
SELECT
    sent.responder_id,
    count(*) AS tasks
FROM task
CROSS JOIN unnest(task.responders) AS sent (responder_id)
WHERE task.state IN ('sent', 'accepted', 'arrived', 'working')
GROUP BY sent.responder_id;
