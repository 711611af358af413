-- Which staged reports are not new? The first row of a number that nobody has takes it; the others
-- leave the stage and are returned.
-- Keys go in by the order of ids, so that imports of overlapping files never wait in a ring.
WITH first AS (
    SELECT DISTINCT ON (staged.id)
        staged.id,
        staged.captured_at,
        staged.body_hash,
        staged.import_row
    FROM staged
    ORDER BY staged.id, staged.import_row
),

claimed AS (
    INSERT INTO report_key (id, captured_at, body_hash, import_id)
    SELECT first.id, first.captured_at, first.body_hash, CAST(:import_id AS INTEGER)
    FROM first
    ORDER BY first.id
    ON CONFLICT (id) DO NOTHING
    RETURNING id
)

DELETE FROM staged
WHERE
    staged.import_row NOT IN (SELECT first.import_row FROM first)
    OR staged.id NOT IN (SELECT claimed.id FROM claimed)
RETURNING staged.import_row, staged.id, staged.body_hash;
