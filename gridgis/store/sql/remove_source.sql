-- Take out everything that a source brought: how many reports, areas and other rows were that?
-- One statement, so that rows that point to each other go together.
WITH runs AS (
    SELECT id FROM import_run WHERE source = CAST(:source AS TEXT)
),

layers AS (
    SELECT id FROM layer WHERE source = CAST(:source AS TEXT)
),

editions AS (
    SELECT id FROM edition WHERE layer_id IN (SELECT layers.id FROM layers)
),

areas AS (
    SELECT id FROM area WHERE layer_id IN (SELECT layers.id FROM layers)
),

places AS (
    SELECT id FROM place WHERE source = CAST(:source AS TEXT)
),

responders AS (
    SELECT id FROM responder WHERE source = CAST(:source AS TEXT)
),

-- Its own reports, and those that its layers answered.
doomed AS (
    SELECT id FROM report_key WHERE import_id IN (SELECT runs.id FROM runs)
    UNION
    SELECT report_id FROM assignment WHERE layer_id IN (SELECT layers.id FROM layers)
),

-- A list of responsible units without the areas that are no more.
gone_responsibilities AS (
    DELETE FROM responsibility
    WHERE
        area_id IN (SELECT id FROM areas) OR layer_id IN (SELECT layers.id FROM layers)
),

gone_ratings AS (
    DELETE FROM rating WHERE report_id IN (SELECT id FROM doomed)
),

gone_clocks AS (
    DELETE FROM clock WHERE report_id IN (SELECT id FROM doomed)
),

gone_tasks AS (
    DELETE FROM task WHERE report_id IN (SELECT id FROM doomed)
),

-- What was merged into one that goes is on its own again.
freed_cases AS (
    UPDATE casefile SET merged_into = NULL
    WHERE
        merged_into IN (SELECT id FROM doomed)
        AND report_id NOT IN (SELECT id FROM doomed)
),

gone_cases AS (
    DELETE FROM casefile WHERE report_id IN (SELECT id FROM doomed)
),

gone_holders AS (
    DELETE FROM holder WHERE report_id IN (SELECT id FROM doomed)
),

gone_assignments AS (
    DELETE FROM assignment WHERE report_id IN (SELECT id FROM doomed)
),

gone_events AS (
    DELETE FROM event WHERE report_id IN (SELECT id FROM doomed)
),

gone_reports AS (
    DELETE FROM report WHERE id IN (SELECT id FROM doomed)
),

gone_keys AS (
    DELETE FROM report_key WHERE id IN (SELECT id FROM doomed) RETURNING id
),

-- People of another source stay, without the grid that is no more.
freed AS (
    UPDATE responder SET area_id = NULL
    WHERE area_id IN (SELECT id FROM areas) AND source <> CAST(:source AS TEXT)
),

-- Visits to its places and by its people, whoever recorded them, and what stands planned there.
gone_visits AS (
    DELETE FROM visit
    WHERE
        place_id IN (SELECT id FROM places) OR responder_id IN (SELECT id FROM responders)
),

gone_visit_plans AS (
    DELETE FROM visit_plan
    WHERE source = CAST(:source AS TEXT) OR place_id IN (SELECT id FROM places)
    RETURNING id
),

-- A plan of another source stays, without who is no more.
freed_visit_plans AS (
    UPDATE visit_plan SET responder_id = NULL
    WHERE
        responder_id IN (SELECT id FROM responders)
        AND source <> CAST(:source AS TEXT)
        AND place_id NOT IN (SELECT id FROM places)
),

-- Other visits keep their place, without the grid that is no more.
freed_visits AS (
    UPDATE visit SET area_id = NULL
    WHERE
        area_id IN (SELECT id FROM areas)
        AND place_id NOT IN (SELECT id FROM places)
        AND responder_id NOT IN (SELECT id FROM responders)
),

gone_responders AS (
    DELETE FROM responder WHERE source = CAST(:source AS TEXT) RETURNING id
),

gone_cells AS (
    DELETE FROM cell WHERE source = CAST(:source AS TEXT) RETURNING id
),

gone_places AS (
    DELETE FROM place WHERE source = CAST(:source AS TEXT) RETURNING id
),

gone_roads AS (
    DELETE FROM road WHERE source = CAST(:source AS TEXT) RETURNING id
),

gone_bans AS (
    DELETE FROM road_ban WHERE from_road IN (SELECT id FROM gone_roads)
),

gone_road_sources AS (
    DELETE FROM road_source WHERE source = CAST(:source AS TEXT)
),

gone_landcover AS (
    DELETE FROM landcover WHERE source = CAST(:source AS TEXT) RETURNING id
),

kept_categories AS (
    UPDATE category SET layer_id = NULL
    WHERE
        layer_id IN (SELECT id FROM layers)
        AND coalesce(import_id NOT IN (SELECT id FROM runs), TRUE)
),

gone_categories AS (
    DELETE FROM category WHERE import_id IN (SELECT id FROM runs) RETURNING code
),

gone_runs AS (
    DELETE FROM import_run
    WHERE id IN (SELECT id FROM runs) OR edition_id IN (SELECT id FROM editions)
),

plans AS (
    SELECT id FROM plan WHERE layer_id IN (SELECT layers.id FROM layers)
),

gone_entries AS (
    DELETE FROM plan_entry WHERE plan_id IN (SELECT id FROM plans)
),

gone_steps AS (
    DELETE FROM plan_step WHERE plan_id IN (SELECT id FROM plans)
),

gone_plan_exceptions AS (
    DELETE FROM plan_exception WHERE plan_id IN (SELECT id FROM plans)
),

gone_overrides AS (
    DELETE FROM identity_override
    WHERE plan_id IN (SELECT id FROM plans) OR edition_id IN (SELECT id FROM editions)
),

gone_plans AS (
    DELETE FROM plan WHERE id IN (SELECT id FROM plans)
),

gone_lineage AS (
    DELETE FROM lineage WHERE edition_id IN (SELECT id FROM editions)
),

gone_receipts AS (
    DELETE FROM publication_receipt WHERE edition_id IN (SELECT id FROM editions)
),

gone_versions AS (
    DELETE FROM area_version WHERE edition_id IN (SELECT id FROM editions)
),

gone_exceptions AS (
    DELETE FROM edition_exception WHERE edition_id IN (SELECT id FROM editions)
),

gone_areas AS (
    DELETE FROM area WHERE id IN (SELECT id FROM areas) RETURNING id
),

gone_editions AS (
    DELETE FROM edition WHERE id IN (SELECT id FROM editions)
),

gone_levels AS (
    DELETE FROM level WHERE layer_id IN (SELECT id FROM layers)
),

gone_layers AS (
    DELETE FROM layer WHERE id IN (SELECT id FROM layers)
)

SELECT
    (SELECT count(*) FROM gone_keys) AS reports,
    (SELECT count(*) FROM gone_areas) AS areas,
    (
        (SELECT count(*) FROM gone_responders) + (SELECT count(*) FROM gone_cells)
        + (SELECT count(*) FROM gone_places) + (SELECT count(*) FROM gone_categories)
        + (SELECT count(*) FROM gone_roads) + (SELECT count(*) FROM gone_visit_plans)
        + (SELECT count(*) FROM gone_landcover)
    ) AS other_rows;
