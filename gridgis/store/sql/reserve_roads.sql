-- From which id and which node on may the next :roads roads be numbered? Nobody else may be at it.
SELECT
    (SELECT coalesce(max(greatest(road.from_node, road.to_node)), -1) + 1 FROM road) AS first_node,
    setval(
        pg_get_serial_sequence('road', 'id'),
        nextval(pg_get_serial_sequence('road', 'id')) + CAST(:roads AS BIGINT) - 1
    ) - CAST(:roads AS BIGINT) + 1 AS first_id;
