-- How many reports of this import has somebody corrected, repinned, voided, or worked off since?
SELECT count(DISTINCT event.report_id)
FROM report_key
INNER JOIN event
    ON report_key.id = event.report_id AND report_key.captured_at = event.captured_at
WHERE
    report_key.import_id = CAST(:import_id AS INTEGER)
    AND (event.kind IN ('corrected', 'repinned', 'retired') OR event.facts ? 'version');
