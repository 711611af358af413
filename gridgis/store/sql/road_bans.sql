-- Which turns are forbidden, by road and node?
SELECT
    road_ban.from_road,
    road_ban.via_node,
    road_ban.to_road,
    road_ban.modes
FROM road_ban
ORDER BY road_ban.from_road, road_ban.via_node, road_ban.to_road
