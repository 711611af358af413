-- Which editions are published, and from when until when is each in force?
-- Exclusive layers before `base`, by priority, then code; a layer's editions by time.
SELECT
    edition.id,
    layer.id AS layer_id,
    layer.code AS layer,
    layer.name AS layer_name,
    layer.priority,
    lower(edition.valid) AS since,
    upper(edition.valid) AS until,
    edition.published_at,
    edition.followed_at
FROM edition
INNER JOIN layer ON edition.layer_id = layer.id
WHERE edition.valid IS NOT NULL
ORDER BY layer.priority DESC, layer.code ASC, lower(edition.valid) ASC NULLS FIRST;
