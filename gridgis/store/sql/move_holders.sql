-- Which open reports does an edition give to another grid?
-- Their holders move at :at, each with an event and a receipt.
-- A holder follows the map when its area is gone, or was the grid of the report's location in an
-- earlier edition; one that a person chose stays. The grid is found as in locate.sql: the closed
-- polygon covers the location, lowest code by bytes; else the nearest within :near_tolerance_m.
WITH in_force AS (
    SELECT
        edition.id AS edition_id,
        edition.layer_id,
        edition.valid,
        layer.code AS layer
    FROM edition
    INNER JOIN layer ON edition.layer_id = layer.id
    WHERE edition.id = CAST(:edition_id AS INTEGER)
),

-- A holder stays where it is when its grid is drawn as in the edition before. Asked once for each
-- grid, not for each report; then only the reports of the others are looked at.
redrawn AS MATERIALIZED (
    SELECT area.id AS area_id
    FROM in_force
    INNER JOIN area ON in_force.layer_id = area.layer_id
    EXCEPT
    SELECT now_drawn.area_id
    FROM in_force
    INNER JOIN edition AS before_valid
        ON
            in_force.layer_id = before_valid.layer_id
            AND lower(in_force.valid) = upper(before_valid.valid)
    INNER JOIN area_version AS now_drawn ON in_force.edition_id = now_drawn.edition_id
    INNER JOIN area_version AS before_drawn
        ON
            before_valid.id = before_drawn.edition_id
            AND now_drawn.area_id = before_drawn.area_id
    WHERE now_drawn.geom = before_drawn.geom
),

held AS (
    SELECT
        holder.report_id,
        holder.area_id,
        report.captured_at,
        report.location,
        metres_per_degree_lon(ST_Y(report.location)) AS scale_lon,
        metres_per_degree_lat(ST_Y(report.location)) AS scale_lat,
        in_force.edition_id,
        in_force.layer
    FROM redrawn
    INNER JOIN holder ON redrawn.area_id = holder.area_id
    INNER JOIN report_key ON holder.report_id = report_key.id
    INNER JOIN report
        ON report_key.id = report.id AND report_key.captured_at = report.captured_at
    CROSS JOIN in_force
    WHERE
        holder.layer_id = in_force.layer_id
        AND (
            CAST(:held_by AS TIMESTAMPTZ) IS NULL
            OR holder.since <= CAST(:held_by AS TIMESTAMPTZ)
        )
        AND report.retired_at IS NULL
),

-- The shape that made the holder the grid of the location.
following AS (
    SELECT held.*
    FROM held
    WHERE
        NOT EXISTS (
            SELECT
            FROM area_version AS kept
            WHERE kept.edition_id = held.edition_id AND kept.area_id = held.area_id
        )
        OR EXISTS (
            SELECT
            FROM area_version AS old
            WHERE
                old.area_id = held.area_id
                AND old.edition_id <> held.edition_id
                AND old.is_grid
                AND old.geom && ST_Expand(
                    held.location,
                    CAST(:near_tolerance_m AS DOUBLE PRECISION) / held.scale_lon,
                    CAST(:near_tolerance_m AS DOUBLE PRECISION) / held.scale_lat
                )
                AND ST_Distance(
                    ST_Affine(
                        old.geom,
                        held.scale_lon, 0, 0, held.scale_lat,
                        -ST_X(held.location) * held.scale_lon, -ST_Y(held.location) * held.scale_lat
                    ),
                    ST_SetSRID(ST_MakePoint(0, 0), 4326)
                ) <= CAST(:near_tolerance_m AS DOUBLE PRECISION)
        )
),

relocated AS (
    SELECT
        following.report_id,
        following.captured_at,
        following.edition_id,
        following.layer,
        following.area_id AS old_id,
        coalesce(covering.area_id, nearest.area_id) AS new_id,
        coalesce(covering.code, nearest.code) AS new_code
    FROM following
    LEFT JOIN LATERAL (
        SELECT grid.area_id, grid.code
        FROM area_version AS grid
        WHERE
            grid.is_grid
            AND grid.edition_id = following.edition_id
            AND ST_Covers(grid.geom, following.location)
        ORDER BY grid.code
        LIMIT 1
    ) AS covering ON TRUE
    LEFT JOIN LATERAL (
        SELECT
            grid.area_id,
            grid.code,
            far.distance_m
        FROM area_version AS grid
        CROSS JOIN
            LATERAL (
                SELECT
                    ST_Distance(
                        ST_Affine(
                            grid.geom,
                            following.scale_lon, 0, 0, following.scale_lat,
                            -ST_X(following.location) * following.scale_lon,
                            -ST_Y(following.location) * following.scale_lat
                        ),
                        ST_SetSRID(ST_MakePoint(0, 0), 4326)
                    ) AS distance_m
            ) AS far
        WHERE
            covering.area_id IS NULL
            AND grid.is_grid
            AND grid.edition_id = following.edition_id
            AND grid.geom && ST_Expand(
                following.location,
                CAST(:near_tolerance_m AS DOUBLE PRECISION) / following.scale_lon * 1.000001,
                CAST(:near_tolerance_m AS DOUBLE PRECISION) / following.scale_lat * 1.000001
            )
        ORDER BY round(far.distance_m * 1000000), grid.code
        LIMIT 1
    ) AS nearest ON nearest.distance_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION)
),

moved AS (
    UPDATE holder
    SET area_id = relocated.new_id, since = CAST(:at AS TIMESTAMPTZ)
    FROM relocated
    WHERE
        holder.report_id = relocated.report_id
        AND relocated.old_id IS DISTINCT FROM relocated.new_id
    RETURNING relocated.*
),

told AS (
    INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
    SELECT
        moved.report_id,
        moved.captured_at,
        'transferred',
        CAST(:at AS TIMESTAMPTZ),
        CAST(:recorded_at AS TIMESTAMPTZ),
        CAST(:actor AS TEXT),
        CAST(:role AS TEXT),
        jsonb_build_object(
            'reason', 'redrawn',
            'layer', moved.layer,
            'edition', moved.edition_id,
            'from', (
                SELECT old.code
                FROM area_version AS old
                WHERE old.area_id = moved.old_id AND old.edition_id <> moved.edition_id
                ORDER BY old.edition_id DESC
                LIMIT 1
            ),
            'to', moved.new_code
        )
    FROM moved
    ORDER BY moved.captured_at, moved.report_id
)

INSERT INTO publication_receipt
(edition_id, noun, moved, from_area, to_area, at, recorded_at)
SELECT
    moved.edition_id,
    'report',
    moved.report_id,
    moved.old_id,
    moved.new_id,
    CAST(:at AS TIMESTAMPTZ),
    CAST(:recorded_at AS TIMESTAMPTZ)
FROM moved
ORDER BY moved.captured_at, moved.report_id;
