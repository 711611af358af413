-- What became of each area when this edition followed the one before it? By level, then codes.
SELECT
    lineage.level,
    lineage.kind,
    lineage.from_edition,
    old.code AS from_code,
    old.name AS from_name,
    new.code AS to_code,
    new.name AS to_name,
    lineage.from_area,
    lineage.to_area,
    lineage.households,
    lineage.area_m2,
    lineage.share_of_old,
    lineage.share_of_new
FROM lineage
INNER JOIN edition ON lineage.edition_id = edition.id
INNER JOIN level ON edition.layer_id = level.layer_id AND lineage.level = level.code
LEFT JOIN area_version AS old
    ON lineage.from_edition = old.edition_id AND lineage.from_area = old.area_id
LEFT JOIN area_version AS new
    ON lineage.edition_id = new.edition_id AND lineage.to_area = new.area_id
WHERE lineage.edition_id = CAST(:edition_id AS INTEGER)
ORDER BY level.rank, old.code NULLS LAST, new.code NULLS LAST;
