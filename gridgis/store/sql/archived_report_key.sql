-- In which archived month does this report lie, and when was it captured?
SELECT archived_key.month, archived_key.captured_at
FROM archived_key
WHERE archived_key.id = CAST(:report_id AS UUID);
