-- Which kinds have places that can be found by distance?
SELECT DISTINCT place.kind
FROM place
WHERE place.retired_at IS NULL AND place.geom IS NOT NULL
ORDER BY place.kind;
