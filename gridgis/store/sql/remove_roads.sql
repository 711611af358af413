-- Take out a source's roads with their forbidden turns: how many were there? Null: no such source.
WITH gone_roads AS (
    DELETE FROM road WHERE road.source = CAST(:source AS TEXT) RETURNING road.id
),

gone_bans AS (
    DELETE FROM road_ban WHERE road_ban.from_road IN (SELECT gone_roads.id FROM gone_roads)
)

DELETE FROM road_source WHERE road_source.source = CAST(:source AS TEXT)
RETURNING road_source.edges;
