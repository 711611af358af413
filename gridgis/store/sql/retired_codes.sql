-- Which codes did areas of a layer have in editions before this one, that it has no more?
SELECT DISTINCT version.code
FROM area_version AS version
INNER JOIN edition ON version.edition_id = edition.id
INNER JOIN edition AS present ON present.id = CAST(:edition_id AS INTEGER)
WHERE
    edition.layer_id = CAST(:layer_id AS SMALLINT)
    AND edition.valid << present.valid
    AND NOT EXISTS (
        SELECT
        FROM area_version AS kept
        WHERE kept.edition_id = present.id AND kept.code = version.code
    )
ORDER BY version.code;
