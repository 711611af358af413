-- Which files hold archived reports captured in [:since, :before), of one import? Oldest first.
SELECT
    archived_file.month,
    archived_file.noun,
    archived_file.name,
    archived_file.row_count,
    archived_file.size_bytes,
    archived_file.sha256
FROM archived_file
WHERE
    archived_file.noun = 'report'
    AND (
        CAST(:since AS TIMESTAMPTZ) IS NULL
        OR (archived_file.month + INTERVAL '1 month') AT TIME ZONE 'UTC'
        > CAST(:since AS TIMESTAMPTZ)
    )
    AND (
        CAST(:before AS TIMESTAMPTZ) IS NULL
        OR CAST(archived_file.month AS TIMESTAMP) AT TIME ZONE 'UTC'
        < CAST(:before AS TIMESTAMPTZ)
    )
    AND (
        CAST(:import_id AS INTEGER) IS NULL
        OR archived_file.month IN (
            SELECT archived_key.month
            FROM archived_key
            WHERE archived_key.import_id = CAST(:import_id AS INTEGER)
        )
    )
ORDER BY archived_file.month;
