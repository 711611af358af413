-- Which stored assignments does PostGIS judge differently, and how many did it judge? A sample of
-- the newest answers, each judged anew by its edition at its report's place: as locate.sql does.
-- Distances of less than a micrometre apart are the same: then the lowest code, by bytes.
WITH chosen AS MATERIALIZED (
    SELECT
        assignment.id,
        assignment.report_id,
        assignment.layer_id,
        assignment.edition_id,
        assignment.area_id,
        assignment.rule,
        assignment.boundary_distance_m,
        report.location,
        ST_X(report.location) AS lon,
        ST_Y(report.location) AS lat,
        metres_per_degree_lon(ST_Y(report.location)) AS scale_lon,
        metres_per_degree_lat(ST_Y(report.location)) AS scale_lat
    FROM assignment
    INNER JOIN report_key ON assignment.report_id = report_key.id
    INNER JOIN report ON report_key.id = report.id AND report_key.captured_at = report.captured_at
    WHERE
        assignment.edition_id IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM assignment AS later
            WHERE
                later.report_id = assignment.report_id
                AND later.layer_id = assignment.layer_id
                AND later.id > assignment.id
        )
    ORDER BY md5(CAST(assignment.id AS TEXT) || CAST(:seed AS TEXT))
    LIMIT CAST(:sample AS BIGINT)
),

judged AS MATERIALIZED (
    SELECT
        chosen.*,
        covering.area_id AS covering_id,
        covering.distance_m AS covering_m,
        nearest.area_id AS nearest_id,
        nearest.distance_m AS nearest_m
    FROM chosen
    LEFT JOIN LATERAL (
        SELECT
            grid.area_id,
            ST_Distance(
                ST_Affine(
                    ST_Boundary(grid.geom),
                    chosen.scale_lon, 0, 0, chosen.scale_lat,
                    -chosen.lon * chosen.scale_lon, -chosen.lat * chosen.scale_lat
                ),
                ST_SetSRID(ST_MakePoint(0, 0), 4326)
            ) AS distance_m
        FROM area_version AS grid
        WHERE
            grid.is_grid
            AND grid.edition_id = chosen.edition_id
            AND ST_Covers(grid.geom, chosen.location)
        ORDER BY grid.code
        LIMIT 1
    ) AS covering ON TRUE
    LEFT JOIN LATERAL (
        SELECT
            ST_Distance(
                ST_Affine(
                    grid.geom,
                    chosen.scale_lon, 0, 0, chosen.scale_lat,
                    -chosen.lon * chosen.scale_lon, -chosen.lat * chosen.scale_lat
                ),
                ST_SetSRID(ST_MakePoint(0, 0), 4326)
            ) AS distance_m
        FROM area_version AS grid
        WHERE
            grid.is_grid
            AND grid.edition_id = chosen.edition_id
            AND covering.area_id IS NULL
            AND chosen.location IS NOT NULL
        ORDER BY grid.geom <-> chosen.location
        LIMIT 1
    ) AS bound ON TRUE
    LEFT JOIN LATERAL (
        SELECT
            grid.area_id,
            far.distance_m
        FROM area_version AS grid
        CROSS JOIN
            LATERAL (
                SELECT
                    ST_Distance(
                        ST_Affine(
                            grid.geom,
                            chosen.scale_lon, 0, 0, chosen.scale_lat,
                            -chosen.lon * chosen.scale_lon, -chosen.lat * chosen.scale_lat
                        ),
                        ST_SetSRID(ST_MakePoint(0, 0), 4326)
                    ) AS distance_m
            ) AS far
        WHERE
            grid.is_grid
            AND grid.edition_id = chosen.edition_id
            AND grid.geom && ST_Expand(
                chosen.location,
                bound.distance_m / chosen.scale_lon * 1.000001,
                bound.distance_m / chosen.scale_lat * 1.000001
            )
        ORDER BY round(far.distance_m * 1000000), grid.code
        LIMIT 1
    ) AS nearest ON TRUE
),

answered AS (
    SELECT
        judged.*,
        CASE
            WHEN judged.location IS NULL THEN 'no_location'
            WHEN judged.covering_id IS NOT NULL THEN 'covers'
            WHEN judged.nearest_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION) THEN 'near'
            ELSE 'outside'
        END AS judged_rule,
        CASE
            WHEN judged.covering_id IS NOT NULL THEN judged.covering_id
            WHEN
                judged.nearest_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION)
                THEN judged.nearest_id
        END AS judged_area_id,
        coalesce(judged.covering_m, judged.nearest_m) AS judged_m
    FROM judged
)

SELECT
    answered.report_id,
    layer.code AS layer,
    answered.edition_id,
    stored_grid.code AS grid_code,
    answered.rule,
    answered.boundary_distance_m,
    judged_grid.code AS judged_code,
    answered.judged_rule,
    answered.judged_m,
    count(*) OVER () AS re_asked,
    (
        answered.rule <> answered.judged_rule
        OR answered.area_id IS DISTINCT FROM answered.judged_area_id
        OR (answered.boundary_distance_m IS NULL) <> (answered.judged_m IS NULL)
        -- Far away the two formulas may differ in their last digits.
        OR abs(answered.boundary_distance_m - answered.judged_m) > greatest(
            0.01, answered.judged_m * 0.000001
        )
    ) IS TRUE AS differs
FROM answered
INNER JOIN layer ON answered.layer_id = layer.id
LEFT JOIN area_version AS stored_grid
    ON answered.edition_id = stored_grid.edition_id AND answered.area_id = stored_grid.area_id
LEFT JOIN area_version AS judged_grid
    ON
        answered.edition_id = judged_grid.edition_id
        AND answered.judged_area_id = judged_grid.area_id
ORDER BY differs DESC, answered.report_id ASC, layer.code ASC
LIMIT CAST(:shown AS INTEGER);
