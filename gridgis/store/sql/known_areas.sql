-- Which area had this level and code last, in the layer's published editions before this one?
SELECT DISTINCT ON (version.level, version.code)
    version.level,
    version.code,
    version.area_id
FROM area_version AS version
INNER JOIN edition ON version.edition_id = edition.id
WHERE
    edition.layer_id = :layer_id
    AND edition.valid IS NOT NULL
ORDER BY version.level, version.code, lower(edition.valid) DESC NULLS LAST;
