-- Which grid of the layer, of which edition, did each assignment of the cases name that were
-- received in [:first, :before)? A case may have several; the last number is the newest.
-- Nothing is null: without a grid or an edition it is 0.
SELECT
    assignment.id,
    assignment.report_id,
    coalesce(assignment.edition_id, 0) AS edition_id,
    coalesce(assignment.area_id, 0) AS area_id,
    CASE WHEN assignment.rule = 'no_location' THEN 1 ELSE 0 END AS unlocated
FROM assignment
INNER JOIN casefile ON assignment.report_id = casefile.report_id
WHERE
    assignment.layer_id = (SELECT layer.id FROM layer WHERE layer.code = CAST(:layer AS TEXT))
    AND casefile.received_at >= CAST(:first AS TIMESTAMPTZ)
    AND casefile.received_at < CAST(:before AS TIMESTAMPTZ);
