-- Which editions came into force by now, without open reports and people having followed them?
-- Since when: one that was published later than its start came into force when it was published,
-- and not at all when its time was over by then. In this order; of one layer, or of all.
SELECT
    edition.id,
    edition.layer_id,
    greatest(lower(edition.valid), edition.published_at) AS since,
    edition.valid @> greatest(lower(edition.valid), edition.published_at) AS was_in_force
FROM edition
WHERE
    edition.valid IS NOT NULL
    AND edition.followed_at IS NULL
    AND (lower_inf(edition.valid) OR lower(edition.valid) <= CAST(:now AS TIMESTAMPTZ))
    AND (
        CAST(:layer_id AS SMALLINT) IS NULL
        OR edition.layer_id = CAST(:layer_id AS SMALLINT)
    )
ORDER BY since, edition.id;
