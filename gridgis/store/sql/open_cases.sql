-- Which open cases, soonest due first, come after (:after_due, :after_received, :after_id)? Those
-- without a limit come last, the longest known first. :area is the code of an area of any level, as
-- in the editions in force at :at.
WITH RECURSIVE inside AS (
    SELECT area_version.edition_id, area_version.area_id
    FROM area_version
    INNER JOIN edition ON area_version.edition_id = edition.id
    WHERE
        area_version.code = CAST(:area AS TEXT)
        AND edition.published_at IS NOT NULL
        AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    UNION
    SELECT child.edition_id, child.area_id
    FROM inside
    INNER JOIN area_version AS child
        ON inside.edition_id = child.edition_id AND inside.area_id = child.parent_id
),

listed AS (
    SELECT
        casefile.report_id,
        casefile.captured_at,
        casefile.received_at,
        casefile.category,
        casefile.channel,
        casefile.state,
        casefile.state_since,
        casefile.version,
        casefile.outcome,
        casefile.level,
        casefile.tier,
        casefile.unit,
        casefile.due_at,
        EXISTS(
            SELECT 1
            FROM clock
            WHERE
                clock.report_id = casefile.report_id
                AND clock.stopped_at IS NULL
                AND clock.due_at < CAST(:at AS TIMESTAMPTZ)
        ) AS is_late
    FROM casefile
    WHERE
        casefile.state NOT IN ('closed', 'rejected', 'merged', 'void')
        AND (CAST(:state AS TEXT) IS NULL OR casefile.state = CAST(:state AS TEXT))
        AND (CAST(:tier AS TEXT) IS NULL OR casefile.tier = CAST(:tier AS TEXT))
        AND (CAST(:level AS INTEGER) IS NULL OR casefile.level = CAST(:level AS INTEGER))
        AND (CAST(:category AS TEXT) IS NULL OR casefile.category = CAST(:category AS TEXT))
        AND (
            CAST(:unit AS TEXT) IS NULL
            OR casefile.unit = CAST(:unit AS TEXT)
            OR EXISTS (
                SELECT 1
                FROM task
                WHERE
                    task.report_id = casefile.report_id
                    AND task.unit = CAST(:unit AS TEXT)
                    AND task.state IN ('sent', 'accepted', 'arrived', 'working')
            )
        )
        AND (
            CAST(:area AS TEXT) IS NULL
            OR casefile.report_id IN (
                SELECT holder.report_id
                FROM holder
                WHERE holder.area_id IN (SELECT inside.area_id FROM inside)
            )
        )
)

SELECT
    listed.report_id,
    report.number,
    report.description,
    report.address,
    listed.category,
    category.family,
    listed.channel,
    listed.received_at,
    listed.state,
    listed.state_since,
    listed.version,
    listed.outcome,
    listed.level,
    listed.tier,
    listed.unit,
    listed.due_at,
    listed.is_late,
    held.code AS grid,
    held.name AS grid_name
FROM listed
LEFT JOIN report
    ON listed.report_id = report.id AND listed.captured_at = report.captured_at
LEFT JOIN category ON listed.category = category.code
LEFT JOIN LATERAL (
    SELECT area_version.code, area_version.name
    FROM holder
    INNER JOIN edition ON holder.layer_id = edition.layer_id
    INNER JOIN area_version
        ON edition.id = area_version.edition_id AND holder.area_id = area_version.area_id
    WHERE
        holder.report_id = listed.report_id
        AND edition.published_at IS NOT NULL
        AND edition.valid @> CAST(:at AS TIMESTAMPTZ)
    ORDER BY edition.id
    LIMIT 1
) AS held ON TRUE
WHERE
    (CAST(:late AS BOOLEAN) IS NULL OR listed.is_late = CAST(:late AS BOOLEAN))
    AND (
        CAST(:after_id AS UUID) IS NULL
        OR (COALESCE(listed.due_at, 'infinity'), listed.received_at, listed.report_id) > (
            COALESCE(CAST(:after_due AS TIMESTAMPTZ), 'infinity'),
            CAST(:after_received AS TIMESTAMPTZ),
            CAST(:after_id AS UUID)
        )
    )
ORDER BY COALESCE(listed.due_at, 'infinity'), listed.received_at, listed.report_id
LIMIT CAST(:page AS INTEGER);
