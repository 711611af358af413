-- Who and what followed this edition, from which area to which?
SELECT
    receipt.noun,
    receipt.moved,
    old.code AS from_code,
    new.code AS to_code,
    receipt.at,
    receipt.recorded_at
FROM publication_receipt AS receipt
LEFT JOIN LATERAL (
    SELECT version.code
    FROM area_version AS version
    WHERE
        version.area_id = receipt.from_area
        AND version.edition_id <> receipt.edition_id
    ORDER BY version.edition_id DESC
    LIMIT 1
) AS old ON TRUE
LEFT JOIN area_version AS new
    ON receipt.edition_id = new.edition_id AND receipt.to_area = new.area_id
WHERE receipt.edition_id = CAST(:edition_id AS INTEGER)
ORDER BY receipt.noun, receipt.id;
