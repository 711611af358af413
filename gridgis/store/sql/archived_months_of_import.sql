-- Which archived months hold reports of this import?
SELECT DISTINCT archived_key.month
FROM archived_key
WHERE archived_key.import_id = CAST(:import_id AS INTEGER)
ORDER BY archived_key.month;
