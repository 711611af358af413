-- Which grid holds a staged report now, when the edition that answers for its capture is no longer in
-- force? The order is that of assign_staged.sql: the category's own layer, a covering grid before a
-- near one, then the layers by priority and code.
WITH in_force AS MATERIALIZED (
    SELECT layer.id AS layer_id, layer.code, layer.priority, edition.id AS edition_id
    FROM layer
    INNER JOIN edition ON layer.id = edition.layer_id
    WHERE edition.valid @> CAST(:made_at AS TIMESTAMPTZ)
),

outdated AS MATERIALIZED (
    SELECT staged.*
    FROM staged
    WHERE
        staged.location IS NOT NULL
        AND EXISTS (
            SELECT
            FROM assignment
            WHERE
                assignment.report_id = staged.id
                AND assignment.edition_id NOT IN (SELECT edition_id FROM in_force)
        )
),

answer AS (
    SELECT
        outdated.import_row,
        outdated.id AS report_id,
        grid.area_id,
        in_force.layer_id,
        grid.rule,
        in_force.priority,
        in_force.code,
        coalesce(in_force.layer_id = category.layer_id, FALSE) AS is_own
    FROM outdated
    CROSS JOIN in_force
    LEFT JOIN category ON outdated.category = category.code
    CROSS JOIN LATERAL (
        SELECT
            reached.area_id,
            CASE WHEN reached.covers THEN 'covers' ELSE 'near' END AS rule
        FROM (
            SELECT
                area_version.area_id,
                area_version.code,
                ST_Covers(area_version.geom, outdated.location) AS covers,
                ST_Distance(
                    ST_Affine(
                        area_version.geom,
                        outdated.scale_lon, 0, 0, outdated.scale_lat,
                        -outdated.lon * outdated.scale_lon, -outdated.lat * outdated.scale_lat
                    ),
                    outdated.origin
                ) AS distance_m
            FROM area_version
            WHERE
                area_version.is_grid
                AND area_version.edition_id = in_force.edition_id
                AND area_version.geom && ST_Expand(
                    outdated.location,
                    CAST(:near_tolerance_m AS DOUBLE PRECISION) / outdated.scale_lon * 1.000001,
                    CAST(:near_tolerance_m AS DOUBLE PRECISION) / outdated.scale_lat * 1.000001
                )
        ) AS reached
        WHERE reached.covers OR reached.distance_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION)
        ORDER BY reached.covers DESC, CASE WHEN NOT reached.covers THEN reached.distance_m END, reached.code
        LIMIT 1
    ) AS grid
),

first AS (
    SELECT DISTINCT ON (outdated.import_row)
        outdated.id AS report_id,
        answer.area_id,
        answer.layer_id
    FROM outdated
    LEFT JOIN answer ON outdated.import_row = answer.import_row
    ORDER BY
        outdated.import_row,
        answer.is_own DESC,
        answer.rule, -- covers before near
        answer.priority DESC,
        answer.code
)

UPDATE holder
SET area_id = first.area_id, layer_id = first.layer_id
FROM first
WHERE holder.report_id = first.report_id;
