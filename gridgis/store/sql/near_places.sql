-- Which places of these kinds (none: of any) come first around this point, and how far are they?
-- One walk for each kind, which ends after :candidates; <-> orders a walk by the sphere
-- (sphere_m), ST_Distance is on the spheroid (distance_m). Ties by id.
-- ST_Distance looks for the nearest spot of a line or polygon on the sphere: its true distance may
-- be 2 cm a kilometre longer than the nearest. The plane that touches the ellipsoid at the point
-- finds the spot near by, the sphere finds it far away: the smaller distance is the better one.
WITH target AS (
    SELECT
        CAST(
            ST_SetSRID(
                ST_MakePoint(CAST(:lon AS DOUBLE PRECISION), CAST(:lat AS DOUBLE PRECISION)), 4326
            ) AS GEOGRAPHY
        ) AS point,
        greatest(metres_per_degree_lon(CAST(:lat AS DOUBLE PRECISION)), 1) AS lon_m,
        metres_per_degree_lat(CAST(:lat AS DOUBLE PRECISION)) AS lat_m
),

sought AS (
    SELECT DISTINCT
        target.point,
        kinds.kind
    FROM target
    CROSS JOIN unnest(CAST(:kinds AS TEXT[])) AS kinds (kind)
),

-- LATERAL to one kind and the point each: so the index's own order is kept, and the walk stops
-- when it has enough.
of_a_kind AS (
    SELECT walk.*
    FROM sought
    CROSS JOIN LATERAL (
        SELECT
            place.*,
            sought.kind AS walk,
            CAST(place.geom AS GEOGRAPHY) <-> sought.point AS sphere_m
        FROM place
        WHERE place.retired_at IS NULL AND place.geom IS NOT NULL AND place.kind = sought.kind
        ORDER BY CAST(place.geom AS GEOGRAPHY) <-> sought.point
        LIMIT CAST(:candidates AS INTEGER)
    ) AS walk
),

of_any_kind AS (
    SELECT walk.*
    FROM target
    CROSS JOIN LATERAL (
        SELECT
            place.*,
            CAST(NULL AS TEXT) AS walk,
            CAST(place.geom AS GEOGRAPHY) <-> target.point AS sphere_m
        FROM place
        WHERE
            place.retired_at IS NULL
            AND place.geom IS NOT NULL
            AND cardinality(CAST(:kinds AS TEXT[])) = 0
        ORDER BY CAST(place.geom AS GEOGRAPHY) <-> target.point
        LIMIT CAST(:candidates AS INTEGER)
    ) AS walk
),

found AS (
    SELECT * FROM of_a_kind
    UNION ALL
    SELECT * FROM of_any_kind
),

-- The nearest spot on the plane: in metres around the point, and back in degrees.
spotted AS (
    SELECT
        found.*,
        target.point,
        CASE
            WHEN ST_Dimension(found.geom) > 0
                THEN ST_Translate(
                    ST_Scale(
                        ST_ClosestPoint(
                            ST_Scale(
                                ST_Translate(
                                    found.geom,
                                    -CAST(:lon AS DOUBLE PRECISION),
                                    -CAST(:lat AS DOUBLE PRECISION)
                                ),
                                target.lon_m,
                                target.lat_m
                            ),
                            ST_SetSRID(ST_MakePoint(0, 0), 4326)
                        ),
                        1 / target.lon_m,
                        1 / target.lat_m
                    ),
                    CAST(:lon AS DOUBLE PRECISION),
                    CAST(:lat AS DOUBLE PRECISION)
                )
        END AS spot
    FROM found
    CROSS JOIN target
)

SELECT
    spotted.source || ':' || spotted.code AS place,
    spotted.kind,
    spotted.name,
    spotted.standard_address,
    spotted.households,
    spotted.cell_code,
    ST_X(ST_PointOnSurface(spotted.geom)) AS lon,
    ST_Y(ST_PointOnSurface(spotted.geom)) AS lat,
    spotted.walk,
    spotted.sphere_m,
    least(
        ST_Distance(CAST(spotted.geom AS GEOGRAPHY), spotted.point),
        ST_Distance(CAST(spotted.spot AS GEOGRAPHY), spotted.point)
    ) AS distance_m
FROM spotted
ORDER BY distance_m, spotted.id;
