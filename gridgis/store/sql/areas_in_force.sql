-- Which areas are in force at a time, on which layers, below which parents?
-- Exclusive layers before `base`, by priority, then code; grids last, by code.
SELECT
    layer.id AS layer_id,
    layer.code AS layer,
    layer.priority,
    version.area_id,
    version.parent_id,
    version.level,
    version.is_grid,
    version.code,
    version.name
FROM edition
INNER JOIN layer ON edition.layer_id = layer.id
INNER JOIN area_version AS version ON edition.id = version.edition_id
WHERE edition.valid @> CAST(:at AS TIMESTAMPTZ)
ORDER BY layer.priority DESC, layer.code ASC, version.is_grid ASC, version.code ASC;
