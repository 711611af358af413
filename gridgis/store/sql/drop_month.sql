-- Take away the partitions of the month that begins on :month; its rows must lie in files.
SELECT drop_month(CAST(:month AS DATE));
