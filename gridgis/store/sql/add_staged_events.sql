-- Write the first event of every staged report.
INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
SELECT
    staged.id,
    staged.captured_at,
    'reported',
    staged.captured_at AS at,
    CAST(:received_at AS TIMESTAMPTZ),
    CAST(:actor AS TEXT),
    CAST(:role AS TEXT),
    jsonb_build_object('source', CAST(:source AS TEXT), 'import', CAST(:import_id AS INTEGER))
FROM staged
ORDER BY staged.import_row;
