-- What are the ids of this many new areas of a layer?
INSERT INTO area (layer_id)
SELECT CAST(:layer_id AS SMALLINT)
FROM generate_series(1, CAST(:count AS INTEGER))
RETURNING id;
