-- Make the partitions of the month that begins on :month; true when they were missing.
SELECT make_month(CAST(:month AS DATE));
