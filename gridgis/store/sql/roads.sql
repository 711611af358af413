-- Which roads are there, by id? The shape as it is stored.
SELECT
    road.id,
    road.source,
    road.way,
    road.class,
    road.name,
    road.level,
    road.bridge,
    road.forward,
    road.backward,
    road.speed_kmh,
    road.from_node,
    road.to_node,
    road.length_m,
    road.geom
FROM road
ORDER BY road.id
