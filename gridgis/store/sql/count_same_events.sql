-- How many events of this period are there, and how many did the file give back bit by bit?
SELECT
    count(*) AS stored_count,
    count(*) FILTER (WHERE CAST(event AS TEXT) = CAST(archived_event AS TEXT)) AS same_count
FROM event
LEFT JOIN archived_event
    ON event.id = archived_event.id AND event.captured_at = archived_event.captured_at
WHERE
    event.captured_at >= CAST(:since AS TIMESTAMPTZ)
    AND event.captured_at < CAST(:before AS TIMESTAMPTZ);
