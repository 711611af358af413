-- Which of these names (SOURCE:WAY) are no road's? A source has no colon, a way may have some.
SELECT said.name
FROM unnest(CAST(:names AS TEXT[])) AS said (name)
WHERE
    NOT EXISTS (
        SELECT
        FROM road
        WHERE
            road.source = split_part(said.name, ':', 1)
            AND road.way = substr(said.name, strpos(said.name, ':') + 1)
    );
