-- Which area is each of these areas of a draft? They become those, and their children follow.
WITH renamed AS (
    SELECT pair.old_id, pair.new_id
    FROM unnest(CAST(:old_ids AS BIGINT[]), CAST(:new_ids AS BIGINT[])) AS pair (old_id, new_id)
)

UPDATE area_version AS version
SET
    area_id = coalesce(own.new_id, version.area_id),
    parent_id = coalesce(above.new_id, version.parent_id)
FROM area_version AS same
LEFT JOIN renamed AS own ON same.area_id = own.old_id
LEFT JOIN renamed AS above ON same.parent_id = above.old_id
WHERE
    version.edition_id = CAST(:edition_id AS INTEGER)
    AND same.edition_id = version.edition_id
    AND same.area_id = version.area_id
    AND (own.new_id IS NOT NULL OR above.new_id IS NOT NULL);
