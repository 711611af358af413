-- Which areas of a draft are, by level and code, areas that the layer has already?
-- They become them.
WITH known AS (
    SELECT DISTINCT ON (version.level, version.code)
        version.level,
        version.code,
        version.area_id
    FROM area_version AS version
    INNER JOIN edition ON version.edition_id = edition.id
    WHERE edition.layer_id = :layer_id AND edition.valid IS NOT NULL
    ORDER BY version.level, version.code, lower(edition.valid) DESC NULLS LAST
),

renamed AS (
    SELECT draft.area_id AS old_id, known.area_id AS new_id
    FROM area_version AS draft
    INNER JOIN known ON draft.level = known.level AND draft.code = known.code
    WHERE draft.edition_id = :edition_id AND draft.area_id <> known.area_id
)

UPDATE area_version AS version
SET
    area_id = coalesce(own.new_id, version.area_id),
    parent_id = coalesce(above.new_id, version.parent_id)
FROM area_version AS same
LEFT JOIN renamed AS own ON same.area_id = own.old_id
LEFT JOIN renamed AS above ON same.parent_id = above.old_id
WHERE
    version.edition_id = :edition_id
    AND same.edition_id = version.edition_id
    AND same.area_id = version.area_id
    AND (own.new_id IS NOT NULL OR above.new_id IS NOT NULL);
