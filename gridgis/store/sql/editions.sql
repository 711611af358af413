-- Which editions are there, in force from when to when, with how many areas? Drafts come last.
SELECT
    edition.id,
    layer.code AS layer,
    edition.name,
    edition.wished_from,
    edition.published_at,
    edition.published_by,
    CASE WHEN NOT lower_inf(edition.valid) THEN lower(edition.valid) END AS valid_from,
    CASE WHEN NOT upper_inf(edition.valid) THEN upper(edition.valid) END AS valid_to,
    counted.areas,
    counted.grids
FROM edition
INNER JOIN layer ON edition.layer_id = layer.id
CROSS JOIN LATERAL (
    SELECT count(*) AS areas, count(*) FILTER (WHERE area_version.is_grid) AS grids
    FROM area_version
    WHERE area_version.edition_id = edition.id
) AS counted
WHERE
    (CAST(:layer AS TEXT) IS NULL OR layer.code = CAST(:layer AS TEXT))
    AND (CAST(:ids AS INTEGER []) IS NULL OR edition.id = ANY(CAST(:ids AS INTEGER [])))
ORDER BY layer.code, edition.valid IS NULL, lower(edition.valid) NULLS FIRST, edition.id;
