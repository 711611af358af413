-- Which editions are there, in force from when to when, with how many areas? Drafts come last.
SELECT
    edition.id,
    layer.code AS layer,
    edition.name,
    edition.wished_from,
    edition.published_at,
    edition.published_by,
    edition.document,
    edition.restores,
    encode(edition.content_hash, 'hex') AS content_hash,
    CASE WHEN NOT lower_inf(edition.valid) THEN lower(edition.valid) END AS valid_from,
    CASE WHEN NOT upper_inf(edition.valid) THEN upper(edition.valid) END AS valid_to,
    count(area_version.area_id) AS areas,
    count(area_version.area_id) FILTER (WHERE area_version.is_grid) AS grids
FROM edition
INNER JOIN layer ON edition.layer_id = layer.id
LEFT JOIN area_version ON edition.id = area_version.edition_id
WHERE
    (CAST(:layer AS TEXT) IS NULL OR layer.code = CAST(:layer AS TEXT))
    AND (edition.id = ANY(:ids) OR :ids IS NULL)
GROUP BY edition.id, layer.code
ORDER BY
    layer.code ASC,
    edition.valid IS NULL ASC,
    lower(edition.valid) ASC NULLS FIRST,
    edition.id ASC;
