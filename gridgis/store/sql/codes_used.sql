-- Which areas had these levels and codes in the layer's published editions, and since when?
SELECT
    version.level,
    version.code,
    version.area_id,
    min(version.name) AS name,
    min(edition.id) AS edition_id
FROM unnest(CAST(:levels AS TEXT[]), CAST(:codes AS TEXT[])) AS wanted (level, code)
INNER JOIN area_version AS version
    ON wanted.level = version.level AND wanted.code = version.code
INNER JOIN edition ON version.edition_id = edition.id
WHERE edition.layer_id = CAST(:layer_id AS SMALLINT) AND edition.valid IS NOT NULL
GROUP BY version.level, version.code, version.area_id
ORDER BY version.level, version.code, version.area_id;
