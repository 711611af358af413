-- Which places in use have these codes of these sources, and where are they?
-- A shape is told by a point on it.
SELECT
    place.id,
    place.kind,
    place.name,
    place.source || ':' || place.code AS called,
    ST_X(ST_PointOnSurface(place.geom)) AS lon,
    ST_Y(ST_PointOnSurface(place.geom)) AS lat
FROM unnest(CAST(:sources AS TEXT[]), CAST(:codes AS TEXT[])) AS said (source, code)
INNER JOIN place ON said.source = place.source AND said.code = place.code
WHERE place.retired_at IS NULL;
