-- By which keys do the cases received before :before, and their tasks, fall apart?
-- What are the keys called, where they have a name?
WITH used AS (
    SELECT casefile.category AS key
    FROM casefile
    WHERE CAST(:by AS TEXT) = 'category' AND casefile.received_at < CAST(:before AS TIMESTAMPTZ)
    UNION
    SELECT category.family
    FROM category
    WHERE CAST(:by AS TEXT) = 'family'
    UNION
    SELECT casefile.unit
    FROM casefile
    WHERE CAST(:by AS TEXT) = 'unit' AND casefile.received_at < CAST(:before AS TIMESTAMPTZ)
    UNION
    SELECT task.unit
    FROM task
    WHERE CAST(:by AS TEXT) = 'unit' AND task.sent_at < CAST(:before AS TIMESTAMPTZ)
    UNION
    SELECT CAST(one.responder AS TEXT)
    FROM task
    CROSS JOIN LATERAL unnest(task.responders) AS one (responder)
    WHERE CAST(:by AS TEXT) = 'worker' AND task.sent_at < CAST(:before AS TIMESTAMPTZ)
)

SELECT
    used.key,
    coalesce(category.name, unit.name, responder.name) AS name
FROM used
LEFT JOIN category ON CAST(:by AS TEXT) = 'category' AND used.key = category.code
LEFT JOIN unit ON CAST(:by AS TEXT) = 'unit' AND used.key = unit.code
LEFT JOIN responder ON CAST(:by AS TEXT) = 'worker' AND used.key = CAST(responder.id AS TEXT)
WHERE used.key IS NOT NULL;
