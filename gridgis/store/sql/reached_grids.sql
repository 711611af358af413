-- Which other grids of these editions does a position of this accuracy reach, nearest first?
-- Metres are on the local tangent plane at the point. Ties: the lowest code by bytes.
WITH place AS (
    SELECT
        CAST(:lon AS DOUBLE PRECISION) AS lon,
        CAST(:lat AS DOUBLE PRECISION) AS lat,
        CAST(:accuracy_m AS DOUBLE PRECISION) AS accuracy_m,
        metres_per_degree_lon(CAST(:lat AS DOUBLE PRECISION)) AS scale_lon,
        metres_per_degree_lat(CAST(:lat AS DOUBLE PRECISION)) AS scale_lat,
        ST_SetSRID(
            ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)), 4326
        ) AS point,
        ST_SetSRID(ST_MakePoint(0, 0), 4326) AS origin
),

-- An area id of null: no grid answers there, so all that are reached are others.
asked AS (
    SELECT
        answer.edition_id,
        answer.area_id
    FROM
        unnest(CAST(:edition_ids AS INTEGER[]), CAST(:area_ids AS BIGINT[]))
            AS answer (edition_id, area_id)
)

SELECT
    reached.edition_id,
    reached.area_id,
    reached.distance_m
FROM place
INNER JOIN LATERAL (
    SELECT
        asked.edition_id,
        grid.area_id,
        grid.code,
        ST_Distance(
            ST_Affine(
                grid.geom,
                place.scale_lon, 0, 0, place.scale_lat,
                -place.lon * place.scale_lon, -place.lat * place.scale_lat
            ),
            place.origin
        ) AS distance_m
    FROM asked
    INNER JOIN area_version AS grid ON asked.edition_id = grid.edition_id
    WHERE
        grid.is_grid
        AND grid.area_id IS DISTINCT FROM asked.area_id
        AND grid.geom && ST_Expand(
            place.point,
            place.accuracy_m / place.scale_lon, place.accuracy_m / place.scale_lat
        )
) AS reached ON TRUE
WHERE reached.distance_m <= place.accuracy_m
ORDER BY reached.edition_id, reached.distance_m, reached.code;
