-- Which places, with their shapes?
SELECT
    place.code,
    place.source,
    place.kind,
    place.name,
    place.standard_address,
    array_to_string(place.aliases, ';') AS aliases,
    place.households,
    place.floors,
    place.cell_code,
    CAST(place.attributes AS TEXT) AS attributes,
    place.retired_at,
    ST_AsBinary(place.geom) AS geometry
FROM place
WHERE
    (CAST(:key AS TEXT) IS NULL OR CAST(place.id AS TEXT) = CAST(:key AS TEXT))
    AND (CAST(:retired AS BOOLEAN) OR place.retired_at IS NULL)
ORDER BY place.source, place.code;
