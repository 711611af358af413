-- Close the edition that is in force at this instant, so that another may start.
UPDATE edition
SET valid = tstzrange(lower(valid), CAST(:at AS TIMESTAMPTZ), '[)')
WHERE layer_id = :layer_id AND valid @> CAST(:at AS TIMESTAMPTZ);
