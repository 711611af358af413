-- Which case goes on for these merged ones? Their events were stored with them; both reports must be
-- there before one can name the other.
UPDATE casefile
SET merged_into = pairs.into_id
FROM
    unnest(CAST(:report_ids AS UUID[]), CAST(:into_ids AS UUID[])) AS pairs (report_id, into_id)
WHERE casefile.report_id = pairs.report_id AND casefile.state = 'merged';
