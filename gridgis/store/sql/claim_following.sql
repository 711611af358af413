-- Is it still to be done that open reports and people follow this edition? Whoever asks does it.
UPDATE edition
SET followed_at = CAST(:now AS TIMESTAMPTZ)
WHERE
    edition.id = CAST(:edition_id AS INTEGER)
    AND edition.valid IS NOT NULL
    AND edition.followed_at IS NULL
RETURNING edition.id;
