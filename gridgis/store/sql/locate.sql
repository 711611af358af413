-- Which grid answers for this point on each layer at that time, by which rule,
-- how near to a boundary?
-- Layers: exclusive ones before `base`, by priority, then code. Grids: the lowest code by bytes.
-- Metres are on the local tangent plane at the point; those that differ by less than a micrometre
-- are the same.
WITH place AS (
    SELECT
        CAST(:lon AS DOUBLE PRECISION) AS lon,
        CAST(:lat AS DOUBLE PRECISION) AS lat,
        metres_per_degree_lon(CAST(:lat AS DOUBLE PRECISION)) AS scale_lon,
        metres_per_degree_lat(CAST(:lat AS DOUBLE PRECISION)) AS scale_lat,
        ST_SetSRID(
            ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)), 4326
        ) AS point,
        ST_SetSRID(ST_MakePoint(0, 0), 4326) AS origin
),

in_force AS (
    SELECT
        layer.id AS layer_id,
        layer.code AS layer,
        layer.name AS layer_name,
        layer.priority,
        edition.id AS edition_id
    FROM layer
    INNER JOIN edition ON layer.id = edition.layer_id
    WHERE
        edition.valid @> CAST(:at AS TIMESTAMPTZ)
        AND (CAST(:layer AS TEXT) IS NULL OR layer.code = CAST(:layer AS TEXT))
)

SELECT
    in_force.layer_id,
    in_force.layer,
    in_force.layer_name,
    in_force.edition_id,
    CASE
        WHEN covering.area_id IS NOT NULL THEN 'covers'
        WHEN nearest.distance_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION) THEN 'near'
        ELSE 'outside'
    END AS rule,
    CASE
        WHEN covering.area_id IS NOT NULL THEN covering.area_id
        WHEN nearest.distance_m <= CAST(:near_tolerance_m AS DOUBLE PRECISION) THEN nearest.area_id
    END AS area_id,
    coalesce(covering.distance_m, nearest.distance_m) AS boundary_distance_m
FROM in_force
CROSS JOIN place

-- covers: the closed polygon covers the point.
LEFT JOIN LATERAL (
    SELECT
        grid.area_id,
        ST_Distance(
            ST_Affine(
                ST_Boundary(grid.geom),
                scale_lon, 0, 0, scale_lat, -lon * scale_lon, -lat * scale_lat
            ),
            origin
        ) AS distance_m
    FROM area_version AS grid
    WHERE grid.is_grid AND grid.edition_id = in_force.edition_id AND ST_Covers(grid.geom, point)
    ORDER BY grid.code
    LIMIT 1
) AS covering ON TRUE

-- No grid covers it. The index knows the nearest in degrees, which is near in metres; the
-- nearest in metres lies within that one's distance.
LEFT JOIN LATERAL (
    SELECT
        ST_Distance(
            ST_Affine(grid.geom, scale_lon, 0, 0, scale_lat, -lon * scale_lon, -lat * scale_lat),
            origin
        ) AS distance_m
    FROM area_version AS grid
    WHERE grid.is_grid AND grid.edition_id = in_force.edition_id AND covering.area_id IS NULL
    ORDER BY grid.geom <-> point
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
                        place.scale_lon, 0, 0, place.scale_lat,
                        -place.lon * place.scale_lon, -place.lat * place.scale_lat
                    ),
                    place.origin
                ) AS distance_m
        ) AS far
    WHERE
        grid.is_grid
        AND grid.edition_id = in_force.edition_id
        AND grid.geom && ST_Expand(
            place.point,
            bound.distance_m / place.scale_lon * 1.000001,
            bound.distance_m / place.scale_lat * 1.000001
        )
    ORDER BY round(far.distance_m * 1000000), grid.code
    LIMIT 1
) AS nearest ON TRUE
ORDER BY in_force.priority DESC, in_force.layer ASC;
