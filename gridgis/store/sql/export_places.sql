-- Which places, with their shapes?
SELECT
    place.code,
    place.source,
    place.kind,
    place.name,
    place.standard_address,
    place.parts ->> 'province' AS province,
    place.parts ->> 'city' AS city,
    place.parts ->> 'district' AS district,
    place.parts ->> 'street' AS street,
    place.parts ->> 'community' AS community,
    place.parts ->> 'road' AS road,
    place.parts ->> 'road_former' AS road_former,
    place.parts ->> 'number' AS house_number,
    place.parts ->> 'compound' AS compound,
    place.parts ->> 'building' AS building,
    place.parts ->> 'unit' AS unit,
    place.parts ->> 'postcode' AS postcode,
    array_to_string(place.aliases, ';') AS aliases,
    array_to_string(place.former_names, ';') AS former_names,
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
