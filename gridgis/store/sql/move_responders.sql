-- Where do people go whose area is gone with this edition? To the area that took most of it.
-- By households, where anybody knows them, then by ground; ties by the lowest code. Where nobody
-- took anything, they belong to no area any more: a person must look. Each move has its receipt.
WITH gone AS (
    SELECT responder.id, responder.area_id
    FROM responder
    WHERE
        responder.retired_at IS NULL
        AND responder.area_id IN (
            SELECT lineage.from_area
            FROM lineage
            WHERE lineage.edition_id = CAST(:edition_id AS INTEGER)
        )
        AND NOT EXISTS (
            SELECT
            FROM area_version AS kept
            WHERE
                kept.edition_id = CAST(:edition_id AS INTEGER)
                AND kept.area_id = responder.area_id
        )
),

followed AS (
    SELECT
        gone.id,
        gone.area_id AS old_id,
        successor.area_id AS new_id
    FROM gone
    LEFT JOIN LATERAL (
        SELECT taking.area_id
        FROM lineage
        INNER JOIN area_version AS taking
            ON lineage.edition_id = taking.edition_id AND lineage.to_area = taking.area_id
        WHERE
            lineage.edition_id = CAST(:edition_id AS INTEGER)
            AND lineage.from_area = gone.area_id
        ORDER BY
            coalesce(lineage.households, 0) DESC,
            lineage.area_m2 DESC,
            taking.code ASC
        LIMIT 1
    ) AS successor ON TRUE
),

moved AS (
    UPDATE responder
    SET area_id = followed.new_id
    FROM followed
    WHERE responder.id = followed.id
    RETURNING followed.*
)

INSERT INTO publication_receipt
(edition_id, noun, moved, from_area, to_area, at, recorded_at)
SELECT
    CAST(:edition_id AS INTEGER),
    'responder',
    moved.id,
    moved.old_id,
    moved.new_id,
    CAST(:at AS TIMESTAMPTZ),
    CAST(:recorded_at AS TIMESTAMPTZ)
FROM moved
ORDER BY moved.id;
