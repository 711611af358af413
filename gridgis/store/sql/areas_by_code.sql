-- Which area bears each of these codes on a layer at that time? Of several levels the grid's.
SELECT DISTINCT ON (version.code)
    version.code,
    version.area_id
FROM area_version AS version
INNER JOIN edition ON version.edition_id = edition.id
INNER JOIN layer ON edition.layer_id = layer.id
WHERE
    layer.code = CAST(:layer AS TEXT)
    AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    AND version.code = ANY(CAST(:codes AS TEXT[]))
ORDER BY version.code ASC, version.is_grid DESC, version.level ASC;
