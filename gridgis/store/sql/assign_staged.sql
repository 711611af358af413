-- Which grid answers for each staged report on each layer, by which rule, how near to a boundary,
-- and which grid is responsible? The twin of locate.sql for many points: the same answers.
-- The areas are walked, each with its points, so that a polygon is prepared and its boundary taken
-- once: a subquery with an order of its own keeps the planner from walking the points.
-- Assigned is by the editions of the report's time. Responsible is a grid of now: of the category's
-- own layer if it answers, else one that covers before one that is near, then by priority and code.
WITH in_force AS MATERIALIZED (
    SELECT
        layer.id AS layer_id,
        layer.code,
        layer.priority,
        edition.id AS edition_id,
        edition.valid,
        edition.valid @> CAST(:made_at AS TIMESTAMPTZ) AS is_now
    FROM layer
    INNER JOIN edition ON layer.id = edition.layer_id
    WHERE
        edition.valid @> CAST(:made_at AS TIMESTAMPTZ)
        OR edition.valid && (
            SELECT tstzrange(min(staged.effective_at), max(staged.effective_at), '[]') FROM staged
        )
),

grid AS MATERIALIZED (
    SELECT
        in_force.edition_id,
        in_force.valid,
        in_force.is_now,
        area_version.area_id,
        area_version.code,
        area_version.geom,
        ST_Boundary(area_version.geom) AS boundary
    FROM in_force
    INNER JOIN area_version ON in_force.edition_id = area_version.edition_id
    WHERE
        area_version.is_grid
        AND area_version.geom && (
            SELECT ST_SetSRID(CAST(ST_Extent(staged.location) AS GEOMETRY), 4326) FROM staged
        )
),

-- covers: the closed polygon covers the point; on a shared edge the lowest code by bytes.
covering AS MATERIALIZED (
    SELECT DISTINCT ON (hit.import_row, grid.edition_id)
        hit.import_row,
        grid.edition_id,
        grid.area_id,
        hit.distance_m
    FROM grid
    CROSS JOIN
        LATERAL (
            SELECT
                staged.import_row,
                ST_Distance(
                    ST_Affine(
                        grid.boundary,
                        staged.scale_lon, 0, 0, staged.scale_lat,
                        -staged.lon * staged.scale_lon, -staged.lat * staged.scale_lat
                    ),
                    staged.origin
                ) AS distance_m
            FROM staged
            WHERE
                ST_Covers(grid.geom, staged.location)
                AND (grid.is_now OR grid.valid @> staged.effective_at)
            ORDER BY staged.import_row
        ) AS hit
    ORDER BY hit.import_row, grid.edition_id, grid.code
),

bare AS MATERIALIZED (
    SELECT
        staged.import_row,
        in_force.edition_id,
        staged.location,
        staged.lon,
        staged.lat,
        staged.scale_lon,
        staged.scale_lat,
        staged.origin
    FROM staged
    INNER JOIN in_force ON in_force.is_now OR in_force.valid @> staged.effective_at
    LEFT JOIN covering
        ON
            staged.import_row = covering.import_row
            AND in_force.edition_id = covering.edition_id
    WHERE staged.location IS NOT NULL AND covering.area_id IS NULL
),

-- No grid covers these. The index knows the nearest in degrees, which is near in metres; the
-- nearest in metres lies within that one's distance.
uncovered AS MATERIALIZED (
    SELECT bare.import_row, bare.edition_id, nearest.area_id, nearest.distance_m
    FROM bare
    CROSS JOIN
        LATERAL (
            SELECT
                ST_Distance(
                    ST_Affine(
                        grid.geom,
                        bare.scale_lon, 0, 0, bare.scale_lat,
                        -bare.lon * bare.scale_lon, -bare.lat * bare.scale_lat
                    ),
                    bare.origin
                ) AS distance_m
            FROM area_version AS grid
            WHERE grid.is_grid AND grid.edition_id = bare.edition_id
            ORDER BY grid.geom <-> bare.location
            LIMIT 1
        ) AS bound
    CROSS JOIN LATERAL (
        SELECT
            grid.area_id,
            ST_Distance(
                ST_Affine(
                    grid.geom,
                    bare.scale_lon, 0, 0, bare.scale_lat,
                    -bare.lon * bare.scale_lon, -bare.lat * bare.scale_lat
                ),
                bare.origin
            ) AS distance_m
        FROM area_version AS grid
        WHERE
            grid.is_grid
            AND grid.edition_id = bare.edition_id
            AND grid.geom && ST_Expand(
                bare.location,
                bound.distance_m / bare.scale_lon * 1.000001,
                bound.distance_m / bare.scale_lat * 1.000001
            )
            -- Far away that box holds the whole layer: the areas' own boxes are measured first.
            AND ST_Distance(
                ST_Affine(
                    CAST(Box2D(grid.geom) AS GEOMETRY),
                    bare.scale_lon, 0, 0, bare.scale_lat,
                    -bare.lon * bare.scale_lon, -bare.lat * bare.scale_lat
                ),
                ST_MakePoint(0, 0)
            ) <= bound.distance_m * 1.000001
        ORDER BY distance_m, grid.code
        LIMIT 1
    ) AS nearest
),

answer AS MATERIALIZED (
    SELECT
        staged.id AS report_id,
        staged.import_row,
        staged.category,
        in_force.layer_id,
        in_force.code,
        in_force.priority,
        in_force.edition_id,
        in_force.is_now,
        in_force.valid @> staged.effective_at AS is_then,
        CASE
            WHEN staged.location IS NULL THEN 'no_location'
            WHEN covering.area_id IS NOT NULL THEN 'covers'
            WHEN uncovered.distance_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION) THEN 'near'
            ELSE 'outside'
        END AS rule,
        CASE
            WHEN covering.area_id IS NOT NULL THEN covering.area_id
            WHEN uncovered.distance_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION)
                THEN uncovered.area_id
        END AS area_id,
        coalesce(covering.distance_m, uncovered.distance_m) AS distance_m,
        staged.accuracy_m,
        staged.location,
        staged.lon,
        staged.lat,
        staged.scale_lon,
        staged.scale_lat,
        staged.origin
    FROM staged
    INNER JOIN in_force ON in_force.is_now OR in_force.valid @> staged.effective_at
    LEFT JOIN covering
        ON
            staged.import_row = covering.import_row
            AND in_force.edition_id = covering.edition_id
    LEFT JOIN uncovered
        ON
            staged.import_row = uncovered.import_row
            AND in_force.edition_id = uncovered.edition_id
),

-- The accuracy reaches other grids.
contested AS MATERIALIZED (
    SELECT
        answer.import_row,
        answer.edition_id,
        jsonb_agg(
            jsonb_build_object('area_id', other.area_id, 'distance_m', other.distance_m)
            ORDER BY other.distance_m, other.code
        ) AS runner_up
    FROM answer
    CROSS JOIN
        LATERAL (
            SELECT
                grid.area_id,
                grid.code,
                ST_Distance(
                    ST_Affine(
                        grid.geom,
                        answer.scale_lon, 0, 0, answer.scale_lat,
                        -answer.lon * answer.scale_lon, -answer.lat * answer.scale_lat
                    ),
                    answer.origin
                ) AS distance_m
            FROM area_version AS grid
            WHERE
                grid.is_grid
                AND grid.edition_id = answer.edition_id
                AND grid.area_id IS DISTINCT FROM answer.area_id
                AND grid.geom && ST_Expand(
                    answer.location,
                    answer.accuracy_m / answer.scale_lon,
                    answer.accuracy_m / answer.scale_lat
                )
            ORDER BY grid.code
        ) AS other
    WHERE answer.distance_m < answer.accuracy_m AND other.distance_m <= answer.accuracy_m
    GROUP BY answer.import_row, answer.edition_id
),

assigned AS (
    INSERT INTO assignment (
        report_id, layer_id, edition_id, area_id, rule, boundary_distance_m, runner_up, made_at
    )
    SELECT
        answer.report_id,
        answer.layer_id,
        answer.edition_id,
        answer.area_id,
        answer.rule,
        answer.distance_m,
        coalesce(contested.runner_up, '[]'),
        CAST(:made_at AS TIMESTAMPTZ)
    FROM answer
    LEFT JOIN contested
        ON
            answer.import_row = contested.import_row
            AND answer.edition_id = contested.edition_id
    WHERE answer.is_then
    ORDER BY answer.import_row ASC, answer.priority DESC, answer.code ASC
)

INSERT INTO holder (report_id, area_id, layer_id, since)
SELECT DISTINCT ON (staged.import_row)
    staged.id,
    answer.area_id,
    answer.layer_id,
    CAST(:made_at AS TIMESTAMPTZ)
FROM staged
LEFT JOIN answer
    ON staged.import_row = answer.import_row AND answer.is_now AND answer.area_id IS NOT NULL
LEFT JOIN category ON staged.category = category.code
ORDER BY
    staged.import_row ASC,
    coalesce(answer.layer_id = category.layer_id, FALSE) DESC,
    answer.rule ASC, -- covers before near
    answer.priority DESC,
    answer.code ASC;
