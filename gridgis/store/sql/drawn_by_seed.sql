-- Which of these closed cases were drawn by this seed since they were closed?
SELECT DISTINCT casefile.report_id
FROM casefile
INNER JOIN event
    ON casefile.report_id = event.report_id AND casefile.captured_at = event.captured_at
WHERE
    casefile.report_id = ANY(CAST(:report_ids AS UUID[]))
    AND event.kind = 'drawn_for_check'
    AND event.facts ->> 'seed' = CAST(:seed AS TEXT)
    AND event.at >= casefile.closed_at;
