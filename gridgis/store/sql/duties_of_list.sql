-- What does a list of duties say, in its order, and what are its layers and areas called now?
-- An area that is in force no longer is called by the last code that it had.
SELECT
    responsibility.id,
    responsibility.category,
    responsibility.layer_id,
    responsibility.area_id,
    responsibility.unit_code,
    layer.code AS layer,
    named.code AS area,
    named.name AS area_name
FROM responsibility
LEFT JOIN layer ON responsibility.layer_id = layer.id
LEFT JOIN LATERAL (
    SELECT
        version.code,
        version.name
    FROM area_version AS version
    INNER JOIN edition ON version.edition_id = edition.id
    WHERE
        version.area_id = responsibility.area_id
        AND COALESCE(lower(edition.valid), '-infinity') <= CAST(:at AS TIMESTAMPTZ)
    ORDER BY lower(edition.valid) DESC NULLS LAST
    LIMIT 1
) AS named ON TRUE
WHERE responsibility.list_id = CAST(:list_id AS INTEGER)
ORDER BY responsibility.id;
