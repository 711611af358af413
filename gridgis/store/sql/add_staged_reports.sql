-- Store the staged reports, in the order of their rows.
INSERT INTO report (
    id, captured_at, received_at, source, number, state, category, description, address,
    reporter_name, reporter_contact, location, accuracy_m, flags, attributes, import_row
)
SELECT
    staged.id,
    staged.captured_at,
    CAST(:received_at AS TIMESTAMPTZ),
    CAST(:source AS TEXT),
    staged.number,
    'reported',
    staged.category,
    staged.description,
    staged.address,
    staged.reporter_name,
    staged.reporter_contact,
    staged.location,
    staged.accuracy_m,
    staged.flags,
    staged.attributes,
    staged.import_row
FROM staged
ORDER BY staged.import_row;
