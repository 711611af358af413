-- The queue of reports without a location. gridgis/store/tables says the same in Python, and a test
-- compares the two.

-- Only of those that wait: they are few, and found without going past all others.
CREATE INDEX report_unlocated_idx ON report (captured_at, id)
WHERE location IS NULL AND state <> 'retired';
