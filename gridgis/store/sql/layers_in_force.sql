-- Which layers have an edition at that time?
-- Exclusive layers before `base`, by priority, then code.
SELECT
    layer.id AS layer_id,
    layer.code AS layer,
    layer.name AS layer_name,
    edition.id AS edition_id
FROM layer
INNER JOIN edition ON layer.id = edition.layer_id
WHERE edition.valid @> CAST(:at AS TIMESTAMPTZ)
ORDER BY layer.priority DESC, layer.code ASC;
