-- Which areas partition the district at that time, and where is each? From the top to the grids.
-- Those of complete layers; of one level the codes by bytes.
WITH known AS (
    SELECT
        area_version.code,
        area_version.level,
        level.rank,
        area_version.is_grid,
        area_version.name,
        parent.code AS parent_code,
        layer.code AS layer,
        ST_PointOnSurface(area_version.geom) AS point
    FROM layer
    INNER JOIN edition ON layer.id = edition.layer_id
    INNER JOIN area_version ON edition.id = area_version.edition_id
    INNER JOIN level ON layer.id = level.layer_id AND area_version.level = level.code
    INNER JOIN level AS grid_level ON layer.id = grid_level.layer_id AND grid_level.is_grid
    LEFT JOIN area_version AS parent
        ON area_version.edition_id = parent.edition_id AND area_version.parent_id = parent.area_id
    WHERE
        layer.complete
        AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
        AND level.rank <= grid_level.rank
)

SELECT
    known.code,
    known.level,
    known.rank,
    known.is_grid,
    known.name,
    known.parent_code,
    known.layer,
    ST_X(known.point) AS lon,
    ST_Y(known.point) AS lat
FROM known
ORDER BY known.layer, known.rank, known.code;
