-- Which published edition of a layer comes into force next after this instant? NULL: from the
-- beginning of time.
SELECT edition.id
FROM edition
WHERE
    edition.layer_id = CAST(:layer_id AS SMALLINT)
    AND edition.valid IS NOT NULL
    AND NOT lower_inf(edition.valid)
    AND (
        CAST(:at AS TIMESTAMPTZ) IS NULL
        OR lower(edition.valid) > CAST(:at AS TIMESTAMPTZ)
    )
ORDER BY lower(edition.valid)
LIMIT 1;
