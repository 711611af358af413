-- Months that lie in files. gridgis/store/tables says the same in Python, and a test compares the two.

CREATE TABLE archived_file (
    month DATE NOT NULL,
    noun TEXT NOT NULL,
    name TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 BYTEA NOT NULL,
    archived_at TIMESTAMP WITH TIME ZONE NOT NULL,
    archived_by TEXT NOT NULL,
    CONSTRAINT archived_file_pkey PRIMARY KEY (month, noun),
    CONSTRAINT archived_file_noun_known_check CHECK (noun IN ('report', 'event')),
    CONSTRAINT archived_file_whole_month_check CHECK (extract(day FROM month) = 1)
);

-- Queries read these beside report and event. They are always empty: a transaction that needs rows
-- of a file puts a temporary table of the same name before them, which no other transaction sees.
CREATE TABLE archived_report (
    LIKE report INCLUDING DEFAULTS, CONSTRAINT archived_report_empty_check CHECK (FALSE)
);
CREATE TABLE archived_event (
    LIKE event INCLUDING DEFAULTS, CONSTRAINT archived_event_empty_check CHECK (FALSE)
);

-- The numbers of reports that lie in files: those of an archived month that came later do not.
CREATE VIEW archived_key AS
SELECT report_key.id, report_key.captured_at, report_key.import_id, archived_file.month
FROM report_key
INNER JOIN archived_file
    ON
        archived_file.noun = 'report'
        AND report_key.captured_at >= archived_file.month::TIMESTAMP AT TIME ZONE 'UTC'
        AND report_key.captured_at < (archived_file.month + INTERVAL '1 month') AT TIME ZONE 'UTC'
WHERE NOT EXISTS (
    SELECT FROM report
    WHERE report.id = report_key.id AND report.captured_at = report_key.captured_at
);

-- Take the partitions of one month (UTC) away: the twin of make_month.
CREATE FUNCTION drop_month(month DATE) RETURNS VOID
LANGUAGE plpgsql AS $$
DECLARE
    parent TEXT;
    child TEXT;
BEGIN
    FOREACH parent IN ARRAY ARRAY['report', 'event'] LOOP
        child := parent || to_char(month, '_YYYY_MM');
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, child);
        EXECUTE format('DROP TABLE %I', child);
    END LOOP;
END $$;
