-- When was a report captured, by which seed was its case drawn last since it was closed (null: by
-- none), and did somebody write what they found since then?
SELECT
    casefile.captured_at,
    draw.seed,
    (
        SELECT count(*)
        FROM event AS found
        WHERE
            found.report_id = casefile.report_id
            AND found.captured_at = casefile.captured_at
            AND found.kind = 'checked'
            AND found.id > draw.id
    ) > 0 AS checked
FROM casefile
LEFT JOIN LATERAL (
    SELECT
        event.id,
        event.facts ->> 'seed' AS seed
    FROM event
    WHERE
        event.report_id = casefile.report_id
        AND event.captured_at = casefile.captured_at
        AND event.kind = 'drawn_for_check'
        AND event.at >= casefile.closed_at
    ORDER BY event.id DESC
    LIMIT 1
) AS draw ON TRUE
WHERE casefile.report_id = CAST(:report_id AS UUID);
