-- Where do the published editions lie? One bounding box in degrees for each layer's newest.
WITH box AS (
    SELECT ST_Extent(area_version.geom) AS extent
    FROM edition
    INNER JOIN area_version ON edition.id = area_version.edition_id AND area_version.is_grid
    WHERE edition.valid IS NOT NULL AND upper_inf(edition.valid)
    GROUP BY edition.id
)

SELECT
    ST_XMin(extent) AS min_lon,
    ST_YMin(extent) AS min_lat,
    ST_XMax(extent) AS max_lon,
    ST_YMax(extent) AS max_lat
FROM box;
