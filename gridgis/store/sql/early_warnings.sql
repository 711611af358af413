-- Which early warnings are there, the newest first: where, since when, how far beyond chance, and
-- what was made of them? One by its number, or those before the number :before; with days, those
-- that lasted on one of the days between.
-- Grids are named as the edition names them on which it was counted. Its spot lies within the grid
-- where it is least explicable; the radius is that of a circle as large as that grid.
SELECT
    warning.id,
    warning.kind,
    layer.code AS layer,
    warning.edition_id,
    warning.category,
    coalesce(category.name, warning.category) AS category_name,
    warning.area_ids,
    grids.named,
    warning.worst_area_id,
    worst.code AS worst_grid,
    ST_X(ST_PointOnSurface(worst.geom)) AS lon,
    ST_Y(ST_PointOnSurface(worst.geom)) AS lat,
    sqrt(ST_Area(CAST(worst.geom AS GEOGRAPHY)) / pi()) AS radius_m,
    warning.since,
    warning.until,
    warning.observed,
    warning.expected,
    warning.recurrence_days,
    warning.parameters,
    warning.state,
    warning.made_at,
    warning.renewed_at,
    warning.ended_at,
    warning.decided_at,
    warning.actor,
    warning.role,
    warning.reason,
    warning.report_id
FROM early_warning AS warning
INNER JOIN layer ON warning.layer_id = layer.id
INNER JOIN area_version AS worst
    ON warning.edition_id = worst.edition_id AND warning.worst_area_id = worst.area_id
LEFT JOIN category ON warning.category = category.code
CROSS JOIN
    LATERAL (
        SELECT
            coalesce(
                jsonb_agg(
                    jsonb_build_object('level', level, 'code', code, 'name', name)
                    ORDER BY code COLLATE "C"
                ),
                '[]'
            ) AS named
        FROM area_version
        WHERE
            area_version.edition_id = warning.edition_id
            AND area_version.area_id = ANY(warning.area_ids)
    ) AS grids
WHERE
    (CAST(:id AS BIGINT) IS NULL OR warning.id = CAST(:id AS BIGINT))
    AND (CAST(:before AS BIGINT) IS NULL OR warning.id < CAST(:before AS BIGINT))
    AND (CAST(:layer AS TEXT) IS NULL OR layer.code = CAST(:layer AS TEXT))
    AND (CAST(:kind AS TEXT) IS NULL OR warning.kind = CAST(:kind AS TEXT))
    AND (CAST(:category AS TEXT) IS NULL OR warning.category = CAST(:category AS TEXT))
    AND (CAST(:state AS TEXT) IS NULL OR warning.state = CAST(:state AS TEXT))
    AND (
        CAST(:lasting AS BOOLEAN) IS NULL
        OR (warning.ended_at IS NULL) = CAST(:lasting AS BOOLEAN)
    )
    AND (CAST(:first_day AS DATE) IS NULL OR warning.until >= CAST(:first_day AS DATE))
    AND (CAST(:last_day AS DATE) IS NULL OR warning.since <= CAST(:last_day AS DATE))
ORDER BY warning.id DESC
LIMIT CAST(:page AS INTEGER);
