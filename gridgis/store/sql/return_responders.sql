-- Who goes back to the area that an edition since the restored one had taken from them?
-- Those who are still where they were moved to, when their first area is there again.
WITH receipts AS (
    SELECT
        receipt.moved AS id,
        (array_agg(receipt.from_area ORDER BY receipt.id))[1] AS first_id,
        (array_agg(receipt.to_area ORDER BY receipt.id DESC))[1] AS last_id
    FROM publication_receipt AS receipt
    INNER JOIN edition AS since ON receipt.edition_id = since.id
    INNER JOIN edition AS own ON since.layer_id = own.layer_id
    INNER JOIN edition AS restored ON own.restores = restored.id
    WHERE
        own.id = CAST(:edition_id AS INTEGER)
        AND receipt.noun = 'responder'
        AND receipt.edition_id <> own.id
        AND since.valid >> restored.valid
    GROUP BY receipt.moved
),

-- Their first area is there again.
returning_now AS (
    SELECT
        receipts.id,
        receipts.first_id,
        receipts.last_id
    FROM receipts
    INNER JOIN area_version AS again ON receipts.first_id = again.area_id
    WHERE again.edition_id = CAST(:edition_id AS INTEGER)
),

moved AS (
    UPDATE responder
    SET area_id = returning_now.first_id
    FROM returning_now
    WHERE
        responder.id = returning_now.id
        AND responder.retired_at IS NULL
        AND responder.area_id IS NOT DISTINCT FROM returning_now.last_id
        AND responder.area_id IS DISTINCT FROM returning_now.first_id
    RETURNING returning_now.*
)

INSERT INTO publication_receipt
(edition_id, noun, moved, from_area, to_area, at, recorded_at)
SELECT
    CAST(:edition_id AS INTEGER),
    'responder',
    moved.id,
    moved.last_id,
    moved.first_id,
    CAST(:at AS TIMESTAMPTZ),
    CAST(:recorded_at AS TIMESTAMPTZ)
FROM moved
ORDER BY moved.id;
