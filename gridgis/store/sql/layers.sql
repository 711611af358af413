-- Which layers are there, with their levels from the top and the edition in force at that time?
-- Exclusive layers before `base`, by priority, then code.
SELECT
    layer.id,
    layer.code,
    layer.name,
    layer.complete,
    layer.priority,
    layer.grammar,
    in_force.id AS edition_id,
    (
        SELECT
            json_agg(
                json_build_object(
                    'code', level.code,
                    'name', level.name,
                    'rank', level.rank,
                    'is_grid', level.is_grid
                )
                ORDER BY level.rank
            )
        FROM level
        WHERE level.layer_id = layer.id
    ) AS levels
FROM layer
LEFT JOIN edition AS in_force
    ON layer.id = in_force.layer_id AND in_force.valid @> CAST(:at AS TIMESTAMPTZ)
WHERE CAST(:layer AS TEXT) IS NULL OR layer.code = CAST(:layer AS TEXT)
ORDER BY layer.priority DESC, layer.code ASC;
