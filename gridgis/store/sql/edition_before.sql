-- Which published edition of a layer, but for one, was in force last up to this instant?
SELECT edition.id
FROM edition
WHERE
    edition.layer_id = CAST(:layer_id AS SMALLINT)
    AND edition.valid IS NOT NULL
    AND edition.id <> CAST(:but AS INTEGER)
    AND (lower_inf(edition.valid) OR lower(edition.valid) <= CAST(:at AS TIMESTAMPTZ))
ORDER BY lower(edition.valid) DESC NULLS LAST
LIMIT 1;
