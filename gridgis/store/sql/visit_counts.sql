-- How many visits were made at each place after :since and until :at, how many of them from afar,
-- and how many by who did not say where they were?
WITH made AS (
    SELECT
        visit.place_id,
        count(*) AS visits,
        count(*) FILTER (WHERE visit.far) AS far,
        count(*) FILTER (WHERE visit.point IS NULL) AS without_position
    FROM visit
    WHERE visit.at > CAST(:since AS TIMESTAMPTZ) AND visit.at <= CAST(:at AS TIMESTAMPTZ)
    GROUP BY visit.place_id
)

SELECT
    place.source || ':' || place.code AS place,
    ST_X(ST_PointOnSurface(place.geom)) AS lon,
    ST_Y(ST_PointOnSurface(place.geom)) AS lat,
    made.visits,
    made.far,
    made.without_position
FROM made
INNER JOIN place ON made.place_id = place.id
ORDER BY place.source, place.code;
