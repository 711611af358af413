-- Has nobody stored anything yet?
SELECT NOT (
    EXISTS (SELECT FROM layer) OR EXISTS (SELECT FROM report_key)
    OR EXISTS (SELECT FROM responder) OR EXISTS (SELECT FROM import_run)
);
