-- From when is each published edition of a layer in force? NULL: from minus infinity.
SELECT edition.id, CASE WHEN NOT lower_inf(edition.valid) THEN lower(edition.valid) END AS starts
FROM edition
WHERE edition.layer_id = :layer_id AND edition.valid IS NOT NULL
ORDER BY lower(edition.valid) NULLS FIRST;
