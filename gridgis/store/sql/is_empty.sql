-- Has nobody stored anything yet?
SELECT
    NOT EXISTS (SELECT FROM layer)
    AND NOT EXISTS (SELECT FROM report_key)
    AND NOT EXISTS (SELECT FROM responder)
    AND NOT EXISTS (SELECT FROM import_run) AS is_empty;
