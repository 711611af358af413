-- Whose water and greens are stored: how many areas, how many square metres, who brought them?
-- Square metres on the ellipsoid; areas that overlap count twice.
SELECT
    landcover.source,
    landcover.kind,
    landcover.file,
    landcover.imported_at,
    landcover.actor,
    count(*) AS areas,
    sum(ST_Area(CAST(landcover.geom AS GEOGRAPHY))) AS area_m2
FROM landcover
GROUP BY
    landcover.source,
    landcover.kind,
    landcover.file,
    landcover.imported_at,
    landcover.actor
ORDER BY landcover.source ASC, landcover.kind ASC, landcover.imported_at ASC;
