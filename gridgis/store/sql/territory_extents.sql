-- Where do the published editions lie? One bounding box in degrees for each layer's newest.
SELECT
    ST_XMin(box.extent) AS min_lon,
    ST_YMin(box.extent) AS min_lat,
    ST_XMax(box.extent) AS max_lon,
    ST_YMax(box.extent) AS max_lat
FROM edition
CROSS JOIN LATERAL (
    SELECT ST_Extent(area_version.geom) AS extent
    FROM area_version
    WHERE area_version.edition_id = edition.id AND area_version.is_grid
) AS box
WHERE edition.valid IS NOT NULL AND upper_inf(edition.valid) AND box.extent IS NOT NULL;
